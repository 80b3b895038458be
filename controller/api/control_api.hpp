#pragma once
// The daemon's API on its unix socket: HTTP to the `control` door and back. Who may connect is
// decided by the socket's mode (0660); who does is told by the kernel and kept with each wish.
//
//   GET  /v1/apps                      BlueGreenList
//   GET  /v1/apps/{name}               BlueGreen
//   GET  /v1/apps/{name}/plan          what the next passes would do
//   GET  /v1/apps/{name}/history       receipts
//   GET  /v1/apps/{name}/judged        ?commit=SHA
//   POST /v1/apps/{name}/wishes/{verb} promote, abort, retry, rollback, pause, resume, delete:
//                                      {app, verb, granted, reason, message}; refused = 409
//   POST /v1/plan                      {files: [{name, text}]}
//   GET  /v1/changes                   ?app=&seen=N&wait=SECONDS → {seen, changed}
//   GET  /v1/ready, /v1/version

#include "controller/net/http_server.hpp"
#include "controller/ports/control.hpp"

namespace alcedo::api {

/// The longest a long poll is kept waiting.
inline constexpr milliseconds longest_poll{30000};

/// `door` must outlive the handler and every answer under way.
net::handler make_control_handler(control& door);

} // namespace alcedo::api
