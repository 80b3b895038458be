#include "reconcilers/manifest/report.hpp"

#include <algorithm>
#include <tuple>

namespace alcedo::manifest {

namespace {

std::vector<diagnostic> in_order(std::vector<diagnostic> list) {
    const auto key = [](const diagnostic& d) {
        return std::tie(d.line, d.column, d.path, d.problem, d.remedy);
    };
    std::sort(list.begin(), list.end(),
              [&](const auto& a, const auto& b) { return key(a) < key(b); });
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
}

} // namespace

std::string to_string(const diagnostic& d) {
    std::string out = d.file + ":";
    if (d.line > 0) out += std::to_string(d.line) + ":" + std::to_string(d.column) + ":";
    if (!d.path.empty()) out += " " + d.path + ":";
    out += " " + d.problem;
    if (!d.remedy.empty()) out += ": " + d.remedy;
    return out;
}

diagnostic report::at(const mark& where, const std::string& pointer, std::string problem,
                      std::string remedy) const {
    return {file_,          std::max(where.line, 1), std::max(where.column, 1),
            shown(pointer), std::move(problem),      std::move(remedy)};
}

void report::error(const std::string& pointer, std::string problem, std::string remedy) {
    errors_.push_back(at(doc_.find(pointer).value, pointer, std::move(problem), std::move(remedy)));
}

void report::error_at_key(const std::string& pointer, std::string problem, std::string remedy) {
    errors_.push_back(at(doc_.find(pointer).key, pointer, std::move(problem), std::move(remedy)));
}

void report::error_inside(const std::string& pointer, const std::string& text, std::size_t offset,
                          std::string problem, std::string remedy) {
    auto where = doc_.find(pointer).value;
    const auto index = static_cast<std::size_t>(where.line) - 1;
    if (where.line > 0 && index < doc_.lines.size()) {
        // Only where the line shows the very text (no escapes, no block scalar) is the column true.
        const auto& line = doc_.lines[index];
        const auto found = line.find(text, static_cast<std::size_t>(where.column) - 1);
        if (!text.empty() && found != std::string::npos)
            for (std::size_t i = static_cast<std::size_t>(where.column) - 1; i < found + offset;
                 ++i)
                where.column += (static_cast<unsigned char>(line[i]) & 0xC0u) != 0x80u ? 1 : 0;
    }
    errors_.push_back(at(where, pointer, std::move(problem), std::move(remedy)));
}

void report::warning(const std::string& pointer, std::string problem, std::string remedy) {
    warnings_.push_back(
        at(doc_.find(pointer).value, pointer, std::move(problem), std::move(remedy)));
}

void report::take(const fault& found) {
    errors_.push_back(at(found.at, found.pointer, found.problem, found.remedy));
}

std::vector<diagnostic> report::errors() const {
    return in_order(errors_);
}

std::vector<diagnostic> report::warnings() const {
    return in_order(warnings_);
}

} // namespace alcedo::manifest
