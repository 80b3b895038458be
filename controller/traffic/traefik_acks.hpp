#pragma once
// Has Traefik applied a generation? Asked where requests go: on each entry point that routes use
// and that can be reached from here, whose ack router answers 418 and the number. Where another
// answer shows that an entry point cannot ack (a redirect, an auth in front), the API decides.
// No answer at all is unknown, never "not applied".

#include "controller/traffic/traefik_api.hpp"
#include "controller/traffic/traefik_document.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alcedo::traefik {

class ack_reader {
public:
    /// `api` may be nullptr: there is none.
    ack_reader(net::http_client& client, event_sink& events, api_client* api,
               document_settings settings)
        : client_(client), events_(events), api_(api), settings_(std::move(settings)) {}

    /// The newest document there is or is about to be: it tells which entry points count, and that
    /// a higher number is somebody else's.
    void expect(const traffic_document&);

    task<ack_answer> ask(std::uint64_t generation);

    /// Whether the API and each entry point answer at all, for pre-flight.
    task<std::vector<door_report>> doors();

    /// Why requests to this entry point tell nothing, if that is so.
    std::optional<std::string> why_mute(const std::string& entry_point) const;
    std::vector<std::string> notes() const;

private:
    struct door_answer {
        enum class kind { seen, not_seen, mute, unknown } is = kind::unknown;
        std::string detail;
    };
    task<door_answer> ask_door(std::string name, std::uint64_t generation);
    task<ack_answer> ask_doors(std::uint64_t generation);
    task<ack_answer> ask_api(std::uint64_t generation, std::vector<std::string> mute);
    task<ack_answer> why_absent(std::uint64_t generation);
    task<door_report> api_report();
    task<door_report> door_report_of(std::string name);

    net::http_client& client_;
    event_sink& events_;
    api_client* api_;
    document_settings settings_;
    std::uint64_t newest_ = 0;
    std::vector<std::string> doors_;          ///< entry points that count
    std::map<std::string, std::string> mute_; ///< entry point → what it answers instead of an ack
    std::vector<std::string> about_routes_;   ///< notes on the document
    bool was_seen_ = false;                   ///< some generation was, by this process
    std::optional<std::chrono::steady_clock::time_point> start_date_asked_;
};

} // namespace alcedo::traefik
