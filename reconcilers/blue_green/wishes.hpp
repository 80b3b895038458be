#pragma once
// What an operator may ask of an app, and when it makes sense: the verb, the promised state and
// what was seen last give either the record with the wish in it and a sentence of what will
// happen, or a refusal that says what to do instead. The rules act on the wish later.

#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/observation.hpp"
#include "reconcilers/model/record.hpp"
#include "reconcilers/model/spec.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace alcedo {

enum class verb { promote, abort, retry, rollback, pause, resume, remove };
inline constexpr std::array all_verbs{verb::promote, verb::abort,  verb::retry, verb::rollback,
                                      verb::pause,   verb::resume, verb::remove};
std::string to_string(verb); ///< as it is typed: "promote", …, "delete"
std::optional<verb> verb_from(std::string_view);

/// Whether a source names the app. Only `delete` asks.
struct naming {
    enum class is { named, unsure, orphan };
    is standing = is::named;
    std::string where; ///< named: the file; unsure: why it is not known
};

/// What a wish is judged by. `desired`: none = no manifest of the app is known.
struct wish_ground {
    const desired_state* desired = nullptr;
    const observation& seen;
    const record& rec;
    const moment& now;
    naming named;
};

struct wish_verdict {
    std::optional<record> next; ///< with the wish and an event about it; none = refused
    std::string reason;         ///< of model/reason.hpp
    std::string says;           ///< what will happen; refused: why not, and what to do instead

    bool granted() const { return next.has_value(); }
};

/// SPEC §3 "Wishes". Each is bound to what it was said about (promote, abort: the attempt;
/// rollback: what serves; retry: what is held) and lapses with it. `who`: "erin (uid 1000)", for
/// the event.
wish_verdict decide_wish(verb, const wish_ground&, const std::string& who);

} // namespace alcedo
