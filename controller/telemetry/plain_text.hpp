#pragma once
// Strings of strangers (commit subjects, log lines, answers of probes) made safe to print: nothing
// in them reaches a terminal as a control sequence or a log as a second line, and no URL shows
// credentials. It does not decide what is worth printing.

#include <string>
#include <string_view>

namespace alcedo {

/// C0, DEL and C1 control characters and bytes that are not UTF-8 become "\n", "\t" or "\x1b".
std::string printable(std::string_view);

/// As `printable`, but keeps line breaks: for text that is a block by nature.
std::string printable_lines(std::string_view);

/// "https://user:token@host/x" → "https://***@host/x"; the user name "git" alone is no secret.
std::string without_credentials(std::string_view);

} // namespace alcedo
