#include "controller/engine/act.hpp"

#include "controller/engine/spawn.hpp"
#include "controller/engine/work_queue.hpp"
#include "reconcilers/blue_green/fleet.hpp"
#include "reconcilers/blue_green/promises.hpp"
#include "reconcilers/blue_green/rehearsal.hpp"
#include "reconcilers/model/reason.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace alcedo {

namespace {

error look_again(std::string why) {
    return error(next_step::conflict, std::move(why));
}

const replica* find(const observation& seen, const std::string& id) {
    const auto at = std::find_if(seen.replicas.begin(), seen.replicas.end(),
                                 [&](const replica& r) { return r.id == id; });
    return at == seen.replicas.end() ? nullptr : &*at;
}

bool other_revision_runs(const observation& seen, color colored, const std::string& revision) {
    return std::any_of(seen.replicas.begin(), seen.replicas.end(), [&](const replica& r) {
        return r.colored == colored && r.revision != revision && r.runs();
    });
}

milliseconds grace_of(const record& r, const replica& one) {
    const auto* made = r.rendering_of(one.whose());
    const auto* service = made ? made->spec.find(one.service) : nullptr;
    return service ? service->stop_grace : milliseconds{10000};
}

/// Its own settings are those of its revision; what is laid over is what the source says now.
result<std::vector<std::string>> rehearsed(const service_spec& service, const rehearsal_spec& over,
                                           manifest::file_contents own,
                                           const manifest::file_contents& now) {
    for (const auto& file : over.env_files)
        if (const auto at = now.find(file.path); at != now.end()) own[file.path] = at->second;
    return manifest::rehearsal_environment_of(service, over, own);
}

bool loses_routers_on_purpose(const record& r, const desired_state* desired) {
    // Row 21b (a first deploy that never was stable), a confirmed delete, an accepted generation
    // without the route (S26).
    return r.now_in == phase::deleting || (!r.stable && !r.origin) ||
           (desired && desired->manifest_digest == r.manifest_digest);
}

} // namespace

task<result<void>> actor::perform(context c, action a) {
    if (const auto* it = std::get_if<prepare_release>(&a)) co_return co_await prepare(c, *it);
    if (const auto* it = std::get_if<create_container>(&a)) co_return co_await create(c, *it);
    if (const auto* it = std::get_if<start_container>(&a)) co_return co_await start(c, *it);
    if (const auto* it = std::get_if<stop_container>(&a)) co_return co_await stop(c, *it);
    if (const auto* it = std::get_if<remove_container>(&a)) co_return co_await remove(c, *it);
    if (const auto* it = std::get_if<publish_promise>(&a)) co_return co_await publish(c, *it);
    if (const auto* it = std::get_if<remove_networks>(&a))
        co_return co_await networks_.remove(c.app, it->colored);
    co_await tries_.ask(c.app, c.desired.get(), *c.memory);
    co_return result<void>();
}

task<result<void>> actor::prepare(context c, prepare_release a) {
    if (!c.desired) co_return look_again("no spec to prepare");
    const auto& r = c.memory->stored.content;
    preparer::job job;
    job.app = c.app;
    job.what = a.what;
    job.spec = c.desired->spec.of(a.what.colored);
    job.files = c.files;
    job.accepts_no_health = c.desired->spec.accept.contains("NoHealthCheck");
    for (const auto& check : c.desired->spec.health.checks)
        job.checked_services.insert(check.service);
    if (const auto* made = r.rendering_of(a.what)) job.known_images = made->image_ids;
    images_.begin(std::move(job));
    co_return result<void>();
}

task<result<manifest::file_contents>> actor::files_for(context c, rendering made) {
    const auto wanted = made.what.spec_digest;
    const auto now = manifest::digest(made.spec, c.files, parts_.settings.key);
    if (now.spec_digest == wanted) co_return c.files;
    manifest::file_contents old;
    for (const auto& file : manifest::env_files_of(made.spec)) {
        auto text = co_await parts_.old_file(c.source_id, made.source_commit, file.path);
        if (text)
            old[file.path] = std::move(*text);
        else if (text.error().next != next_step::gone)
            co_return text.error();
    }
    const auto then = manifest::digest(made.spec, old, parts_.settings.key);
    if (then.spec_digest == wanted) co_return old;
    co_return error(next_step::invalid, std::string(reason::RevisionNotReproducible),
                    "revision " + short_revision(made.what) +
                        " cannot be made again: the contents of its env files have changed");
}

