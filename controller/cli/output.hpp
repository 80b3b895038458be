#pragma once
// The same JSON for machines: as JSON, or as YAML with kubectl's key order.

#include "reconcilers/model/spec.hpp"

#include <string>

namespace alcedo::cli {

/// Two blanks per level, UTF-8 as it is, a newline at the end.
std::string to_json_text(const json&);
/// Strings that a YAML reader would take for something else are quoted.
std::string to_yaml_text(const json&);
/// `format` is "json" or "yaml".
std::string to_machine_text(const json&, const std::string& format);

} // namespace alcedo::cli
