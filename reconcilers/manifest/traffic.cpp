#include "reconcilers/manifest/block.hpp"
#include "reconcilers/manifest/route_parts.hpp"
#include "reconcilers/manifest/rule.hpp"
#include "reconcilers/manifest/sections.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace alcedo::manifest {

namespace {

bool share_entry_point(const route_spec& a, const route_spec& b) {
    if (a.entry_points.empty() || b.entry_points.empty()) return true; // all of them
    return std::any_of(a.entry_points.begin(), a.entry_points.end(), [&](const auto& name) {
        return std::find(b.entry_points.begin(), b.entry_points.end(), name) !=
               b.entry_points.end();
    });
}

void read_rule(const std::string& text, const std::string& pointer, route_spec& route,
               report& out) {
    const auto parsed = parse_rule(text);
    if (!parsed.rule) {
        out.error_inside(pointer, text, parsed.error.offset,
                         parsed.error.problem + " at character " +
                             std::to_string(parsed.error.offset + 1) + " of the rule",
                         parsed.error.remedy);
        return;
    }
    route.rule = print(*parsed.rule);
    if (const auto example = example_of(*parsed.rule)) {
        route.try_host = example->host;
        route.try_path = example->path;
    }
}

route_spec read_route(const block& written, const std::string& pointer, report& out) {
    route_spec route;
    route.name = written.text("name");
    route.service = written.text("service");
    route.port = static_cast<int>(written.number("port"));
    route.entry_points = written.texts("entryPoints");
    std::set<std::string> seen;
    for (std::size_t i = 0; i < route.entry_points.size(); ++i)
        if (!seen.insert(route.entry_points[i]).second)
            out.error(child(child(pointer, "entryPoints"), i),
                      "\"" + route.entry_points[i] + "\" is written twice", "remove it");
    route.tls = read_tls(written, pointer, out);
    route.middlewares = read_middlewares(written, pointer, out);
    if (const auto text = written.text("rule"); !text.empty())
        read_rule(text, child(pointer, "rule"), route, out);
    route.priority = written.has("priority")
                         ? written.number("priority")
                         : 1000 + 10 * static_cast<std::int64_t>(route.rule.size());
    return route;
}

// The routes so far by what two of them on one entry point must not have in common.
template <class Key>
class earlier_routes {
public:
    /// One that came before; nullptr if there is none.
    const route_spec* same(const Key& key, const route_spec& route) {
        const auto found = find(key, route);
        add(key, route);
        return found;
    }
    void add(const Key& key, const route_spec& route) { by_key_[key].push_back(&route); }
    const route_spec* find(const Key& key, const route_spec& route) const {
        const auto all = by_key_.find(key);
        if (all == by_key_.end()) return nullptr;
        const auto it =
            std::find_if(all->second.begin(), all->second.end(),
                         [&](const route_spec* other) { return share_entry_point(route, *other); });
        return it == all->second.end() ? nullptr : *it;
    }

private:
    std::map<Key, std::vector<const route_spec*>> by_key_;
};

void check_routes(const std::vector<block>& written, const std::vector<route_spec>& routes,
                  report& out) {
    std::set<std::string> names;
    earlier_routes<std::string> rules;
    earlier_routes<std::int64_t> priorities;
    earlier_routes<std::int64_t> defaults; // of all: a written one can give way, before or behind
    for (std::size_t i = 0; i < routes.size(); ++i)
        if (!written[i].has("priority") && !routes[i].rule.empty())
            defaults.add(routes[i].priority, routes[i]);
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const auto& route = routes[i];
        const auto pointer = child("/spec/traffic/routes", i);
        if (!route.name.empty() && !names.insert(route.name).second)
            out.error(child(pointer, "name"), "two routes are called \"" + route.name + "\"",
                      "rename one");
        const auto twin = route.rule.empty() ? nullptr : rules.same(route.rule, route);
        if (twin != nullptr)
            out.error(child(pointer, "rule"),
                      "the same rule on the same entry point as route \"" + twin->name + "\"",
                      "remove one of the routes, or give them different entryPoints");
        if (!written[i].has("priority")) continue;
        // Which of the two the proxy asks first would be chance.
        const auto equal = priorities.same(route.priority, route);
        if (equal != nullptr && equal != twin)
            out.error(child(pointer, "priority"),
                      "the same priority on the same entry point as route \"" + equal->name + "\"",
                      "write another number, or leave it out");
        const auto unsaid = defaults.find(route.priority, route);
        if (unsaid != nullptr && unsaid->rule != route.rule)
            out.error(child(pointer, "priority"),
                      "the priority that route \"" + unsaid->name +
                          "\" has on the same entry point by default (1000 + 10 for each "
                          "character of its rule)",
                      "write another number");
    }
}

void read_steps(const block& written, traffic_spec& traffic, report& out) {
    traffic.steps.clear();
    int last = 0;
    const auto steps = written.list("steps");
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto pointer = child(child("/spec/traffic/steps", i), "weight");
        const auto weight = static_cast<int>(steps[i].number("weight"));
        traffic.steps.push_back({weight, steps[i].duration("hold").value_or(milliseconds(0))});
        if (weight < 1 || weight > 99) continue;
        if (weight <= last)
            out.error(pointer,
                      std::to_string(weight) + " does not rise above " + std::to_string(last),
                      "write rising weights; 100 is implied as the last");
        if (weight < 10)
            out.warning(pointer, "below 10 percent few requests judge the new colour",
                        "write 10 or more, or hold longer");
        last = std::max(last, weight);
    }
}

} // namespace

void read_traffic(const json& spec, app_spec& app, report& out) {
    const block all(spec, "spec");
    if (!all.has("traffic")) return;
    const auto written = all.inner("traffic");
    traffic_spec traffic;
    const auto routes = written.list("routes");
    for (std::size_t i = 0; i < routes.size(); ++i)
        traffic.routes.push_back(read_route(routes[i], child("/spec/traffic/routes", i), out));
    check_routes(routes, traffic.routes, out);
    read_steps(written, traffic, out);
    traffic.manual_approval = written.text("approval") == "Manual";
    traffic.approval_timeout = written.duration("approvalTimeout");
    if (traffic.approval_timeout && !traffic.manual_approval)
        out.warning("/spec/traffic/approvalTimeout", "does nothing: approval is Automatic",
                    "write approval: Manual, or remove it");
    const auto drain = written.inner("drain");
    traffic.drain_grace = drain.duration("grace").value_or(traffic.drain_grace);
    traffic.drain_timeout = drain.duration("timeout").value_or(traffic.drain_timeout);
    app.traffic = std::move(traffic);
}

} // namespace alcedo::manifest
