#include "controller/runtimes/docker_errors.hpp"

#include "reconcilers/model/reason.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace alcedo;
using namespace alcedo::docker;

namespace {

std::string said(const std::string& message) {
    return nlohmann::json{{"message", message}}.dump();
}

struct expectation {
    operation call;
    int status;
    std::string text;
    next_step next;
    std::string_view why = "";
};

} // namespace

TEST_CASE("answers that are as good as success") {
    CHECK_FALSE(refusal(operation::create, 201, "{}"));
    CHECK_FALSE(refusal(operation::start, 204, ""));
    CHECK_FALSE(refusal(operation::start, 304, ""));
    CHECK_FALSE(refusal(operation::stop, 304, ""));
    CHECK_FALSE(refusal(operation::stop, 404, said("No such container: x")));
    CHECK_FALSE(refusal(operation::remove, 404, said("No such container: x")));
    CHECK_FALSE(refusal(operation::network_remove, 404, said("network x not found")));
    CHECK_FALSE(refusal(operation::connect, 403,
                        said("endpoint with name probe1 already exists in network netb")));
    CHECK(refusal(operation::create, 304, ""));
}

TEST_CASE("what refusals mean, in the words of the engines") {
    const std::string cannot_start =
        "failed to create task for container: failed to create shim task: OCI runtime create "
        "failed: runc create failed: unable to start container process: exec: \"/nope\": stat "
        "/nope: no such file or directory: unknown";
    const expectation cases[] = {
        // Names: 20.10 to 30 say 409, Podman 500.
        {operation::create, 409,
         "Conflict. The container name \"/a\" is already in use by container \"11\". You have to "
         "remove (or rename) that container to be able to reuse that name.",
         next_step::conflict},
        {operation::create, 500,
         "creating container storage: the container name \"a\" is already in use by 11. You have "
         "to remove that container to be able to reuse that name: that name is already in use",
         next_step::conflict},
        {operation::create, 404, "No such image: nosuch:1", next_step::gone, "ImageNotFound"},
        {operation::create, 404,
         "create vv: error looking up volume plugin nodrv: plugin "
         "\"nodrv\" not found",
         next_step::invalid, "CreateFailed"},
        {operation::create, 400, "Minimum memory limit allowed is 6MB", next_step::invalid,
         "CreateFailed"},
        {operation::create, 500, "invalid character 'x' looking for beginning of value",
         next_step::invalid, "CreateFailed"}, // 20.10
        {operation::create, 500, "open /var/lib/docker/x: no space left on device",
         next_step::retry},
        {operation::create, 400, "cannot create: no space left on device", next_step::retry},
        {operation::create, 403, "Forbidden by administrative rules", next_step::retry},
        {operation::create, 500, "something new", next_step::retry},
        {operation::create, 400,
         "client version 1.44 is too new. Maximum supported API version "
         "is 1.41",
         next_step::retry},

        {operation::start, 400, cannot_start, next_step::invalid, "StartFailed"},
        {operation::start, 500, cannot_start, next_step::invalid, "StartFailed"},
        {operation::start, 404, "network 0f3 not found", next_step::conflict, "NetworkMissing"},
        {operation::connect, 404, "network 0f3 not found", next_step::gone, "NetworkMissing"},
        {operation::connect, 404, "No such container: 11", next_step::gone},
        {operation::connect, 400, "invalid endpoint settings", next_step::invalid, "CreateFailed"},
        {operation::start, 404, "No such container: 11", next_step::gone},
        {operation::start, 500,
         "unable to find user nobody-here: no matching entries in passwd "
         "file",
         next_step::invalid, "StartFailed"},
        {operation::start, 500, "failed to initialize logging driver: invalid size: 'zz'",
         next_step::invalid, "StartFailed"},
        {operation::start, 500,
         "failed to initialize logging driver: dial tcp 127.0.0.1:1: "
         "connect: connection refused",
         next_step::retry},
        {operation::start, 500,
         "driver failed programming external connectivity on endpoint x: "
         "Bind for 127.0.0.1:18080 failed: port is already allocated",
         next_step::retry},
        {operation::start, 403, "Address already in use", next_step::retry},
        {operation::start, 500,
         "failed to create shim task: OCI runtime create failed: "
         "context deadline exceeded",
         next_step::retry},
        {operation::start, 409, "cannot start a paused container, try unpause instead",
         next_step::conflict},
        {operation::start, 409, "container is marked for removal and cannot be started",
         next_step::wait},

        {operation::remove, 409, "removal of container 11 is already in progress", next_step::wait},
        {operation::remove, 409,
         "You cannot remove a running container 11. Stop the container "
         "before attempting removal or force remove",
         next_step::conflict},
        {operation::remove, 409,
         "cannot remove container \"/x\": container is running: stop the "
         "container before removing or force remove",
         next_step::conflict}, // 29
        {operation::remove, 500,
         "cannot remove container 11 as it is running - running or paused "
         "containers cannot be removed without force: container state "
         "improper",
         next_step::conflict}, // Podman
        {operation::remove, 500, "unlinkat /x: device or resource busy", next_step::retry},
        {operation::stop, 500,
         "cannot stop container: 11: tried to kill container, but did not "
         "receive an exit event",
         next_step::retry},

        {operation::network_create, 409, "network with name a already exists", next_step::conflict},
        {operation::network_create, 403, "Pool overlaps with other one on this address space",
         next_step::conflict},
        {operation::network_create, 400,
         "invalid pool request: Pool overlaps with other one on this address space",
         next_step::conflict},
        {operation::network_create, 500, "failed to add interface veth0: invalid argument",
         next_step::retry}, // the kernel's word
        {operation::network_create, 404,
         "could not find an available, non-overlapping IPv4 "
         "address pool among the defaults to assign to the network",
         next_step::invalid},
        {operation::network_create, 500, "all predefined address pools have been fully subnetted",
         next_step::invalid},
        {operation::network_create, 500, "Invalid subnet zz : invalid CIDR address: zz",
         next_step::invalid, "CreateFailed"}, // 20.10
        {operation::network_create, 400, "invalid network config: invalid subnet zz",
         next_step::invalid, "CreateFailed"},
        {operation::network_create, 404, "plugin \"nodrv\" not found", next_step::invalid,
         "CreateFailed"},
        {operation::network_remove, 403,
         "error while removing network: network a id 1 has active "
         "endpoints",
         next_step::conflict},
        {operation::network, 400, "network a is ambiguous (2 matches found on name)",
         next_step::conflict},
        {operation::image, 404, "No such image: a", next_step::gone},
        {operation::image, 400, "invalid reference format: repository name must be lowercase",
         next_step::invalid, "ImageNotFound"},
        {operation::list, 403, "not permitted", next_step::retry},
        {operation::list, 500, "whatever", next_step::retry},
        {operation::inspect, 404, "No such container: 11", next_step::gone},
        {operation::volume_create, 404, "error looking up volume plugin", next_step::invalid,
         "CreateFailed"},
        {operation::volume_create, 400, "create x: \"a b\" includes invalid characters",
         next_step::invalid, "CreateFailed"},
        {operation::volume_create, 409, "A volume named x already exists with the y driver",
         next_step::conflict},
    };
    for (const auto& one : cases) {
        CAPTURE(to_string(one.call));
        CAPTURE(one.status);
        CAPTURE(one.text);
        const auto got = refusal(one.call, one.status, said(one.text));
        REQUIRE(got);
        CHECK(to_string(got->next) == to_string(one.next));
        CHECK(got->reason == one.why);
        CHECK(got->message.find(one.text.substr(0, 40)) != std::string::npos);
    }
}

