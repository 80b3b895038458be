#include "controller/telemetry/log_sink.hpp"

#include "controller/telemetry/plain_text.hpp"

#include <fmt/format.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace alcedo {

namespace {

constexpr std::size_t waiting_lines = 1024;
constexpr std::size_t longest_text = 16 * 1024;

/// What every event becomes before it is written.
struct entry {
    severity level = severity::debug;
    std::string app;
    std::string reason;
    std::string message;
    json fields = json::object();
};

entry entry_of(const happened& e) {
    return {e.level, e.app, e.reason, e.message, e.fields};
}

entry entry_of(const pass_finished& e) {
    entry out{severity::debug, e.app, "PassFinished", {}, {}};
    out.message = fmt::format("rule {}: {}, {} actions", e.rule, e.outcome, e.actions);
    out.fields = {{"rule", e.rule},
                  {"outcome", e.outcome},
                  {"actions", e.actions},
                  {"milliseconds", e.took.count()},
                  {"wrote", e.wrote}};
    return out;
}

entry entry_of(const call_finished& e) {
    entry out{severity::debug, {}, "CallFinished", {}, {}};
    out.message = fmt::format("{} {}: {}", e.door, e.op, e.code);
    out.fields = {
        {"door", e.door}, {"op", e.op}, {"code", e.code}, {"milliseconds", e.took.count()}};
    return out;
}

entry entry_of(const app_changed& e) {
    entry out{severity::debug, e.app, e.gone ? "Forgotten" : to_string(e.now_in), {}, {}};
    out.message =
        e.gone ? "the app is gone"
               : fmt::format("desired weights: blue {}, green {}", e.blue_desired, e.green_desired);
    return out;
}

/// Queue figures are for metrics only.
std::optional<entry> entry_of(const queue_changed&) {
    return {};
}

entry entry_of(const readiness_changed& e) {
    if (e.ready) return {severity::info, {}, "Ready", "ready", json::object()};
    return {severity::warning, {}, "NotReady", "not ready: " + e.why, json::object()};
}

bool is_secret(std::string key) {
    std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    });
    constexpr std::array words{"password", "passwd", "secret", "token", "authorization", "cookie"};
    return std::any_of(words.begin(), words.end(),
                       [&](const char* word) { return key.find(word) != key.npos; });
}

/// The last guard: whoever emits must not put secrets here in the first place.
json without_secrets(const json& value) {
    if (value.is_string()) return without_credentials(value.get_ref<const std::string&>());
    json out = value;
    if (value.is_array())
        for (auto& item : out)
            item = without_secrets(item);
    if (value.is_object())
        for (auto& [key, item] : out.items())
            item = is_secret(key) ? json("***") : without_secrets(item);
    return out;
}

std::string cut(std::string text) {
    if (text.size() <= longest_text) return text;
    text.resize(longest_text);
    return text + "…";
}

std::string time_text(milliseconds wall) {
    auto text = rfc3339(std::max(wall, milliseconds(1)));
    if (!text.empty()) text.pop_back();
    return fmt::format("{}.{:03}Z", text, wall.count() % 1000);
}

std::string dumped(const json& value) {
    return value.dump(-1, ' ', true, json::error_handler_t::replace);
}

std::string json_line(const entry& e, milliseconds wall) {
    json line{{"time", time_text(wall)}, {"level", to_string(e.level)}};
    if (!e.app.empty()) line["app"] = e.app;
    line["reason"] = e.reason;
    line["message"] = cut(without_credentials(e.message));
    if (!e.fields.empty()) line["fields"] = without_secrets(e.fields);
    return dumped(line);
}

std::string console_line(const entry& e, milliseconds wall) {
    auto line = fmt::format("{}  {:<7}  {:<12}  {:<16}  {}", time_text(wall), to_string(e.level),
                            e.app.empty() ? "-" : e.app, e.reason, without_credentials(e.message));
    const json fields = without_secrets(e.fields);
    if (fields.is_object())
        for (const auto& [key, value] : fields.items())
            line += fmt::format("  {}={}", key,
                                value.is_string() ? value.get<std::string>() : dumped(value));
    return cut(printable(line));
}

class log_sink final : public event_sink {
public:
    log_sink(log_format format, severity least)
        : format_(format), least_(least),
          pool_(std::make_shared<spdlog::details::thread_pool>(waiting_lines, 1)),
          logger_(std::make_shared<spdlog::async_logger>(
              "alcedo", std::make_shared<spdlog::sinks::stderr_sink_mt>(), pool_,
              spdlog::async_overflow_policy::overrun_oldest)) {
        logger_->set_pattern("%v");
        logger_->set_level(spdlog::level::trace);
        logger_->flush_on(spdlog::level::trace);
    }

    void emit(const event& happening) override {
        using namespace std::chrono;
        const auto wall = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
        try {
            const auto line = log_line(happening, format_, least_, wall);
            if (line) logger_->log(spdlog::level::info, spdlog::string_view_t(*line));
        } catch (const std::exception&) {
            // A line that cannot be written must not end what it reports.
        }
    }

private:
    log_format format_;
    severity least_;
    std::shared_ptr<spdlog::details::thread_pool> pool_; ///< drains the queue when destroyed
    std::shared_ptr<spdlog::async_logger> logger_;
};

} // namespace

std::string to_string(severity level) {
    switch (level) {
    case severity::debug:
        return "debug";
    case severity::info:
        return "info";
    case severity::warning:
        return "warning";
    case severity::error:
        return "error";
    }
    return "?";
}

std::optional<severity> severity_from(std::string_view text) {
    for (const auto level : {severity::debug, severity::info, severity::warning, severity::error})
        if (to_string(level) == text) return level;
    return {};
}

std::optional<std::string> log_line(const event& happening, log_format format, severity least,
                                    milliseconds wall) {
    const auto made =
        std::visit([](const auto& e) -> std::optional<entry> { return entry_of(e); }, happening);
    if (!made || made->level < least) return {};
    return format == log_format::json ? json_line(*made, wall) : console_line(*made, wall);
}

std::unique_ptr<event_sink> make_log_sink(log_format format, severity least) {
    return std::make_unique<log_sink>(format, least);
}

} // namespace alcedo
