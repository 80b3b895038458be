#include "reconcilers/model/color.hpp"

namespace alcedo {

std::string to_string(color c) {
    return c == color::blue ? "blue" : "green";
}

std::optional<color> color_from(std::string_view text) {
    if (text == "blue") return color::blue;
    if (text == "green") return color::green;
    return std::nullopt;
}

bool same_revision(const release& a, const release& b) {
    if (!a.revision.empty() && !b.revision.empty()) return a.revision == b.revision;
    return a.spec_digest == b.spec_digest;
}

bool same(const release& a, const release& b) {
    return a.colored == b.colored && same_revision(a, b);
}

bool same(const std::optional<release>& a, const std::optional<release>& b) {
    if (!a || !b) return !a && !b;
    return same(*a, *b);
}

std::string short_revision(std::string_view revision) {
    const auto colon = revision.find(':');
    if (colon != std::string_view::npos) revision.remove_prefix(colon + 1);
    return std::string(revision.substr(0, 8));
}

std::string short_revision(const release& r) {
    return short_revision(r.revision.empty() ? r.spec_digest : r.revision);
}

std::string to_string(const release& r) {
    return to_string(r.colored) + " " + short_revision(r);
}

} // namespace alcedo
