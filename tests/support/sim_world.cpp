#include "tests/support/sim_world.hpp"

#include "controller/engine/spawn.hpp"

#include <stdexcept>

namespace alcedo::sim {

namespace {

class repo_source : public manifest_source {
public:
    repo_source(repository& repo, sim::clock& c) : repo_(repo), clock_(c) {}
    std::string describe() const override { return "git+" + repo_.url; }
    bool prunes() const override { return false; }
    source_ref origin() const override {
        source_ref from;
        from.kind = "git";
        from.url = repo_.url;
        return from;
    }
    task<result<snapshot>> read() override {
        read_ = repo_.generation;
        if (repo_.unreadable)
            co_return error(next_step::retry, "SourceUnreadable", "no such repository");
        snapshot s;
        s.ref.kind = "git";
        s.ref.url = repo_.url;
        s.ref.commit = repo_.commit;
        for (const auto& [name, text] : repo_.files) {
            if (!name.ends_with(".yaml")) continue;
            manifest_file f;
            f.name = name;
            f.text = text;
            s.files.push_back(f);
        }
        co_return s;
    }
    task<result<void>> changed() override {
        for (int i = 0; i < 100 && read_ == repo_.generation; ++i) {
            const milliseconds pause{300};
            co_await clock_.sleep_for(pause);
        }
        co_return result<void>();
    }
    task<result<std::string>> file(std::string, std::string path) override {
        const auto at = repo_.files.find(path);
        if (at == repo_.files.end()) co_return error(next_step::gone, "no such file");
        co_return at->second;
    }
    task<result<bool>> contains(std::string commit) override { co_return commit == repo_.commit; }

private:
    repository& repo_;
    sim::clock& clock_;
    int read_ = -1;
};

class no_connections : public connection_counter {
public:
    explicit no_connections(sim::docker& d) : docker_(d) {}
    task<std::optional<int>> count(where asked) override {
        docker_.counted = std::move(asked);
        co_return docker_.open_connections_each;
    }

private:
    sim::docker& docker_;
};

class scripted_probe : public probe {
public:
    scripted_probe(std::map<std::string, outcome>& script, sim::docker& d, sim::clock& c)
        : script_(script), docker_(d), clock_(c) {}
    task<sample> take(check_spec, probe_target target) override {
        const milliseconds latency{2};
        co_await clock_.sleep_for(latency);
        sample s;
        s.what = outcome::pass;
        s.evidence = {{"status", 200}};
        const auto box = docker_.boxes().find(target.container_id);
        if (box == docker_.boxes().end()) co_return s;
        const auto at = script_.find(box->second.seen.name);
        if (at != script_.end()) s.what = at->second;
        if (s.what == outcome::fail) {
            s.summary = "HTTP 500";
            s.evidence = {{"status", 500}};
        }
        co_return s;
    }

private:
    std::map<std::string, outcome>& script_;
    sim::docker& docker_;
    sim::clock& clock_;
};

task<void> wish(desk* office, std::string app, std::string verb, std::shared_ptr<json> into) {
    const caller root{0, 0, 4711, "root"};
    const auto said = co_await office->wish(app, verb, root);
    *into = said ? *said : json{{"error", said.error().message}};
}

task<void> plan(desk* office, file_text file, std::shared_ptr<json> into) {
    const std::vector<file_text> files{file};
    const auto said = co_await office->plan_files(files);
    *into = said ? *said : json{{"error", said.error().message}};
}

task<result<std::string>> read(const std::map<std::string, std::string>* files, std::string path) {
    const auto at = files->find(path);
    if (at == files->end()) co_return error(next_step::gone, path + ": no such file");
    co_return at->second;
}

task<void> live(engine* machine) {
    const auto loaded = co_await machine->load();
    if (!loaded) throw std::runtime_error(loaded.error().message);
    co_await machine->run();
}

} // namespace

void recorder::emit(const event& e) {
    if (const auto* line = std::get_if<happened>(&e)) lines.push_back(*line);
    if (const auto* pass = std::get_if<pass_finished>(&e)) {
        ++passes;
        if (pass->wrote || pass->actions > 0) rules.push_back(pass->rule);
    }
}

bool recorder::heard(const std::string& reason) const {
    for (const auto& line : lines)
        if (line.reason == reason) return true;
    return false;
}

world::world() {
    store.time = &clock;
    set_spawn_failure([](std::string what) { throw std::runtime_error(what); });
}

world::~world() {
    docker.detach(); // its bells belong to the contexts of the processes
}

void world::boot() {
    now_ = std::make_unique<process>();
    clock.attach(now_->io);
    docker.attach(now_->io);
    now_->counter = std::make_unique<no_connections>(docker);
    engine_settings settings;
    settings.key = key;
    health_monitor::probes kinds;
    for (const char* kind : {"http", "tcp", "route"})
        kinds[kind] = std::make_unique<scripted_probe>(probes, docker, clock);
    catalogue::options of_catalogue;
    of_catalogue.key = settings.key;
    std::vector<engine::named_source> sources;
    sources.push_back({"git+" + repo.url, std::make_unique<repo_source>(repo, clock)});
    engine_parts parts{clock,
                       docker,
                       proxy,
                       *now_->counter,
                       store,
                       events,
                       [] { return std::vector<std::string>{}; },
                       [] { return 0.5; },
                       [] { return std::string("uid"); },
                       [this](std::string source, std::string at, std::string path) {
                           return now_->machine->file(source, at, path);
                       },
                       settings,
                       [] { return std::vector<std::string>{"10.9.0.1"}; },
                       [this] { ++beginnings; },
                       [this] { ++signs_of_life; }};
    now_->machine =
        std::make_unique<engine>(now_->io.get_executor(), std::move(parts), of_catalogue,
                                 publisher::options{}, std::move(kinds), std::move(sources));
    now_->office = std::make_unique<desk>(
        *now_->machine, [this](std::string path) { return read(&host_files, path); },
        [] { return std::vector<readiness_point>{}; }, "restart the proxy");
    spawn(now_->io.get_executor(), live(now_->machine.get()), "daemon");
}

void world::crash() {
    dead_.push_back(std::move(now_));
}

void world::lose_state() {
    crash();
    store.rows.clear();
    store.numbers.clear();
    store.all_receipts.clear();
    key = std::string(32, 'n');
}

void world::stop() {
    now_->machine->stop();
    run(milliseconds{11000});
    crash();
}

void world::commit(const std::string& file, const std::string& text) {
    repo.files[file] = text;
    repo.commit = "c" + std::to_string(++repo.generation);
}

std::shared_ptr<json> world::ask(const std::string& app, const std::string& verb) {
    auto answer = std::make_shared<json>();
    spawn(now_->io.get_executor(), wish(now_->office.get(), app, verb, answer), "wish");
    return answer;
}

json world::say(const std::string& app, const std::string& verb) {
    const auto answer = ask(app, verb);
    return heard(answer);
}

json world::plan_file(const std::string& name, const std::string& text) {
    const auto answer = std::make_shared<json>();
    spawn(now_->io.get_executor(), plan(now_->office.get(), {name, text}, answer), "plan");
    return heard(answer);
}

json world::heard(const std::shared_ptr<json>& answer) {
    run(milliseconds{0});
    for (int i = 0; answer->is_null() && i < 5000; ++i)
        run(milliseconds{1});
    return *answer;
}

json world::status(const std::string& app) const {
    if (!now_) return json::object();
    const auto got = now_->office->get(app);
    return got ? got->at("status") : json::object();
}

std::string world::phase(const std::string& app) const {
    return status(app).value("phase", "");
}

std::string world::serving(const std::string& app) const {
    return status(app).value("activeColor", "");
}

const record* world::promised(const std::string& app) const {
    const auto at = store.rows.find(app);
    return at == store.rows.end() ? nullptr : &at->second.content;
}

std::unique_ptr<world> deployed(const std::string& manifest) {
    auto w = std::make_unique<world>();
    w->docker.images = {{"demo:1", {}}, {"demo:2", {}}, {"demo:3", {}}};
    w->commit("shop.yaml", manifest);
    w->boot();
    w->run(milliseconds{60000});
    return w;
}

std::string condition_of(const json& status, const std::string& type) {
    for (const auto& c : status.value("conditions", json::array()))
        if (c["type"] == type)
            return c["status"].get<std::string>() + " " + c["reason"].get<std::string>();
    return "absent";
}

std::string web(const std::string& active, const std::string& blue, const std::string& green,
                const std::string& extra) {
    return "apiVersion: alcedo.dev/v1alpha1\n"
           "kind: BlueGreen\n"
           "metadata: {name: shop}\n"
           "spec:\n"
           "  activeColor: " +
           active +
           "\n"
           "  services:\n"
           "    web: {image: \"" +
           blue +
           "\"}\n"
           "  colors:\n"
           "    green: {services: {web: {image: \"" +
           green +
           "\"}}}\n"
           "  traffic:\n"
           "    routes:\n"
           "      - {name: web, service: web, port: 8080, rule: \"Host(`shop.test`)\"}\n"
           "    steps: [{weight: 50, hold: 10s}]\n"
           "    drain: {grace: 1s, timeout: 5s}\n"
           "  health: {timeout: 30s, interval: 1s}\n"
           "  watch: {window: 30s, failureThreshold: 2}\n"
           "  standby: {for: 60s, then: Stop}\n" +
           extra;
}

std::string with_worker(const std::string& active) {
    auto text = web(active, "demo:1", "demo:2");
    const std::string service = "    web: {image: \"demo:1\"}\n";
    return text.insert(text.find(service) + service.size(), "    worker: {image: \"demo:1\"}\n");
}

std::string renamed(std::string text, const std::string& app) {
    for (const std::string was : {"{name: shop}", "shop.test"}) {
        const auto at = text.find(was) + was.find("shop");
        text.replace(at, std::string("shop").size(), app);
    }
    return text;
}

} // namespace alcedo::sim
