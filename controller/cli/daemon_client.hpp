#pragma once
// The client's side of the daemon's socket: one call at a time, blocking, JSON in and out.

#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/result.hpp"
#include "reconcilers/model/spec.hpp"

#include <memory>
#include <string>

namespace alcedo::cli {

class daemon_client {
public:
    virtual ~daemon_client() = default;
    /// How long each call waits for its answer; by itself longer than the daemon's longest poll.
    milliseconds patience{40000};
    /// The body of an answer below 400. Errors: what the daemon said ({reason, message}), or
    /// "Unreachable" when it could not be asked, "NoAnswer" when its patience ran out.
    virtual result<json> get(const std::string& target) = 0;
    virtual result<json> post(const std::string& target, const json& body) = 0;
};

/// Connects at each call; a socket that is not there is an error of the call.
std::unique_ptr<daemon_client> make_daemon_client(const std::string& socket);

/// Could not be asked, or did not answer in time.
bool is_unreachable(const error&);
/// Only the latter: something listens there.
bool is_silent(const error&);
/// 69 for a daemon that did not answer, else 1.
int exit_code_of(const error&);

/// Percent-encoded for a path segment or a query value.
std::string encoded(const std::string&);

} // namespace alcedo::cli
