#pragma once
// What the load client knows about its requests: one record each, written as a JSON line the moment
// it ends, and the sums of them. It sends nothing.

#include "deploy/demo/common.hpp"

#include <fstream>
#include <map>
#include <vector>

namespace demo {

struct record {
    std::uint64_t number = 0;
    std::string kind;      // get-kept, get-new, post-kept, post-new, slow, websocket
    double scheduled = 0;  // seconds since 1970: when it should have started, by the fixed rate
    double finished = 0;   // seconds since 1970
    double latency_ms = 0; // from the scheduled time: waiting for a free client counts
    unsigned status = 0;
    std::string version;
    std::string colour;
    std::string failure; // empty, connect, reset, timeout, status, short-body, wrong-echo
    std::string detail;
};

inline std::string to_json(const record& r) {
    char numbers[160];
    std::snprintf(
        numbers, sizeof numbers, "\"n\":%llu,\"t\":%.4f,\"end\":%.4f,\"ms\":%.2f,\"status\":%u",
        static_cast<unsigned long long>(r.number), r.scheduled, r.finished, r.latency_ms, r.status);
    std::string out = std::string("{") + numbers + ",\"kind\":" + quoted(r.kind) +
                      ",\"version\":" + quoted(r.version) + ",\"colour\":" + quoted(r.colour);
    if (!r.failure.empty()) {
        out += ",\"failure\":" + quoted(r.failure) + ",\"detail\":" + quoted(r.detail);
    }
    return out + "}";
}

class records {
public:
    // Either path may be empty. Throws std::runtime_error if a file cannot be opened.
    records(const std::string& lines, std::string summary) : summary_(std::move(summary)) {
        if (!lines.empty()) {
            lines_.open(lines, std::ios::trunc);
            if (!lines_) {
                throw std::runtime_error(lines + ": cannot be written");
            }
        }
    }

    void sent() { ++sent_; }

    void ended(const record& r) {
        if (lines_.is_open()) {
            lines_ << to_json(r) << '\n' << std::flush;
        }
        ++ended_;
        ++kinds_[r.kind];
        ++statuses_[std::to_string(r.status)];
        ++versions_[r.version.empty() ? "?" : r.version];
        ++seconds_[static_cast<long long>(r.scheduled)][r.version.empty() ? "?" : r.version];
        if (!r.failure.empty()) {
            failures_.push_back(r);
        }
    }

    [[nodiscard]] std::uint64_t sent_count() const { return sent_; }
    [[nodiscard]] std::uint64_t failed_count() const { return failures_.size() + (sent_ - ended_); }
    [[nodiscard]] std::uint64_t open_count() const { return sent_ - ended_; }

    [[nodiscard]] std::string progress(double elapsed) const {
        std::string out = std::to_string(static_cast<int>(elapsed)) + "s sent " +
                          std::to_string(sent_) + " open " + std::to_string(open_count()) +
                          " lost " + std::to_string(failures_.size());
        for (const auto& [version, count] : versions_) {
            out += " | version " + version + ": " + std::to_string(count);
        }
        return out;
    }

    void write_summary() const {
        if (summary_.empty()) {
            return;
        }
        std::string out = "{\"sent\":" + std::to_string(sent_) +
                          ",\"ended\":" + std::to_string(ended_) +
                          ",\"failed\":" + std::to_string(failed_count()) +
                          ",\"kinds\":" + counts(kinds_) + ",\"statuses\":" + counts(statuses_) +
                          ",\"versions\":" + counts(versions_) + ",\"seconds\":{";
        const char* comma = "";
        for (const auto& [second, versions] : seconds_) {
            out += comma + quoted(std::to_string(second)) + ":" + counts(versions);
            comma = ",";
        }
        out += "},\"failures\":[";
        comma = "";
        for (const auto& failure : failures_) {
            out += comma + std::string("\n") + to_json(failure);
            comma = ",";
        }
        std::ofstream file(summary_, std::ios::trunc);
        file << out << "]}\n";
    }

private:
    static std::string counts(const std::map<std::string, std::uint64_t>& of) {
        std::string out = "{";
        const char* comma = "";
        for (const auto& [name, count] : of) {
            out += comma + quoted(name) + ":" + std::to_string(count);
            comma = ",";
        }
        return out + "}";
    }

    std::ofstream lines_;
    std::string summary_;
    std::uint64_t sent_ = 0;
    std::uint64_t ended_ = 0;
    std::map<std::string, std::uint64_t> kinds_;
    std::map<std::string, std::uint64_t> statuses_;
    std::map<std::string, std::uint64_t> versions_;
    std::map<long long, std::map<std::string, std::uint64_t>> seconds_;
    std::vector<record> failures_;
};

} // namespace demo
