#include "reconcilers/manifest/suggest.hpp"

#include <algorithm>
#include <cctype>

namespace alcedo::manifest {

namespace {

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// Letter case and separators cost nothing: `active_color` is one step from `activeColor`.
std::string folded(std::string_view word) {
    std::string out;
    for (const char c : word)
        if (c != '_' && c != '-') out += lower(c);
    return out;
}

// Optimal string alignment: insert, delete, replace, swap neighbours.
std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1,
                                d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a.size()][b.size()];
}

} // namespace

std::string nearest(std::string_view word, const std::vector<std::string_view>& known) {
    const auto folded_word = folded(word.substr(0, 64));
    std::string best;
    std::size_t best_distance = folded_word.size() < 5 ? 2 : 3;
    for (const auto candidate : known) {
        const auto other = folded(candidate);
        const auto [shorter, longer] = std::minmax({folded_word.size(), other.size()});
        if (longer - shorter >= best_distance) continue; // each letter more is a step
        const auto steps = distance(folded_word, other);
        if (steps < best_distance) {
            best = candidate;
            best_distance = steps;
        }
    }
    return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& known) {
    if (const auto near = nearest(word, known); !near.empty())
        return "did you mean \"" + near + "\"?";
    return known.empty() ? "remove it" : "possible here: " + any_of(known);
}

std::string any_of(const std::vector<std::string_view>& words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
        out += words[i];
    }
    return out;
}

} // namespace alcedo::manifest
