// The exposition, parsed as a scraper would.
#include "controller/telemetry/metrics_sink.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <sstream>

using namespace alcedo;

namespace {

struct scrape {
    std::map<std::string, std::string> samples; ///< series → value
    std::map<std::string, std::string> types;
    std::vector<std::string> malformed;
};

scrape parse(const std::string& text) {
    scrape out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# TYPE ")) {
            std::istringstream words(line.substr(7));
            std::string name;
            words >> name;
            if (out.types.count(name) != 0) out.malformed.push_back("twice: " + name);
            words >> out.types[name];
        } else if (line.starts_with("# HELP ")) {
            continue;
        } else {
            const auto space = line.rfind(' ');
            if (space == line.npos || out.samples.count(line.substr(0, space)) != 0)
                out.malformed.push_back(line);
            else
                out.samples[line.substr(0, space)] = line.substr(space + 1);
        }
    }
    return out;
}

app_changed music() {
    app_changed app;
    app.app = "music";
    app.now_in = phase::shifting;
    app.blue_desired = 50;
    app.green_desired = 50;
    app.blue_confirmed = 100;
    app.green_confirmed = 0;
    return app;
}

} // namespace

TEST_CASE("metrics: phase, weights and hold of an app") {
    const auto sink = make_metrics_sink();
    sink->emit(music());
    auto seen = parse(sink->exposition());
    CHECK(seen.malformed.empty());
    CHECK(seen.samples["alcedo_app_phase{app=\"music\",phase=\"Shifting\"}"] == "1");
    CHECK(seen.samples["alcedo_app_phase{app=\"music\",phase=\"Idle\"}"] == "0");
    const std::string weight = "alcedo_app_weight{app=\"music\",color=";
    CHECK(seen.samples[weight + "\"blue\",state=\"desired\"}"] == "50");
    CHECK(seen.samples[weight + "\"green\",state=\"desired\"}"] == "50");
    CHECK(seen.samples[weight + "\"blue\",state=\"confirmed\"}"] == "100");
    CHECK(seen.samples[weight + "\"green\",state=\"confirmed\"}"] == "0");

    auto held = music();
    held.now_in = phase::held;
    held.held = hold{};
    held.held->kind = hold_kind::reverted;
    held.held->reason = "CheckFailed";
    sink->emit(held);
    seen = parse(sink->exposition());
    CHECK(seen.samples["alcedo_app_hold{app=\"music\",kind=\"Reverted\",reason=\"CheckFailed\"}"] ==
          "1");
    CHECK(seen.samples["alcedo_app_phase{app=\"music\",phase=\"Held\"}"] == "1");
    CHECK(seen.samples["alcedo_app_phase{app=\"music\",phase=\"Shifting\"}"] == "0");
}

TEST_CASE("metrics: nothing stays behind of an app that is gone or no longer held") {
    const auto sink = make_metrics_sink();
    auto app = music();
    app.held = hold{};
    sink->emit(app);
    CHECK(sink->exposition().find("alcedo_app_hold{") != std::string::npos);
    sink->emit(music());
    CHECK(sink->exposition().find("alcedo_app_hold{") == std::string::npos);
    app.gone = true;
    sink->emit(app);
    CHECK(sink->exposition().find("music") == std::string::npos);
}

TEST_CASE("metrics: an app without routes has no weights") {
    const auto sink = make_metrics_sink();
    app_changed worker;
    worker.app = "worker";
    sink->emit(worker);
    CHECK(sink->exposition().find("alcedo_app_weight{") == std::string::npos);
}

TEST_CASE("metrics: passes and calls are counted by their labels") {
    const auto sink = make_metrics_sink();
    pass_finished pass;
    pass.app = "music";
    pass.rule = "23c";
    pass.outcome = "done";
    sink->emit(pass);
    sink->emit(pass);
    sink->emit(call_finished{"docker", "create", "201", milliseconds(3)});
    sink->emit(call_finished{"traefik", "ack", "timeout", milliseconds(3)});
    sink->emit(call_finished{"store", "save", "ok", milliseconds(3)});
    auto seen = parse(sink->exposition());
    CHECK(seen.samples["alcedo_reconcile_total{outcome=\"done\",rule=\"23c\"}"] == "2");
    CHECK(seen.samples["alcedo_docker_calls_total{code=\"201\",op=\"create\"}"] == "1");
    CHECK(seen.samples["alcedo_traefik_calls_total{code=\"timeout\",op=\"ack\"}"] == "1");
    CHECK(seen.types["alcedo_reconcile_total"] == "counter");
}

