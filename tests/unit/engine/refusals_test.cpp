// What a refusal says of whom.

#include "controller/engine/refusals.hpp"
#include "reconcilers/model/reason.hpp"

#include <doctest/doctest.h>

using namespace alcedo;

namespace {

constexpr const char* revision = "v1:r1";

struct refusing {
    app_memory memory;
    moment now{milliseconds{1000}, "boot", milliseconds{0}};

    refusing() { memory.stored.content.attempt = release{color::green, "", revision}; }
    bool blames(next_step next, std::string_view why) {
        create_container deed;
        deed.what = *memory.stored.content.attempt;
        memory.refused.reset();
        note_refusal(memory, deed, error(next, std::string(why), "no"), now, 0.5);
        return is_evidence(memory);
    }
    void lose_network(const std::string& id) {
        note_refusal(memory, start_container{id, "web-1", revision},
                     error(next_step::conflict, std::string(reason::NetworkMissing), "gone"), now,
                     0.5);
    }
    bool is_lost(const std::string& id, milliseconds later) const {
        container c;
        c.id = id;
        c.name = "web-1";
        std::optional<milliseconds> wake;
        auto then = now;
        then.boot += later;
        return has_lost_network(memory, c, then, wake);
    }
};

} // namespace

TEST_CASE("refusals: whatever fails the same way for ever is the revision's, if it says why") {
    refusing r;
    for (const auto why :
         {reason::CreateFailed, reason::StartFailed, reason::EnvFileInvalid, reason::EnvFileMissing,
          reason::VolumeMissing, reason::RevisionNotReproducible}) {
        CAPTURE(why);
        CHECK(r.blames(next_step::invalid, why));
        CHECK_FALSE(r.blames(next_step::retry, why));
    }
    CHECK_FALSE(r.blames(next_step::invalid, "")); // the engine's address pools are used up
    CHECK_FALSE(r.blames(next_step::invalid, reason::EngineUnknown)); // it is too old
}

TEST_CASE(
    "refusals: a lost network is no verdict; the first is made anew at once, the next later") {
    refusing r;
    r.lose_network("a");
    CHECK_FALSE(r.memory.refused);
    CHECK(r.is_lost("a", milliseconds{0}));
    CHECK_FALSE(r.is_lost("b", milliseconds{0}));
    r.lose_network("b");
    CHECK_FALSE(r.is_lost("b", milliseconds{900}));
    r.lose_network("b"); // asked again meanwhile: the same container
    CHECK(r.is_lost("b", milliseconds{1000}));
    r.lose_network("c");
    CHECK_FALSE(r.is_lost("c", milliseconds{1900}));
    CHECK(r.is_lost("c", milliseconds{2000}));
    note_done(r.memory, start_container{"c", "web-1", revision});
    r.lose_network("d");
    CHECK(r.is_lost("d", milliseconds{0}));
    r.now.boot += milliseconds{11 * 60 * 1000};
    forget_lost_networks(r.memory, r.now);
    CHECK(r.memory.networks_lost.empty());
}
