#include "controller/engine/wishes.hpp"

#include "controller/engine/naming.hpp"
#include "reconcilers/blue_green/wishes.hpp"
#include "reconcilers/model/reason.hpp"

namespace alcedo {

namespace {

constexpr int tries = 100; // a pass that saves meanwhile wins one of them
constexpr milliseconds between_tries{20};

std::string who(const caller& by) {
    if (by.uid < 0) return "somebody unknown";
    const auto ids = "uid " + std::to_string(by.uid) + ", gid " + std::to_string(by.gid) +
                     ", pid " + std::to_string(by.pid);
    return by.user.empty() ? ids : by.user + " (" + ids + ")";
}

json answer(const std::string& app, const std::string& verb, const wish_verdict& said) {
    return {{"app", app},
            {"verb", verb},
            {"granted", said.granted()},
            {"reason", said.reason},
            {"message", said.says}};
}

/// The event of the record says what was granted; this line says every word, with whose it was.
void tell(event_sink& events, const std::string& app, const std::string& verb, const caller& by,
          const wish_verdict& said) {
    happened h;
    h.app = app;
    h.reason = said.granted() ? "Wish" : "WishRefused";
    h.message = verb + " by " + who(by) + (said.granted() ? ": " : " refused: ") + said.says;
    h.fields = {{"verb", verb}, {"uid", by.uid}, {"gid", by.gid}, {"pid", by.pid}};
    if (!by.user.empty()) h.fields["user"] = by.user;
    events.emit(h);
}

wish_verdict refused(std::string_view why, std::string says) {
    return {std::nullopt, std::string(why), std::move(says)};
}

std::optional<error> unknown(engine& machine, const std::string& app) {
    const auto& known = machine.passes().apps();
    const auto at = known.find(app);
    const bool has_record = at != known.end() && at->second->stored.version > 0;
    const bool gone = has_record && is_deleted(machine.specs(), *at->second);
    if ((has_record || machine.specs().find(app)) && !gone) return std::nullopt;
    return not_found(app);
}

wish_verdict judge(engine& machine, const std::string& app, verb what, const caller& by) {
    const auto& known = machine.passes().apps();
    const auto at = known.find(app);
    if (at == known.end() || at->second->stored.version == 0 || !at->second->observed_once)
        return refused(reason::NotSeen, "no pass has looked at it yet: try again in a moment, or "
                                        "see `alcedo describe " +
                                            app + "` for what is missing");
    const auto& memory = *at->second;
    const auto* entry = machine.specs().find(app);
    const auto now = machine.parts().clock.now();
    wish_ground ground{entry ? entry->desired.get() : nullptr, memory.seen, memory.stored.content,
                       now, naming_of(machine.specs(), app)};
    return decide_wish(what, ground, who(by));
}

} // namespace

task<result<json>> take_wish(engine* machine, std::string app, std::string verb, caller by) {
    const auto what = verb_from(verb);
    if (!what) co_return error(next_step::gone, "NotFound", "there is no verb " + verb);
    for (int i = 0; i < tries; ++i) {
        if (auto why = unknown(*machine, app)) co_return *why;
        const auto said = judge(*machine, app, *what, by);
        if (!said.granted()) {
            tell(machine->parts().events, app, verb, by, said);
            co_return answer(app, verb, said);
        }
        const auto memory = machine->passes().apps().at(app);
        const auto expected = memory->stored.version;
        auto next = *said.next;
        const json no_receipt = nullptr;
        const auto version = co_await machine->parts().store.save(app, expected, next, no_receipt);
        if (version) {
            memory->stored.version = *version;
            memory->stored.content = std::move(next);
            ++memory->changes;
            tell(machine->parts().events, app, verb, by, said);
            machine->poke(app);
            co_return answer(app, verb, said);
        }
        if (version.error().next != next_step::conflict) co_return version.error();
        // A pass saved first: what it promised is what the word is judged by now.
        co_await machine->parts().clock.sleep_for(between_tries);
    }
    co_return error(next_step::retry, "Busy",
                    "the record of " + app + " changes all the time: try again");
}

} // namespace alcedo
