#pragma once
// Manifest files as `validate` reads them; `plan -f` asks the daemon only about what passes this.

#include "controller/cli/world.hpp"
#include "reconcilers/manifest/manifest.hpp"

#include <string>
#include <vector>

namespace alcedo::cli {

struct checked_file {
    std::string path;
    std::string text;
    manifest::parsed parsed;
    std::string unreadable; ///< why it could not be read
};

/// Each file once, however often and by whatever path it is named. A name in two files is an error
/// of both: a source would refuse them as well (SPEC §1).
std::vector<checked_file> check_files(const std::vector<std::string>& paths);

bool is_valid(const checked_file&);
bool are_valid(const std::vector<checked_file>&);

/// Errors and warnings to the error stream.
void print_findings(world&, const checked_file&);

} // namespace alcedo::cli
