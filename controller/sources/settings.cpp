#include "controller/sources/sources.hpp"

#include "reconcilers/model/durations.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace alcedo {

namespace {

error refused(const std::string& problem) {
    return error(next_step::invalid, problem);
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        unsigned value = 0;
        if (i + 2 >= text.size()) return std::nullopt;
        auto end = text.data() + i + 3;
        auto [read, failed] = std::from_chars(text.data() + i + 1, end, value, 16);
        if (failed != std::errc() || read != end) return std::nullopt;
        out += static_cast<char>(value);
        i += 2;
    }
    return out;
}

using query = std::map<std::string, std::string>;

result<query> parse_query(std::string_view text, const std::vector<std::string>& known) {
    query out;
    while (!text.empty()) {
        auto item = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), item.size() + 1));
        auto equals = item.find('=');
        std::string key(item.substr(0, equals));
        std::string names;
        for (const auto& name : known)
            names += (names.empty() ? "" : ", ") + name;
        if (std::ranges::find(known, key) == known.end())
            return refused("unknown setting '" + key + "' after '?': it takes " + names);
        if (equals == std::string_view::npos)
            return refused("'" + key + "' has no value: write " + key + "=…");
        auto value = decoded(item.substr(equals + 1));
        if (!value || value->empty() || has_control(*value))
            return refused("'" + key + "' has no usable value");
        if (!out.emplace(key, *value).second) return refused("'" + key + "' is given twice");
    }
    return out;
}

result<bool> flag(const query& given, const std::string& key) {
    auto found = given.find(key);
    if (found == given.end()) return false;
    if (found->second == "true") return true;
    if (found->second == "false") return false;
    return refused(key + "=" + found->second + ": write " + key + "=true or " + key + "=false");
}

result<milliseconds> interval(const query& given) {
    auto found = given.find("every");
    if (found == given.end()) return milliseconds(0);
    const auto every = duration_from(found->second);
    if (!every || *every < std::chrono::seconds{1} || *every > std::chrono::hours{24})
        return refused("every=" + found->second +
                       ": write a duration from 1s to 24h, such as 30s or 2m");
    return *every;
}

/// As `git check-ref-format`, and nothing that could be taken for an option or a refspec.
bool is_ref(std::string_view ref) {
    if (ref.empty() || ref.starts_with('-') || ref.starts_with('/') || ref.ends_with('/') ||
        ref.ends_with('.') || ref == "@" || has_control(ref))
        return false;
    if (ref.find_first_of(" ~^:?*[\\+") != std::string_view::npos) return false;
    for (auto bad : {"..", "@{", "//", "/.", ".lock/"})
        if (ref.find(bad) != std::string_view::npos) return false;
    return !ref.starts_with('.') && !ref.ends_with(".lock");
}

result<std::string> folder(std::string text) {
    while (text.ends_with('/'))
        text.pop_back();
    std::string_view rest = text;
    while (!rest.empty()) {
        auto part = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
        if (part.empty() || part == "." || part == ".." || part.starts_with('-'))
            return refused("//" + text + ": name a folder inside the repository, such as //deploy");
    }
    return text;
}

bool is_private(const boost::asio::ip::address& at) {
    if (at.is_v6()) {
        const auto bytes = at.to_v6().to_bytes();
        return at.is_loopback() || at.to_v6().is_link_local() || (bytes[0] & 0xfe) == 0xfc;
    }
    const auto whole = at.to_v4().to_uint();
    return at.is_loopback() || whole >> 24 == 10 || whole >> 20 == 0xac1 || whole >> 16 == 0xc0a8;
}

/// This machine, a container on it, or its own private network (RFC 1918, RFC 4193).
bool is_near(std::string_view authority) {
    const bool is_v6 = authority.starts_with('[');
    const auto host = is_v6 ? authority.substr(1, authority.find(']') - 1)
                            : authority.substr(0, authority.find(':'));
    if (!is_v6 && host.find('.') == host.npos) return true; // a name without a domain
    boost::system::error_code problem;
    const auto at = boost::asio::ip::make_address(std::string(host), problem);
    return !problem && is_private(at);
}

/// Takes user and password out of an HTTP URL, so that no argv, message or status shows them.
result<void> take_credentials(source_settings& into, std::string_view scheme) {
    auto authority_at = scheme.size() + 3;
    auto authority_end = std::min(into.url.find('/', authority_at), into.url.size());
    auto at = into.url.rfind('@', authority_end);
    if (at != std::string::npos && at >= authority_at) {
        auto plain = decoded(std::string_view(into.url).substr(authority_at, at - authority_at));
        if (!plain || has_control(*plain)) return refused("user and password are not %-encoded");
        into.credentials = plain->find(':') == std::string::npos ? *plain + ":" : *plain;
        into.url.erase(authority_at, at + 1 - authority_at);
        authority_end -= at + 1 - authority_at;
    }
    auto authority = std::string_view(into.url).substr(authority_at, authority_end - authority_at);
    if (authority.empty() || authority.starts_with('-')) return refused("the URL names no host");
    if (scheme == "http" && !is_near(authority))
        return refused("plain HTTP over other networks than this machine's own private ones lets "
                       "anybody on the way write manifests: use https or ssh");
    return {};
}

