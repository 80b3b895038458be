#include "controller/engine/desk.hpp"

#include "controller/engine/naming.hpp"
#include "controller/engine/wishes.hpp"

#include "reconcilers/blue_green/make_plan.hpp"
#include "reconcilers/blue_green/projection.hpp"
#include "reconcilers/blue_green/status.hpp"
#include "reconcilers/model/api_version.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace alcedo {

namespace {

json source_json(const source_ref& s) {
    json j{{"kind", s.kind}, {"url", s.url}, {"path", s.path}};
    if (!s.ref.empty()) j["ref"] = s.ref;
    if (!s.commit.empty()) j["commit"] = s.commit;
    if (!s.author.empty()) j["author"] = s.author;
    if (!s.subject.empty()) j["subject"] = s.subject;
    if (s.observed_wall.count() > 0) j["observedAt"] = rfc3339(s.observed_wall);
    return j;
}

json diagnostics_json(const std::vector<manifest::diagnostic>& all) {
    json out = json::array();
    for (const auto& d : all)
        out.push_back(manifest::to_string(d));
    return out;
}

std::uint64_t generation_of(const desired_state* desired, const record& r) {
    if (!desired || desired->manifest_digest == r.manifest_digest) return r.observed_generation;
    return r.observed_generation + 1;
}

/// Of an app that has no good spec yet, and therefore no record.
void add_source_conditions(json& status, const source_synced& source) {
    const auto add = [&](const char* type, bool holds) {
        condition c;
        c.type = type;
        c.status = holds ? "True" : "False";
        c.reason = source.reason;
        c.message = source.message;
        status["conditions"].push_back(to_json(c));
    };
    add("SourceSynced", source.ok);
    if (source.ok) return;
    add("Ready", false);
    add("Stalled", true);
}

/// It has a record, or a pass has said something of it.
bool is_known(const app_memory& memory) {
    return memory.stored.version > 0 || !memory.stored.content.conditions.empty();
}

/// Routes that the gate before the switch cannot ask, and why.
void add_untried(std::vector<std::string>& notes, const app_spec& spec,
                 const std::map<std::string, std::string>& entry_points) {
    if (!spec.traffic) return;
    for (const auto& route : spec.traffic->routes) {
        const auto who = "route " + spec.name + "/" + route.name + ": ";
        const auto has_url = [&](const std::string& name) {
            const auto at = entry_points.find(name);
            return at != entry_points.end() && !at->second.empty();
        };
        const auto& used = route.entry_points;
        if (!route.try_host)
            notes.push_back(who + "no request can be built from its rule: it is not tried through "
                                  "the proxy before the switch");
        else if (!used.empty() && std::none_of(used.begin(), used.end(), has_url))
            notes.push_back(who + "none of its entry points has a URL in --traefik-entrypoint: it "
                                  "is not tried before the switch");
    }
}

} // namespace

json desk::object(const std::string& app, const app_memory* memory) const {
    static const app_memory nothing;
    const auto* entry = machine_.specs().find(app);
    const auto* desired = entry ? entry->desired.get() : nullptr;
    const auto& known = memory ? *memory : nothing;
    const auto& r = known.stored.content;
    json metadata{{"name", app},
                  {"uid", r.uid},
                  {"generation", generation_of(desired, r)},
                  {"resourceVersion", std::to_string(known.stored.version)},
                  {"creationTimestamp", rfc3339(r.created_wall)}};
    if (r.now_in == phase::deleting) {
        metadata["deletionTimestamp"] = rfc3339(r.phase_since_wall);
        metadata["finalizers"] = {"alcedo.dev/teardown"};
    }
    if (desired && !desired->spec.labels.empty()) metadata["labels"] = desired->spec.labels;
    auto status = make_status(desired, known.seen, r, machine_.parts().clock.now());
    if (entry && !desired) add_source_conditions(status, entry->condition);
    if (desired) status["source"] = source_json(desired->source);
    if (entry && !entry->errors.empty()) status["manifestErrors"] = diagnostics_json(entry->errors);
    auto notes = machine_.parts().proxy.notes();
    if (desired) add_untried(notes, desired->spec, machine_.parts().proxy.entry_points());
    if (!notes.empty()) status["notes"] = notes;
    return {{"apiVersion", api_version},
            {"kind", app_kind},
            {"metadata", std::move(metadata)},
            {"spec", desired ? json::parse(desired->spec.manifest) : json::object()},
            {"status", std::move(status)}};
}

