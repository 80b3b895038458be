#include "reconcilers/manifest/document.hpp"
#include "reconcilers/manifest/json_text.hpp"
#include "reconcilers/manifest/scalars.hpp"
#include "reconcilers/manifest/yaml_tree.hpp"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>

namespace alcedo::manifest {

namespace {

constexpr int max_documents = 100;

std::vector<std::string> split_lines(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

mark mark_of_offset(std::string_view text, std::size_t offset) {
    mark at{1, 1};
    for (std::size_t i = 0; i < offset; ++i) {
        if (text[i] == '\n') {
            ++at.line;
            at.column = 1;
        } else if ((static_cast<unsigned char>(text[i]) & 0xC0u) != 0x80u) {
            ++at.column;
        }
    }
    return at;
}

// yaml-cpp counts bytes from 0, people count characters from 1. Marks come mostly in order, so the
// last one is remembered: a long line would otherwise be counted anew for each of its values.
class marker {
public:
    marker(const std::vector<std::string>& lines, const joined_text& read)
        : lines_(lines), read_(read) {}

    mark operator()(YAML::Mark at) {
        at.column = read_.source_column(at.line, at.column);
        if (at.line < 0 || static_cast<std::size_t>(at.line) >= lines_.size())
            return {at.line + 1, 1};
        const auto& text = lines_[static_cast<std::size_t>(at.line)];
        const auto end = std::min(static_cast<std::size_t>(std::max(at.column, 0)), text.size());
        if (at.line != line_ || end < bytes_) {
            line_ = at.line;
            bytes_ = 0;
            characters_ = 0;
        }
        for (; bytes_ < end; ++bytes_)
            characters_ += (static_cast<unsigned char>(text[bytes_]) & 0xC0u) != 0x80u ? 1 : 0;
        return {at.line + 1, characters_ + 1};
    }

private:
    const std::vector<std::string>& lines_;
    const joined_text& read_;
    int line_ = -1;
    std::size_t bytes_ = 0;
    int characters_ = 0;
};

void add_fault(document& doc, marker& where, const tree_fault& found) {
    doc.faults.push_back(
        {where(found.at), found.path, found.problem, found.remedy, found.in_any_file});
}

json to_json(document& doc, marker& where, const tree_node& node, const std::string& pointer) {
    const auto key = where(node.key_at);
    doc.places[pointer] = {key, where(node.at)};
    if (node.is == tree_node::kind::scalar) return node.scalar;
    if (node.is == tree_node::kind::list) {
        auto list = json::array();
        for (const auto& member : node.members)
            list.push_back(to_json(doc, where, member.node, child(pointer, list.size())));
        return list;
    }
    auto map = json::object();
    for (const auto& member : node.members)
        map[member.key] = to_json(doc, where, member.node, child(pointer, member.key));
    return map;
}

bool is_ours(const tree_node& root) {
    for (const auto& member : root.members)
        if (member.key == "apiVersion" && member.node.scalar.is_string())
            return member.node.scalar.get<std::string>().starts_with("alcedo.dev/");
    return false;
}

std::optional<tree_fault> failure_of(YAML::Parser& parser, tree_builder& builder, bool& more) {
    try {
        more = parser.HandleNextDocument(builder);
        return std::nullopt;
    } catch (const limit_passed& passed) {
        builder.faults.clear(); // of what is too much anyway
        return passed.what;
    } catch (const YAML::Exception& broken) {
        return tree_fault{broken.mark, "", "not valid YAML: " + broken.msg,
                          "mend the syntax at or before this place", true};
    }
}

// One YAML document after another. The first of ours is the one that is read; a second document
// is a fault where one of them is ours.
void read_all(document& doc, const joined_text& read) {
    std::istringstream stream(read.text);
    YAML::Parser parser(stream);
    tree_budget budget;
    marker where(doc.lines, read);
    std::optional<tree_node> chosen;
    int documents = 0;
    for (bool more = true; more;) {
        tree_builder builder(budget);
        const auto failure = failure_of(parser, builder, more);
        for (const auto& found : builder.faults)
            add_fault(doc, where, found);
        if (failure) {
            add_fault(doc, where, *failure);
            builder.salvage();
            doc.salvaged = true;
            more = false;
        } else if (!builder.has_root && (!more || documents == 0)) {
            continue;
        }
        if (++documents == 2)
            doc.faults.push_back({where(builder.start), "", "a second document in the file",
                                  "one manifest per file", false});
        if (!chosen || (!is_ours(*chosen) && is_ours(builder.root)))
            chosen = std::move(builder.root);
        if (documents > max_documents) {
            add_fault(doc, where,
                      {builder.start, "", "more than 100 documents", "split the file", true});
            more = false;
        }
    }
    if (chosen) doc.root = to_json(doc, where, *chosen, "");
    doc.readable = chosen && !doc.salvaged;
}

struct nothing : YAML::EventHandler {
    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

// yaml-cpp 0.7 takes an unterminated quote for closed at the end of a file that ends in a line
// break; without that line break it says so.
void check_open_quote(document& doc, const joined_text& read) {
    const std::string_view text = read.text;
    if (text.find_first_of("\"'") == std::string_view::npos || !doc.faults.empty()) return;
    const auto end = text.find_last_not_of(" \t\r\n");
    std::istringstream stream(std::string(text.substr(0, end + 1)));
    try {
        YAML::Parser parser(stream);
        nothing ignore;
        while (parser.HandleNextDocument(ignore)) {
        }
    } catch (const YAML::Exception& broken) {
        doc.faults.push_back({marker(doc.lines, read)(broken.mark), "",
                              "a quote that is opened and never closed", "close it", true});
        doc.readable = false;
        doc.salvaged = true;
    }
}

std::optional<fault> unreadable(std::string_view text) {
    if (text.size() > max_bytes) return fault{{}, "", "larger than 1 MiB", "split it", true};
    if (const auto bad = first_bad_byte(text); bad != std::string_view::npos)
        return fault{mark_of_offset(text, bad), "", "not UTF-8 text, or a control character",
                     "save the file as UTF-8", true};
    return std::nullopt;
}

} // namespace

document read_document(std::string_view text) {
    document doc;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (auto bad = unreadable(text)) {
        doc.faults.push_back(std::move(*bad));
        return doc;
    }
    doc.lines = split_lines(text);
    const auto read = join_surrogates(text);
    read_all(doc, read);
    if (!text.empty()) check_open_quote(doc, read);
    if (!doc.readable && doc.faults.empty())
        doc.faults.push_back({{},
                              "",
                              "the file is empty or holds only comments",
                              "write a manifest, or delete the file",
                              true});
    else if (!text.empty() && text.back() != '\n')
        doc.faults.push_back({mark_of_offset(text, text.size()), "",
                              "the file does not end in a newline, so it may be cut",
                              "end the file with a newline", true});
    return doc;
}

} // namespace alcedo::manifest
