#pragma once
// The formats of `-o`. For machines the same JSON: as JSON, or as YAML with kubectl's key order.

#include "reconcilers/model/spec.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo::cli {

/// Two blanks per level, UTF-8 as it is, a newline at the end.
std::string to_json_text(const json&);
/// Strings that a YAML reader would take for something else are quoted.
std::string to_yaml_text(const json&);

/// All of them, in every command: "wide" is the table where there is nothing wider.
const std::vector<std::string>& output_formats();
bool is_for_machines(std::string_view format);
/// Tables; all else is read by a program, and nothing may stand before or between it.
bool is_for_people(std::string_view format);

/// `whole` for machines, the names one a line for "name", else what `text` makes.
std::string formatted(std::string_view format, const json& whole,
                      const std::vector<std::string>& names,
                      const std::function<std::string()>& text);

/// "bluegreen.alcedo.dev/NAME", as kubectl's -o name.
std::string resource_name(std::string_view app);

} // namespace alcedo::cli
