#pragma once
// The document as a file: written whole or not at all. DIR/dynamic is what Traefik watches, and
// nothing but one rename ever happens in it; DIR/staging is ours. Blocking: for the pool.

#include "reconcilers/model/result.hpp"

#include <optional>
#include <string>

namespace alcedo::traefik {

class document_file {
public:
    explicit document_file(std::string dir) : dir_(std::move(dir)) {}

    /// Makes staging/ (0700) and, if it is missing, dynamic/; answers whether it had to: a Traefik
    /// that was started before is blind to it until it is restarted (traefik-measured §2).
    result<bool> prepare() const;

    /// None: there is no file.
    result<std::optional<std::string>> read() const;

    /// staging → fsync → rename → fsync of dynamic/.
    result<void> replace(const std::string& text) const;

    std::string path() const { return dir_ + "/dynamic/alcedo.yaml"; }

private:
    std::string dir_;
};

} // namespace alcedo::traefik
