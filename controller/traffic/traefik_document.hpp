#pragma once
// The one document as Traefik reads it, and back. Pure text: no file, no socket. JSON, because
// Traefik rejects a cut JSON and applies a cut YAML (SPEC §4); keys sorted, so that the same
// document is the same bytes (S20). Refuses whatever Traefik would call "enabled" and then answer
// with 5xx, and every string that its templates or its rule parser could take for code (S21).

#include "controller/ports/traffic.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>

namespace alcedo::traefik {

struct document_settings {
    /// Name → URL as seen from here, empty if it cannot be reached from here. A route that names no
    /// entry point gets all of these. An https URL makes its ack router answer TLS: an entry point
    /// carries both kinds, and is asked the way that is given.
    std::map<std::string, std::string> entry_points;
    std::string instance;
    std::string ack_token;
    std::string try_token;
};

inline constexpr std::string_view ack_path = "/.alcedo/generation";
inline constexpr std::string_view ack_header = "X-Alcedo-Ack";
inline constexpr std::string_view try_header = "X-Alcedo-Try";
inline constexpr std::string_view generation_header = "X-Alcedo-Gen";
inline constexpr std::string_view promises_middleware = "alcedo-promises";

std::string generation_middleware(std::uint64_t generation); ///< "alcedo-gen-42"
std::string router_name(const std::string& app, const std::string& route);
std::string try_router_name(const std::string& app, const std::string& route);
std::string backend_name(const std::string& app, const std::string& route, const fragment_backend&);

/// The entry points a route is on, explicit or by default.
std::vector<std::string> entry_points_of(const fragment_route&, const document_settings&);

/// The document as a value. Checks nothing.
nlohmann::json compose(const traffic_document&, const document_settings&);

/// Every reference exists, no empty server list, no weight below 1, no foreign scheme, no empty
/// weighted service, no character that could be taken for code. `invalid`, naming the first.
result<void> check_references(const nlohmann::json& composed);

/// Checks the names, composes, checks the references, prints. Ends with a newline.
result<std::string> render(const traffic_document&, const document_settings&);

/// Lines for `describe`: what the document asks of Traefik that cannot be looked for or asked from
/// here (measured with 3.7.15).
std::vector<std::string> notes_about(const traffic_document&, const document_settings&);

/// What a file holds. `instance` is empty if it does not carry our markers; text that is blank is
/// no document. `invalid` if it carries our markers and cannot be understood. Routes come back
/// as far as the document shows them: of a route without any router only its backends, and entry
/// points always by name.
document_on_disk parse_document(const std::string& text);

} // namespace alcedo::traefik