TEST_CASE("metrics: readiness") {
    const auto sink = make_metrics_sink();
    CHECK(parse(sink->exposition()).samples["alcedo_ready"] == "0");
    sink->emit(readiness_changed{true, {}});
    CHECK(parse(sink->exposition()).samples["alcedo_ready"] == "1");
}

TEST_CASE("metrics: the work queue under client-go's names") {
    double now = 100;
    const auto sink = make_metrics_sink([&] { return now; });
    queue_changed q;
    q.depth = 3;
    q.added = 5;
    q.retries = 1;
    q.queued_seconds = 0.5;
    q.unfinished = 1;
    sink->emit(q);
    now = 104;
    auto seen = parse(sink->exposition()).samples;
    CHECK(seen["workqueue_depth{name=\"reconcile\"}"] == "3");
    CHECK(seen["workqueue_adds_total{name=\"reconcile\"}"] == "5");
    CHECK(seen["workqueue_retries_total{name=\"reconcile\"}"] == "1");
    CHECK(seen["workqueue_queue_duration_seconds_count{name=\"reconcile\"}"] == "1");
    CHECK(seen["workqueue_queue_duration_seconds_bucket{name=\"reconcile\",le=\"1\"}"] == "1");
    CHECK(seen["workqueue_unfinished_work_seconds{name=\"reconcile\"}"] == "4");
    q.queued_seconds = -1;
    q.unfinished = 2;
    q.added = 6;
    sink->emit(q);
    now = 105;
    seen = parse(sink->exposition()).samples;
    CHECK(seen["workqueue_adds_total{name=\"reconcile\"}"] == "6");
    CHECK(seen["workqueue_unfinished_work_seconds{name=\"reconcile\"}"] == "6");
    CHECK(seen["workqueue_longest_running_processor_seconds{name=\"reconcile\"}"] == "5");
    q.worked_seconds = 1; // the younger one ends
    q.unfinished = 1;
    sink->emit(q);
    seen = parse(sink->exposition()).samples;
    CHECK(seen["workqueue_unfinished_work_seconds{name=\"reconcile\"}"] == "5");
    CHECK(seen["workqueue_work_duration_seconds_count{name=\"reconcile\"}"] == "1");
    CHECK(seen["workqueue_queue_duration_seconds_count{name=\"reconcile\"}"] == "1");
}

TEST_CASE("metrics: every name of the contract is there from the start or with its first event") {
    const auto sink = make_metrics_sink();
    auto app = music();
    app.held = hold{};
    sink->emit(app);
    sink->emit(pass_finished{});
    sink->emit(call_finished{"docker", "list", "200", milliseconds(1)});
    sink->emit(call_finished{"traefik", "ack", "418", milliseconds(1)});
    const auto seen = parse(sink->exposition());
    CHECK(seen.malformed.empty());
    std::set<std::string> names;
    for (const auto& [name, type] : seen.types)
        names.insert(name);
    CHECK(names == std::set<std::string>{"alcedo_app_hold",
                                         "alcedo_app_phase",
                                         "alcedo_app_weight",
                                         "alcedo_docker_calls_total",
                                         "alcedo_ready",
                                         "alcedo_reconcile_total",
                                         "alcedo_traefik_calls_total",
                                         "process_cpu_seconds_total",
                                         "process_max_fds",
                                         "process_open_fds",
                                         "process_resident_memory_bytes",
                                         "process_start_time_seconds",
                                         "process_virtual_memory_bytes",
                                         "workqueue_adds_total",
                                         "workqueue_depth",
                                         "workqueue_longest_running_processor_seconds",
                                         "workqueue_queue_duration_seconds",
                                         "workqueue_retries_total",
                                         "workqueue_unfinished_work_seconds",
                                         "workqueue_work_duration_seconds"});
    CHECK(seen.types.at("process_cpu_seconds_total") == "counter");
    CHECK(std::stod(seen.samples.at("process_resident_memory_bytes")) > 1e6);
    CHECK(std::stod(seen.samples.at("process_start_time_seconds")) > 1.7e9);
    CHECK(std::stod(seen.samples.at("process_open_fds")) >= 3);
}
