#include "controller/runtimes/docker_errors.hpp"

#include "controller/runtimes/docker_reference.hpp"
#include "controller/runtimes/docker_text.hpp"
#include "reconcilers/model/reason.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <string_view>

namespace alcedo::docker {

namespace {

using set = std::uint32_t;

constexpr set of(operation o) {
    return static_cast<set>(o);
}
constexpr set any = ~set{0};
constexpr set making = of(operation::create) | of(operation::start);
/// Their bodies are the revision's own words: a container, and what it needs made first.
constexpr set asking = of(operation::create) | of(operation::connect) |
                       of(operation::network_create) | of(operation::volume_create);

/// First match wins. `status` 0 = any refusal; `text` in lower case, "" = any.
struct row {
    set calls;
    int status;
    std::string_view text;
    std::optional<next_step> next; ///< nothing = this answer is success
    std::string_view why = {};
};

constexpr auto fine = std::nullopt;
using enum next_step;

constexpr std::array table{
    // Answers that are as good as success.
    row{of(operation::start) | of(operation::stop), 304, "", fine},
    row{of(operation::stop) | of(operation::remove) | of(operation::network_remove), 404, "", fine},
    row{of(operation::connect), 403, "already exists in network", fine},
    row{of(operation::connect), 0, "already connected to network", fine},

    // Somebody else is still at it, or the world moved. Podman says 500 where Docker says 409.
    row{any, 409, "removal of container", wait},
    row{any, 409, "marked for removal", wait},
    row{of(operation::create), 500, "name is already in use", conflict},
    row{any, 500, "container state improper", conflict},
    row{any, 409, "", conflict},

    // The endpoint (a socket proxy, an authorisation plug-in) does not let us, or the engine was
    // exchanged under the call: nothing that a revision is to blame for.
    row{of(operation::network_create) | of(operation::network_remove), 403, "", conflict},
    row{any, 403, "", retry},
    row{any, 401, "", retry},
    row{any, 400, "client version", retry},

    // The host's trouble, whatever the status.
    row{any, 0, "no space left on device", retry},
    row{any, 0, "cannot allocate memory", retry},
    row{any, 0, "resource temporarily unavailable", retry},
    row{any, 0, "too many open files", retry},
    row{any, 0, "device or resource busy", retry},
    row{any, 0, "context deadline exceeded", retry},
    row{any, 0, "context canceled", retry},
    row{any, 0, "connection refused", retry},
    row{any, 0, "i/o timeout", retry},
    row{making, 0, "port is already allocated", retry},
    row{making, 0, "address already in use", retry},
    row{making, 0, "endpoint with name", retry},
    row{making, 0, "no available ipv4 addresses", retry},

    // The image was there when it was resolved: look again.
    row{of(operation::create), 404, "no such image", gone, reason::ImageNotFound},
    row{of(operation::create), 404, "image not known", gone, reason::ImageNotFound},
    row{of(operation::create), 404, "network", conflict},
    row{of(operation::create), 404, "", invalid, reason::CreateFailed},

    // Networks: the engine's own pools end after 29 networks; words and status vary. The host's,
    // though it lasts: no reason, so no evidence.
    row{of(operation::network_create), 0, "non-overlapping ipv4 address pool", invalid},
    row{of(operation::network_create), 0, "predefined address pools", invalid},
    row{of(operation::network_create), 0, "overlap", conflict},
    row{of(operation::network_create) | of(operation::connect), 500, "invalid argument", retry},

    // What the revision asked for: a driver that does not exist, options that make no sense.
    row{of(operation::network_create) | of(operation::volume_create), 404, "", invalid,
        reason::CreateFailed},
    row{asking, 400, "", invalid, reason::CreateFailed},
    row{asking, 501, "", invalid, reason::CreateFailed},
    row{asking, 500, "invalid", invalid, reason::CreateFailed},
    row{of(operation::create), 500, "json", invalid, reason::CreateFailed},

    row{of(operation::start), 404, "plugin", invalid, reason::StartFailed},
    // It was there when the container was made: somebody took it away since.
    row{of(operation::start), 404, "network", conflict, reason::NetworkMissing},
    row{of(operation::connect), 404, "network", gone, reason::NetworkMissing},
    row{of(operation::start), 400, "", invalid, reason::StartFailed},
    row{of(operation::start), 501, "", invalid, reason::StartFailed},
    row{of(operation::start), 500, "oci runtime", invalid, reason::StartFailed},
    row{of(operation::start), 500, "oci permission", invalid, reason::StartFailed},
    row{of(operation::start), 500, "executable file not found", invalid, reason::StartFailed},
    row{of(operation::start), 500, "error during container init", invalid, reason::StartFailed},
    row{of(operation::start), 500, "cannot expose privileged port", invalid, reason::StartFailed},
    row{of(operation::start), 500, "mount source path", invalid, reason::StartFailed},
    row{of(operation::start), 500, "logging driver", invalid, reason::StartFailed},
    row{of(operation::start), 500, "linux spec", invalid, reason::StartFailed},
    row{of(operation::start), 500, "unable to find user", invalid, reason::StartFailed},

    row{of(operation::network), 400, "ambiguous", conflict},
    row{of(operation::network), 400, "matches found", conflict},
    row{of(operation::image), 400, "", invalid, reason::ImageNotFound},
    row{of(operation::image), 500, "invalid reference format", invalid, reason::ImageNotFound},

    row{any, 404, "", gone},
    row{any, 400, "", invalid},
    row{any, 501, "", invalid},
    row{any, 0, "", retry},
};

/// The same for pulls; what is not here is the registry's or the network's trouble. Only those
/// troubles are named first whose texts also hold a word of a verdict below.
constexpr std::array pull_table{
    row{any, 0, "toomanyrequests", retry},
    row{any, 0, "too many requests", retry},
    row{any, 0, "permission denied", retry},
    row{any, 0, "no such host", retry},
    row{any, 0, "connection refused", retry},
    row{any, 0, "timeout", retry},
    row{any, 0, "deadline exceeded", retry},
    row{any, 0, "internal server error", retry},
    row{any, 0, "bad gateway", retry},
    row{any, 0, "service unavailable", retry},
    row{any, 0, "gateway time", retry},
    row{any, 0, "no space left", retry},

    row{any, 0, "no basic auth credentials", invalid, reason::ImageDenied},
    row{any, 0, "unauthorized", invalid, reason::ImageDenied},
    row{any, 0, "denied", invalid, reason::ImageDenied},
    row{any, 0, "forbidden", invalid, reason::ImageDenied},
    row{any, 0, "authentication required", invalid, reason::ImageDenied},
    row{any, 0, "authorization failed", invalid, reason::ImageDenied},

    // containerd's image store repeats the status line, whatever words the registry put there.
    row{any, 0, ": 401 ", invalid, reason::ImageDenied},
    row{any, 0, ": 403 ", invalid, reason::ImageDenied},

    row{any, 0, "manifest unknown", invalid, reason::ImageNotFound},
    row{any, 0, "name unknown", invalid, reason::ImageNotFound},
    row{any, 0, "repository name not known", invalid, reason::ImageNotFound},
    row{any, 0, "no matching manifest", invalid, reason::ImageNotFound},
    row{any, 0, "no match for platform", invalid, reason::ImageNotFound},
    row{any, 0, "invalid reference format", invalid, reason::ImageNotFound},
    row{any, 0, "not found", invalid, reason::ImageNotFound},
    row{any, 0, "", retry},
};

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

const row& find(std::span<const row> rows, operation o, int status, const std::string& text) {
    const auto found = std::ranges::find_if(rows, [&](const row& r) {
        return (r.calls & of(o)) != 0 && (r.status == 0 || r.status == status) &&
               text.find(r.text) != std::string::npos;
    });
    return *found; // the last row of each table matches everything
}

/// The engine says why in JSON. The page of a proxy between it and us, or a path that it does not
/// serve, says nothing about a container or a revision: neither evidence nor "gone".
bool is_verdict(int status, const std::string& body) {
    if (status < 400) return true;
    const auto parsed = json_in(body);
    if (!parsed || !parsed->is_object() || !parsed->contains("message")) return false;
    return status != 404 || text_at(*parsed, "message") != "page not found";
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

/// Takes every whole occurrence of `name` out of `text`.
void erase_name(std::string& text, const std::string& name) {
    for (auto at = text.find(name); !name.empty() && at != std::string::npos;
         at = text.find(name, at)) {
        const auto end = at + name.size();
        const bool whole =
            (at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]));
        if (whole)
            text.erase(at, name.size());
        else
            at = end;
    }
}

} // namespace

