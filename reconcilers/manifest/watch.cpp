#include "reconcilers/manifest/block.hpp"
#include "reconcilers/manifest/sections.hpp"

#include <algorithm>

namespace alcedo::manifest {

namespace {

on_failure on_failure_from(const std::string& text) {
    return text == "Freeze"   ? on_failure::freeze
           : text == "Notify" ? on_failure::notify
                              : on_failure::revert;
}

standby_then then_from(const std::string& text) {
    return text == "Remove" ? standby_then::remove
           : text == "Keep" ? standby_then::keep
                            : standby_then::stop;
}

} // namespace

void read_watch(const json& spec, app_spec& app, report& out) {
    const block all(spec, "spec");
    const auto watch = all.inner("watch");
    if (watch.text("window") == "Always")
        app.watch.window = std::nullopt;
    else
        app.watch.window = watch.duration("window").value_or(seconds{600});
    app.watch.failure = watch.threshold("failureThreshold").value_or(app.watch.failure);
    app.watch.then = on_failure_from(watch.text("onFailure"));

    const auto standby = all.inner("standby");
    const auto window = app.watch.window.value_or(milliseconds(0));
    const auto written = standby.duration("for");
    app.standby.keep_for = written.value_or(std::max<milliseconds>(app.standby.keep_for, window));
    app.standby.then = then_from(standby.text("then"));
    if (written && *written < window)
        out.error("/spec/standby/for",
                  "shorter than watch.window, during which the old colour may be needed again",
                  "write at least " + alcedo::to_string(window));
    if (!app.watch.window && app.standby.then != standby_then::keep)
        out.error("/spec/watch/window", "Always needs the old colour for ever",
                  "write standby: {then: Keep} with it");
}

} // namespace alcedo::manifest
