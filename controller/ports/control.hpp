#pragma once
// What a client may ask of the running daemon. The API translates HTTP to this and back; the
// engine implements it. Everything is JSON in the shapes of SPEC §6.

#include "controller/ports/task.hpp"
#include "reconcilers/model/spec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alcedo {

struct file_text {
    std::string name;
    std::string text;
};

/// Who is at the other end of the socket, as the kernel says; -1 = not known.
struct caller {
    int uid = -1;
    int gid = -1;
    int pid = -1;
    std::string user; ///< empty = that uid has no name here
};

class control {
public:
    virtual ~control() = default;
    virtual json list() const = 0;                              ///< BlueGreenList
    virtual result<json> get(const std::string& app) const = 0; ///< BlueGreen, or gone
    /// {app, rule, why, steps: [{rule, why, actions, weights}], tried: [...], changes: bool}
    virtual task<result<json>> plan(std::string app) = 0;
    /// The same for manifests that were not committed yet; errors carry the diagnostics.
    virtual task<result<json>> plan_files(std::vector<file_text> files) = 0;
    virtual task<result<json>> history(std::string app) = 0; ///< [{number, …receipt}]
    /// Was that commit (or a descendant) observed for the app, and what became of it:
    /// {observed: bool, commit, valid: bool, errors: [...]}
    virtual task<result<json>> judged(std::string app, std::string commit) = 0;
    /// What an operator wants of the app: "promote", "abort", "retry", "rollback", "pause",
    /// "resume", "delete". Durable when it answers: {app, verb, granted, reason, message}, where
    /// `message` says what will happen, or, not granted, why not and what to do instead.
    virtual task<result<json>> wish(std::string app, std::string verb, caller by) = 0;
    virtual json ready() const = 0; ///< {ready: bool, points: [{name, ok, message, fix}]}
    /// Completes when the app's (or any app's, if empty) state may have changed since `seen`.
    virtual task<std::uint64_t> changed_since(std::string app, std::uint64_t seen) = 0;
};

} // namespace alcedo
