#include "controller/cli/completion.hpp"

#include <algorithm>

namespace alcedo::cli {

namespace {

/// Where the unfinished word stands.
struct place {
    const CLI::App* command;
    const CLI::Option* wants_value = nullptr;
    std::size_t positionals = 0; ///< words of that kind before it
    bool only_positionals = false;
};

const CLI::App* child_of(const CLI::App& app, const std::string& name) {
    const auto named =
        app.get_subcommands([&](const CLI::App* one) { return one->check_name(name); });
    return named.empty() ? nullptr : named.front();
}

/// bash hands out "--output=json" as three words.
std::vector<std::string> without_equals(const std::vector<std::string>& words) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool is_between = words[i] == "=" && !out.empty() && out.back().starts_with('-');
        if (!is_between)
            out.push_back(words[i]);
        else if (i + 1 == words.size())
            out.emplace_back();
    }
    return out;
}

place walk(const CLI::App& root, const std::vector<std::string>& before) {
    place at{&root};
    for (const auto& word : before) {
        if (at.wants_value != nullptr) {
            at.wants_value = nullptr;
        } else if (word == "--") {
            at.only_positionals = true;
        } else if (!at.only_positionals && word.starts_with('-')) {
            const auto* option = at.command->get_option_no_throw(word.substr(0, word.find('=')));
            const bool takes = option != nullptr && option->get_items_expected_max() > 0;
            if (takes && word.find('=') == word.npos) at.wants_value = option;
        } else if (const auto* next = child_of(*at.command, word); next && at.positionals == 0) {
            at.command = next;
        } else {
            ++at.positionals;
        }
    }
    return at;
}

/// A type that is written "file|http" is a choice.
std::vector<std::string> choices_of(const CLI::Option& option, const choice_table& table) {
    if (const auto at = table.find(&option); at != table.end()) return at->second;
    std::vector<std::string> out;
    const auto type = option.get_type_name();
    if (type.find('|') == type.npos) return out;
    for (std::size_t from = 0; from <= type.size();) {
        const auto to = std::min(type.find('|', from), type.size());
        out.push_back(type.substr(from, to - from));
        from = to + 1;
    }
    return out;
}

bool takes_path(const CLI::Option& option) {
    const auto type = option.get_type_name();
    return type == "FILE" || type == "PATH" || type == "DIR" || type == "SOURCE" ||
           option.get_name() == "FILE";
}

class gatherer {
public:
    gatherer(const choice_table& choices, const std::function<std::vector<std::string>()>& apps,
             std::string begun)
        : choices_(choices), apps_(apps), begun_(std::move(begun)) {}

    suggestions at(const place& here) {
        if (here.wants_value != nullptr) {
            value(*here.wants_value, "");
            return std::move(out_);
        }
        const auto equals = begun_.find('=');
        if (!here.only_positionals && begun_.starts_with("--") && equals != begun_.npos) {
            const auto name = begun_.substr(0, equals);
            if (const auto* option = here.command->get_option_no_throw(name))
                value(*option, name + "=");
            return std::move(out_);
        }
        if (!here.only_positionals && begun_.starts_with('-')) {
            flags(*here.command);
            return std::move(out_);
        }
        if (here.positionals == 0 && !here.only_positionals) commands(*here.command);
        positional(*here.command, here.positionals);
        return std::move(out_);
    }

private:
    void add(const std::string& word, const std::string& help) {
        if (word.starts_with(begun_)) out_.words.push_back({word, help.substr(0, help.find('\n'))});
    }

    void value(const CLI::Option& option, const std::string& in_front) {
        for (const auto& word : choices_of(option, choices_))
            add(in_front + word, "");
        out_.files = takes_path(option);
        // Of a positional the name says what it is; `--network NAME` is no app.
        if (option.get_positional() && option.get_name() == "NAME")
            for (const auto& app : apps_())
                add(app, "");
    }

    void flags(const CLI::App& command) {
        for (const auto* option : command.get_options()) {
            for (const auto& name : option->get_lnames())
                add("--" + name, option->get_description());
            if (begun_ != "-") continue;
            for (const auto& name : option->get_snames())
                add("-" + name, option->get_description());
        }
    }

    void commands(const CLI::App& command) {
        for (const auto* one : command.get_subcommands([](const CLI::App*) { return true; }))
            add(one->get_name(), one->get_description());
    }

    void positional(const CLI::App& command, std::size_t passed) {
        for (const auto* option : command.get_options()) {
            if (!option->get_positional()) continue;
            const auto most = static_cast<std::size_t>(option->get_items_expected_max());
            if (passed < most) {
                value(*option, "");
                return;
            }
            passed -= most;
        }
    }

    const choice_table& choices_;
    const std::function<std::vector<std::string>()>& apps_;
    std::string begun_;
    suggestions out_;
};

constexpr std::string_view for_bash = R"(# alcedo: completion for bash
_alcedo() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o default ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <(timeout 2 "${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _alcedo alcedo
)";

constexpr std::string_view for_zsh = R"(#compdef alcedo
_alcedo() {
  local -a described
  local line word
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      _files
    else
      word=${line%%$'\t'*}
      line=${line#"$word"}
      described+=("${word//:/\\:}${line:+:${line#$'\t'}}")
    fi
  done < <(timeout 2 "${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
  (( $#described )) && _describe alcedo described
}
if [[ $funcstack[1] == _alcedo ]]; then
  _alcedo "$@"
else
  compdef _alcedo alcedo
fi
)";

constexpr std::string_view for_fish = R"(# alcedo: completion for fish
function __alcedo_complete
    set -l before (commandline -opc)
    set -l program $before[1]
    set -e before[1]
    set -l current (commandline -ct)
    for line in (timeout 2 $program __complete $before "$current" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            echo -- $line
        end
    end
end
complete --command alcedo --no-files --arguments '(__alcedo_complete)'
)";

} // namespace

suggestions suggest(const CLI::App& root, const choice_table& choices,
                    std::vector<std::string> words,
                    const std::function<std::vector<std::string>()>& apps) {
    auto line = without_equals(words);
    if (line.empty()) line.emplace_back();
    auto begun = std::move(line.back());
    line.pop_back();
    return gatherer(choices, apps, std::move(begun)).at(walk(root, line));
}

std::string value_given(const std::vector<std::string>& words, std::string_view flag) {
    const auto line = without_equals(words);
    const auto with_equals = std::string(flag) + "=";
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i].starts_with(with_equals)) return line[i].substr(with_equals.size());
        if (line[i] == flag && i + 1 < line.size()) return line[i + 1];
    }
    return "";
}

std::string to_lines(const suggestions& found) {
    std::string out;
    for (const auto& one : found.words)
        out += one.help.empty() ? one.word + "\n" : one.word + "\t" + one.help + "\n";
    if (found.files) out += ":files\n";
    return out;
}

std::optional<std::string> completion_script(std::string_view shell) {
    if (shell == "bash") return std::string(for_bash);
    if (shell == "zsh") return std::string(for_zsh);
    if (shell == "fish") return std::string(for_fish);
    return std::nullopt;
}

} // namespace alcedo::cli
