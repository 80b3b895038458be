#pragma once
// Races a call that answers `result` against the clock. Only the engine uses it: deadlines belong
// to the caller. The call must be safe to abandon: reads only, never a mutation.

#include "controller/ports/clock.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <string>
#include <utility>
#include <variant>

namespace alcedo {

template <class T>
task<result<T>> with_deadline(clock_source& clock, milliseconds limit, std::string what,
                              task<result<T>> call) {
    using namespace boost::asio::experimental::awaitable_operators;
    auto timer = clock.sleep_for(limit);
    auto first = co_await (std::move(call) || std::move(timer));
    if (first.index() == 0) co_return std::get<0>(std::move(first));
    co_return error(next_step::unknown, what + ": no answer within " + to_string(limit));
}

} // namespace alcedo
