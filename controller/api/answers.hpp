#pragma once
// The shapes of answers: JSON bodies, and errors as {reason, message} with a status that fits.

#include "controller/net/http_server.hpp"
#include "reconcilers/model/spec.hpp"

#include <string>

namespace alcedo::api {

net::response json_answer(int status, const json& body);
net::response text_answer(int status, std::string body);
net::response refusal(int status, const std::string& reason, const std::string& message);

/// gone 404, conflict 409, invalid 422, anything that may pass 503.
net::response refusal(const error&);

} // namespace alcedo::api
