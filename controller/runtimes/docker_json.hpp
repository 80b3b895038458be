#pragma once
// Answers of the engine → model. Pure. Unknown fields are ignored, null and missing are alike; what
// is needed and absent makes the whole answer `malformed` (retry): half an answer is none (S11).

#include "controller/ports/runtime.hpp"
#include "controller/runtimes/docker_text.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alcedo::docker {

inline constexpr auto instance_label = "alcedo.dev/instance";
inline constexpr auto name_label = "alcedo.dev/name";
inline constexpr auto swarm_label = "com.docker.swarm.task.id";
/// Networks that an engine before 1.44 could not take in the create: JSON, [{id, aliases}].
inline constexpr auto connect_label = "alcedo.dev/connect";

/// retry, reason "malformed".
error malformed(const std::string& what);

/// The parsed body of a call's answer.
result<json> answer_in(const std::string& what, const std::string& body);

/// GET /containers/json: full ids, without containers that swarm owns.
result<std::vector<std::string>> ids_from(const json& listed);

/// GET /containers/{id}/json. `addresses` has an entry for every attached network whose id is
/// known; its address is empty while the container does not run.
result<container> container_from(const json& inspected);
std::string restart_policy_in(const json& inspected);
bool has_terminal(const json& inspected);

/// What its connect_label names, if a crash between create and connect left some of it out.
std::vector<network_attachment> missing_networks(const json& inspected);

result<image_info> image_from(const json& inspected);
result<network_info> network_from(const json& inspected);

/// One line of GET /events. Nothing for what is not about a container, or only about a probe in it.
std::optional<engine_change> change_from(const json& event);

} // namespace alcedo::docker
