#include "controller/wiring/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace alcedo {

std::optional<milliseconds> parse_duration(std::string_view text) {
    struct unit {
        std::string_view name;
        std::int64_t factor;
    };
    constexpr std::array units{unit{"ms", 1}, unit{"s", 1000}, unit{"m", 60'000},
                               unit{"h", 3'600'000}, unit{"d", 86'400'000}};
    constexpr std::int64_t longest = std::int64_t{3650} * 86'400'000;
    std::int64_t total = 0;
    std::int64_t last_factor = std::numeric_limits<std::int64_t>::max();
    if (text.empty()) return {};
    while (!text.empty()) {
        std::int64_t amount = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), amount);
        if (read.ec != std::errc() || amount < 0 || text[0] == '-') return {};
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
        const auto letters = std::min(text.find_first_of("0123456789-+"), text.size());
        const auto found = std::find_if(units.begin(), units.end(), [&](const unit& u) {
            return u.name == text.substr(0, letters);
        });
        // Falling units only: "1m30s" is a duration, "30s1m" a slip of the pen.
        if (found == units.end() || found->factor >= last_factor) return {};
        if (amount > longest / found->factor) return {};
        total += amount * found->factor;
        last_factor = found->factor;
        text.remove_prefix(letters);
    }
    return milliseconds(total);
}

} // namespace alcedo
