#pragma once
// Images: what is here, and fetching what is not. Only the texts of registry and engine decide
// between "this reference will never do" and "later" (docker_errors.hpp).

#include "controller/ports/runtime.hpp"
#include "controller/runtimes/docker_calls.hpp"

#include <functional>
#include <string>

namespace alcedo::docker {

task<result<image_info>> inspect_image(engine_calls&, std::string reference);

/// Ends well only if the engine said so in the stream and has the image afterwards: engines send
/// 200 before they know, and a dying engine just closes.
task<result<void>> pull_image(engine_calls&, clock_source&, std::string config_path,
                              std::string reference, std::function<void(std::string)> progress);

/// What one line of a pull's stream says.
struct pull_line {
    std::string failure;  ///< the registry's or engine's words
    std::string progress; ///< for people
    bool finished = false;
    bool operator==(const pull_line&) const = default;
};
pull_line pull_line_from(const std::string& line);

} // namespace alcedo::docker