/// Calls whose bodies are the revision's own words.
bool asks_for_the_revision(operation call) {
    return call == operation::create || call == operation::start || call == operation::connect ||
           call == operation::network_create || call == operation::volume_create;
}

TEST_CASE("what is refused for good has a reason: without one a rollout stood in Starting for "
          "ever") {
    for (std::uint32_t bit = 0; bit < 20; ++bit)
        for (int status = 400; status < 600; ++status)
            for (const auto* text : {"what", "invalid", "plugin \"x\" not found", "json: bad",
                                     "network n not found", "logging driver x"}) {
                const auto call = static_cast<operation>(1u << bit);
                const auto got = refusal(call, status, said(text));
                if (!got || !asks_for_the_revision(call)) continue;
                CAPTURE(to_string(call));
                CAPTURE(status);
                CAPTURE(text);
                CHECK((got->next != next_step::invalid || !got->reason.empty()));
            }
}

TEST_CASE("only what the revision asks for is refused with a reason that is evidence") {
    for (std::uint32_t bit = 0; bit < 20; ++bit)
        for (const int status : {400, 401, 403, 404, 409, 500, 501, 503}) {
            const auto call = static_cast<operation>(1u << bit);
            const auto got = refusal(call, status, said("OCI runtime create failed: invalid"));
            if (!got || asks_for_the_revision(call)) continue;
            CAPTURE(to_string(call));
            CHECK(got->reason != reason::CreateFailed);
            CHECK(got->reason != reason::StartFailed);
        }
}