task<result<void>> actor::ensure_volumes(context c, rendering made, service_spec service,
                                         std::shared_ptr<create_request> request) {
    for (const auto& mount : service.volumes) {
        if (mount.type != volume_mount::kind::named || mount.source.empty()) continue;
        auto name = mount.source;
        auto options = json::object();
        if (const auto declared = made.spec.volumes.find(mount.source);
            declared != made.spec.volumes.end() && declared->is_object()) {
            options = *declared;
            const bool external = options.value("external", false);
            name = options.value("name", external ? mount.source : c.app + "_" + mount.source);
            request->volume_names[mount.source] = name;
            if (external) continue;
        } else {
            request->volume_names[mount.source] = name;
        }
        std::map<std::string, std::string> labels{{label::instance, parts_.settings.instance},
                                                  {label::name, c.app}};
        const auto done = co_await parts_.docker.create_volume(name, options, labels);
        if (!done) co_return with_context(done.error(), "volume " + name);
    }
    co_return result<void>();
}

task<result<create_request>> actor::request_for(context c, create_container a, rendering made) {
    const auto& r = c.memory->stored.content;
    const auto* service = made.spec.find(a.service);
    if (!service) co_return look_again("service " + a.service + " is not in that revision");
    const auto files = co_await files_for(c, made);
    if (!files) co_return files.error();
    const auto* over = a.ordinal == rehearsal_ordinal && c.desired
                           ? rehearsal_of(*c.desired, r, a.what, a.service)
                           : nullptr;
    if (a.ordinal == rehearsal_ordinal && !over)
        co_return look_again("no rehearsal of " + a.service + " is wanted now");
    auto environment = over ? rehearsed(*service, *over, *files, c.files)
                            : manifest::environment_of(*service, *files);
    if (!environment) co_return environment.error();
    auto request = std::make_shared<create_request>();
    request->name = container_name(c.app, a.what, a.service, a.ordinal);
    const auto image = made.image_ids.find(a.service);
    if (image == made.image_ids.end()) co_return look_again("no image id for " + a.service);
    request->image_id = image->second;
    request->service = service->compose;
    request->env = std::move(*environment);
    request->env.push_back("ALCEDO_APP=" + c.app);
    request->env.push_back("ALCEDO_COLOR=" + to_string(a.what.colored));
    request->env.push_back("ALCEDO_REVISION=" + a.what.revision);
    const auto written = service->compose.value("labels", json::object());
    for (const auto& [key, value] : written.items())
        request->labels[key] = value.is_string() ? value.get<std::string>() : value.dump();
    if (c.desired && is_exclusive(*c.desired, a.what.colored, *service))
        request->labels[label::exclusive] = "true";
    if (over) request->labels[label::rehearsal] = over->digest;
    const std::map<std::string, std::string> ours{
        {label::instance, parts_.settings.instance},
        {label::name, c.app},
        {label::uid, r.uid},
        {label::color, to_string(a.what.colored)},
        {label::service, a.service},
        {label::revision, a.what.revision},
        {label::spec, made.open_digest},
        {label::ordinal, std::to_string(a.ordinal)},
        // Without config-hash: grouped by Compose tools, but safe from `compose down`.
        {"com.docker.compose.project", c.app},
        {"com.docker.compose.service", a.service},
        {"com.docker.compose.container-number", std::to_string(a.ordinal)},
        {"com.docker.compose.oneoff", over ? "True" : "False"},
        {"traefik.enable", "false"},
    };
    for (const auto& [key, value] : ours)
        request->labels[key] = value;
    const auto volumes = co_await ensure_volumes(c, made, *service, request);
    if (!volumes) co_return volumes.error();
    auto app = c.desired ? c.desired->spec : app_spec{};
    app.name = c.app;
    auto joins = co_await networks_.attachments(app, made, *service, r.uid);
    if (!joins) co_return joins.error();
    request->networks = std::move(*joins);
    co_return *request;
}

task<result<void>> actor::may_own(context c, release who, std::string service, bool rehearses) {
    if (!c.desired) co_return look_again("no spec");
    const auto& r = c.memory->stored.content;
    const auto* made = r.rendering_of(who);
    const auto* rendered = made ? made->spec.find(service) : nullptr;
    const bool exclusive = rendered && is_exclusive(*c.desired, who.colored, *rendered);
    if (!exclusive && !rehearses) co_return result<void>();
    if (rehearses && !rehearsal_of(*c.desired, r, who, service))
        co_return look_again("no rehearsal of " + service + " is wanted now");
    if (!rehearses && (!r.holder || !same(*r.holder, who)))
        co_return look_again(to_string(who) + " does not hold the exclusive " + service);
    const auto all = co_await parts_.docker.list(c.app);
    if (!all) co_return with_context(all.error(), "look for other containers of " + service);
    for (const auto& one : *all) {
        const auto placed = place(one);
        if (!placed || !is_one_too_many(*c.desired, r, *placed)) continue;
        co_return look_again(placed->name + " still exists");
    }
    co_return result<void>();
}

