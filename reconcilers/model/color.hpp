#pragma once
// The two colours, and the pair (colour, revision) that everything is keyed by: health, promises
// and stops belong to a revision, never to a colour, because a colour is reused.

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace alcedo {

enum class color { blue, green };

inline constexpr std::array<color, 2> both_colors{color::blue, color::green};

constexpr color other(color c) {
    return c == color::blue ? color::green : color::blue;
}
constexpr std::size_t index_of(color c) {
    return c == color::blue ? 0 : 1;
}
std::string to_string(color);
std::optional<color> color_from(std::string_view);

/// What a colour runs. `spec_digest` is the revision without images and is always known;
/// `revision` ("v1:" + 64 hex) is empty until the images were resolved.
struct release {
    color colored = color::blue;
    std::string spec_digest;
    std::string revision;
    bool operator==(const release&) const = default;
};

/// Same colour, and same revision if both are known, else same spec digest.
bool same(const release&, const release&);
bool same(const std::optional<release>&, const std::optional<release>&);

/// As `same`, whatever the colour.
bool same_revision(const release&, const release&);

/// First 8 hex digits of "v1:<hex>" (of the spec digest while there is no revision).
std::string short_revision(const release&);
std::string short_revision(std::string_view revision);
std::string to_string(const release&);

} // namespace alcedo
