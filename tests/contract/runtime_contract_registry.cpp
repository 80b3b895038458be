#include "tests/contract/runtime_contract_registry.hpp"

#include "controller/runtimes/docker_text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace alcedo::testing {

namespace {

constexpr auto manifest_type = "application/vnd.docker.distribution.manifest.v2+json";

std::string sha256(const std::string& bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), sum.data(), &size, EVP_sha256(), nullptr);
    std::string out = "sha256:";
    for (unsigned i = 0; i < size; ++i) {
        char hex[3];
        std::snprintf(hex, sizeof hex, "%02x", sum[i]);
        out += hex;
    }
    return out;
}

/// A tar of one executable file (ustar).
std::string tar_of(const std::string& name, const std::string& content) {
    std::string header(512, '\0');
    const auto put = [&](std::size_t at, const std::string& text) {
        std::memcpy(header.data() + at, text.data(), text.size());
    };
    char size[12];
    std::snprintf(size, sizeof size, "%011zo", content.size());
    put(0, name);
    put(100, "0000755");
    put(108, "0000000");
    put(116, "0000000");
    put(124, size);
    put(136, "00000000000");
    put(148, "        ");
    put(156, "0");
    put(257, std::string("ustar\0"
                         "00",
                         8));
    unsigned sum = 0;
    for (const char c : header)
        sum += static_cast<unsigned char>(c);
    char check[8];
    std::snprintf(check, sizeof check, "%06o", sum);
    put(148, std::string(check, 7));
    const std::string padding((512 - content.size() % 512) % 512, '\0');
    return header + content + padding + std::string(1024, '\0');
}

std::string file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(in), {}};
}

answered fault(int status, const std::string& code, const std::string& message) {
    const json body = {{"errors", {{{"code", code}, {"message", message}}}}};
    return reply(status, body.dump(),
                 {{"Content-Type", "application/json"},
                  {"Docker-Distribution-Api-Version", "registry/2.0"},
                  {"Www-Authenticate", "Basic realm=\"stand-in\""}});
}

} // namespace

registry_stand_in::registry_stand_in(boost::asio::any_io_executor executor, mood how)
    : mood_(how), server_(std::move(executor), "tcp://127.0.0.1:0", [this](const asked& call) {
          auto out = answer(call);
          const auto end = out.bytes.find("\r\n\r\n");
          if (call.method == "HEAD") out.bytes.resize(end + 4);
          return out;
      }) {
    add_image();
}

void registry_stand_in::add_image() {
    const auto layer = tar_of("tenant", file(ALCEDO_CONTRACT_TENANT));
    const json config = {
        {"architecture", "amd64"},
        {"os", "linux"},
        {"config",
         {{"Entrypoint", {"/tenant"}},
          {"Cmd", {"serve"}},
          // Differs with the port, so that no engine has this image already.
          {"Labels", {{"stand-in", std::to_string(server_.port())}}}}},
        {"rootfs", {{"type", "layers"}, {"diff_ids", {sha256(layer)}}}},
    };
    const auto config_text = config.dump();
    blobs_ = {{sha256(layer), layer}, {sha256(config_text), config_text}};
    const json manifest = {
        {"schemaVersion", 2},
        {"mediaType", manifest_type},
        {"config",
         {{"mediaType", "application/vnd.docker.container.image.v1+json"},
          {"size", config_text.size()},
          {"digest", sha256(config_text)}}},
        {"layers",
         {{{"mediaType", "application/vnd.docker.image.rootfs.diff.tar"},
           {"size", layer.size()},
           {"digest", sha256(layer)}}}},
    };
    manifest_ = manifest.dump();
    manifest_digest_ = sha256(manifest_);
}

std::string registry_stand_in::address() const {
    return "127.0.0.1:" + std::to_string(server_.port());
}

answered registry_stand_in::answer(const asked& call) const {
    if (mood_ == mood::ailing) return reply(503, "try again later");
    if (mood_ == mood::guarded) {
        auto wanted = docker::base64url(std::string(user) + ":" + password);
        std::ranges::replace(wanted, '-', '+');
        std::ranges::replace(wanted, '_', '/');
        const auto given = call.headers.find("authorization");
        if (given == call.headers.end() || given->second != "Basic " + wanted)
            return fault(401, "UNAUTHORIZED", "authentication required");
    }
    const std::string path = call.target.substr(0, call.target.find('?'));
    if (path == "/v2/")
        return reply(200, "{}", {{"Docker-Distribution-Api-Version", "registry/2.0"}});
    if (path == "/v2/tenant/manifests/1" || path == "/v2/tenant/manifests/" + manifest_digest_)
        return reply(
            200, manifest_,
            {{"Content-Type", manifest_type}, {"Docker-Content-Digest", manifest_digest_}});
    const auto blob = blobs_.find(path.substr(path.rfind('/') + 1));
    if (blob != blobs_.end())
        return reply(200, blob->second, {{"Content-Type", "application/octet-stream"}});
    return fault(404, path.starts_with("/v2/tenant/") ? "MANIFEST_UNKNOWN" : "NAME_UNKNOWN",
                 path.starts_with("/v2/tenant/") ? "manifest unknown" : "name unknown");
}

} // namespace alcedo::testing
