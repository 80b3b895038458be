#pragma once
// What the files of one source said when they were last read: parsed, with the env files they
// name. Knows one source only and judges no app: the catalogue does.

#include "controller/engine/frozen.hpp"
#include "controller/ports/source.hpp"
#include "reconcilers/manifest/manifest.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace alcedo {

/// Reads an absolute path of this host: `gone` if absent, `wait` while it is being written.
using host_reader = std::function<task<result<std::string>>(std::string path)>;

struct reading {
    enum class standing {
        good,       ///< a valid manifest, env files read
        waiting,    ///< valid, but an env file is still being written
        unreadable, ///< valid, but an env file could not be read just now
        bad,        ///< errors; `app_now` may be empty
        foreign,    ///< well-formed, not a manifest
    };
    standing is = standing::foreign;
    std::string text;
    std::string problem;   ///< of the file itself (too large, unreadable)
    std::string app_now;   ///< the app it names, if that could be read
    std::string app_last;  ///< the app it named when it was last a good manifest
    std::string trouble;   ///< why it is `unreadable`
    frozen<app_spec> spec; ///< shared by the readings of an unchanged text
    std::vector<manifest::diagnostic> errors;
    manifest::file_contents files;

    /// Cannot say whose it is, or something is wrong with it.
    bool in_error() const { return is == standing::bad || is == standing::unreadable; }
};

struct source_readings {
    source_ref ref; ///< of the newest snapshot; `path` is the folder
    std::map<std::string, reading> files;
    bool unsettled = false; ///< some file, or an env file, is still being written
    bool empty = false;     ///< the newest snapshot holds nothing that is or may be a manifest

    /// Nothing in doubt: every file settled and without error, at least one manifest.
    bool whole() const;
};

/// A file that is known to have named `app`, by an earlier process; equal to no real reading.
reading remembered_reading(const std::string& app);

/// A diagnostic about a file as a whole.
manifest::diagnostic about_file(std::string file, std::string problem, std::string remedy);

/// The next readings after `before`. A file that is not settled keeps its last reading; an empty
/// snapshot keeps them all and only sets `ref` and `empty`.
task<source_readings> read_manifests(source_readings before, snapshot now, manifest_source& source,
                                     const host_reader& host);

} // namespace alcedo
