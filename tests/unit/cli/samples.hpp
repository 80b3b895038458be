#pragma once
// Objects as the daemon shows them.

#include "controller/cli/palette.hpp"
#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/spec.hpp"

namespace alcedo::testing {

inline constexpr milliseconds noon{1767268800000}; // 2026-01-01T12:00:00Z
inline const cli::palette no_color{false};

/// Idle, green serves what is desired, blue is warm.
inline json idle_app() {
    return json::parse(R"json({
      "apiVersion": "alcedo.dev/v1alpha1", "kind": "BlueGreen",
      "metadata": {"name": "music", "uid": "u", "generation": 4, "resourceVersion": "17",
                   "creationTimestamp": "2026-01-01T08:00:00Z"},
      "spec": {"activeColor": "green",
               "services": {"bot": {"image": "ghcr.io/acme/bot:1.4.0"},
                            "lavalink": {"image": "lavalink:4", "deploy": {"replicas": 2}}},
               "colors": {"green": {"services": {"bot": {"image": "ghcr.io/acme/bot:1.5.0"}}}},
               "traffic": {"routes": [{"name": "lava", "service": "lavalink", "port": 2333,
                                       "rule": "Host(`lava.example.com`)"}],
                           "steps": [{"weight": 50, "hold": "30s"}]},
               "health": {"timeout": "120s", "checks": [{"name": "version"}]},
               "watch": {"window": "10m", "onFailure": "Revert"},
               "standby": {"for": "15m", "then": "Stop"}},
      "status": {"observedGeneration": 4, "activeColor": "green", "phase": "Idle",
                 "phaseSince": "2026-01-01T11:50:00Z",
                 "target": {"color": "green", "revision": "v1:1a2b3c4d5e6f"},
                 "revisions": {"blue": "v1:00112233aa", "green": "v1:1a2b3c4d5e6f",
                               "stable": "v1:1a2b3c4d5e6f", "rejected": []},
                 "replicas": {"blue": {"desired": 3, "ready": 3},
                              "green": {"desired": 3, "ready": 3}},
                 "weights": {"blue": 0, "green": 100, "confirmed": true},
                 "standby": {"color": "blue", "until": "2026-01-01T12:05:00Z"},
                 "checks": [{"name": "version", "kind": "http", "color": "green",
                             "container": "music-green-lavalink-1a2b3c4d-1", "verdict": "Passing",
                             "passes": 9, "failures": 0,
                             "evidence": [{"outcome": "Pass", "summary": "HTTP 200", "evidence": {},
                                           "at": "2026-01-01T11:59:50Z", "tookMs": 3}]}],
                 "conditions": [{"type": "Ready", "status": "True", "reason": "Serving",
                                 "message": "green serves", "observedGeneration": 4,
                                 "lastTransitionTime": "2026-01-01T11:50:00Z"}],
                 "source": {"kind": "git", "url": "https://git.example.com/apps", "ref": "main",
                            "path": "music.yaml", "commit": "3f9c2e1aa0", "author": "Ann",
                            "subject": "raise pool size", "observedAt": "2026-01-01T11:40:00Z"},
                 "events": [{"at": "2026-01-01T11:50:00Z", "type": "Normal", "reason": "Idle",
                             "message": "green is stable"}]}})json");
}

inline void set_condition(json& app, const std::string& type, const std::string& status,
                          const std::string& reason, const std::string& message = "") {
    auto& all = app["status"]["conditions"];
    for (auto it = all.begin(); it != all.end(); ++it)
        if ((*it)["type"] == type) {
            all.erase(it);
            break;
        }
    if (!status.empty())
        all.push_back({{"type", type},
                       {"status", status},
                       {"reason", reason},
                       {"message", message},
                       {"observedGeneration", app["metadata"]["generation"]},
                       {"lastTransitionTime", "2026-01-01T11:59:00Z"}});
}

/// Some phase of a rollout from green to blue.
inline json rolling_app(const std::string& phase) {
    auto app = idle_app();
    app["metadata"]["generation"] = 5;
    app["spec"]["activeColor"] = "blue";
    app["status"]["observedGeneration"] = 5;
    app["status"]["phase"] = phase;
    app["status"]["phaseSince"] = "2026-01-01T11:59:50Z";
    app["status"]["target"] = {{"color", "blue"}, {"revision", "v1:99887766"}};
    app["status"]["waitingFor"] = "the next step";
    app["status"]["deadline"] = "2026-01-01T12:00:20Z";
    set_condition(app, "Ready", "False", phase);
    set_condition(app, "Reconciling", "True", phase);
    return app;
}

inline json held_app(const std::string& kind) {
    auto app = rolling_app("Held");
    app["status"].erase("waitingFor");
    app["status"].erase("deadline");
    app["status"]["hold"] = json::parse(R"({
      "reason": "HealthTimeout", "revision": "v1:99887766", "since": "2026-01-01T11:59:00Z",
      "message": "blue was not healthy within 2m",
      "evidence": {"checks": [{"name": "version", "kind": "http", "color": "blue",
                               "container": "music-blue-lavalink-99887766-1", "verdict": "Failing",
                               "passes": 0, "failures": 12,
                               "evidence": [{"outcome": "Fail", "summary": "HTTP 500",
                                             "evidence": {"body": "boom\u001b[31m"},
                                             "at": "2026-01-01T11:58:20Z"},
                                            {"outcome": "Fail", "summary": "connection refused",
                                             "evidence": {}, "at": "2026-01-01T11:59:50Z"}]}],
                   "containers": [{"name": "music-blue-lavalink-99887766-1", "state": "exited",
                                   "exitCode": 137, "exits": 2, "health": "sick"}],
                   "logs": {"music-blue-lavalink-99887766-1": ["starting", "panic: no config"]}}})");
    app["status"]["hold"]["kind"] = kind;
    set_condition(app, "Reconciling", "", "");
    set_condition(app, "Ready", "False", "HealthTimeout", "blue was not healthy within 2m");
    set_condition(app, "Stalled", "True", "HealthTimeout");
    return app;
}

/// Frozen in the middle of a phase, since a pass would have broken an invariant.
inline json violated_app(const std::string& phase) {
    auto app = rolling_app(phase);
    app["status"]["hold"] = {{"kind", "Violation"},
                             {"reason", "Violation"},
                             {"revision", "v1:99887766"},
                             {"message", "rule 12 would break S1: frozen, nothing was done"}};
    set_condition(app, "Reconciling", "", "");
    set_condition(app, "Ready", "False", "Violation", "rule 12 would break S1");
    set_condition(app, "Stalled", "True", "Violation");
    return app;
}

/// Idle, but Stalled for a reason only a person can end.
inline json stalled_app(const std::string& reason) {
    auto app = idle_app();
    set_condition(app, "Ready", "False", reason, "told");
    set_condition(app, "Stalled", "True", reason);
    return app;
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
}

} // namespace alcedo::testing
