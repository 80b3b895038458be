#pragma once
// The sources of manifests, read at the start and after every change until the engine stops. What a
// reading says is the catalogue's; here is only when to read, and what of it is told.

#include "controller/engine/catalogue.hpp"
#include "controller/engine/parts.hpp"
#include "controller/engine/signal.hpp"
#include "controller/ports/source.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace alcedo {

class followed_sources {
public:
    struct one {
        std::string id;
        std::unique_ptr<manifest_source> source;
    };
    struct listener {
        std::function<void(const std::string& app)> changed; ///< what is wanted of it
        std::function<void()> read;                          ///< a reading was taken in
    };

    /// All but the sources and the listener must outlive it; it ends when `stopping` is closed.
    followed_sources(std::vector<one>, catalogue&, const engine_parts&, signal& stopping, listener);

    const std::vector<one>& all() const { return all_; }
    std::size_t count() const { return all_.size(); }

    /// A file beside a manifest as it was at that commit. `invalid` if the source that had it is
    /// followed no more: an app outlives the source it came from.
    task<result<std::string>> file(std::string id, std::string commit, std::string path);

    task<void> read(std::size_t index);
    /// Reads after every change, and again while something in it may still be half written.
    task<void> follow(std::size_t index);

private:
    std::vector<one> all_;
    catalogue& specs_;
    const engine_parts& parts_;
    signal& stopping_;
    listener heard_;
    /// Source → errors already told, with their reasons.
    std::map<std::string, std::map<std::string, std::string>> told_of_;
    std::set<std::size_t> reading_; ///< being read right now

    void tell(const std::string& id);
};

} // namespace alcedo
