#include "tests/support/sim_docker.hpp"

#include <algorithm>

namespace alcedo::sim {

error engine_down() {
    return error(next_step::retry, "EngineUnknown", "connection refused");
}

namespace {
error not_there(const std::string& what) {
    return error(next_step::gone, what + " is not there");
}
error no_answer() {
    return error(next_step::unknown, "no answer");
}
error unknown_driver(const std::string& name) {
    return error(next_step::invalid, "CreateFailed", "plugin \"" + name + "\" not found");
}
} // namespace

docker::docker(clock& c) : clock_(c) {
    network_info shared;
    shared.id = "net-alcedo";
    shared.name = "alcedo";
    shared.subnets = {"172.20.0.0/16"};
    shared.gateways = {"172.20.0.1"};
    networks_["alcedo"] = shared;
}

void docker::attach(boost::asio::io_context& io) {
    // The old bell's waiters belong to a context that is never run again.
    old_bells_.push_back(std::move(bell_));
    bell_ = std::make_unique<signal>(io.get_executor());
}

void docker::detach() {
    bell_.reset();
    old_bells_.clear();
}

task<void> docker::take(milliseconds span) {
    co_await clock_.sleep_for(span);
}

bool docker::mutate(const std::string& what) {
    if (before_mutation && !before_mutation(what)) return false;
    ++mutations;
    log.push_back(what);
    return true;
}

docker::box* docker::find(const std::string& id) {
    const auto at = boxes_.find(id);
    return at == boxes_.end() ? nullptr : &at->second;
}

const behaviour& docker::of(const box& b) const {
    static const behaviour plain;
    const auto at = images.find(b.image);
    return at == images.end() ? plain : at->second;
}

const container& docker::view(box& b) {
    if (b.seen.state == life::running && b.started) {
        const auto& how = of(b);
        const auto age = clock_.now().boot - *b.started;
        if (how.exits_after && age >= *how.exits_after) {
            ++b.seen.restart_count;
            b.started = clock_.now().boot;
            b.seen.started_at = std::to_string(b.started->count());
        }
        b.seen.health = !how.has_healthcheck                       ? docker_health::none
                        : how.sick_after && age >= *how.sick_after ? docker_health::unhealthy
                        : age >= how.healthy_after                 ? docker_health::healthy
                                                                   : docker_health::starting;
    }
    return b.seen;
}

int docker::running(const std::string& app, const std::string& color) const {
    int n = 0;
    for (const auto& [id, b] : boxes_)
        if (b.seen.state == life::running && b.seen.labels.at("alcedo.dev/name") == app &&
            b.seen.labels.at("alcedo.dev/color") == color)
            ++n;
    return n;
}

void docker::announce(const std::string& app) {
    changes_.push_back({app, "change", ""});
    if (bell_) bell_->notify();
}

void docker::appear(const box& b) {
    boxes_[b.seen.id] = b;
    announce(b.seen.labels.at("alcedo.dev/name"));
}

void docker::remove_by_hand(const std::string& name_prefix) {
    std::set<std::string> apps;
    for (auto at = boxes_.begin(); at != boxes_.end();) {
        if (!at->second.seen.name.starts_with(name_prefix)) {
            ++at;
            continue;
        }
        apps.insert(at->second.seen.labels["alcedo.dev/name"]);
        at = boxes_.erase(at);
    }
    for (const auto& app : apps)
        announce(app);
}

void docker::prune_networks() {
    std::erase_if(networks_, [this](const auto& entry) {
        return entry.first != "alcedo" &&
               std::none_of(boxes_.begin(), boxes_.end(), [&](const auto& one) {
                   const auto& c = one.second.seen;
                   return c.state == life::running && c.addresses.contains(entry.second.id);
               });
    });
}

void docker::kill_container(const std::string& name, int code) {
    for (auto& [id, b] : boxes_)
        if (b.seen.name == name) {
            b.seen.state = life::exited;
            b.seen.exit_code = code;
            b.started.reset();
            announce(b.seen.labels["alcedo.dev/name"]);
        }
}

void docker::restart_engine() {
    for (auto& [id, b] : boxes_) {
        if (b.seen.state != life::running) continue;
        b.started = clock_.now().boot;
        b.seen.started_at = std::to_string(b.started->count());
    }
    announce("");
}

void docker::bring_back_stopped() {
    for (auto& [id, b] : boxes_)
        if (b.seen.state == life::exited) b.seen.state = life::running;
    restart_engine();
}

void docker::engine_dies() {
    down = true;
}

void docker::engine_returns() {
    for (auto& [id, b] : boxes_) {
        if (b.seen.state != life::running) continue;
        b.seen.state = life::exited;
        b.seen.exit_code = 137;
        b.started.reset();
    }
    down = false;
    announce("");
}

task<result<engine_info>> docker::info() {
    co_await take(milliseconds{1});
    if (down) co_return engine_down();
    engine_info i{"sim", "1.41"};
    co_return i;
}

task<result<std::vector<container>>> docker::list(std::string app) {
    const milliseconds for_ever{1000LL * 60 * 60 * 24 * 365};
    if (const auto at = recorded.find(app); at != recorded.end()) co_return at->second;
    lists += app.empty() ? 0 : 1;
    if (!app.empty() && app == hangs_for) co_await clock_.sleep_for(for_ever);
    co_await take(milliseconds{1});
    if (down) co_return engine_down();
    std::vector<container> out;
    for (auto& [id, b] : boxes_)
        if (app.empty() || b.seen.labels["alcedo.dev/name"] == app) out.push_back(view(b));
    if (after_list) {
        after_list();
        co_await take(milliseconds{1}); // told before the answer is there
    }
    co_return out;
}

task<result<container>> docker::inspect(std::string id) {
    co_await take(milliseconds{1});
    if (down) co_return engine_down();
    auto* b = find(id);
    if (!b) co_return not_there(id);
    co_return view(*b);
}

task<result<container>> docker::find_by_name(std::string name) {
    co_await take(milliseconds{1});
    if (down) co_return engine_down();
    for (auto& [id, b] : boxes_)
        if (b.seen.name == name) co_return view(b);
    co_return not_there(name);
}

task<result<image_info>> docker::image(std::string reference) {
    co_await take(milliseconds{1});
    if (down) co_return engine_down();
    if (reference.starts_with("sha256:")) reference = reference.substr(7);
    const auto at = images.find(reference);
    const bool absent = pull_fails.contains(reference) || to_pull.contains(reference);
    if (at == images.end() || absent) co_return not_there(reference);
    image_info i;
    i.id = "sha256:" + reference;
    i.has_healthcheck = at->second.has_healthcheck;
    co_return i;
}

task<result<void>> docker::pull(std::string reference, std::function<void(std::string)>) {
    const auto span = pull_takes;
    co_await take(span);
    if (down) co_return engine_down();
    if (pull_fails.contains(reference))
        co_return error(next_step::retry, "ImagePullFailing", "registry answered 503");
    if (!images.contains(reference))
        co_return error(next_step::invalid, "ImageNotFound", "manifest unknown");
    to_pull.erase(reference);
    co_return result<void>();
}

task<result<std::string>> docker::create(create_request r) {
    co_await take(milliseconds{10});
    if (down) co_return engine_down();
    for (auto& [id, b] : boxes_)
        if (b.seen.name == r.name) co_return error(next_step::conflict, "name in use");
    if (!mutate("create " + r.name)) co_return no_answer();
    ++creates;
    box b;
    b.seen.id = "id" + std::to_string(next_id_++);
    b.seen.name = r.name;
    b.seen.image_id = r.image_id;
    b.seen.labels = r.labels;
    b.seen.state = life::created;
    b.seen.created_wall = clock_.now().wall;
    b.seen.never_started = true;
    b.image = r.image_id.substr(7);
    b.service = r.service;
    b.env = r.env;
    for (const auto& n : r.networks)
        b.seen.addresses[n.id] = "172.20.0." + std::to_string(next_id_);
    const auto id = b.seen.id;
    boxes_[id] = b;
    announce(r.labels["alcedo.dev/name"]);
    co_return id;
}

task<result<void>> docker::start(std::string id) {
    co_await take(milliseconds{30});
    if (down) co_return engine_down();
    auto* b = find(id);
    if (!b) co_return not_there(id);
    if (b->seen.state == life::running) co_return result<void>();
    if (of(*b).start_fails)
        co_return error(next_step::invalid, "StartFailed", "exec: no such file");
    for (const auto& [network, address] : b->seen.addresses) {
        const bool exists = std::any_of(networks_.begin(), networks_.end(), [&](const auto& entry) {
            return entry.second.id == network;
        });
        if (!exists || loses_networks)
            co_return error(next_step::conflict, "NetworkMissing",
                            "network " + network + " not found");
    }
    if (!mutate("start " + b->seen.name)) co_return no_answer();
    b->seen.state = life::running;
    b->seen.never_started = false;
    b->started = clock_.now().boot;
    b->seen.started_at = std::to_string(b->started->count());
    announce(b->seen.labels["alcedo.dev/name"]);
    co_return result<void>();
}

task<result<void>> docker::stop(std::string id, milliseconds) {
    if (down) co_return engine_down();
    if (auto* b = find(id)) {
        if (!mutate("stop " + b->seen.name)) co_return no_answer();
        const auto span = of(*b).stop_takes;
        co_await take(span);
    }
    auto* b = find(id);
    if (!b) co_return result<void>();
    b->seen.state = life::exited;
    b->seen.exit_code = 143;
    b->started.reset();
    announce(b->seen.labels["alcedo.dev/name"]);
    co_return result<void>();
}

task<result<void>> docker::remove(std::string id) {
    co_await take(milliseconds{5});
    if (down) co_return engine_down();
    auto* b = find(id);
    if (!b) co_return result<void>();
    if (b->seen.state == life::running) co_return error(next_step::conflict, "it runs");
    if (!mutate("remove " + b->seen.name)) co_return no_answer();
    const auto app = b->seen.labels["alcedo.dev/name"];
    boxes_.erase(id);
    announce(app);
    co_return result<void>();
}

task<result<std::vector<std::string>>> docker::logs(std::string id, int) {
    co_await take(milliseconds{1});
    if (down) co_return engine_down();
    std::vector<std::string> lines{"last words of " + id};
    co_return lines;
}

task<result<std::vector<network_info>>> docker::networks() {
    co_await take(milliseconds{1});
    if (down) co_return engine_down();
    std::vector<network_info> out;
    for (const auto& [name, n] : networks_)
        out.push_back(n);
    co_return out;
}

network_info docker::with_members(network_info n) const {
    for (const auto& [id, b] : boxes_)
        if (b.seen.state == life::running) n.members.push_back({id, b.seen.name, "", {}});
    return n;
}

task<result<network_info>> docker::network(std::string name_or_id) {
    ++network_looks;
    co_await take(milliseconds{1});
    if (down) co_return engine_down();
    for (const auto& [name, n] : networks_)
        if (name == name_or_id || n.id == name_or_id) co_return with_members(n);
    co_return not_there(name_or_id);
}

task<result<std::string>> docker::create_network(network_request r) {
    co_await take(milliseconds{5});
    if (down) co_return engine_down();
    const auto driver = r.options.is_object() ? r.options.value("driver", "") : "";
    if (unknown_drivers.contains(driver)) co_return unknown_driver(driver);
    if (!mutate("create network " + r.name)) co_return no_answer();
    network_info n;
    const int made = ++networks_made_[r.name];
    n.id = "net-" + r.name + (made == 1 ? "" : "-" + std::to_string(made));
    n.name = r.name;
    n.labels = r.labels;
    n.subnets = {r.subnet};
    networks_[r.name] = n;
    co_return n.id;
}

task<result<void>> docker::remove_network(std::string id) {
    co_await take(milliseconds{5});
    for (auto at = networks_.begin(); at != networks_.end(); ++at)
        if (at->second.id == id) {
            if (!mutate("remove network " + at->first)) co_return no_answer();
            networks_.erase(at);
            break;
        }
    co_return result<void>();
}

task<result<void>> docker::connect(std::string, std::string) {
    co_return result<void>();
}

task<result<void>> docker::create_volume(std::string name, json options,
                                         std::map<std::string, std::string>) {
    const auto driver = options.is_object() ? options.value("driver", "") : "";
    if (unknown_drivers.contains(driver)) co_return unknown_driver(driver);
    volumes_.insert(name);
    co_return result<void>();
}

task<result<bool>> docker::volume_exists(std::string name) {
    co_return volumes_.contains(name);
}

/// Health flips are events too.
void docker::see_flips() {
    for (auto& [id, b] : boxes_) {
        const auto now = to_string(view(b).health) + std::to_string(b.seen.restart_count);
        auto& before = told_[id];
        if (now == before) continue;
        before = now;
        changes_.push_back({b.seen.labels["alcedo.dev/name"], "health", id});
    }
}

task<result<engine_change>> docker::next_change() {
    for (;;) {
        if (changes_.empty()) see_flips();
        if (!changes_.empty() && !down) {
            const auto first = changes_.front();
            changes_.pop_front();
            co_return first;
        }
        const milliseconds pause{100};
        co_await bell_->wait_for(clock_, pause);
    }
}

} // namespace alcedo::sim
