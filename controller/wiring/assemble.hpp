#pragma once
// Makes every room once, in order, and hands each what it may borrow; destroyed in reverse. Knows
// everybody, decides nothing.

#include "controller/engine/desk.hpp"
#include "controller/net/http_client.hpp"
#include "controller/net/service_manager.hpp"
#include "controller/telemetry/metrics_sink.hpp"
#include "controller/wiring/poll_door.hpp"
#include "controller/wiring/settings.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>

namespace alcedo {

struct house {
    boost::asio::io_context io{1};
    // One thread each: SQLite has an owner, the document's reads and writes keep their order, and
    // a slow disk under one never holds up another.
    boost::asio::thread_pool store_pool{1};
    boost::asio::thread_pool document_pool{1};
    boost::asio::thread_pool reading_pool{1};

    settings chosen;
    net::service_manager* manager = nullptr; ///< never null once assembled; outlives the house
    std::unique_ptr<clock_source> clock;
    std::unique_ptr<event_sink> log;
    std::unique_ptr<metrics_sink> metrics;
    std::unique_ptr<event_sink> events;
    std::unique_ptr<net::http_client> client;
    std::unique_ptr<record_store> store;
    std::unique_ptr<runtime> docker;
    std::unique_ptr<traffic_provider> proxy;
    std::unique_ptr<poll_door> polls; ///< only with the provider http
    std::unique_ptr<connection_counter> connections;
    std::unique_ptr<engine> machine;
    std::unique_ptr<desk> office;
    std::unique_ptr<color_networks> networks; ///< for pre-flight
    std::vector<readiness_point> points{{"pre-flight", false, "not run yet", ""}}; ///< the last
};

/// Errors name the setting and the fix.
result<std::unique_ptr<house>> assemble(const settings&, net::service_manager&);

} // namespace alcedo
