#pragma once
// The coroutine type of every door. One thread runs them all; blocking work goes to a pool as
// values and comes back as values.

#include "reconcilers/model/result.hpp"

#include <boost/asio/awaitable.hpp>

namespace alcedo {

template <class T>
using task = boost::asio::awaitable<T>;

} // namespace alcedo
