#pragma once
// What Traefik's providers share: one document, rendered, kept durable, acknowledged on the entry
// points, compared through the API. They differ only in how the bytes come to Traefik: each is a
// file of its own that makes a `delivery`. Never retries, never logs; never overwrites a document
// that is not of this instance.

#include "controller/net/http_client.hpp"
#include "controller/ports/event_sink.hpp"
#include "controller/ports/traffic.hpp"
#include "controller/traffic/document_file.hpp"

#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace alcedo {

struct traefik_settings {
    std::string dir;                                 ///< the provider's folder
    std::string api_url;                             ///< may be empty: there is none
    std::map<std::string, std::string> entry_points; ///< name → URL, "" = not reachable from here
    std::string instance;
    std::string ack_token; ///< no spaces, back-quotes or braces
    std::string try_token; ///< the same
};

namespace traefik {

struct delivery {
    std::string provider; ///< as Traefik names it behind the '@': "file" or "http"
    document_file file;   ///< where the document outlives this process
    std::string option;   ///< the flag that says where that is
    /// Called on the logic thread with every document that is in the file, whole and of this
    /// instance: what was found there and what was written. Empty: Traefik reads the file itself.
    std::function<void(const std::string& text)> deliver;
    std::function<void(bool)> hold_back; ///< see traffic_provider; empty with `deliver`
};

/// `invalid`: a URL or a token that cannot be used. The pool must have one thread, so that reads
/// and writes of the file keep their order. Collaborators must outlive the provider.
result<std::unique_ptr<traffic_provider>> make_provider(net::http_client&,
                                                        boost::asio::thread_pool&, event_sink&,
                                                        const traefik_settings&, delivery);

} // namespace traefik

} // namespace alcedo
