// The log line of each event, for people and for machines.
#include "controller/telemetry/fan_out.hpp"
#include "controller/telemetry/log_sink.hpp"

#include <doctest/doctest.h>

using namespace alcedo;

namespace {

constexpr milliseconds noon{1767268800123}; // 2026-01-01T12:00:00.123Z

std::string line(const event& e, log_format format) {
    return log_line(e, format, severity::debug, noon).value_or("");
}

happened shifted() {
    return {severity::info, "music", "Shifting", "blue 50, green 50", {{"step", 1}}};
}

} // namespace

TEST_CASE("log: a line for people has time, level, app, reason and message") {
    CHECK(line(shifted(), log_format::console) ==
          "2026-01-01T12:00:00.123Z  info     music         Shifting          "
          "blue 50, green 50  step=1");
}

TEST_CASE("log: a line for machines is one JSON object") {
    const auto parsed = json::parse(line(shifted(), log_format::json));
    CHECK(parsed == json{{"time", "2026-01-01T12:00:00.123Z"},
                         {"level", "info"},
                         {"app", "music"},
                         {"reason", "Shifting"},
                         {"message", "blue 50, green 50"},
                         {"fields", {{"step", 1}}}});
}

TEST_CASE("log: hostile text stays inside its line") {
    happened e{severity::error, "music", "CheckFailed", "one\ntwo \x1b[2J \xff \xc2\x9b", {}};
    e.fields = {{"body", "a\nb\x1b"}};
    const auto console = line(e, log_format::console);
    CHECK(console.find('\n') == console.npos);
    CHECK(console.find('\x1b') == console.npos);
    CHECK(console.find("one\\ntwo \\x1b[2J \\xff \\xc2\\x9b") != console.npos);
    const auto text = line(e, log_format::json);
    CHECK(text.find('\n') == text.npos);
    CHECK(text.find('\x1b') == text.npos);
    CHECK(text.find('\xc2') == text.npos);
    CHECK(json::parse(text)["fields"]["body"] == "a\nb\x1b");
}

TEST_CASE("log: no secrets") {
    happened e{severity::info, "", "SourceSynced", "read https://u:t0ken@git.example/x", {}};
    e.fields = {{"url", "https://u:t0ken@git.example/x"},
                {"headers", {{"Authorization", "Bearer t0ken"}, {"x", json::array({"ok"})}}},
                {"registryPassword", "t0ken"}};
    for (const auto format : {log_format::console, log_format::json}) {
        const auto text = line(e, format);
        CHECK(text.find("t0ken") == text.npos);
        CHECK(text.find("ok") != text.npos);
    }
}

TEST_CASE("log: levels") {
    CHECK_FALSE(log_line(shifted(), log_format::json, severity::warning, noon));
    CHECK(log_line(shifted(), log_format::json, severity::info, noon));
    CHECK_FALSE(log_line(pass_finished{}, log_format::json, severity::info, noon));
    CHECK_FALSE(log_line(call_finished{}, log_format::json, severity::info, noon));
    CHECK_FALSE(log_line(queue_changed{}, log_format::json, severity::debug, noon));
    readiness_changed lost;
    lost.why = "engine: refused";
    const auto text = line(lost, log_format::console);
    CHECK(text.find("warning") != text.npos);
    CHECK(text.find("not ready: engine: refused") != text.npos);
    for (const auto level : {severity::debug, severity::info, severity::warning, severity::error})
        CHECK(severity_from(to_string(level)) == level);
    CHECK_FALSE(severity_from("loud"));
}

TEST_CASE("log: an endless message is cut") {
    happened e{severity::info, "music", "CheckFailed", std::string(1 << 20, 'x'), {}};
    CHECK(line(e, log_format::console).size() < 20000);
    CHECK(line(e, log_format::json).size() < 20000);
}

TEST_CASE("fan_out: every sink sees every event, in order") {
    struct recorder final : event_sink {
        explicit recorder(std::vector<std::string>& s, std::string n)
            : seen(s), name(std::move(n)) {}
        void emit(const event& e) override { seen.push_back(name + std::to_string(e.index())); }
        std::vector<std::string>& seen;
        std::string name;
    };
    std::vector<std::string> seen;
    recorder a(seen, "a");
    recorder b(seen, "b");
    const auto all = make_fan_out({&a, &b});
    all->emit(happened{});
    all->emit(queue_changed{});
    CHECK(seen == std::vector<std::string>{"a0", "b0", "a4", "b4"});
}