task<result<void>> actor::create(context c, create_container a) {
    const auto& r = c.memory->stored.content;
    const auto* found = r.rendering_of(a.what);
    if (!found) co_return look_again("revision " + short_revision(a.what) + " has no rendering");
    if (other_revision_runs(c.memory->seen, a.what.colored, a.what.revision))
        co_return look_again("another revision of " + to_string(a.what.colored) + " still runs");
    auto made = *found;
    auto request = co_await request_for(c, a, made);
    if (!request) co_return with_context(request.error(), "create " + a.service);
    const auto name = request->name;
    const auto owns = co_await may_own(c, a.what, a.service, a.ordinal == rehearsal_ordinal);
    if (!owns) co_return owns;
    const auto created = co_await parts_.docker.create(*request);
    if (created) co_return result<void>();
    if (created.error().next != next_step::conflict)
        co_return with_context(created.error(), "create " + name);
    const auto there = co_await parts_.docker.find_by_name(name);
    if (!there) co_return with_context(created.error(), "create " + name);
    const auto same_label = [&](const char* key) {
        const auto at = there->labels.find(key);
        const auto wanted = request->labels.find(key);
        if (wanted == request->labels.end()) return at == there->labels.end();
        return at != there->labels.end() && at->second == wanted->second;
    };
    if (same_label(label::instance) && same_label(label::name) && same_label(label::revision) &&
        same_label(label::ordinal) && same_label(label::rehearsal))
        co_return result<void>(); // an earlier create whose answer was lost: adopted
    // Nothing of the revision: it may be gone at the next try.
    co_return error(next_step::retry, std::string(reason::CreateFailed),
                    "the name " + name + " is taken by a container that is not ours: docker rm it");
}

task<result<void>> actor::start(context c, start_container a) {
    const auto* one = find(c.memory->seen, a.id);
    if (!one || one->runs()) co_return look_again(a.name + " is not there to be started");
    if (other_revision_runs(c.memory->seen, one->colored, one->revision))
        co_return look_again("another revision of " + to_string(one->colored) + " still runs");
    const auto who = one->whose();
    const auto service = one->service;
    const bool rehearses = one->is_rehearsal();
    const auto owns = co_await may_own(c, who, service, rehearses);
    if (!owns) co_return owns;
    const auto started = co_await parts_.docker.start(a.id);
    if (!started) co_return with_context(started.error(), "start " + a.name);
    co_return started;
}

task<void> actor::stop_in_background(actor* self, context c, std::string id, milliseconds grace) {
    ++c.memory->calls;
    const auto stopped = co_await self->parts_.docker.stop(id, grace);
    --c.memory->calls;
    const bool answered = stopped || stopped.error().next == next_step::gone;
    if (answered) {
        c.memory->stop_answered.insert(id);
        c.memory->stop_failures.erase(id);
    } else {
        happened told{severity::warning, c.app, "StopFailed", to_string(stopped.error()),
                      json::object()};
        self->parts_.events.emit(told);
        const auto pause = back_off(++c.memory->stop_failures[id], self->parts_.random());
        co_await self->parts_.clock.sleep_for(pause);
    }
    c.memory->stopping.erase(id);
    self->poke_(c.app);
}

task<result<void>> actor::stop(context c, stop_container a) {
    auto executor = co_await boost::asio::this_coro::executor;
    const auto& r = c.memory->stored.content;
    if (!r.retiring.contains(a.id) && r.now_in != phase::deleting)
        co_return look_again("the stop of " + a.name + " was not promised");
    if (!c.memory->stopping.insert(a.id).second) co_return result<void>();
    // The answer to an earlier stop says nothing about this one.
    c.memory->stop_answered.erase(a.id);
    const auto* one = find(c.memory->seen, a.id);
    const auto grace = one ? grace_of(r, *one) : milliseconds{10000};
    spawn(executor, stop_in_background(this, c, a.id, grace), "stop");
    co_return result<void>();
}

task<result<void>> actor::remove(context c, remove_container a) {
    const auto now = co_await parts_.docker.inspect(a.id);
    if (!now && now.error().next == next_step::gone) co_return result<void>();
    if (!now) co_return with_context(now.error(), "remove " + a.name);
    const bool runs =
        now->state == life::running || now->state == life::restarting || now->state == life::paused;
    if (runs) co_return look_again(a.name + " runs");
    const auto gone = co_await parts_.docker.remove(a.id);
    if (!gone) co_return with_context(gone.error(), "remove " + a.name);
    co_return gone;
}

task<result<void>> actor::publish(context c, publish_promise a) {
    const auto& r = c.memory->stored.content;
    if (r.traffic.number != a.number) co_return look_again("another promise was made meanwhile");
    const auto routers = loses_routers_on_purpose(r, c.desired.get())
                             ? publisher::removal::allowed
                             : publisher::removal::forbidden;
    auto wanted = r.traffic;
    co_return co_await proxy_.publish(c.app, wanted, routers);
}

} // namespace alcedo