// A socket proxy answered a create with its own 404: the revision was rejected for good over it,
// and an inspect so answered made a running container look removed.
TEST_CASE("a page that is not the engine's is no verdict, whatever its status") {
    const std::string pages[] = {"", "<html><h1>404 Not Found</h1></html>", "no such container",
                                 "{}", said("page not found")};
    for (const auto& page : pages)
        for (const auto call : {operation::create, operation::start, operation::stop,
                                operation::remove, operation::inspect, operation::image}) {
            CAPTURE(page);
            CAPTURE(to_string(call));
            const auto got = refusal(call, 404, page);
            REQUIRE(got);
            CHECK(to_string(got->next) == "retry");
            CHECK(got->reason.empty());
        }
    CHECK(refusal(operation::create, 400, "<html>400 Bad Request</html>")->next ==
          next_step::retry);
    CHECK(refusal(operation::stop, 304, "") == std::nullopt);
}

TEST_CASE("the message of an error body") {
    CHECK(message_in(said("No such container: x")) == "No such container: x");
    CHECK(message_in("client version 1.2 is too old\n") == "client version 1.2 is too old");
    CHECK(message_in(R"({"cause":"c","message":"m","response":500})") == "m");
    CHECK(message_in("{\"message\":") == "{\"message\":");
    CHECK(message_in("line\r\n\x1b[31mred") == "line   [31mred");
    CHECK(message_in(std::string(1 << 20, 'x')).size() == 1024);
    CHECK(message_in("").empty());
}

TEST_CASE("pulls are judged by their text") {
    const std::string name = "127.0.0.1:5000/acme/denied-bot:not-found";
    const struct {
        std::string text;
        next_step next;
        std::string_view why;
    } cases[] = {
        {"manifest for " + name + " not found: manifest unknown: manifest unknown",
         next_step::invalid, "ImageNotFound"},
        {"failed to resolve reference \"" + name + "\": " + name + ": not found",
         next_step::invalid, "ImageNotFound"}, // containerd's store
        {"name unknown: repository name not known to registry", next_step::invalid,
         "ImageNotFound"},
        {"no matching manifest for linux/arm64/v8 in the manifest list entries", next_step::invalid,
         "ImageNotFound"},
        {"pull access denied for acme/bot, repository does not exist or may require 'docker "
         "login': denied: requested access to the resource is denied",
         next_step::invalid, "ImageDenied"},
        {"Head \"http://127.0.0.1:5000/v2/acme/denied-bot/manifests/not-found\": no basic auth "
         "credentials",
         next_step::invalid, "ImageDenied"},
        {"unauthorized: authentication required", next_step::invalid, "ImageDenied"},
        {"unexpected status from HEAD request to http://r/v2/: 403 Forbidden", next_step::invalid,
         "ImageDenied"},
        {"unexpected status from HEAD request to http://r/v2/x/manifests/1: 401 Because",
         next_step::invalid, "ImageDenied"},
        {"received unexpected HTTP status: 503 Service Unavailable", next_step::retry,
         "ImagePullFailing"},
        {"toomanyrequests: You have reached your unauthenticated pull rate limit", next_step::retry,
         "ImagePullFailing"},
        {"Get \"http://127.0.0.1:5000/v2/\": dial tcp 127.0.0.1:5000: connect: connection refused",
         next_step::retry, "ImagePullFailing"},
        {"open /var/lib/docker/tmp/x: permission denied", next_step::retry, "ImagePullFailing"},
        {"write /var/lib/docker/tmp/x: no space left on device", next_step::retry,
         "ImagePullFailing"},
        {"Get \"https://r/v2/\": dial tcp: lookup r on 127.0.0.11:53: no such host",
         next_step::retry, "ImagePullFailing"},
        // The words of the name itself prove nothing.
        {"Get \"http://127.0.0.1:5000/v2/acme/denied-bot/manifests/not-found\": EOF",
         next_step::retry, "ImagePullFailing"},
        {"pulling " + name + ": unexpected EOF", next_step::retry, "ImagePullFailing"},
        {"", next_step::retry, "ImagePullFailing"},
    };
    for (const auto& one : cases) {
        CAPTURE(one.text);
        const auto got = pull_failure(name, one.text);
        CHECK(to_string(got.next) == to_string(one.next));
        CHECK(got.reason == one.why);
    }
}
