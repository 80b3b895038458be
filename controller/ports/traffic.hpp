#pragma once
// The proxy, as the publisher sees it: one document written whole, one generation acknowledged.

#include "controller/ports/task.hpp"
#include "reconcilers/model/traffic.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alcedo {

/// Everything in the one document.
struct traffic_document {
    std::uint64_t generation = 0;
    std::map<std::string, fragment> fragments;     ///< app → fragment
    std::map<std::string, std::uint64_t> promises; ///< app → promise number it carries
    bool operator==(const traffic_document&) const = default;
};

/// What reading our own file found.
struct document_on_disk {
    bool exists = false;
    std::string instance; ///< whose it is; empty if it is not Alcedo's
    /// There is a file, but it cannot be read as a document of this instance (cut, edited), and it
    /// is no other instance's. Whether it ever was ours, the store knows.
    bool damaged = false;
    traffic_document document;
};

enum class ack { seen, not_seen, unknown };

struct ack_answer {
    ack what = ack::unknown;
    std::string detail;     ///< for status: which entry point, what it answered
    std::string start_date; ///< Traefik's; a change is a restart; empty if not seen
};

struct comparison {
    enum class outcome { equal, differs, unknown } is = outcome::unknown;
    std::string detail;
};

/// One way to the proxy, for pre-flight.
struct door_report {
    std::string name; ///< "traefik", "entry point web"
    bool ok = false;
    std::string message;
    std::string fix; ///< empty if ok, and where only an applied document mends it
    bool operator==(const door_report&) const = default;
};

class traffic_provider {
public:
    virtual ~traffic_provider() = default;
    /// `conflict` if the document is another instance's.
    virtual task<result<document_on_disk>> read() = 0;
    /// Whether the file is, byte for byte, what this document renders to today.
    virtual task<result<bool>> holds(traffic_document) = 0;
    /// Renders, checks every reference, writes whole (staging → fsync → rename → fsync dir);
    /// unchanged bytes are not written. Refuses what SPEC §4 forbids with next_step::invalid.
    virtual task<result<void>> write(traffic_document) = 0;
    /// While held back, a proxy that asks for its document is told to keep what it has; what is
    /// written is handed out when that ends. A proxy that reads the file itself sees it anyway.
    virtual void hold_back(bool) {}
    /// Asks every entry point (and the API where one cannot ack) once whether `generation` or a
    /// newer one is applied.
    virtual task<ack_answer> acknowledged(std::uint64_t generation) = 0;
    /// Compares one app's routers, weighted services and servers with what the proxy shows.
    virtual task<comparison> compare(std::string app, fragment wanted) = 0;
    /// Which of these middlewares ("auth@file") a router cannot use, and why: absent, or disabled.
    /// Empty too where nobody can be asked (notes() says that). Errors: the proxy's API did not
    /// answer, or has not loaded that provider yet; nothing is known then.
    virtual task<result<std::map<std::string, std::string>>>
    unusable_middlewares(std::vector<std::string> names) = 0;
    /// One request through the try router of `route` on each of its entry points.
    /// `answered` false only for 502/503/504.
    struct try_result {
        bool usable = false;
        bool answered = false;
        std::string detail;
    };
    virtual task<try_result> ask_try(std::string app, fragment_route route, std::string host,
                                     std::string path) = 0;
    virtual std::map<std::string, std::string> entry_points() const = 0; ///< name → URL
    virtual std::string try_token() const = 0;
    /// Asks the API and every entry point once whether they answer at all.
    virtual task<std::vector<door_report>> doors() = 0;
    /// Lines for `describe`: which entry points cannot ack and why.
    virtual std::vector<std::string> notes() const = 0;
};

/// Open connections from the proxy to a container's port, by its network namespace.
class connection_counter {
public:
    virtual ~connection_counter() = default;
    struct where {
        int pid = 0;
        std::string address;               ///< the container's, on the shared network
        std::vector<int> ports;            ///< of it, that routes lead to
        std::string subnet;                ///< CIDR of the shared network
        std::vector<std::string> excluded; ///< gateway and Alcedo's own addresses
    };
    /// No value = cannot be trusted (SPEC §4 "Drained").
    virtual task<std::optional<int>> count(where) = 0;
};

} // namespace alcedo
