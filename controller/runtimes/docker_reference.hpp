#pragma once
// Image references as `docker pull` reads them, and which registry's credentials they need.

#include "reconcilers/model/result.hpp"

#include <string>

namespace alcedo::docker {

struct image_reference {
    std::string registry;   ///< "docker.io", "ghcr.io", "127.0.0.1:5000"
    std::string repository; ///< as written, without tag and digest: "ghcr.io/acme/bot", "redis"
    std::string path;       ///< the same without the registry: "acme/bot", "redis"
    std::string tag;        ///< "latest" if neither tag nor digest was written
    std::string digest;     ///< "sha256:…" or empty; beats the tag
    bool operator==(const image_reference&) const = default;

    /// What names it in a path of the API: the digest if there is one, else the tag.
    std::string name() const { return repository + (digest.empty() ? ":" + tag : "@" + digest); }
};

/// `invalid`/ImageNotFound for what cannot be a reference; nothing of it may leave its place in a
/// URL, so `..`, empty parts and odd characters are refused.
result<image_reference> parse_reference(const std::string& written);

} // namespace alcedo::docker
