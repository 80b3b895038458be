#include "reconcilers/manifest/block.hpp"
#include "reconcilers/manifest/sections.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace alcedo::manifest {

namespace {

constexpr std::array<const char*, 4> kinds{"http", "tcp", "route", "docker"};

// Kinds of later issues are kinds too: one error about one of them is enough.
std::vector<std::string> kinds_in(const block& check) {
    std::vector<std::string> out;
    for (const auto& [key, value] : check.raw().items()) {
        const auto row = find_child("spec.health.checks[]", key);
        const bool ours = std::find(kinds.begin(), kinds.end(), key) != kinds.end();
        const bool later = row != nullptr && !row->later.empty() && key != "minSamples" &&
                           key != "onNoData" && key != "dryRun";
        if (ours || later) out.push_back(key);
    }
    return out;
}

json statuses(const json& written) {
    return written.is_array() ? written : json::array({written});
}

void put_path(const app_spec& app, json& settings, const std::string& pointer, report& out) {
    const auto name = settings.value("name", json());
    const route_spec* route = nullptr;
    if (app.traffic)
        for (const auto& r : app.traffic->routes)
            if (name == r.name) route = &r;
    if (route == nullptr) {
        if (name.is_string())
            out.error(child(pointer, "name"),
                      "there is no route \"" + name.get<std::string>() + "\"",
                      "name one of spec.traffic.routes");
        return;
    }
    if (!route->try_host && !route->rule.empty())
        out.error(pointer, "no plain request matches the rule of route \"" + route->name + "\"",
                  "check the service by http instead");
    if (!settings.contains("path")) settings["path"] = route->try_path;
}

// A line break in a header would be a second header.
void check_headers(const json& headers, const std::string& pointer, report& out) {
    for (const auto& [name, value] : headers.items()) {
        const auto text = value.is_string() ? value.get<std::string>() : std::string();
        const bool token = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
        });
        const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
            return static_cast<unsigned char>(c) >= 0x20u && c != 0x7F;
        });
        if (!token)
            out.error_at_key(child(pointer, name), "\"" + name + "\" is not a header's name",
                             "write letters, digits and dashes");
        if (!plain) out.error(child(pointer, name), "a control character in a header", "remove it");
    }
}

json settings_of(const std::string& kind, const block& written, const app_spec& app,
                 const std::string& pointer, report& out) {
    json settings = written.raw();
    if (kind == "http") {
        settings["path"] = written.text("path");
        settings["method"] = written.text("method");
        settings["headers"] = written.inner("headers").raw();
        check_headers(settings["headers"], child(pointer, "headers"), out);
    }
    if (kind == "route") put_path(app, settings, pointer, out);
    if (settings.contains("status")) settings["status"] = statuses(settings["status"]);
    return settings;
}

void read_kind(const block& written, const app_spec& app, check_spec& check,
               const std::string& pointer, report& out) {
    const auto found = kinds_in(written);
    if (found.size() != 1) {
        out.error(pointer, found.empty() ? "a check of no kind" : "a check of two kinds",
                  "write one of http, tcp, route or docker");
        return;
    }
    check.kind = found.front();
    const auto here = child(pointer, check.kind);
    const auto settings = written.inner(check.kind);
    check.service = settings.text("service");
    check.settings = settings_of(check.kind, settings, app, here, out);
}

check_spec read_check(const block& written, const app_spec& app, const std::string& pointer,
                      report& out) {
    check_spec check;
    check.name = written.text("name");
    read_kind(written, app, check, pointer, out);
    check.timeout = written.duration("timeout").value_or(check.timeout);
    check.within = written.duration("within").value_or(milliseconds(0));
    check.attempts = static_cast<int>(written.number("attempts"));
    check.success_threshold = static_cast<int>(written.number("successThreshold"));
    check.failure = written.threshold("failureThreshold").value_or(app.watch.failure);
    const auto stages = written.texts("stages");
    const auto in = [&](const char* stage) {
        return std::find(stages.begin(), stages.end(), stage) != stages.end();
    };
    check.pre_switch = in("preSwitch");
    check.post_switch = in("postSwitch");
    if (stages.empty())
        out.error(child(pointer, "stages"), "a check for no stage does nothing",
                  "write preSwitch, postSwitch or both");
    if (check.within > app.health.timeout)
        out.error(child(pointer, "within"), "longer than health.timeout, which ends everything",
                  "write at most " + alcedo::to_string(app.health.timeout));
    return check;
}

} // namespace

void read_health(const json& spec, app_spec& app, report& out) {
    const auto written = block(spec, "spec").inner("health");
    app.health.timeout = written.duration("timeout").value_or(app.health.timeout);
    app.health.interval = written.duration("interval").value_or(app.health.interval);
    const auto min_ready = written.duration("minReady");
    app.health.min_ready =
        min_ready.value_or(std::min<milliseconds>(app.health.min_ready, app.health.timeout / 2));
    if (min_ready && *min_ready >= app.health.timeout)
        out.error("/spec/health/minReady",
                  "not shorter than health.timeout: nothing would ever "
                  "be ready",
                  "write less than " + alcedo::to_string(app.health.timeout));
    const auto checks = written.list("checks");
    std::set<std::string> names;
    for (std::size_t i = 0; i < checks.size(); ++i) {
        const auto pointer = child("/spec/health/checks", i);
        auto check = read_check(checks[i], app, pointer, out);
        if (!check.name.empty() && !names.insert(check.name).second)
            out.error(child(pointer, "name"), "two checks are called \"" + check.name + "\"",
                      "rename one");
        app.health.checks.push_back(std::move(check));
    }
}

} // namespace alcedo::manifest
