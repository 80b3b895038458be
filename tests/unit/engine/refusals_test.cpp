// What a refusal says of whom.

#include "controller/engine/refusals.hpp"
#include "reconcilers/model/reason.hpp"

#include <doctest/doctest.h>

using namespace alcedo;

namespace {

constexpr const char* revision = "v1:r1";

struct refusing {
    app_memory memory;

    refusing() { memory.stored.content.attempt = release{color::green, "", revision}; }
    bool blames(next_step next, std::string_view why) {
        create_container deed;
        deed.what = *memory.stored.content.attempt;
        memory.refused.reset();
        note_refusal(memory, deed, error(next, std::string(why), "no"));
        return is_evidence(memory);
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
