#include "controller/runtimes/docker_reference.hpp"

#include "reconcilers/model/reason.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace alcedo::docker {

namespace {

bool is_clean(std::string_view written) {
    const bool plain = std::ranges::all_of(written, [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("-._:/@+").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (!plain || written.empty() || written.front() == '/' || written.back() == '/') return false;
    return written.find("//") == std::string_view::npos &&
           written.find("..") == std::string_view::npos &&
           written.find("./") == std::string_view::npos;
}

bool is_registry(std::string_view first) {
    return first == "localhost" || first.find_first_of(".:") != std::string_view::npos;
}

} // namespace

result<image_reference> parse_reference(const std::string& written) {
    const error refused(next_step::invalid, std::string(reason::ImageNotFound),
                        "'" + written + "' is not an image reference");
    if (!is_clean(written)) return refused;
    image_reference out;
    std::string rest = written;
    if (const auto at = rest.find('@'); at != std::string::npos) {
        out.digest = rest.substr(at + 1);
        rest.erase(at);
        if (out.digest.find(':') == std::string::npos || out.digest.find('@') != std::string::npos)
            return refused;
    }
    const auto slash = rest.rfind('/');
    const auto colon = rest.rfind(':');
    if (colon != std::string::npos && (slash == std::string::npos || colon > slash)) {
        out.tag = rest.substr(colon + 1);
        rest.erase(colon);
        if (out.tag.empty()) return refused;
    } else if (out.digest.empty()) {
        out.tag = "latest";
    }
    if (rest.empty()) return refused;
    const auto first = rest.find('/');
    const bool named = first != std::string::npos && is_registry(rest.substr(0, first));
    out.registry = named ? rest.substr(0, first) : "docker.io";
    out.path = named ? rest.substr(first + 1) : rest;
    out.repository = rest;
    return out;
}

} // namespace alcedo::docker
