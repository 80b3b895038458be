#pragma once
// What a refusal of the engine means: one table, keyed on the call and the status first and on the
// text second, because the wording differs between engines and 20.10 says 500 for client errors.
// It knows nothing of connections; a call without an answer is not its business.

#include "reconcilers/model/result.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace alcedo::docker {

enum class operation : std::uint32_t {
    ping = 1u << 0,
    version = 1u << 1,
    list = 1u << 2,
    inspect = 1u << 3,
    image = 1u << 4,
    pull = 1u << 5,
    create = 1u << 6,
    update = 1u << 7,
    start = 1u << 8,
    stop = 1u << 9,
    remove = 1u << 10,
    logs = 1u << 11,
    networks = 1u << 12,
    network = 1u << 13,
    network_create = 1u << 14,
    network_remove = 1u << 15,
    connect = 1u << 16,
    volume = 1u << 17,
    volume_create = 1u << 18,
    events = 1u << 19,
};
/// Label `op` of alcedo_docker_calls_total.
std::string to_string(operation);

/// The `message` of an error body; a body that is not JSON is the message itself (paths below 1.24
/// and proxies answer plain text). One line, at most 1 KiB, valid UTF-8.
std::string message_in(const std::string& body);

/// No value = success: 2xx, and what is as good (304 of a start, 404 of a remove). `invalid` only
/// for what was asked: of a create or start, or of what is made for it (CreateFailed, StartFailed),
/// it is evidence against the revision, so whatever could be the host's, the endpoint's or the
/// network's trouble is `retry`. Of these calls, `invalid` without a reason is the host's, too. A
/// start whose network is gone is `conflict` with NetworkMissing: it can only be made anew.
std::optional<error> refusal(operation, int status, const std::string& body);

/// Why a pull failed, by the text alone: 20.10 says 500 for everything, and a failure after the
/// headers comes with 200. Names of the image are left out of the judgement (`acme/denied-bot`).
error pull_failure(const std::string& reference, const std::string& text);

} // namespace alcedo::docker
