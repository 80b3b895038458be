#include "reconcilers/model/durations.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace alcedo {

namespace {

struct unit {
    std::string_view name;
    std::int64_t milliseconds;
};
constexpr std::array<unit, 5> units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::int64_t ten_years = 87'600LL * 3'600'000;

} // namespace

std::optional<milliseconds> duration_from(std::string_view text) {
    std::int64_t total = 0;
    std::size_t next_unit = 0;
    if (text.empty()) return std::nullopt;
    while (!text.empty()) {
        std::int64_t count = 0;
        const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (failed != std::errc{} || text.front() == '-' || count > ten_years) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
        const auto name = text.substr(0, text.find_first_of("0123456789"));
        text.remove_prefix(name.size());
        while (next_unit < units.size() && units[next_unit].name != name)
            ++next_unit;
        if (next_unit == units.size()) return std::nullopt;
        const auto size = units[next_unit++].milliseconds;
        if (count > ten_years / size) return std::nullopt;
        total += count * size;
    }
    if (total > ten_years) return std::nullopt;
    return milliseconds(total);
}

std::string duration_remedy(std::string_view written) {
    std::int64_t count = 0;
    const auto [stop, failed] =
        std::from_chars(written.data(), written.data() + written.size(), count);
    const auto rest = failed == std::errc{}
                          ? written.substr(static_cast<std::size_t>(stop - written.data()))
                          : std::string_view("?");
    if (count >= 0 && rest.empty()) return "write " + std::to_string(count) + "s for seconds";
    return "write it like 500ms, 30s, 1m30s, 2h or 7d";
}

} // namespace alcedo
