#pragma once
// Collects every fault of one file, with its place. Refuses to say the same thing twice: both
// colours are rendered from the same text.

#include "reconcilers/manifest/document.hpp"
#include "reconcilers/manifest/manifest.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace alcedo::manifest {

class report {
public:
    report(std::string file, const document& doc) : file_(std::move(file)), doc_(doc) {}

    /// At the value behind a JSON pointer, or the nearest thing around it.
    void error(const std::string& pointer, std::string problem, std::string remedy);
    /// At the key.
    void error_at_key(const std::string& pointer, std::string problem, std::string remedy);
    /// At byte `offset` of a text value, if the source shows the text as it is.
    void error_inside(const std::string& pointer, const std::string& text, std::size_t offset,
                      std::string problem, std::string remedy);
    void warning(const std::string& pointer, std::string problem, std::string remedy);
    void take(const fault&);

    bool has_errors() const { return !errors_.empty(); }
    std::size_t count() const { return errors_.size(); }
    /// Sorted by place, each once.
    std::vector<diagnostic> errors() const;
    std::vector<diagnostic> warnings() const;

private:
    diagnostic at(const mark&, const std::string& pointer, std::string problem,
                  std::string remedy) const;

    std::string file_;
    const document& doc_;
    std::vector<diagnostic> errors_;
    std::vector<diagnostic> warnings_;
};

} // namespace alcedo::manifest
