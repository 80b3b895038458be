#pragma once
// Errors as values. An error says what to do next, why in one word for machines, and what happened
// in one sentence for people. Only the engine acts on `next`; only the engine logs.

#include <boost/system/result.hpp>

#include <string>

namespace alcedo {

/// What the caller should do about an error.
enum class next_step {
    retry,    ///< infrastructure trouble: the same call may succeed later
    wait,     ///< not yet: somebody else is still at it
    conflict, ///< the world is not as assumed: look again now
    invalid,  ///< will fail the same way until its input changes
    gone,     ///< the object is not there (an answer, not a failure to answer)
    unknown,  ///< no answer: the call may or may not have taken effect; look before repeating
};

struct error {
    next_step next = next_step::retry;
    std::string reason;  ///< CamelCase word, from the enum of reasons where users see it
    std::string message; ///< one sentence, grows context at the front while it rises

    error() = default;
    error(next_step n, std::string what) : next(n), message(std::move(what)) {}
    error(next_step n, std::string why, std::string what)
        : next(n), reason(std::move(why)), message(std::move(what)) {}
    bool operator==(const error&) const = default;
};

std::string to_string(next_step);
std::string to_string(const error&);

/// "context: message", same next step and reason.
error with_context(error, const std::string& context);

[[noreturn]] void throw_exception_from_error(const error&, const boost::source_location&);

template <class T>
using result = boost::system::result<T, error>;

} // namespace alcedo
