#include "controller/runtimes/docker_text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace alcedo::docker {

namespace {

constexpr int deepest = 64;

/// Depth by brackets outside of strings: what the parser would build, without building it.
bool too_deep(std::string_view text) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '\\') ++i;
            if (c == '"') quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > deepest) return true;
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return false;
}

} // namespace

std::optional<json> json_in(std::string_view text) {
    if (too_deep(text)) return std::nullopt;
    auto parsed = json::parse(text, nullptr, false);
    if (parsed.is_discarded()) return std::nullopt;
    return parsed;
}

const json& child(const json& object, std::string_view key) {
    static const json nothing;
    if (!object.is_object()) return nothing;
    const auto found = object.find(key);
    return found == object.end() ? nothing : *found;
}

std::string text_at(const json& object, std::string_view key) {
    const auto& value = child(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::int64_t number_at(const json& object, std::string_view key) {
    const auto& value = child(object, key);
    return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

bool flag_at(const json& object, std::string_view key) {
    const auto& value = child(object, key);
    return value.is_boolean() && value.get<bool>();
}

std::string printed(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string valid_utf8(std::string_view text) {
    // The JSON library's own replacement, there and back.
    const auto cleaned = json::parse(printed(json(std::string(text))), nullptr, false);
    return cleaned.is_string() ? cleaned.get<std::string>() : std::string();
}

std::string url_encoded(std::string_view text, std::string_view kept) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        const bool plain = code < 0x80 && (std::isalnum(code) != 0 || c == '-' || c == '.' ||
                                           c == '_' || c == '~');
        if (plain || kept.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += '%';
            out += digits[code >> 4];
            out += digits[code & 15];
        }
    }
    return out;
}

std::string base64url(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    std::ranges::replace(out, '+', '-');
    std::ranges::replace(out, '/', '_');
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string padded(text);
    while (!padded.empty() && padded.back() == '=')
        padded.pop_back();
    if (padded.size() % 4 == 1) return std::nullopt;
    const auto missing = (4 - padded.size() % 4) % 4;
    padded.append(missing, '=');
    std::string out(padded.size() / 4 * 3, '\0');
    if (out.empty()) return out;
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(padded.data()),
                                     static_cast<int>(padded.size()));
    if (size < 0) return std::nullopt;
    out.resize(static_cast<std::size_t>(size) - missing);
    return out;
}

} // namespace alcedo::docker