json desk::list() const {
    std::set<std::string> names;
    for (const auto& [app, memory] : machine_.passes().apps())
        if (is_known(*memory)) names.insert(app); // else only its entry says that it exists
    for (const auto& [app, entry] : machine_.specs().entries())
        names.insert(app);
    json items = json::array();
    for (const auto& app : names) {
        const auto at = machine_.passes().apps().find(app);
        items.push_back(
            object(app, at == machine_.passes().apps().end() ? nullptr : at->second.get()));
    }
    return {{"apiVersion", api_version},
            {"kind", std::string(app_kind) + "List"},
            {"metadata", {{"resourceVersion", std::to_string(machine_.version())}}},
            {"items", std::move(items)}};
}

result<json> desk::get(const std::string& app) const {
    const auto at = machine_.passes().apps().find(app);
    const bool known = at != machine_.passes().apps().end() && is_known(*at->second);
    const bool gone = known && is_deleted(machine_.specs(), *at->second);
    if (gone || (!known && !machine_.specs().find(app))) return not_found(app);
    return object(app, known ? at->second.get() : nullptr);
}

json desk::plan_of(const std::string& app, const desired_state* desired,
                   const app_memory* memory) const {
    static const app_memory nothing;
    const auto& known = memory ? *memory : nothing;
    auto seen = known.seen;
    if (!known.observed_once) {
        // A name nobody has deployed yet: there is nothing of it to see.
        seen.docker_known = true;
        seen.traffic = traffic_state::confirmed;
    }
    const auto now = machine_.parts().clock.now();
    const auto first = make_plan(desired, seen, known.stored.content, now);
    auto steps = project(desired, seen, known.stored.content, now);
    json tried = json::array();
    for (const auto& rule : first.tried)
        tried.push_back({{"name", rule.name}, {"matched", rule.matched}, {"why", rule.why}});
    const bool changes = !steps.empty();
    return {{"app", app},
            {"rule", first.rule},
            {"why", first.why},
            {"steps", std::move(steps)},
            {"tried", std::move(tried)},
            {"changes", changes}};
}

task<result<json>> desk::plan(std::string app) {
    const auto at = machine_.passes().apps().find(app);
    const auto* entry = machine_.specs().find(app);
    const bool known = at != machine_.passes().apps().end();
    if (!known && !entry) co_return not_found(app);
    const auto* desired = entry ? entry->desired.get() : nullptr;
    co_return plan_of(app, desired, known ? at->second.get() : nullptr);
}

task<result<desired_state>> desk::desired_of(file_text file) {
    auto parsed = manifest::parse(file.name, file.text);
    if (!parsed.errors.empty() || !parsed.spec) {
        std::string all;
        for (const auto& d : parsed.errors)
            all += (all.empty() ? "" : "\n") + manifest::to_string(d);
        if (all.empty()) all = file.name + ": not a manifest";
        co_return error(next_step::invalid, "ManifestInvalid", all);
    }
    const auto slash = file.name.rfind('/');
    const auto folder = slash == std::string::npos ? "." : file.name.substr(0, slash);
    manifest::file_contents contents;
    for (const auto c : both_colors)
        for (const auto& env : manifest::files_to_read(parsed.spec->of(c))) {
            const auto path = env.path.starts_with('/') ? env.path : folder + "/" + env.path;
            auto text = co_await host_file_(path);
            if (text) {
                const auto read = manifest::parse_env_file(env.path, *text);
                if (!read)
                    co_return error(next_step::invalid, std::string(reason::EnvFileInvalid),
                                    file.name + ": env file " + read.error().message);
                contents[env.path] = std::move(*text);
            } else if (env.required || text.error().next != next_step::gone)
                co_return error(next_step::invalid, "EnvFileMissing",
                                file.name + ": env file " + env.path +
                                    " cannot be read: " + text.error().message);
        }
    source_ref from;
    from.kind = "file";
    from.path = file.name;
    auto spec = std::move(*parsed.spec);
    co_return desired_from(std::move(spec), contents, machine_.parts().settings.key, from);
}

