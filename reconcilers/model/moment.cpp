#include "reconcilers/model/moment.hpp"

#include <cstdint>
#include <cstdio>
#include <ctime>

namespace alcedo {

milliseconds stopwatch::elapsed(const moment& now) const {
    if (!running_since || boot_id != now.boot_id || now.boot < *running_since) return accumulated;
    return accumulated + (now.boot - *running_since);
}

void stopwatch::restart(const moment& now) {
    accumulated = milliseconds{0};
    running_since = now.boot;
    boot_id = now.boot_id;
}

void stopwatch::run(const moment& now) {
    if (running_since && boot_id == now.boot_id) return;
    running_since = now.boot;
    boot_id = now.boot_id;
}

void stopwatch::stop(const moment& now) {
    accumulated = elapsed(now);
    running_since.reset();
    boot_id.clear();
}

std::string rfc3339(milliseconds wall) {
    if (wall.count() == 0) return "";
    const std::time_t whole = wall.count() / 1000;
    std::tm parts{};
    gmtime_r(&whole, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

std::optional<milliseconds> parse_rfc3339(const std::string& text) {
    std::tm parts{};
    char next = 0;
    const int read =
        std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%c", &parts.tm_year, &parts.tm_mon,
                    &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &next);
    if (read != 7 || (next != 'Z' && next != '.') || !text.ends_with('Z')) return {};
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    return milliseconds(std::int64_t{::timegm(&parts)} * 1000);
}

std::string to_string(milliseconds span) {
    if (span < milliseconds{0}) return "-" + to_string(-span);
    const auto all = span.count();
    if (all < 1000) return std::to_string(all) + "ms";
    const auto whole = all / 1000;
    if (all % 1000 != 0 && whole < 10) {
        char text[16];
        std::snprintf(text, sizeof text, "%.1fs", static_cast<double>(all) / 1000.0);
        return text;
    }
    const auto hours = whole / 3600, minutes = whole / 60 % 60, secs = whole % 60;
    std::string text;
    if (hours > 0) text += std::to_string(hours) + "h";
    if (minutes > 0) text += std::to_string(minutes) + "m";
    if (secs > 0 || text.empty()) text += std::to_string(secs) + "s";
    return text;
}

} // namespace alcedo
