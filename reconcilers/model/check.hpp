#pragma once
// What a probe answers and what is made of a row of answers. Probes return outcomes with evidence;
// the judgement (how many in a row, since when) is pure and lives in blue_green/judgement.

#include "reconcilers/model/moment.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace alcedo {

enum class outcome { pass, fail, inconclusive, no_data };
std::string to_string(outcome);

/// One answer. `evidence` is what a person needs to see: status, first 4 KiB of body, error text.
struct sample {
    outcome what = outcome::no_data;
    std::string summary; ///< "HTTP 500", "connection refused"
    nlohmann::json evidence = nlohmann::json::object();
    milliseconds took{0};
    milliseconds wall{0};
    bool operator==(const sample&) const = default;
};

enum class check_verdict { pending, passing, failing };
std::string to_string(check_verdict);

/// A check as status shows it: per replica, or per colour for `route`.
struct check_status {
    std::string check;
    std::string kind;
    std::string color;
    std::string container; ///< name; empty for a check of the whole colour
    check_verdict verdict = check_verdict::pending;
    int passes = 0;               ///< in a row
    int failures = 0;             ///< in a row
    std::vector<sample> evidence; ///< first, and the last three
    bool operator==(const check_status&) const = default;
};

} // namespace alcedo
