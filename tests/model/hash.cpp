#include "state.hpp"

namespace alcedo::checker {

namespace {

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    __extension__ using wide = unsigned __int128;
    const auto product = static_cast<wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

} // namespace

hash128 hash_bytes(const void* data, std::size_t size) {
    const auto* at = static_cast<const unsigned char*>(data);
    std::uint64_t a = 0x9e3779b97f4a7c15ULL + size, b = 0xd1b54a32d192ed03ULL ^ size;
    while (size > 0) {
        std::uint64_t word = 0;
        const auto n = size < 8 ? size : 8;
        std::memcpy(&word, at, n);
        a = mix(a ^ word, 0xa0761d6478bd642fULL) + 0x8ebc6af09c88c6e3ULL;
        b = mix(b + word, 0xe7037ed1a0b428dbULL) ^ (a << 1);
        at += n;
        size -= n;
    }
    return {mix(a ^ 0x589965cc75374cc3ULL, b | 1), mix(b ^ 0x1d8e4e27c47d124fULL, a | 1)};
}

} // namespace alcedo::checker
