#pragma once
// What may come next on a command line, read off the same tree that parses it; and the few lines
// of shell that ask for it at each Tab (`alcedo __complete WORD…`), so that a shell completes what
// the installed program knows.

#include <CLI/CLI.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo::cli {

/// The word in front of the asking one; no user types it.
inline constexpr const char* completion_word = "__complete";

/// Options that take one of a few words.
using choice_table = std::map<const CLI::Option*, std::vector<std::string>>;

struct suggestion {
    std::string word;
    std::string help; ///< one line, may be empty
    bool operator==(const suggestion&) const = default;
};
struct suggestions {
    std::vector<suggestion> words; ///< those that begin with what is there already
    bool files = false;            ///< and any file
};

/// `words`: all behind the program's name, the unfinished one (perhaps "") last. `apps` is called
/// if an app's name may stand there.
suggestions suggest(const CLI::App& root, const choice_table&, std::vector<std::string> words,
                    const std::function<std::vector<std::string>()>& apps);

/// The value that a flag was given in these words; "" = none.
std::string value_given(const std::vector<std::string>& words, std::string_view flag);

/// "word\thelp" a line, and ":files" if there may be files.
std::string to_lines(const suggestions&);

/// "bash", "zsh" or "fish"; none for anything else.
std::optional<std::string> completion_script(std::string_view shell);

} // namespace alcedo::cli
