#pragma once
// A source whose every reading can be set, and a catalogue fed with it: no file, no second.

#include "controller/engine/catalogue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <exception>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace catalogue_world {

using namespace alcedo;

constexpr auto resync = seconds(30);

inline std::string manifest_text(const std::string& name, const std::string& image = "app:1",
                                 const std::string& more = "") {
    return "apiVersion: alcedo.dev/v1alpha1\nkind: BlueGreen\nmetadata: {name: " + name +
           "}\nspec:\n  activeColor: blue\n  services:\n    web:\n      image: " + image + "\n" +
           more;
}

class fake_source final : public manifest_source {
public:
    explicit fake_source(std::string name, bool prune = false)
        : name_(std::move(name)), prune_(prune) {}
    std::string describe() const override { return "dir:/" + name_; }
    bool prunes() const override { return prune_; }
    source_ref origin() const override {
        source_ref out;
        out.kind = "dir";
        out.url = "/" + name_;
        return out;
    }
    task<result<snapshot>> read() override { co_return error(next_step::retry, "unused"); }
    task<result<void>> changed() override { co_return result<void>(); }
    task<result<std::string>> file(std::string at, std::string path) override {
        asked.push_back(at + ":" + path);
        auto found = beside.find(path);
        if (found == beside.end()) co_return error(next_step::gone, path + ": no such file");
        co_return found->second;
    }
    task<result<bool>> contains(std::string) override {
        result<bool> no = false;
        co_return no;
    }

    std::map<std::string, result<std::string>> beside;
    std::vector<std::string> asked;
    std::map<std::string, manifest_file> files;
    std::string commit;

    void put(const std::string& name, const std::string& text) {
        files[name] = manifest_file{name, text, "", true};
    }
    result<snapshot> now() const {
        snapshot out;
        out.ref = origin();
        out.ref.commit = commit;
        for (const auto& [name, file] : files)
            out.files.push_back(file);
        return out;
    }

private:
    std::string name_;
    bool prune_;
};

struct world {
    catalogue specs;
    milliseconds at{1000000};
    std::map<std::string, result<std::string>> host;

    world() : specs(options()) {}
    catalogue::options options() {
        catalogue::options out;
        out.key = std::string(32, 'k');
        out.resync = resync;
        out.host_file = [this](std::string path) { return host_file(std::move(path)); };
        return out;
    }
    task<result<std::string>> host_file(std::string path) {
        auto found = host.find(path);
        if (found == host.end()) co_return error(next_step::gone, path + ": no such file");
        co_return found->second;
    }
    std::vector<std::string> accept(fake_source& source, result<snapshot> read) {
        moment now;
        now.boot = at;
        now.wall = at;
        boost::asio::io_context io;
        std::vector<std::string> out;
        std::exception_ptr failure;
        auto work = specs.accept(source.describe(), source, std::move(read), now);
        boost::asio::co_spawn(io, std::move(work),
                              [&](std::exception_ptr wrong, std::vector<std::string> changed) {
                                  failure = wrong;
                                  out = std::move(changed);
                              });
        io.run();
        if (failure) std::rethrow_exception(failure);
        return out;
    }
    std::vector<std::string> accept(fake_source& source) { return accept(source, source.now()); }
    void later(milliseconds span) { at += span; }
    const catalogue::entry& of(const std::string& app) const {
        const auto* found = specs.find(app);
        REQUIRE(found != nullptr);
        return *found;
    }
    std::string image(const std::string& app) const {
        const auto& known = of(app);
        REQUIRE(known.desired);
        return known.desired->spec.of(color::blue).services.front().image;
    }
    std::string why(const std::string& app) const {
        const auto& state = of(app).condition;
        CHECK(state.ok == (state.reason == "SourceSynced"));
        return state.reason;
    }
};

using names = std::vector<std::string>;

inline error down() {
    return error(next_step::retry, "SourceUnreadable", "git: could not resolve host");
}

} // namespace catalogue_world
