#include "controller/traffic/traefik_file.hpp"

#include <cerrno>
#include <sys/stat.h>

namespace alcedo {

namespace {

using traefik::failed;

/// Answers whether dynamic/ had to be made.
result<bool> prepare(const std::string& dir) {
    const auto staging = dir + "/staging";
    const auto dynamic = dir + "/dynamic";
    if (::mkdir(dir.c_str(), 0755) != 0 && errno != EEXIST) return failed(dir, errno);
    if (::mkdir(staging.c_str(), 0700) != 0 && errno != EEXIST) return failed(staging, errno);
    if (::chmod(staging.c_str(), 0700) != 0) return failed(staging, errno);
    if (::mkdir(dynamic.c_str(), 0755) == 0) return true;
    if (errno != EEXIST) return failed(dynamic, errno);
    return false;
}

traefik::delivery by_file(const std::string& dir) {
    // Traefik may run as anybody.
    constexpr mode_t readable = 0644;
    traefik::document_file::place where{dir + "/staging/alcedo.yaml", dir + "/dynamic",
                                        "alcedo.yaml", readable};
    return {"file", traefik::document_file(std::move(where)), "--traefik-dir", {}, {}};
}

} // namespace

result<std::unique_ptr<traffic_provider>> make_traefik_file(net::http_client& client,
                                                            boost::asio::thread_pool& pool,
                                                            event_sink& events,
                                                            traefik_settings settings) {
    auto made = traefik::make_provider(client, pool, events, settings, by_file(settings.dir));
    if (!made) return made.error();
    const auto prepared = prepare(settings.dir);
    if (!prepared) return prepared.error();
    if (*prepared) {
        happened told;
        told.level = severity::warning;
        told.message = settings.dir + "/dynamic was missing and is made now: a Traefik that was "
                                      "started before is blind to it until it is restarted";
        events.emit(told);
    }
    return made;
}

} // namespace alcedo
