#pragma once
// The one table of the manifest's own fields: path, type, default, bounds. The parser checks files
// by it and reads defaults from it, and a test holds the JSON Schema in crd-schemas/ to it.
// Compose's keys inside services, networks and volumes are in model/service_keys.hpp.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo::manifest {

enum class field_type {
    text,
    boolean,
    integer,
    duration,  ///< bounds in milliseconds
    window,    ///< a duration or `Always`
    choice,    ///< one of `choices`
    choices,   ///< a list of them, each once
    texts,     ///< list of text
    text_map,  ///< text → text
    threshold, ///< n, or {failures, outOf}
    statuses,  ///< HTTP status, or a list of them
    object,
    objects,  ///< list of objects
    services, ///< Compose, checked elsewhere
    networks,
    volumes,
};

/// Patterns are RE2, anchored at both ends.
inline constexpr std::string_view app_name_pattern = "[a-z]([-a-z0-9]*[a-z0-9])?";
inline constexpr std::string_view label_pattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

inline constexpr std::string_view url_path_pattern = "/[!-~]*";

/// A name in Traefik's own configuration. Narrower than Traefik's: none of it can be taken for
/// code by its templates, its rule parser or an URL (S21).
inline constexpr std::string_view proxy_name_pattern = "[a-zA-Z0-9][-a-zA-Z0-9_.]{0,62}";
/// The same with the provider that defines it.
inline constexpr std::string_view proxy_reference_pattern =
    "[a-zA-Z0-9][-a-zA-Z0-9_.]{0,62}(@[a-z0-9][-a-z0-9]{0,30})?";
inline constexpr std::string_view domain_pattern =
    "(\\*\\.)?([a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?\\.)*"
    "[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?";

struct field {
    std::string_view path; ///< "spec.traffic.steps[].weight"
    field_type type;
    bool required = false;
    std::string_view fallback;       ///< default as JSON; "" = none
    std::optional<std::int64_t> min; ///< of the number, the duration in ms, the length of text
    std::optional<std::int64_t> max;
    std::string_view choices; ///< "Revert|Freeze|Notify"
    std::string_view pattern; ///< of text, and of each of `texts`
    std::string_view later;   ///< not empty: "not supported yet", and this is the remedy
};

std::span<const field> fields();
const field* find_field(std::string_view path);

/// False for a name that holds what joins names in a path: "watch.window" is no key.
bool is_key(std::string_view name);
/// "spec" + "watch" → "spec.watch"
std::string joined(const std::string& path, std::string_view name);
/// The field that the key `name` of the object at `path` is; nullptr if it is none.
const field* find_child(const std::string& path, std::string_view name);

/// Names of the fields directly below `path`, those of later issues left out.
std::vector<std::string_view> names_below(std::string_view path);

/// Whether the whole text matches one of the patterns above.
bool matches(std::string_view pattern, const std::string& text);
/// What to write instead of a text that does not.
std::string remedy_of(std::string_view pattern);

/// "a|b|c" → {a, b, c}
std::vector<std::string_view> split_choices(std::string_view);

} // namespace alcedo::manifest
