#include "controller/runtimes/docker_json.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace alcedo::docker {

namespace {

std::map<std::string, std::string> texts_in(const json& object) {
    std::map<std::string, std::string> out;
    if (!object.is_object()) return out;
    for (const auto& [key, value] : object.items())
        if (value.is_string()) out.emplace(key, value.get<std::string>());
    return out;
}

int small_number_at(const json& object, std::string_view key) {
    constexpr std::int64_t limit = std::numeric_limits<int>::max();
    return static_cast<int>(std::clamp(number_at(object, key), -limit, limit));
}

/// Podman has more words than Docker; those mean the same as the ones beside them.
std::optional<life> life_from(const std::string& word) {
    if (word == "created" || word == "configured" || word == "initialized") return life::created;
    if (word == "running" || word == "stopping") return life::running;
    if (word == "restarting") return life::restarting;
    if (word == "paused") return life::paused;
    if (word == "removing") return life::removing;
    if (word == "exited" || word == "stopped") return life::exited;
    if (word == "dead") return life::dead;
    return std::nullopt;
}

/// Paused and stopped containers say "unhealthy", crashed ones whatever they said last: health
/// means something only while running.
docker_health health_from(life state, const json& word) {
    if (state != life::running || !word.is_string()) return docker_health::none;
    const auto text = word.get<std::string>();
    if (text == "starting") return docker_health::starting;
    if (text == "healthy") return docker_health::healthy;
    if (text == "unhealthy") return docker_health::unhealthy;
    return docker_health::none;
}

/// Engine ≥ 26 leaves a container whose start was cancelled `exited` with code 128 although no
/// process ever was; it is not started yet, not crashed.
bool was_never_started(const container& c) {
    if (c.state == life::created) return true;
    if (c.state != life::exited && c.state != life::dead) return false;
    if (c.started_at.empty() || c.started_at.starts_with("0001-01-01")) return true;
    return c.exit_code == 128 && c.error_text.find("context canceled") != std::string::npos;
}

bool is_full_id(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Podman leaves the algorithm out of image ids.
std::string with_algorithm(std::string id) {
    return is_full_id(id) ? "sha256:" + id : id;
}

std::map<std::string, std::string> addresses_in(const json& networks) {
    std::map<std::string, std::string> out;
    if (!networks.is_object()) return out;
    for (const auto& endpoint : networks) {
        // Before the first start there is only a name.
        const auto id = text_at(endpoint, "NetworkID");
        if (!id.empty()) out[id] = text_at(endpoint, "IPAddress");
    }
    return out;
}

bool is_real_test(const json& test) {
    return test.is_array() && !test.empty() && test.front().is_string() &&
           test.front().get<std::string>() != "NONE";
}

milliseconds health_interval_in(const json& config) {
    constexpr milliseconds engine_default{30000};
    const auto& written = child(child(config, "Healthcheck"), "Interval");
    if (!written.is_number_integer() || written.get<std::int64_t>() <= 0) return engine_default;
    return std::chrono::duration_cast<milliseconds>(
        std::chrono::nanoseconds(written.get<std::int64_t>()));
}

std::set<int> published_in(const json& ports) {
    std::set<int> out;
    if (!ports.is_object()) return out;
    for (const auto& bindings : ports)
        for (const auto& one : bindings.is_array() ? bindings : json::array()) {
            const auto port = text_at(one, "HostPort");
            if (!port.empty()) out.insert(std::atoi(port.c_str()));
        }
    return out;
}

std::vector<network_member> members_in(const json& containers) {
    std::vector<network_member> out;
    if (!containers.is_object()) return out;
    for (const auto& [id, one] : containers.items()) {
        const auto address = text_at(one, "IPv4Address");
        out.push_back({id, text_at(one, "Name"), address.substr(0, address.find('/')), {}});
    }
    return out;
}

} // namespace

error malformed(const std::string& what) {
    return error(next_step::retry, "malformed", "docker " + what + ": the answer makes no sense");
}

result<json> answer_in(const std::string& what, const std::string& body) {
    auto parsed = json_in(body);
    if (!parsed) return malformed(what);
    return *std::move(parsed);
}

result<std::vector<std::string>> ids_from(const json& listed) {
    if (!listed.is_array()) return malformed("list");
    std::vector<std::string> out;
    for (const auto& item : listed) {
        auto id = text_at(item, "Id");
        if (id.empty()) return malformed("list");
        if (!child(child(item, "Labels"), swarm_label).is_null()) continue;
        out.push_back(std::move(id));
    }
    return out;
}

result<container> container_from(const json& inspected) {
    const auto& state = child(inspected, "State");
    const auto& settings = child(inspected, "NetworkSettings");
    const auto lives = life_from(text_at(state, "Status"));
    container out;
    out.id = text_at(inspected, "Id");
    if (out.id.empty() || !lives) return malformed("inspect");
    out.name = text_at(inspected, "Name");
    if (out.name.starts_with('/')) out.name.erase(0, 1);
    out.image_id = with_algorithm(text_at(inspected, "Image"));
    out.labels = texts_in(child(child(inspected, "Config"), "Labels"));
    out.state = *lives;
    out.health = health_from(out.state, child(child(state, "Health"), "Status"));
    out.exit_code = small_number_at(state, "ExitCode");
    out.restart_count = small_number_at(inspected, "RestartCount");
    out.failing_streak = small_number_at(child(state, "Health"), "FailingStreak");
    const auto& log = child(child(state, "Health"), "Log");
    if (log.is_array() && !log.empty()) out.health_checked_at = text_at(log.back(), "End");
    out.health_interval = health_interval_in(child(inspected, "Config"));
    out.started_at = text_at(state, "StartedAt");
    out.created_wall = parse_rfc3339(text_at(inspected, "Created")).value_or(milliseconds{0});
    out.started_wall = parse_rfc3339(out.started_at).value_or(milliseconds{0});
    out.error_text = valid_utf8(text_at(state, "Error"));
    out.pid = small_number_at(state, "Pid");
    out.never_started = was_never_started(out);
    out.addresses = addresses_in(child(settings, "Networks"));
    out.published = published_in(child(settings, "Ports"));
    return out;
}

std::string restart_policy_in(const json& inspected) {
    return text_at(child(child(inspected, "HostConfig"), "RestartPolicy"), "Name");
}

bool has_terminal(const json& inspected) {
    return flag_at(child(inspected, "Config"), "Tty");
}

std::vector<network_attachment> missing_networks(const json& inspected) {
    const auto& labels = child(child(inspected, "Config"), "Labels");
    const auto wanted = json_in(text_at(labels, connect_label));
    const auto& joined = child(child(inspected, "NetworkSettings"), "Networks");
    std::vector<network_attachment> out;
    if (!wanted || !wanted->is_array() || joined.size() > wanted->size()) return out;
    for (const auto& item : *wanted) {
        network_attachment network{text_at(item, "id"), {}};
        if (child(item, "aliases").is_array())
            for (const auto& alias : child(item, "aliases"))
                if (alias.is_string()) network.aliases.push_back(alias.get<std::string>());
        if (!network.id.empty()) out.push_back(std::move(network));
    }
    return out;
}

result<image_info> image_from(const json& inspected) {
    image_info out;
    out.id = text_at(inspected, "Id");
    if (out.id.empty()) return malformed("image");
    out.id = with_algorithm(std::move(out.id));
    const auto& digests = child(inspected, "RepoDigests");
    if (digests.is_array())
        for (const auto& digest : digests)
            if (digest.is_string()) out.repo_digests.push_back(digest.get<std::string>());
    const auto& check = child(child(inspected, "Config"), "Healthcheck");
    out.has_healthcheck = is_real_test(child(check, "Test"));
    return out;
}

result<network_info> network_from(const json& inspected) {
    network_info out;
    out.id = text_at(inspected, "Id");
    out.name = text_at(inspected, "Name");
    if (out.id.empty() || out.name.empty()) return malformed("network");
    out.labels = texts_in(child(inspected, "Labels"));
    out.driver = text_at(inspected, "Driver");
    out.members = members_in(child(inspected, "Containers"));
    const auto& ranges = child(child(inspected, "IPAM"), "Config");
    if (!ranges.is_array()) return out;
    for (const bool newer : {false, true})
        for (const auto& range : ranges) {
            const auto subnet = text_at(range, "Subnet");
            if (subnet.empty() || (subnet.find(':') != std::string::npos) != newer) continue;
            out.subnets.push_back(subnet);
            const auto gateway = text_at(range, "Gateway");
            if (!gateway.empty()) out.gateways.push_back(gateway);
        }
    return out;
}

std::optional<engine_change> change_from(const json& event) {
    const auto& actor = child(event, "Actor");
    const auto& attributes = child(actor, "Attributes");
    engine_change out;
    out.id = text_at(actor, "ID");
    out.action = text_at(event, "Action");
    out.app = text_at(attributes, name_label);
    if (text_at(event, "Type") != "container" || out.id.empty() || out.action.empty())
        return std::nullopt;
    if (out.app.empty()) return std::nullopt; // nobody's: "" would mean that the stream broke
    if (out.action.starts_with("exec_") || out.action == "exec") return std::nullopt;
    if (!child(attributes, swarm_label).is_null()) return std::nullopt;
    // Podman says the verdict beside the action.
    const auto verdict = text_at(event, "HealthStatus");
    if (out.action == "health_status" && !verdict.empty()) out.action += ": " + verdict;
    return out;
}

} // namespace alcedo::docker
