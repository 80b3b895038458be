#pragma once
// The real clock: CLOCK_BOOTTIME for decisions, the wall clock for people, the kernel's boot id.

#include "controller/ports/clock.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace alcedo {

std::unique_ptr<clock_source> make_system_clock(boost::asio::any_io_executor);

} // namespace alcedo
