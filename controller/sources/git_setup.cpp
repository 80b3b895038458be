#include "controller/sources/git_setup.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace alcedo {

namespace {

// The transports of SPEC §6 only. The folder is ours, so a source owned by somebody else (the
// usual case for a daemon) must not be refused: upload-pack of a local repository drops what is
// passed by -c, and reads this file. unpackLimit: a fetch that is cut leaves a whole pack or none.
constexpr std::string_view fixed = R"([core]
	hooksPath = /dev/null
	fsmonitor = false
	askPass =
[safe]
	directory = *
[protocol]
	allow = never
[protocol "file"]
	allow = always
[protocol "https"]
	allow = always
[protocol "http"]
	allow = always
[protocol "ssh"]
	allow = always
[http]
	lowSpeedLimit = 1000
	lowSpeedTime = 20
[gc]
	autoDetach = false
[maintenance]
	autoDetach = false
[transfer]
	unpackLimit = 1
)";

error failed(const std::string& path) {
    return error(next_step::retry, "SourceUnreadable",
                 path + ": " + std::generic_category().message(errno));
}

std::string hex64(std::uint64_t value) {
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4)
        out += "0123456789abcdef"[(value >> shift) & 15];
    return out;
}

/// FNV-1a: names a cache folder, guards nothing.
std::uint64_t name_hash(std::string_view text) {
    std::uint64_t out = 0xcbf29ce484222325u;
    for (unsigned char c : text)
        out = (out ^ c) * 0x100000001b3u;
    return out;
}

std::string base64(std::string_view text) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += 3) {
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits =
                bits << 8 | (at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u);
        for (std::size_t i = 0; i < 4; ++i)
            out += at + i > text.size() ? '=' : digits[bits >> (18 - 6 * i) & 63];
    }
    return out;
}

std::string home_of_user() {
    std::array<char, 4096> buffer;
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found)
        return found->pw_dir;
    const char* home = std::getenv("HOME");
    return home ? home : "/nonexistent";
}

std::string credentials_section(const source_settings& settings) {
    if (settings.credentials.empty()) return "";
    // Only for that host. The URL was checked: no control character, hence no new line.
    auto host_end = settings.url.find('/', settings.url.find("://") + 3);
    std::string host;
    for (char c : settings.url.substr(0, host_end)) {
        if (c == '"' || c == '\\') host += '\\';
        host += c;
    }
    return "[http \"" + host + "/\"]\n\textraHeader = Authorization: Basic " +
           base64(settings.credentials) + "\n";
}

} // namespace

std::string git_folder(const source_settings& settings, const std::string& state_dir) {
    std::string readable;
    for (char c : settings.url.substr(settings.url.find_last_of("/:") + 1))
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')
            readable += c;
    return state_dir + "/git/" + readable.substr(0, 40) + "-" +
           hex64(name_hash(settings.url + "\n" + settings.ref));
}

std::vector<std::string> git_environment(const std::string& folder) {
    std::vector<std::string> out{"GIT_TERMINAL_PROMPT=0",
                                 "GIT_CONFIG_NOSYSTEM=1",
                                 "GIT_CONFIG_GLOBAL=" + folder + "/config",
                                 "GIT_ATTR_NOSYSTEM=1",
                                 "GIT_OPTIONAL_LOCKS=0",
                                 "SSH_ASKPASS_REQUIRE=never",
                                 "GIT_SSH_COMMAND=ssh -oBatchMode=yes -oConnectTimeout=10",
                                 "HOME=" + home_of_user(),
                                 "LC_ALL=C"};
    const char* path = std::getenv("PATH");
    out.push_back(std::string("PATH=") + (path ? path : "/usr/local/bin:/usr/bin:/bin"));
    for (auto name :
         {"SSH_AUTH_SOCK", "https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY",
          "no_proxy", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"})
        if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
    return out;
}

result<void> write_git_setup(const source_settings& settings, const std::string& folder) {
    std::error_code wrong;
    auto above = std::filesystem::path(folder).parent_path();
    std::filesystem::create_directories(above, wrong);
    if (wrong)
        return error(next_step::retry, "SourceUnreadable", above.string() + ": " + wrong.message());
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return failed(folder);
    if (::chmod(above.c_str(), 0700) != 0) return failed(above.string());
    if (::chmod(folder.c_str(), 0700) != 0) return failed(folder);
    const auto path = folder + "/config";
    const auto text = std::string(fixed) + credentials_section(settings);
    auto fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return failed(path);
    bool written = ::fchmod(fd, 0600) == 0 &&
                   ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    auto outcome = written ? result<void>() : failed(path);
    ::close(fd);
    return outcome;
}

} // namespace alcedo
