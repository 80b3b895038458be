#include "codec.hpp"

#include "reconcilers/blue_green/promises.hpp"

#include <stdexcept>

namespace alcedo::checker {

namespace {

constexpr milliseconds long_over = std::chrono::hours{20};
constexpr milliseconds pause_over = seconds{100}; // the longest back-off is 64 s
constexpr milliseconds day = std::chrono::hours{24};
constexpr std::uint64_t some_number = 1000;

std::string name_of(spec_code s) {
    return "spec" + std::to_string(s.value);
}

} // namespace

std::string revision8(int revision) {
    return "r" + std::to_string(revision) + "000000";
}

codec::codec(const world_kind& w) : world_(w) {
    now_ = {std::chrono::hours{1000}, "boot", std::chrono::hours{24 * 365 * 50}};
    for (int r = 0; r < revisions_at_most; ++r) {
        auto hex = revision8(r);
        hex.resize(64, '0');
        digests_[static_cast<std::size_t>(r)] = "v1:" + hex;
    }
    const auto& first = desired({0}, false);
    for (int slot = 0; slot < slots_at_most; ++slot) {
        const auto code = release_code::of(color_of(slot), checker::revision_of(slot), true);
        const auto what = release_of(code);
        const auto i = static_cast<std::size_t>(slot);
        names_[i] = container_name("shop", what, is_web(slot) ? "web" : "bot", real_ordinal(slot));
        ids_[i] = "c" + std::to_string(10 + slot);
        auto& made = renderings_[static_cast<std::size_t>((code.value - 1) & 7)];
        made.what = what;
        made.spec = first.spec.colors[0];
        made.open_digest = "open";
        made.image_ids["web"] = "sha256:web";
        if (w.exclusive) made.image_ids["bot"] = "sha256:bot";
        if (w.routed) made.routes["main"] = {"web", 8080};
    }
}

const desired_state& codec::desired(spec_code code, bool deleting) {
    auto& found = specs_[code.value * 2 + (deleting ? 1 : 0)];
    if (found) return *found;
    found = std::make_unique<desired_state>();
    auto& d = *found;
    d.spec.name = "shop";
    d.deleting = deleting;
    if (code.active() < 2) d.spec.active = both_colors[static_cast<std::size_t>(code.active())];
    d.spec.paused = code.paused();
    d.spec.standby.then = world_.then;
    d.spec.watch.then = world_.failure;
    for (const auto c : both_colors) {
        service_spec bot;
        bot.name = "bot";
        bot.image = "bot:1";
        bot.exclusive = true;
        if (world_.rehearses) bot.rehearsal = rehearsal_spec{{}, json::object(), "staging"};
        if (world_.exclusive) d.spec.colors[index_of(c)].services.push_back(bot);
        service_spec web;
        web.name = "web";
        web.image = "web:1";
        web.replicas = code.replicas();
        d.spec.colors[index_of(c)].services.push_back(web);
        const int r = code.revision(static_cast<int>(index_of(c)));
        d.digests[index_of(c)] = {digests_[static_cast<std::size_t>(r)], "open"};
    }
    if (world_.routed || world_.manual) d.spec.traffic = traffic_spec{};
    if (world_.manual) {
        d.spec.traffic->manual_approval = true;
        if (world_.approval_ends) d.spec.traffic->approval_timeout = std::chrono::hours{2};
    }
    if (world_.routed) {
        route_spec r;
        r.name = "main";
        r.service = "web";
        r.port = 8080;
        r.rule = "Host(`shop.example.com`)";
        r.priority = 1000;
        d.spec.traffic->routes.push_back(r);
    }
    d.manifest_digest = name_of(code);
    return d;
}

release codec::release_of(release_code code) const {
    const auto& digest = digests_[static_cast<std::size_t>(code.revision())];
    return {both_colors[static_cast<std::size_t>(code.color())], digest,
            code.resolved() ? digest : std::string()};
}

std::optional<release> codec::maybe(release_code code) const {
    if (!code.exists()) return std::nullopt;
    return release_of(code);
}

int codec::revision_of_digest(const std::string& digest) const {
    const int r = digest.size() > 4 ? digest[4] - '0' : -1;
    if (r < 0 || r >= revisions_at_most) throw std::logic_error("no such digest: " + digest);
    return r;
}

release_code codec::code_of(const std::optional<release>& r) const {
    if (!r) return {0};
    const auto& digest = r->revision.empty() ? r->spec_digest : r->revision;
    return release_code::of(static_cast<int>(index_of(r->colored)), revision_of_digest(digest),
                            !r->revision.empty());
}

fragment codec::fragment_of(const document& d) const {
    fragment made;
    fragment_route route;
    for (const auto c : both_colors) {
        const auto s = d.of[index_of(c)];
        if (!s.defined()) continue;
        fragment_backend b;
        b.colored = c;
        b.revision8 = revision8(s.revision());
        b.weight = s.weight() * 50;
        for (int ordinal = 1; ordinal <= 2; ++ordinal)
            if ((s.servers() & (1 << (ordinal - 1))) != 0)
                b.servers.push_back(server_url(
                    container(slot_index(static_cast<int>(index_of(c)), s.revision(), ordinal)),
                    8080));
        route.backends.push_back(std::move(b));
    }
    if (d.tried != 0) route.try_color = both_colors[static_cast<std::size_t>(d.tried - 1)];
    if (route.backends.empty()) return made;
    route.name = "main";
    route.rule = "Host(`shop.example.com`)";
    route.priority = 1000;
    made.routes.push_back(std::move(route));
    return made;
}

document codec::document_of(const fragment& f) const {
    document d{};
    if (f.routes.empty()) return d;
    if (f.routes.size() > 1) throw std::logic_error("more than one route");
    const auto& route = f.routes.front();
    for (const auto& b : route.backends) {
        int servers = 0;
        for (const auto& url : b.servers) {
            const auto name = split_server_url(url).container;
            servers |= 1 << (name.back() - '1');
        }
        const int revision = b.revision8[1] - '0';
        const int weight = b.weight == 0 ? 0 : b.weight == 100 ? 2 : 1;
        d.of[index_of(b.colored)].value =
            static_cast<byte>(1 | (revision << 1) | (servers << 3) | (weight << 5));
    }
    if (route.try_color) d.tried = static_cast<byte>(1 + index_of(*route.try_color));
    return d;
}

stopwatch codec::watch_of(bool running, milliseconds elapsed) const {
    stopwatch w;
    w.accumulated = elapsed;
    if (!running) return w;
    w.running_since = now_.boot;
    w.boot_id = now_.boot_id;
    return w;
}

record codec::decode(const state& s) const {
    const auto& c = s.rec;
    record r;
    if (c.accepted) r.manifest_digest = name_of({c.generation});
    r.now_in = static_cast<phase>(c.now_in);
    r.step = c.step;
    r.attempt = maybe(c.attempt);
    r.origin = maybe(c.origin);
    r.serving = maybe(c.serving);
    r.stable = maybe(c.stable);
    r.standby = maybe(c.standby);
    r.traffic.number = c.numbered ? some_number : 0;
    r.traffic.content = fragment_of(c.promised);
    for (int i = 0; i < 2 * revisions_at_most; ++i) {
        const auto& made = renderings_[static_cast<std::size_t>(i)];
        if ((c.resolved >> i) & 1) r.resolved.push_back(made.what);
        if ((c.rendered >> i) & 1) r.renderings.push_back(made);
    }
    for (int i = 0; i < revisions_at_most; ++i)
        if ((c.rejected >> i) & 1)
            r.rejected.push_back({release_of(release_code::of(0, i, true)), "Drift", "", {}});
    for (std::size_t i = 0; i < 2; ++i) {
        r.drained[i] = ((c.drained >> i) & 1) != 0;
        const auto b = c.budgets[i];
        r.budgets[i].left = b.left == 2 ? 5 : b.left;
        r.budgets[i].refill = watch_of(b.running, b.refilled ? long_over
                                                  : b.waited ? pause_over
                                                             : milliseconds{0});
    }
    if (c.held != 0)
        r.held = hold{static_cast<hold_kind>(c.held - 1),
                      release_of(c.held_what),
                      "Drift",
                      "",
                      {},
                      json::object()};
    r.wished = {c.paused != 0,     maybe(c.promoted), maybe(c.abort),
                maybe(c.rollback), maybe(c.retry),    c.remove != 0};
    r.holder = maybe(c.holder);
    if (c.lapse) r.lapse_wall = now_.wall;
    for (std::size_t i = 0; i < refusals_.size(); ++i)
        if ((c.said >> i) & 1)
            r.events.push_back({now_.wall, "Warning", refusals_[i].reason, refusals_[i].message});
    stopwatch* watches[] = {&r.timers.phase, &r.timers.window, &r.timers.standby, &r.timers.retire};
    for (int t = 0; t < 4; ++t) {
        const auto which = static_cast<timer>(t);
        *watches[t] = watch_of(c.runs(which), c.passed(which) ? long_over : milliseconds{0});
    }
    if (c.receipt != 0) r.receipt = {{"startedMs", 0}, {"weights", json::array()}};
    if (c.receipt & 2) r.receipt["drift"] = "";
    if (c.receipt & 4) r.receipt["reminded"] = "";
    r.deleted = c.deleted != 0;
    decode_containers(s, r);
    return r;
}

void codec::decode_containers(const state& s, record& r) const {
    if (s.rec.ghosts) r.retiring.insert("gone");
    for (int i = 0; i < slots_at_most; ++i) {
        const auto& p = s.at(i);
        const auto& id = ids_[static_cast<std::size_t>(i)];
        if (p.retiring) r.retiring.insert(id);
        if (p.put) r.put_down[id] = 0;
        if (p.noted) r.stopped_at[id] = p.aged ? now_.boot - day : now_.boot;
    }
    if (!r.stopped_at.empty()) r.stopped_boot_id = now_.boot_id;
}

} // namespace alcedo::checker
