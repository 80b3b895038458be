#pragma once
// JSON is YAML but for one thing: a character beyond 16 bits, escaped as JSON does it, by two
// surrogates, which yaml-cpp refuses one by one.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo::manifest {

/// A text whose lines became shorter here and there.
struct joined_text {
    std::string text;
    /// Line from 0 → bytes in that line after which the source is two bytes longer each time.
    std::map<int, std::vector<int>> shortened;

    /// Column of the source (bytes, from 0) for one of `text`.
    int source_column(int line, int column) const;
};

/// `\ud83d\ude00` → `\U0001F600`, if the text is JSON; else the text as it is.
joined_text join_surrogates(std::string_view text);

} // namespace alcedo::manifest
