#pragma once
// Points before and after every effect and every commit, so that a test can end the daemon, or hold
// it while something else is ended, exactly there. Compiled in with the CMake option
// ALCEDO_FAILPOINTS only, and asleep unless the variable ALCEDO_FAILPOINTS names a folder:
//
//   FOLDER/reached   every point as it is reached is added here, a line each: "after
//   docker.create#2";
//                    the number counts how often it was reached under this plan
//   FOLDER/plan      may be written at any time. First line: any word, and a new one makes the
//                    numbers begin anew. Then "kill POINT": SIGKILL there; or "hold POINT": the
//                    calling thread waits until somebody opens FOLDER/release, a FIFO, for writing.
//                    Either happens once: the plan is removed first.
//   FOLDER/held      the point that is held

#include "controller/ports/runtime.hpp"
#include "controller/ports/store.hpp"
#include "controller/ports/traffic.hpp"

#include <memory>

namespace alcedo {

/// Whether ALCEDO_FAILPOINTS is set; the points then work.
bool open_failpoints();

std::unique_ptr<runtime> with_failpoints(std::unique_ptr<runtime>);
std::unique_ptr<traffic_provider> with_failpoints(std::unique_ptr<traffic_provider>);
std::unique_ptr<record_store> with_failpoints(std::unique_ptr<record_store>);

} // namespace alcedo
