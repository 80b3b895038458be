#pragma once
// The only way the engine starts a coroutine of its own: with an owner's name, and a completion
// that never hides an exception.

#include "controller/ports/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <string>

namespace alcedo {

/// Called with "<who>: <what>" if a spawned coroutine dies of an exception. Set once, by wiring.
void set_spawn_failure(std::function<void(std::string)>);

void spawn(boost::asio::any_io_executor, task<void>, const char* who);

} // namespace alcedo
