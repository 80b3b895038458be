#include "reconcilers/manifest/manifest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace alcedo::manifest {

namespace {

using bytes = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string hex(const bytes& data, unsigned length) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (unsigned i = 0; i < length; ++i) {
        out += digits[data[i] >> 4u];
        out += digits[data[i] & 15u];
    }
    return out;
}

} // namespace

std::string sha256(std::string_view text) {
    bytes out{};
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), out.data(), &length, EVP_sha256(), nullptr);
    return hex(out, length);
}

std::string hmac_sha256(const std::string& key, std::string_view text) {
    bytes out{};
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &length);
    return hex(out, length);
}

} // namespace alcedo::manifest
