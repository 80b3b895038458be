#pragma once
// The probes of this workshop, one file each; controller/wiring/kinds.def lists them. They ask and
// describe; what is made of a row of answers is judged elsewhere.

#include "controller/net/http_client.hpp"
#include "controller/ports/probe.hpp"

#include <memory>

namespace alcedo {

// Every probe borrows the client, which must outlive it. Settings that are missing have the
// manifest's defaults. Wrong answers, refusals and silence are Fail; no address is NoData; trouble
// on our own side (no descriptors, no route, no such name) is Inconclusive.

/// {service, port, path = "/", method = "GET", headers = {}, status = 200–299 or a number or a
/// list, body = optional: contained literally, or matched as RE2 anywhere}. Follows no redirect.
/// Evidence {url, status, body (first 4 KiB), error, location, ms}, each if there is one.
std::unique_ptr<probe> make_http_probe(net::http_client&);

/// {service, port}: the connect is answered. Evidence {url, error, ms}.
std::unique_ptr<probe> make_tcp_probe(net::http_client&);

/// {name, path = the route's own, status as above}: asked on the entry point as a client would, or
/// with the try token. Evidence as http.
std::unique_ptr<probe> make_route_probe(net::http_client&);

} // namespace alcedo
