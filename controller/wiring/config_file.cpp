#include "controller/wiring/config_file.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>
#include <yaml-cpp/yaml.h>

#include <fmt/format.h>

#include <sstream>

namespace alcedo {

namespace {

constexpr std::size_t longest_file = 1 << 20;
constexpr int deepest = 32;

/// Depth 1 is the file's mapping, depth 2 a list or mapping of values; nothing is deeper.
class reader final : public YAML::EventHandler {
public:
    reader(std::string name, config_file& out) : name_(std::move(name)), out_(out) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) complain(mark, "a second document: keep one per file");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { scalar(mark, ""); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        complain(mark, "aliases are not supported here: write the value out");
        scalar(mark, "");
    }
    void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  const std::string& value) override {
        scalar(mark, value);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {
        open(mark, false);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {
        open(mark, true);
    }
    void OnMapEnd() override { close(); }

private:
    static int line_of(const YAML::Mark& mark) { return mark.line + 1; }

    void complain(const YAML::Mark& mark, const std::string& what) {
        out_.problems.push_back(fmt::format("{}:{}: {}", name_, line_of(mark), what));
    }
    void open(const YAML::Mark& mark, bool is_mapping) {
        // yaml-cpp recurses once per level; a hostile depth must not reach its stack's end.
        if (++depth_ > deepest) throw YAML::ParserException(mark, "nested too deeply");
        if (depth_ == 1 && !is_mapping)
            complain(mark, "not a mapping: write lines like `state-dir: /var/lib/alcedo`");
        if (depth_ == 1) is_mapping_ = is_mapping;
        if (depth_ == 2 && expects_key_)
            complain(mark, "a key must be a word: write the name of a setting");
        if (depth_ == 2) inner_is_mapping_ = is_mapping;
        if (depth_ == 3) complain(mark, "nested too deeply: write a value or a list of values");
        inner_key_.clear();
        inner_expects_key_ = true;
    }
    void close() {
        if (--depth_ == 1) expects_key_ = true;
    }
    void scalar(const YAML::Mark& mark, const std::string& value) {
        if (depth_ == 0 && !value.empty())
            complain(mark, "not a mapping: write lines like `state-dir: /var/lib/alcedo`");
        if (!is_mapping_) return;
        if (depth_ == 1 && expects_key_) {
            start_entry(mark, value);
        } else if (depth_ == 1) {
            if (!value.empty()) add(mark, value);
            expects_key_ = true;
        } else if (depth_ == 2 && !inner_is_mapping_) {
            add(mark, value);
        } else if (depth_ == 2) {
            if (inner_expects_key_)
                inner_key_ = value;
            else
                add(mark, inner_key_ + "=" + value);
            inner_expects_key_ = !inner_expects_key_;
        }
    }
    void start_entry(const YAML::Mark& mark, const std::string& key) {
        for (const auto& known : out_.entries)
            if (known.key == key)
                complain(mark,
                         fmt::format("{}: already on line {}: write it once", key, known.line));
        out_.entries.push_back({key, line_of(mark), {}});
        expects_key_ = false;
    }
    void add(const YAML::Mark& mark, const std::string& value) {
        if (!out_.entries.empty()) out_.entries.back().values.push_back({value, line_of(mark)});
    }

    std::string name_;
    config_file& out_;
    int documents_ = 0;
    int depth_ = 0;
    bool is_mapping_ = true;
    bool expects_key_ = true;
    bool inner_is_mapping_ = false;
    bool inner_expects_key_ = true;
    std::string inner_key_;
};

} // namespace

config_file read_config(const std::string& name, std::string_view text) {
    config_file out;
    if (text.size() > longest_file) {
        out.problems.push_back(name + ": larger than 1 MiB: this is no config file");
        return out;
    }
    std::istringstream stream{std::string(text)};
    reader events(name, out);
    try {
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(events)) {
        }
    } catch (const YAML::Exception& e) {
        // What was understood before this is likely misunderstood.
        out = {};
        out.problems.push_back(
            fmt::format("{}:{}: does not parse: {}", name, e.mark.line + 1, e.msg));
    }
    return out;
}

} // namespace alcedo