task<result<json>> desk::plan_files(std::vector<file_text> files) {
    json plans = json::array();
    std::optional<error> wrong; // with what is wrong in every file, not only in the first
    std::map<std::string, std::string> named;
    const auto refuse = [&wrong](const error& why) {
        if (wrong)
            wrong->message += "\n" + why.message;
        else
            wrong = why;
    };
    for (const auto& file : files) {
        const auto desired = co_await desired_of(file);
        if (!desired) {
            refuse(desired.error());
            continue;
        }
        const auto& app = desired->spec.name;
        const auto [first, is_new] = named.emplace(app, file.name);
        if (!is_new)
            refuse(error(next_step::invalid, "DuplicateName",
                         file.name + ": metadata.name: \"" + app + "\" is also the name in " +
                             first->second + ": give each app a name of its own"));
        const auto at = machine_.passes().apps().find(app);
        const auto* memory = at == machine_.passes().apps().end() ? nullptr : at->second.get();
        plans.push_back(plan_of(app, &*desired, memory));
    }
    if (wrong) co_return *wrong;
    json out{{"plans", std::move(plans)}};
    co_return out;
}

task<result<json>> desk::history(std::string app) {
    auto rows = co_await machine_.parts().store.receipts(app);
    if (!rows) co_return rows.error();
    const bool known = machine_.passes().apps().contains(app) || machine_.specs().find(app);
    if (rows->empty() && !known) co_return not_found(app);
    json out = json::array();
    for (const auto& row : *rows) {
        auto one = row.content;
        one["number"] = row.number;
        out.push_back(std::move(one));
    }
    co_return out;
}

/// Taken in is more than read: a pass has looked at what was read last, and at rest nothing is left
/// to do about it. Between two passes an app is Idle or Held for what was asked before.
bool desk::is_taken_in(const std::string& app) const {
    const auto* entry = machine_.specs().find(app);
    const auto at = machine_.passes().apps().find(app);
    if (!entry || at == machine_.passes().apps().end()) return false;
    const auto& known = *at->second;
    const auto& r = known.stored.content;
    if (known.spec_version != machine_.specs().version_of(app)) return false;
    if (!entry->desired) return true;
    if (r.manifest_digest != entry->desired->manifest_digest) return false;
    if (r.now_in != phase::idle && r.now_in != phase::held) return true;
    const auto next = make_plan(entry->desired.get(), known.seen, r, machine_.parts().clock.now());
    return next.actions.empty() && next.next == r && r.retiring.empty();
}

task<result<json>> desk::judged(std::string app, std::string commit) {
    json out{{"observed", false}, {"commit", commit}, {"valid", false}, {"errors", json::array()}};
    if (commit.empty()) {
        out["observed"] = is_taken_in(app);
        out["valid"] = true;
        co_return out;
    }
    for (const auto& one : machine_.sources()) {
        const auto entry = machine_.specs().find(app);
        if (entry && !entry->source_id.empty() && entry->source_id != one.id) continue;
        const auto contains = co_await one.source->contains(commit);
        if (!contains || !*contains) continue;
        const auto said = machine_.specs().judged(app, one.id);
        if (!said) continue;
        // Two files of one name are each a good manifest: the app is Stalled, and says so itself.
        const bool twice = entry && entry->condition.reason == reason::DuplicateName;
        out["observed"] = (!said->valid && !twice) || is_taken_in(app);
        out["commit"] = said->commit;
        out["valid"] = said->valid || twice;
        out["errors"] = diagnostics_json(said->errors);
        co_return out;
    }
    co_return out;
}

task<result<json>> desk::wish(std::string app, std::string verb, caller by) {
    co_return co_await take_wish(&machine_, std::move(app), std::move(verb), std::move(by));
}

task<std::uint64_t> desk::changed_since(std::string, std::uint64_t seen) {
    const milliseconds longest{30000};
    co_await machine_.wait_change(seen, longest);
    co_return machine_.version();
}

} // namespace alcedo
