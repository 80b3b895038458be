#pragma once
// One HTTP question with an expectation, as `http` and `route` ask it.

#include "controller/net/http_client.hpp"
#include "controller/ports/probe.hpp"

#include <string>

namespace alcedo::probing {

struct http_question {
    net::endpoint to;
    net::request what;
    std::string url;           ///< for people
    json expected_status;      ///< null: 200–299; else a number or a list
    std::string expected_body; ///< empty: any
};

task<sample> ask(net::http_client&, check_spec, http_question);

} // namespace alcedo::probing
