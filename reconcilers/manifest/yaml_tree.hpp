#pragma once
// yaml-cpp's events → a tree with positions. The only file besides reader.cpp that sees yaml-cpp.
// Expands aliases by copying and merge keys by YAML 1.1's rule, both counted against the limits.

#include "reconcilers/manifest/document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace alcedo::manifest {

inline constexpr std::size_t max_bytes = 1u << 20;
inline constexpr int max_depth = 32;
inline constexpr int max_aliases = 100;
inline constexpr int max_nodes = 10'000;

struct tree_node {
    enum class kind { scalar, list, map };
    struct member;

    kind is = kind::scalar;
    json scalar;
    YAML::Mark at;
    YAML::Mark key_at;
    std::vector<member> members; ///< of a map or (with empty keys) a list
};
struct tree_node::member {
    std::string key;
    tree_node node;
};

/// A fault with yaml-cpp's own position; `path` is a JSON pointer.
struct tree_fault {
    YAML::Mark at;
    std::string path;
    std::string problem;
    std::string remedy;
    bool in_any_file = true;
};

/// A limit was passed: nothing after it is read.
struct limit_passed {
    tree_fault what;
};

/// Counters shared by all documents of a file.
struct tree_budget {
    int nodes = 0;
    int aliases = 0;
};

class tree_builder : public YAML::EventHandler {
public:
    explicit tree_builder(tree_budget& budget) : budget_(budget) {}

    tree_node root;
    bool has_root = false;
    YAML::Mark start;
    std::vector<tree_fault> faults;

    /// After a syntax error: closes what is open, so that what came before it can be shown.
    void salvage();

    void OnDocumentStart(const YAML::Mark& at) override { start = at; }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override;
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override;
    void OnScalar(const YAML::Mark&, const std::string& tag, YAML::anchor_t,
                  const std::string& value) override;
    void OnSequenceStart(const YAML::Mark&, const std::string& tag, YAML::anchor_t,
                         YAML::EmitterStyle::value) override;
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark&, const std::string& tag, YAML::anchor_t,
                    YAML::EmitterStyle::value) override;
    void OnMapEnd() override { close(); }

private:
    struct open_node {
        tree_node node;
        YAML::anchor_t anchor = 0;
        bool wants_key = false; ///< a map between two entries
        bool is_key = false;    ///< a list or map used as a key: an error, thrown away
        bool drop_value = false;
        std::string key;
        YAML::Mark key_at;
        bool key_is_merge = false;
        std::map<std::string, int> known; ///< key → its line
        std::vector<tree_node> merged;    ///< values of `<<`
    };

    bool expects_key() const { return !open_.empty() && open_.back().wants_key; }
    std::string path() const;
    void fault_at(const YAML::Mark&, std::string problem, std::string remedy, bool any = true);
    void count(const YAML::Mark&, int nodes, int depth);
    void take_key(const YAML::Mark&, const std::string& tag, const std::string& text);
    void bad_key(const YAML::Mark&);
    void open(tree_node::kind, const YAML::Mark&, const std::string& tag, YAML::anchor_t);
    void close();
    void place_value(tree_node, YAML::anchor_t);
    void apply_merges(open_node&);

    tree_budget& budget_;
    std::vector<open_node> open_;
    std::map<YAML::anchor_t, tree_node> anchors_;
};

} // namespace alcedo::manifest
