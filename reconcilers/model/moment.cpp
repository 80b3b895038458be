#include "reconcilers/model/moment.hpp"

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
