#pragma once
// A document as a file: written whole or not at all (staged → fsync → rename → fsync of the
// folder), and nothing but that one rename ever happens to its name. Blocking: for the pool.

#include "reconcilers/model/result.hpp"

#include <optional>
#include <string>
#include <sys/types.h>

namespace alcedo::traefik {

/// `retry`: a call to the system about `what` ended with `code` (errno).
error failed(const std::string& what, int code);

class document_file {
public:
    struct place {
        std::string staged; ///< path; on the same mount as `folder`
        std::string folder;
        std::string name; ///< in the folder
        mode_t mode = 0600;
    };

    explicit document_file(place where) : where_(std::move(where)) {}

    /// None: there is no file. `invalid`: over 64 MiB; `retry`: I/O.
    result<std::optional<std::string>> read() const;

    /// `invalid`: the two places are two mounts; `retry`: I/O, or the folder is gone.
    result<void> replace(const std::string& text) const;

    std::string path() const { return where_.folder + "/" + where_.name; }

private:
    error rename_failed(int code) const;
    place where_;
};

} // namespace alcedo::traefik
