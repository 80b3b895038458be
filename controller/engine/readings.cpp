#include "controller/engine/readings.hpp"

#include <set>
#include <utility>

namespace alcedo {

namespace {

/// Parsing is pure, so an unchanged text keeps its parse; env files are read anew every time.
reading read_text(const manifest_file& file, const reading* before) {
    if (before && before->problem == file.problem && before->text == file.text) return *before;
    reading out;
    out.text = file.text;
    out.problem = file.problem;
    if (before) out.app_last = before->app_last;
    if (!file.problem.empty()) {
        out.is = reading::standing::bad;
        out.errors.push_back(
            about_file(file.name, file.problem, "make it a readable file of at most 1 MiB"));
        return out;
    }
    auto parsed = manifest::parse(file.name, file.text);
    if (parsed.is == manifest::parsed::kind::not_a_manifest) return out;
    out.app_now = parsed.name;
    if (parsed.is == manifest::parsed::kind::manifest && parsed.spec && parsed.errors.empty()) {
        out.is = reading::standing::good;
        out.spec = frozen(std::move(*parsed.spec));
        out.app_now = out.spec->name;
        out.app_last = out.spec->name;
        return out;
    }
    out.is = reading::standing::bad;
    out.errors = std::move(parsed.errors);
    if (out.errors.empty())
        out.errors.push_back(about_file(file.name, "not readable as a manifest", "see validate"));
    return out;
}

std::set<std::string> env_paths(const app_spec& spec) {
    std::set<std::string> paths;
    for (auto c : both_colors)
        for (const auto& file : manifest::files_to_read(spec.of(c)))
            paths.insert(file.path);
    return paths;
}

/// One env file into the reading. A missing one is no error here: Preparing reports it.
void take_env_file(const std::string& name, const std::string& path, result<std::string> content,
                   reading& into) {
    if (content.has_value()) {
        into.files[path] = std::move(*content);
        return;
    }
    const auto& failure = content.error();
    switch (failure.next) {
    case next_step::gone:
        return;
    case next_step::wait:
        if (into.is == reading::standing::good) into.is = reading::standing::waiting;
        return;
    case next_step::invalid:
        into.is = reading::standing::bad;
        into.errors.push_back(about_file(name, "env file " + path + ": " + failure.message,
                                         "name a readable file inside the source's folder, or an "
                                         "absolute path"));
        return;
    default:
        if (into.is != reading::standing::bad) into.is = reading::standing::unreadable;
        into.trouble = "env file " + path + ": " + failure.message;
    }
}

task<reading> with_env_files(std::string name, reading file, std::string commit,
                             manifest_source& source, const host_reader& host) {
    const auto paths = env_paths(*file.spec);
    file.files.clear();
    file.errors.clear();
    file.trouble.clear();
    file.is = reading::standing::good;
    for (const auto& path : paths) {
        result<std::string> content = error(next_step::gone, "no reader for " + path);
        if (!path.starts_with('/')) {
            content = co_await source.file(commit, path);
        } else if (host) {
            content = co_await host(path);
        }
        take_env_file(name, path, std::move(content), file);
    }
    co_return file;
}

} // namespace

manifest::diagnostic about_file(std::string file, std::string problem, std::string remedy) {
    manifest::diagnostic d;
    d.file = std::move(file);
    d.problem = std::move(problem);
    d.remedy = std::move(remedy);
    return d;
}

reading remembered_reading(const std::string& app) {
    reading out;
    out.is = reading::standing::waiting;
    out.problem = "not read yet";
    out.app_last = app;
    return out;
}

bool source_readings::whole() const {
    if (unsettled || empty) return false;
    bool any = false;
    for (const auto& [name, file] : files) {
        if (file.in_error() || file.is == reading::standing::waiting) return false;
        // It named an app and now names none: that file is not gone, so nothing is missing yet.
        if (file.is == reading::standing::foreign && !file.app_last.empty()) return false;
        any = any || file.is == reading::standing::good;
    }
    return any;
}

task<source_readings> read_manifests(source_readings before, snapshot now, manifest_source& source,
                                     const host_reader& host) {
    source_readings next;
    next.ref = now.ref;
    bool any = false;
    for (const auto& file : now.files) {
        auto old = before.files.find(file.name);
        const reading* last = old == before.files.end() ? nullptr : &old->second;
        if (!file.settled) {
            next.unsettled = true;
            if (last) next.files.emplace(file.name, *last);
            continue;
        }
        auto read = read_text(file, last);
        if (read.spec)
            read = co_await with_env_files(file.name, read, now.ref.commit, source, host);
        if (read.is == reading::standing::waiting) next.unsettled = true;
        any = any || read.is != reading::standing::foreign;
        next.files.emplace(file.name, std::move(read));
    }
    if (any || next.unsettled) co_return next;
    next.empty = true;
    next.files = before.files;
    co_return next;
}

} // namespace alcedo
