#include "controller/engine/preparer.hpp"

#include "controller/engine/signal.hpp"
#include "controller/engine/spawn.hpp"
#include "controller/engine/work_queue.hpp"
#include "reconcilers/model/reason.hpp"

namespace alcedo {

namespace {

error failed(std::string_view why, std::string message) {
    return error(next_step::invalid, std::string(why), std::move(message));
}

/// All that the colour names, of its rehearsals too. One that is not required may be absent, but
/// not unreadable.
result<void> check_files(const color_spec& spec, const manifest::file_contents& files) {
    for (const auto& file : manifest::files_to_read(spec)) {
        const auto at = files.find(file.path);
        if (at == files.end()) {
            if (!file.required) continue;
            return failed(reason::EnvFileMissing, "env file " + file.path + " is not there");
        }
        const auto read = manifest::parse_env_file(file.path, at->second);
        if (!read) return failed(reason::EnvFileInvalid, "env file " + read.error().message);
    }
    return {};
}

} // namespace

struct preparer::running {
    job work;
    preparation answer;
    signal changed;
    bool stopped = false;
    int failures = 0;

    running(boost::asio::any_io_executor executor, job j)
        : work(std::move(j)), changed(std::move(executor)) {
        answer.spec_digest = work.what.spec_digest;
    }
};

preparer::preparer(boost::asio::any_io_executor executor, clock_source& clock, runtime& docker,
                   settings s, std::function<double()> random,
                   std::function<void(std::string)> poke)
    : executor_(std::move(executor)), clock_(clock), runtime_(docker), settings_(std::move(s)),
      random_(std::move(random)), poke_(std::move(poke)) {}

preparer::~preparer() {
    for (auto& [app, one] : jobs_) {
        one->stopped = true;
        one->changed.close();
    }
}

void preparer::begin(job work) {
    auto& place = jobs_[work.app];
    if (place && same(place->work.what, work.what)) return;
    if (place) {
        place->stopped = true;
        place->changed.close();
    }
    place = std::make_shared<running>(executor_, std::move(work));
    spawn(executor_, run(this, place), "preparer");
}

preparation preparer::state(const std::string& app, const std::string& spec_digest) const {
    const auto at = jobs_.find(app);
    if (at == jobs_.end() || at->second->answer.spec_digest != spec_digest) return {};
    return at->second->answer;
}

void preparer::forget(const std::string& app) {
    const auto at = jobs_.find(app);
    if (at == jobs_.end()) return;
    at->second->stopped = true;
    at->second->changed.close();
    jobs_.erase(at);
}

task<void> preparer::run(preparer* self, std::shared_ptr<running> me) {
    auto& answer = me->answer;
    while (!me->stopped) {
        const auto done = co_await self->attempt(me);
        if (me->stopped) co_return;
        if (done) {
            answer.is = preparation::state::yes;
            answer.reason.clear();
            answer.message.clear();
            answer.revision = manifest::revision(me->work.spec, me->work.files, self->settings_.key,
                                                 answer.image_ids);
        } else {
            answer.is = done.error().next == next_step::invalid ? preparation::state::failed
                                                                : preparation::state::waiting;
            answer.reason = done.error().reason;
            if (answer.reason.empty()) answer.reason = reason::PreparationFailing;
            answer.message = done.error().message;
        }
        self->poke_(me->work.app);
        if (answer.is != preparation::state::waiting) co_return;
        const auto pause = back_off(++me->failures, self->random_());
        co_await me->changed.wait_for(self->clock_, pause);
    }
}

task<result<void>> preparer::attempt(std::shared_ptr<running> me) {
    const auto surroundings = co_await check_surroundings(me);
    if (!surroundings) co_return surroundings.error();
    std::map<std::string, image_info> by_reference;
    for (const auto& service : me->work.spec.services) {
        const auto known = me->work.known_images.find(service.name);
        const std::string id = known == me->work.known_images.end() ? "" : known->second;
        auto seen = by_reference.find(service.image);
        if (seen == by_reference.end()) {
            auto image = co_await resolve(service.image, service.pull_policy, id, me);
            if (!image) co_return with_context(image.error(), "service " + service.name);
            seen = by_reference.emplace(service.image, std::move(*image)).first;
        }
        me->answer.image_ids[service.name] = seen->second.id;
        me->answer.image_health[service.name] = seen->second.has_healthcheck;
        const bool docker_checks =
            service.health == service_spec::health_source::declared ||
            (service.health == service_spec::health_source::image && seen->second.has_healthcheck);
        if (!docker_checks && !me->work.checked_services.contains(service.name) &&
            !me->work.accepts_no_health)
            co_return failed(
                reason::NoHealthCheck,
                "service " + service.name +
                    " has neither a Docker health check (manifest or image) nor a "
                    "check in spec.health.checks; add one, or accept: [NoHealthCheck]");
    }
    co_return result<void>();
}

task<result<image_info>> preparer::resolve(std::string reference, std::string policy,
                                           std::string known, std::shared_ptr<running> me) {
    if (!known.empty()) {
        auto kept = co_await runtime_.image(known);
        if (kept) co_return kept;
        if (kept.error().next != next_step::gone) co_return kept.error();
    }
    if (policy != "always") {
        auto local = co_await runtime_.image(reference);
        if (local || local.error().next != next_step::gone) co_return local;
        if (policy == "never")
            co_return failed(reason::ImageNotFound,
                             "image " + reference +
                                 " is not on this host and pull_policy is never");
    }
    std::weak_ptr<running> watcher = me;
    std::function<void(std::string)> progress = [watcher](std::string line) {
        if (const auto alive = watcher.lock()) alive->answer.message = std::move(line);
    };
    const auto pulled = co_await runtime_.pull(reference, progress);
    if (!pulled) co_return with_context(pulled.error(), "pull " + reference);
    co_return co_await runtime_.image(reference);
}

task<result<void>> preparer::check_surroundings(std::shared_ptr<running> me) {
    const auto& spec = me->work.spec;
    const auto files = check_files(spec, me->work.files);
    if (!files) co_return files.error();
    for (const auto& [name, options] : spec.networks.items()) {
        if (!options.is_object() || !options.value("external", false)) continue;
        const auto real = options.value("name", name);
        const auto found = co_await runtime_.network(real);
        if (found) continue;
        if (found.error().next != next_step::gone) co_return found.error();
        co_return failed(reason::NetworkMissing, "external network " + real +
                                                     " does not exist: docker network create " +
                                                     real);
    }
    for (const auto& [name, options] : spec.volumes.items()) {
        if (!options.is_object() || !options.value("external", false)) continue;
        const auto real = options.value("name", name);
        const auto found = co_await runtime_.volume_exists(real);
        if (!found) co_return found.error();
        if (!*found)
            co_return failed(reason::VolumeMissing, "external volume " + real +
                                                        " does not exist: docker volume create " +
                                                        real);
    }
    co_return result<void>();
}

} // namespace alcedo
