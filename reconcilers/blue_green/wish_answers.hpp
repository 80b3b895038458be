#pragma once
// What a verb is answered, between the two files that answer: about rollouts, and the rest.

#include "reconcilers/blue_green/situation.hpp"
#include "reconcilers/blue_green/wishes.hpp"

#include <string>
#include <string_view>

namespace alcedo {

struct wish_answer {
    bool granted = false;
    std::string_view reason;
    std::string says;
};

inline wish_answer refuse(std::string_view why, std::string says) {
    return {false, why, std::move(says)};
}
inline wish_answer grant(std::string_view about, std::string says) {
    return {true, about, std::move(says)};
}

/// promote, abort, rollback, retry: what is granted is written into `wished`.
wish_answer answer_of_rollout(verb, const situation&, wishes& wished);

} // namespace alcedo
