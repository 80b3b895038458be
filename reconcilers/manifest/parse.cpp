#include "reconcilers/manifest/block.hpp"
#include "reconcilers/manifest/check_fields.hpp"
#include "reconcilers/manifest/cross_field.hpp"
#include "reconcilers/manifest/manifest.hpp"
#include "reconcilers/manifest/report.hpp"
#include "reconcilers/manifest/sections.hpp"
#include "reconcilers/manifest/services.hpp"

#include <algorithm>

namespace alcedo::manifest {

namespace {

bool is_ours(const document& doc) {
    const auto it = doc.root.is_object() ? doc.root.find("apiVersion") : doc.root.end();
    return it != doc.root.end() && it->is_string() &&
           it->get<std::string>().starts_with("alcedo.dev/");
}

// The name, unless it stands on the last line of a file that may be cut there.
std::string name_in(const document& doc, bool cut) {
    const json::json_pointer where("/metadata/name");
    if (!doc.root.is_object() || !doc.root.contains(where) || !doc.root.at(where).is_string())
        return {};
    const auto last = static_cast<int>(doc.lines.size());
    if (cut && doc.find("/metadata/name").value.line >= last) return {};
    return doc.root.at(where).get<std::string>();
}

app_spec read_spec(const document& doc, report& out) {
    static const json empty = json::object();
    app_spec app;
    const block root(doc.root, "");
    const auto metadata = root.inner("metadata");
    app.name = metadata.text("name");
    const auto labels = metadata.inner("labels");
    for (const auto& [key, value] : labels.raw().items())
        if (value.is_string()) app.labels[key] = value;
    const auto it = doc.root.find("spec");
    const json& spec = it != doc.root.end() && it->is_object() ? *it : empty;
    const block fields(spec, "spec");
    app.active = color_from(fields.text("activeColor"));
    app.paused = fields.flag("paused");
    for (const auto& risk : fields.texts("accept"))
        app.accept.insert(risk);
    for (const auto c : both_colors)
        app.colors[index_of(c)] = render_color(spec, c, c, out);
    read_watch(spec, app, out);
    read_traffic(spec, app, out);
    read_health(spec, app, out);
    check_references(spec, app, out);
    check_dependencies(spec, app, out);
    check_merged(spec, app, out);
    check_exclusive(spec, app, out);
    check_volumes(spec, app, out);
    check_health_sources(spec, app, out);
    check_auto(spec, out);
    app.manifest = spec.dump(-1, ' ', false, json::error_handler_t::replace);
    return app;
}

void fill_manifest(const document& doc, parsed& out, report& faults) {
    check_fields(doc.root, faults);
    auto spec = read_spec(doc, faults);
    if (!faults.has_errors()) out.spec = std::move(spec);
}

} // namespace

parsed parse(const std::string& file, std::string_view text) {
    parsed out;
    const auto doc = read_document(text);
    const bool cut = text.empty() || text.back() != '\n';
    const bool ours = is_ours(doc);
    report faults(file, doc);
    bool broken = !doc.readable || cut;
    for (const auto& found : doc.faults)
        if (found.in_any_file || ours) {
            faults.take(found);
            broken = broken || !ours;
        }
    if (!ours && !broken) {
        out.is = parsed::kind::not_a_manifest;
        return out;
    }
    out.is = broken ? parsed::kind::broken : parsed::kind::manifest;
    if (ours) out.name = name_in(doc, cut || doc.salvaged);
    const auto at = doc.find("/metadata/name").value;
    out.name_line = std::max(at.line, 1);
    out.name_column = std::max(at.column, 1);
    if (ours && doc.readable) fill_manifest(doc, out, faults);
    out.errors = faults.errors();
    out.warnings = faults.warnings();
    return out;
}

} // namespace alcedo::manifest
