#include "reconcilers/manifest/document.hpp"

#include <algorithm>
#include <cctype>

namespace alcedo::manifest {

namespace {

std::string escaped(std::string_view key) {
    std::string out;
    for (const char c : key) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

std::string unescaped(std::string_view segment) {
    std::string out;
    for (std::size_t i = 0; i < segment.size(); ++i) {
        if (segment[i] == '~' && i + 1 < segment.size())
            out += segment[++i] == '0' ? '~' : '/';
        else
            out += segment[i];
    }
    return out;
}

bool is_index(const std::string& segment) {
    return !segment.empty() && std::all_of(segment.begin(), segment.end(),
                                           [](unsigned char c) { return std::isdigit(c) != 0; });
}

} // namespace

std::string child(const std::string& pointer, std::string_view key) {
    return pointer + "/" + escaped(key);
}

std::string child(const std::string& pointer, std::size_t index) {
    return pointer + "/" + std::to_string(index);
}

std::string shown(std::string_view pointer) {
    std::string out;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const auto end = std::min(pointer.find('/'), pointer.size());
        const auto segment = unescaped(pointer.substr(0, end));
        pointer.remove_prefix(end);
        if (is_index(segment))
            out += "[" + segment + "]";
        else
            out += (out.empty() ? "" : ".") + segment;
    }
    return out;
}

place document::find(const std::string& pointer) const {
    for (auto p = pointer;; p.resize(p.rfind('/'))) {
        if (const auto it = places.find(p); it != places.end()) return it->second;
        if (p.empty()) return {};
    }
}

} // namespace alcedo::manifest
