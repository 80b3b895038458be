#pragma once
// Normal form → fields of POST /containers/create (Engine API 1.41). Columns of the table in
// service_keys.cpp; nobody else calls these.

#include "reconcilers/model/spec.hpp"

namespace alcedo::create {

void cap_add(const json&, json& body);
void cap_drop(const json&, json& body);
void command(const json&, json& body);
void deploy(const json&, json& body);
void entrypoint(const json&, json& body);
void expose(const json&, json& body);
void extra_hosts(const json&, json& body);
void healthcheck(const json&, json& body);
void init(const json&, json& body);
void logging(const json&, json& body);
void read_only(const json&, json& body);
void restart(const json&, json& body);
void stop_grace_period(const json&, json& body);
void stop_signal(const json&, json& body);
void tmpfs(const json&, json& body);
void ulimits(const json&, json& body);
void user(const json&, json& body);
void working_dir(const json&, json& body);

} // namespace alcedo::create
