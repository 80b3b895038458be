#include "reconcilers/model/observation.hpp"

namespace alcedo {

std::string to_string(life l) {
    switch (l) {
    case life::created:
        return "created";
    case life::running:
        return "running";
    case life::restarting:
        return "restarting";
    case life::paused:
        return "paused";
    case life::removing:
        return "removing";
    case life::exited:
        return "exited";
    case life::dead:
        return "dead";
    }
    return "?";
}

std::string to_string(docker_health h) {
    switch (h) {
    case docker_health::none:
        return "none";
    case docker_health::starting:
        return "starting";
    case docker_health::healthy:
        return "healthy";
    case docker_health::unhealthy:
        return "unhealthy";
    }
    return "?";
}

std::string to_string(readiness r) {
    switch (r) {
    case readiness::starting:
        return "starting";
    case readiness::ready:
        return "ready";
    case readiness::sick:
        return "sick";
    }
    return "?";
}

} // namespace alcedo