std::string to_string(operation o) {
    switch (o) {
    case operation::ping:
        return "ping";
    case operation::version:
        return "version";
    case operation::list:
        return "list";
    case operation::inspect:
        return "inspect";
    case operation::image:
        return "image";
    case operation::pull:
        return "pull";
    case operation::create:
        return "create";
    case operation::update:
        return "update";
    case operation::start:
        return "start";
    case operation::stop:
        return "stop";
    case operation::remove:
        return "remove";
    case operation::logs:
        return "logs";
    case operation::networks:
        return "networks";
    case operation::network:
        return "network";
    case operation::network_create:
        return "network_create";
    case operation::network_remove:
        return "network_remove";
    case operation::connect:
        return "connect";
    case operation::volume:
        return "volume";
    case operation::volume_create:
        return "volume_create";
    case operation::events:
        return "events";
    }
    return "unknown";
}

std::string message_in(const std::string& body) {
    constexpr std::size_t longest = 1024;
    std::string text = body.substr(0, 64u << 10);
    const auto parsed = json_in(body);
    if (parsed && parsed->is_object()) {
        const auto said = text_at(*parsed, "message");
        if (!said.empty()) text = said;
    }
    std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
    const auto last = text.find_last_not_of(' ');
    text.erase(last == std::string::npos ? 0 : last + 1);
    return valid_utf8(text.substr(0, longest));
}

std::optional<error> refusal(operation o, int status, const std::string& body) {
    if (status >= 200 && status < 300) return std::nullopt;
    const auto text = message_in(body);
    const auto shown = "docker " + to_string(o) + ": " + std::to_string(status) + ": " +
                       (text.empty() ? std::string("no explanation") : text);
    if (!is_verdict(status, body)) return error(next_step::retry, shown);
    const auto& verdict = find(table, o, status, lower(text));
    if (!verdict.next) return std::nullopt;
    return error(*verdict.next, std::string(verdict.why), shown);
}

error pull_failure(const std::string& reference, const std::string& text) {
    auto judged = text;
    const auto names = parse_reference(reference);
    if (names) {
        const auto& path = names->path;
        erase_name(judged, "/" + path + "/manifests/" + names->tag);
        erase_name(judged, names->repository + ":" + names->tag);
        erase_name(judged, path + ":" + names->tag);
        // A bare one-word name could be a word of the verdict itself.
        if (names->repository.find('/') != std::string::npos) erase_name(judged, names->repository);
        if (path.find('/') != std::string::npos) erase_name(judged, path);
    }
    const auto& verdict = find(pull_table, operation::pull, 0, lower(judged));
    const auto why = verdict.why.empty() ? reason::ImagePullFailing : verdict.why;
    const auto shown = text.empty() ? std::string("no explanation") : message_in(text);
    return error(*verdict.next, std::string(why), shown);
}

} // namespace alcedo::docker
