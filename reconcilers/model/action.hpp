#pragma once
// Deeds, as values. Each is idempotent, stamped with the revision it was planned for, and checked
// again by inspect right before it is done (PLANNER §3).

#include "reconcilers/model/color.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace alcedo {

struct prepare_release {
    release what;
    bool operator==(const prepare_release&) const = default;
};
/// The ordinal of a rehearsal of an exclusive service: before the first, and no replica.
inline constexpr int rehearsal_ordinal = 0;

struct create_container {
    release what;
    std::string service;
    int ordinal = 1; ///< from 1; or `rehearsal_ordinal`
    bool operator==(const create_container&) const = default;
};
struct start_container {
    std::string id;
    std::string name;
    std::string revision;
    bool operator==(const start_container&) const = default;
};
struct stop_container {
    std::string id;
    std::string name;
    std::string revision;
    bool operator==(const stop_container&) const = default;
};
struct remove_container {
    std::string id;
    std::string name;
    bool operator==(const remove_container&) const = default;
};
struct publish_promise {
    std::uint64_t number = 0;
    bool operator==(const publish_promise&) const = default;
};
/// Networks of a colour without containers, after the last one was removed.
struct remove_networks {
    color colored = color::blue;
    bool operator==(const remove_networks&) const = default;
};
/// Ask the try routers once (Verifying).
struct ask_try_routers {
    release what;
    bool operator==(const ask_try_routers&) const = default;
};

using action = std::variant<prepare_release, create_container, start_container, stop_container,
                            remove_container, publish_promise, remove_networks, ask_try_routers>;

std::string to_string(const action&);
/// "create", "start", … : the metric label and the JSON of `plan`.
std::string kind_of(const action&);

} // namespace alcedo
