#pragma once
// Preparing, in the background: images resolved or pulled, env files, networks and volumes there.
// Nothing that runs is changed. Its answer is a value the next observation carries; while the
// registry is in trouble it goes on trying with back-off, which is an alert and no verdict.

#include "controller/ports/clock.hpp"
#include "controller/ports/runtime.hpp"
#include "reconcilers/manifest/manifest.hpp"
#include "reconcilers/model/record.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace alcedo {

class preparer {
public:
    struct job {
        std::string app;
        release what;
        color_spec spec;
        manifest::file_contents files;
        std::map<std::string, std::string>
            known_images;                       ///< service → id, from an earlier resolving
        std::set<std::string> checked_services; ///< services a check of ours looks at
        bool accepts_no_health = false;
    };
    struct settings {
        std::string key;     ///< for keyed hashes
        std::string network; ///< the shared network's name
        std::string instance;
    };

    preparer(boost::asio::any_io_executor, clock_source&, runtime&, settings,
             std::function<double()> random, std::function<void(std::string)> poke);
    ~preparer();
    preparer(const preparer&) = delete;
    preparer& operator=(const preparer&) = delete;

    /// No-op while the same release is being prepared or was.
    void begin(job);
    /// Of that spec digest; `no` if nothing was begun for it.
    preparation state(const std::string& app, const std::string& spec_digest) const;
    void forget(const std::string& app);

    struct running;

private:
    boost::asio::any_io_executor executor_;
    clock_source& clock_;
    runtime& runtime_;
    settings settings_;
    std::function<double()> random_;
    std::function<void(std::string)> poke_;
    std::map<std::string, std::shared_ptr<running>> jobs_;

    static task<void> run(preparer* self, std::shared_ptr<running>);
    task<result<void>> attempt(std::shared_ptr<running>);
    task<result<image_info>> resolve(std::string reference, std::string policy, std::string known,
                                     std::shared_ptr<running>);
    task<result<void>> check_surroundings(std::shared_ptr<running>);
};

} // namespace alcedo
