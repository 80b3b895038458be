#include "controller/api/path.hpp"

namespace alcedo::api {

namespace {

std::string_view take_segment(std::string_view& path) {
    const auto end = path.find('/');
    const auto segment = path.substr(0, end);
    path = end == path.npos ? std::string_view{} : path.substr(end + 1);
    return segment;
}

} // namespace

std::optional<std::vector<std::string>> match_path(std::string_view pattern,
                                                   std::string_view path) {
    std::vector<std::string> found;
    if (pattern.empty() || path.empty() || pattern[0] != '/' || path[0] != '/') return {};
    if (path.ends_with('/')) return {};
    pattern.remove_prefix(1);
    path.remove_prefix(1);
    while (!pattern.empty() && !path.empty()) {
        const auto wanted = take_segment(pattern);
        const auto segment = take_segment(path);
        if (segment.empty()) return {};
        if (wanted.starts_with('{'))
            found.emplace_back(segment);
        else if (wanted != segment)
            return {};
    }
    if (!pattern.empty() || !path.empty()) return {};
    return found;
}

} // namespace alcedo::api
