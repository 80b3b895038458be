#pragma once
// Answers clients: the engine's side of the control door. Reads what passes left behind; the only
// thing it makes happen is that a wish gets into the record.

#include "controller/engine/controller.hpp"
#include "controller/ports/control.hpp"

namespace alcedo {

struct readiness_point {
    std::string name;
    bool ok = false;
    std::string message;
    std::string fix;
};

class desk : public control {
public:
    /// `more_points`: what pre-flight found besides what the engine knows itself. `marker_fix`:
    /// what the proxy needs to see documents at all.
    desk(engine& machine, host_reader host_file,
         std::function<std::vector<readiness_point>()> more_points, std::string marker_fix)
        : machine_(machine), host_file_(std::move(host_file)), more_points_(std::move(more_points)),
          marker_fix_(std::move(marker_fix)) {}

    json list() const override;
    result<json> get(const std::string& app) const override;
    task<result<json>> plan(std::string app) override;
    task<result<json>> plan_files(std::vector<file_text> files) override;
    task<result<json>> history(std::string app) override;
    task<result<json>> judged(std::string app, std::string commit) override;
    task<result<json>> wish(std::string app, std::string verb, caller by) override;
    json ready() const override;
    /// Everything that must hold, in the order in which it is tried.
    std::vector<readiness_point> points() const;
    task<std::uint64_t> changed_since(std::string app, std::uint64_t seen) override;

private:
    engine& machine_;
    host_reader host_file_;
    std::function<std::vector<readiness_point>()> more_points_;
    std::string marker_fix_;

    json object(const std::string& app, const app_memory*) const;
    bool is_taken_in(const std::string& app) const;
    json plan_of(const std::string& app, const desired_state*, const app_memory*) const;
    task<result<desired_state>> desired_of(file_text file);
};

} // namespace alcedo
