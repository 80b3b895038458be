#include "reconcilers/manifest/yaml_tree.hpp"

#include "reconcilers/manifest/scalars.hpp"

#include <algorithm>

namespace alcedo::manifest {

namespace {

constexpr std::size_t max_key_bytes = 1024;
const std::string core_tag = "tag:yaml.org,2002:";

bool is_plain(const std::string& tag) {
    return tag.empty() || tag == "?";
}

bool is_core_tag(const std::string& tag) {
    if (is_plain(tag) || tag == "!") return true;
    if (!tag.starts_with(core_tag)) return false;
    const auto name = tag.substr(core_tag.size());
    return name == "str" || name == "int" || name == "float" || name == "bool" || name == "null" ||
           name == "map" || name == "seq";
}

int nodes_in(const tree_node& node) {
    int sum = 1;
    for (const auto& member : node.members)
        sum += nodes_in(member.node);
    return sum;
}

int height_of(const tree_node& node) {
    int height = 0;
    for (const auto& member : node.members)
        height = std::max(height, height_of(member.node));
    return height + (node.is == tree_node::kind::scalar ? 0 : 1);
}

} // namespace

void tree_builder::OnNull(const YAML::Mark& at, YAML::anchor_t anchor) {
    if (expects_key()) {
        bad_key(at);
        return;
    }
    tree_node node;
    // yaml-cpp reports a missing value at the next token, often a line below.
    node.at =
        open_.empty() || open_.back().node.is != tree_node::kind::map ? at : open_.back().key_at;
    place_value(std::move(node), anchor);
}

void tree_builder::OnAlias(const YAML::Mark& at, YAML::anchor_t anchor) {
    if (++budget_.aliases > max_aliases)
        throw limit_passed{{at, path(), "more than 100 aliases", "write the values out", true}};
    if (expects_key()) {
        bad_key(at);
        return;
    }
    tree_node copy;
    if (const auto it = anchors_.find(anchor); it != anchors_.end()) {
        count(at, nodes_in(it->second), static_cast<int>(open_.size()) + height_of(it->second));
        copy = it->second;
    } else {
        fault_at(at, "alias inside its own anchor", "write the value out");
    }
    copy.at = at;
    place_value(std::move(copy), 0);
}

void tree_builder::OnScalar(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                            const std::string& value) {
    if (value.find('\0') != std::string::npos) fault_at(at, "a NUL character", "remove it");
    if (expects_key()) {
        take_key(at, tag, value);
        return;
    }
    if (!is_core_tag(tag)) fault_at(at, "unknown tag " + tag, "remove the tag", false);
    tree_node node;
    node.at = at;
    const bool text = tag == "!" || tag == core_tag + "str";
    if (auto read = text ? std::optional(json(value)) : plain_scalar(value)) {
        node.scalar = std::move(*read);
    } else {
        fault_at(at, "a number beyond 64 bits", "put it in quotes if it is text", false);
        node.scalar = value;
    }
    place_value(std::move(node), anchor);
}

void tree_builder::OnSequenceStart(const YAML::Mark& at, const std::string& tag,
                                   YAML::anchor_t anchor, YAML::EmitterStyle::value) {
    open(tree_node::kind::list, at, tag, anchor);
}

void tree_builder::OnMapStart(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                              YAML::EmitterStyle::value) {
    open(tree_node::kind::map, at, tag, anchor);
}

void tree_builder::salvage() {
    anchors_.clear();
    while (!open_.empty()) {
        auto level = std::move(open_.back());
        open_.pop_back();
        if (open_.empty())
            root = std::move(level.node);
        else if (!open_.back().is_key && open_.back().node.is == tree_node::kind::map &&
                 !open_.back().drop_value && !open_.back().key_is_merge) {
            level.node.key_at = open_.back().key_at;
            open_.back().node.members.push_back({open_.back().key, std::move(level.node)});
        }
    }
}

std::string tree_builder::path() const {
    std::string out;
    for (const auto& level : open_) {
        if (level.node.is == tree_node::kind::list)
            out = child(out, level.node.members.size());
        else if (!level.wants_key)
            out = child(out, level.key);
    }
    return out;
}

void tree_builder::fault_at(const YAML::Mark& at, std::string problem, std::string remedy,
                            bool any) {
    faults.push_back({at, path(), std::move(problem), std::move(remedy), any});
}

void tree_builder::count(const YAML::Mark& at, int nodes, int depth) {
    budget_.nodes += nodes;
    if (budget_.nodes > max_nodes)
        throw limit_passed{{at, path(), "more than 10,000 values, aliases expanded",
                            "split the file, or use fewer aliases", true}};
    if (depth > max_depth)
        throw limit_passed{{at, path(), "nested deeper than 32 levels", "write it flatter", true}};
}

void tree_builder::take_key(const YAML::Mark& at, const std::string& tag, const std::string& text) {
    const auto read = is_plain(tag) ? plain_scalar(text) : std::optional(json(text));
    if (!read || !read->is_string() || text.size() > max_key_bytes) {
        bad_key(at);
        return;
    }
    auto& level = open_.back();
    level.key = text;
    level.key_at = at;
    level.wants_key = false;
    level.key_is_merge = is_plain(tag) && text == "<<";
    level.drop_value = false;
    const auto [first, is_new] = level.known.emplace(text, at.line);
    if (!is_new && !level.key_is_merge) {
        fault_at(at, "duplicate key, first written on line " + std::to_string(first->second + 1),
                 "keep one of them");
        level.drop_value = true;
    }
}

void tree_builder::bad_key(const YAML::Mark& at) {
    fault_at(at, "a key must be text", "put the key in quotes");
    auto& level = open_.back();
    level.wants_key = false;
    level.key_is_merge = false;
    level.key_at = at;
    level.drop_value = true;
}

void tree_builder::open(tree_node::kind kind, const YAML::Mark& at, const std::string& tag,
                        YAML::anchor_t anchor) {
    if (!is_core_tag(tag)) fault_at(at, "unknown tag " + tag, "remove the tag", false);
    const bool as_key = expects_key();
    if (as_key) bad_key(at);
    count(at, 0, static_cast<int>(open_.size()) + 1);
    open_node level;
    level.node.is = kind;
    level.node.at = at;
    level.anchor = anchor;
    level.is_key = as_key;
    level.wants_key = kind == tree_node::kind::map;
    open_.push_back(std::move(level));
}

void tree_builder::close() {
    auto level = std::move(open_.back());
    open_.pop_back();
    apply_merges(level);
    if (level.is_key) return; // the value that follows is dropped with it
    place_value(std::move(level.node), level.anchor);
}

void tree_builder::place_value(tree_node node, YAML::anchor_t anchor) {
    count(node.at, 1, 0);
    if (anchor != 0) anchors_[anchor] = node;
    if (open_.empty()) {
        has_root = !(node.is == tree_node::kind::scalar && node.scalar.is_null());
        root = std::move(node);
        return;
    }
    auto& level = open_.back();
    if (level.node.is == tree_node::kind::list) {
        node.key_at = node.at;
        level.node.members.push_back({"", std::move(node)});
        return;
    }
    level.wants_key = true;
    if (level.drop_value) return;
    node.key_at = level.key_at;
    if (level.key_is_merge)
        level.merged.push_back(std::move(node));
    else
        level.node.members.push_back({level.key, std::move(node)});
}

// Keys of the map itself win over merged ones, earlier merged maps over later ones.
void tree_builder::apply_merges(open_node& level) {
    const auto take = [&](tree_node& from) {
        if (from.is != tree_node::kind::map) {
            fault_at(from.at, "`<<` takes a map or a list of maps", "write `<<: *name`", false);
            return;
        }
        for (auto& member : from.members)
            if (level.known.emplace(member.key, 0).second)
                level.node.members.push_back(std::move(member));
    };
    for (auto& merged : level.merged) {
        if (merged.is == tree_node::kind::list)
            for (auto& item : merged.members)
                take(item.node);
        else
            take(merged);
    }
}

} // namespace alcedo::manifest
