// What must hold before anything can be rolled out, as far as the engine knows it: one line a
// point, and the command that mends it.

#include "controller/engine/desk.hpp"

#include "reconcilers/model/reason.hpp"

namespace alcedo {

namespace {

/// "git+https://host/ops.git//shop" → "https://host/ops.git"
std::string repository_of(const std::string& source_id) {
    auto url = source_id.substr(source_id.find('+') + 1);
    url = url.substr(0, url.find('?'));
    const auto scheme = url.find("://");
    const auto below = url.find("//", scheme == url.npos ? 0 : scheme + 3);
    return url.substr(0, below);
}

std::string source_fix(const std::string& source_id, const std::string& why) {
    const bool is_git = source_id.starts_with("git+");
    const auto folder = source_id.substr(source_id.find(':') + 1);
    if (why == reason::SourceEmpty)
        return is_git ? "commit a manifest there; alcedo validate FILE tells whether it is one"
                      : "cp shop.yaml " + folder +
                            "; alcedo validate FILE tells whether it is a manifest";
    if (why != reason::SourceUnreadable) return "alcedo validate FILE";
    if (is_git)
        return "git ls-remote " + repository_of(source_id) +
               " must answer as the user that runs Alcedo";
    return "mkdir -p " + folder + ", or --source dir:PATH of the folder with the manifests";
}

readiness_point source_point(const catalogue::source_report& report) {
    readiness_point out{"source " + report.source_id, report.state.ok, report.state.message, ""};
    for (const auto& prefix : {report.source_id + ": ", report.source_id + " "})
        if (out.message.starts_with(prefix)) out.message.erase(0, prefix.size());
    if (!out.ok) out.fix = source_fix(report.source_id, report.state.reason);
    if (out.ok && out.message.empty())
        out.message = report.commit.empty() ? "read" : "read at " + report.commit.substr(0, 12);
    return out;
}

readiness_point events_point(const engine::progress& far) {
    if (far.engine_seen) return {"events", true, "the engine's events are followed", ""};
    if (!far.document_ready)
        return {"events", false, "not followed yet: `document` comes first",
                "what mends `document`"};
    return {"events", false, far.engine_trouble, "what mends `engine`"};
}

readiness_point store_point(const std::string& trouble) {
    if (trouble.empty()) return {"store", true, "records are written before they are acted on", ""};
    return {"store", false, trouble,
            "free space, or make it writable; it is tried again by itself"};
}

readiness_point document_point(const engine::progress& far, const std::string& number) {
    if (far.document_ready) return {"document", true, "generation " + number, ""};
    return {"document", false, far.document_trouble,
            "do as the line says; it is tried again every second"};
}

readiness_point marker_point(const engine::progress& far, const publisher& proxy,
                             const std::string& number, const std::string& fix) {
    if (proxy.keeps_up())
        return {"marker", true, "round trip: generation " + number + " is applied", ""};
    if (!far.document_ready)
        return {"marker", false, "not looked for yet: `document` comes first",
                "what mends `document`"};
    if (!proxy.proxy_in_sight())
        return {"marker", false,
                "generation " + number + " is not seen applied: " + proxy.trouble(),
                "what mends `traefik` and the entry points"};
    return {"marker", false, "generation " + number + " is not seen applied: " + proxy.trouble(),
            fix};
}

} // namespace

std::vector<readiness_point> desk::points() const {
    const auto& far = machine_.how_far();
    const auto& proxy = machine_.proxy();
    const auto number = std::to_string(proxy.document_generation());
    auto out = more_points_();
    out.push_back(store_point(machine_.passes().store_trouble()));
    out.push_back(events_point(far));
    out.push_back(document_point(far, number));
    out.push_back(marker_point(far, proxy, number, marker_fix_));
    for (const auto& report : machine_.specs().reports())
        out.push_back(source_point(report));
    if (!far.sources_read)
        out.push_back(
            {"sources", false, "not read yet",
             far.document_ready ? "nothing to do: they are being read" : "what mends `document`"});
    return out;
}

json desk::ready() const {
    json shown = json::array();
    bool all = true;
    for (const auto& p : points()) {
        shown.push_back({{"name", p.name}, {"ok", p.ok}, {"message", p.message}, {"fix", p.fix}});
        all = all && p.ok;
    }
    return {{"ready", all}, {"points", std::move(shown)}};
}

} // namespace alcedo
