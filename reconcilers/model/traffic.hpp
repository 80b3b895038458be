#pragma once
// What an app asks of the proxy: a fragment of the one document all apps share, and the promise
// that carries it. A promise is confirmed by its number, never by equal content (PLANNER §5.4).

#include "reconcilers/model/color.hpp"
#include "reconcilers/model/route_tls.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alcedo {

/// One load balancer: the replicas of a route's service in one colour and revision.
struct fragment_backend {
    color colored = color::blue;
    std::string revision8;
    std::vector<std::string>
        servers;    ///< URLs, "http://<container name>:<port>", sorted, never empty
    int weight = 0; ///< percent; 0 = defined but not referenced (its counters survive)
    bool operator==(const fragment_backend&) const = default;
};

struct fragment_route {
    std::string name;
    std::string rule;
    std::vector<std::string> entry_points;
    std::int64_t priority = 0;
    std::vector<fragment_backend> backends; ///< without a positive weight: the router is left out
    std::optional<color> try_color;         ///< a try router to this colour's backend
    std::optional<route_tls> tls;
    std::vector<std::string> middlewares; ///< "auth@file", in the order they are passed
    bool operator==(const fragment_route&) const = default;
};

struct fragment {
    std::vector<fragment_route> routes;
    bool operator==(const fragment&) const = default;
};

/// The durable intent of one app. `number` grows with every new promise and every republish.
struct promise {
    std::uint64_t number = 0; ///< 0 = never promised anything
    fragment content;
    bool operator==(const promise&) const = default;

    int weight(color) const; ///< percent of the first route; 0 without routes
    bool is_weighted(color c) const { return weight(c) > 0; }
    bool only(color c) const { return is_weighted(c) && !is_weighted(other(c)); }
    bool tries(color) const;
};

/// How far a promise has come. Unwritten: our file is not the promised one. Unknown: the proxy
/// could not be seen. Late: pending past the ack deadline. Confirmed: that number or a newer one.
enum class traffic_state { unwritten, unknown, pending, late, confirmed };
std::string to_string(traffic_state);

void to_json(nlohmann::json&, const fragment&);
void from_json(const nlohmann::json&, fragment&);
void to_json(nlohmann::json&, const promise&);
void from_json(const nlohmann::json&, promise&);

} // namespace alcedo
