#pragma once
// Whole small files, with errors that say what to do.

#include "reconcilers/model/result.hpp"

#include <string>

namespace alcedo::cli {

/// At most 2 MiB (a manifest may have 1); folders and what is larger are errors.
result<std::string> read_file(const std::string& path);

} // namespace alcedo::cli