result<void> check_ssh(std::string_view authority) {
    auto host = authority.substr(authority.rfind('@') + 1);
    if (host.empty() || host.starts_with('-') || authority.starts_with('-'))
        return refused("the URL names no host");
    if (authority.substr(0, authority.size() - host.size()).find(':') != std::string_view::npos)
        return refused("a password in an ssh URL is not used: give the daemon's user a key");
    return {};
}

result<void> check_url(source_settings& into) {
    auto& url = into.url;
    if (url.starts_with('/') || url.starts_with("file:///")) {
        into.local = true;
        while (url.size() > 1 && url.ends_with('/'))
            url.pop_back();
        return {};
    }
    auto mark = url.find("://");
    auto scheme = url.substr(0, mark);
    if (mark != std::string::npos && (scheme == "https" || scheme == "http"))
        return take_credentials(into, scheme);
    if (mark != std::string::npos && scheme == "ssh") {
        auto rest = std::string_view(url).substr(mark + 3);
        return check_ssh(rest.substr(0, rest.find('/')));
    }
    auto colon = url.find(':');
    if (mark == std::string::npos && colon != std::string::npos && colon > 0 &&
        url.substr(0, colon).find('/') == std::string::npos)
        return check_ssh(std::string_view(url).substr(0, colon));
    return refused("'" + url +
                   "' is no repository: write git+https://…, git+ssh://…, git+user@host:path, "
                   "git+file:///… or git+/path");
}

/// Cuts "//subdir" off; the "//" of "https://" is not one.
std::string cut_subdir(std::string& url) {
    auto mark = url.find("://");
    auto from = mark == std::string::npos ? std::size_t{1} : mark + 4;
    auto at = url.find("//", from);
    if (at == std::string::npos) return "";
    auto subdir = url.substr(at + 2);
    url.erase(at);
    return subdir;
}

result<source_settings> parse_git(const std::string& text, std::string_view asked) {
    auto given = parse_query(asked, {"ref", "every", "prune"});
    if (!given) return given.error();
    source_settings out;
    out.is = source_settings::kind::git;
    out.url = text;
    auto subdir = folder(cut_subdir(out.url));
    if (!subdir) return subdir.error();
    out.subdir = *subdir;
    auto checked = check_url(out);
    if (!checked) return checked.error();
    auto prune = flag(*given, "prune");
    if (!prune) return prune.error();
    out.prune = *prune;
    auto every = interval(*given);
    if (!every) return every.error();
    out.every = *every;
    if (auto ref = given->find("ref"); ref != given->end()) {
        if (!is_ref(ref->second)) return refused("ref=" + ref->second + " is no name of a branch");
        out.ref = ref->second;
    }
    out.given = "git+" + out.url;
    if (!out.subdir.empty()) out.given += "//" + out.subdir;
    if (!asked.empty()) out.given += "?" + std::string(asked);
    return out;
}

result<source_settings> parse_directory(const std::string& text, std::string_view asked) {
    auto given = parse_query(asked, {"prune"});
    if (!given) return given.error();
    auto prune = flag(*given, "prune");
    if (!prune) return prune.error();
    if (text.empty()) return refused("dir: names no directory: write dir:/etc/alcedo");
    source_settings out;
    std::error_code failed;
    out.path = std::filesystem::absolute(text, failed).lexically_normal().string();
    if (failed) return refused("dir:" + text + ": " + failed.message());
    while (out.path.size() > 1 && out.path.ends_with('/'))
        out.path.pop_back();
    out.prune = *prune;
    out.given = "dir:" + out.path;
    if (!asked.empty()) out.given += "?" + std::string(asked);
    return out;
}

} // namespace

std::string to_string(const source_settings& settings) {
    return settings.given;
}

result<source_settings> parse_source(const std::string& text) {
    if (has_control(text)) return refused("a control character in it");
    auto mark = text.find('?');
    auto place = text.substr(0, mark);
    auto asked =
        mark == std::string::npos ? std::string_view() : std::string_view(text).substr(mark + 1);
    if (place.starts_with("dir:")) return parse_directory(place.substr(4), asked);
    if (place.starts_with("git+")) return parse_git(place.substr(4), asked);
    return refused("'" + place.substr(0, place.find(':')) +
                   "…' is no kind of source: write dir:PATH or git+URL[//folder][?ref=BRANCH]");
}

std::unique_ptr<manifest_source> make_source(source_settings settings, source_tools tools) {
    if (settings.is == source_settings::kind::git)
        return make_git_source(std::move(settings), std::move(tools));
    return make_directory_source(std::move(settings), std::move(tools));
}

} // namespace alcedo
