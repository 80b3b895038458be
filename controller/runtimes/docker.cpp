#include "controller/runtimes/docker.hpp"

#include "controller/runtimes/docker_calls.hpp"
#include "controller/runtimes/docker_containers.hpp"
#include "controller/runtimes/docker_events.hpp"
#include "controller/runtimes/docker_images.hpp"
#include "controller/runtimes/docker_networks.hpp"

#include <utility>

namespace alcedo {

namespace {

class docker_runtime final : public runtime {
public:
    docker_runtime(net::http_client& http, clock_source& clock, docker_settings settings,
                   event_sink& events)
        : clock_(clock), settings_(std::move(settings)),
          calls_(std::make_shared<docker::engine_calls>(http, clock, settings_.host, events)),
          containers_(calls_, settings_.instance), networks_(calls_, settings_.instance),
          feed_(std::make_shared<docker::event_feed>(calls_, clock, settings_.instance)) {}
    docker_runtime(const docker_runtime&) = delete;
    docker_runtime& operator=(const docker_runtime&) = delete;
    ~docker_runtime() override { feed_->close(); }

    task<result<engine_info>> info() override { return calls_->negotiate(); }

    task<result<std::vector<container>>> list(std::string app) override {
        return containers_.list(std::move(app));
    }
    task<result<container>> inspect(std::string id) override {
        return containers_.inspect(std::move(id));
    }
    task<result<container>> find_by_name(std::string name) override {
        return containers_.find_by_name(std::move(name));
    }
    task<result<image_info>> image(std::string reference) override {
        return docker::inspect_image(*calls_, std::move(reference));
    }
    task<result<void>> pull(std::string reference,
                            std::function<void(std::string)> progress) override {
        return docker::pull_image(*calls_, clock_, settings_.docker_config_path,
                                  std::move(reference), std::move(progress));
    }
    task<result<std::string>> create(create_request request) override {
        return containers_.create(std::move(request));
    }
    task<result<void>> start(std::string id) override { return containers_.start(std::move(id)); }
    task<result<void>> stop(std::string id, milliseconds grace) override {
        return containers_.stop(std::move(id), grace);
    }
    task<result<void>> remove(std::string id) override { return containers_.remove(std::move(id)); }
    task<result<std::vector<std::string>>> logs(std::string id, int tail) override {
        return containers_.logs(std::move(id), tail);
    }
    task<result<std::vector<network_info>>> networks() override { return networks_.all(); }
    task<result<network_info>> network(std::string name_or_id) override {
        return networks_.find(std::move(name_or_id));
    }
    task<result<std::string>> create_network(network_request request) override {
        return networks_.create(std::move(request));
    }
    task<result<void>> remove_network(std::string id) override {
        return networks_.remove(std::move(id));
    }
    task<result<void>> connect(std::string network_id, std::string container_id) override {
        return containers_.connect(std::move(network_id), std::move(container_id));
    }
    task<result<void>> create_volume(std::string name, json options,
                                     std::map<std::string, std::string> labels) override {
        return networks_.create_volume(std::move(name), std::move(options), std::move(labels));
    }
    task<result<bool>> volume_exists(std::string name) override {
        return networks_.volume_exists(std::move(name));
    }
    task<result<engine_change>> next_change() override { return feed_->next(); }

private:
    clock_source& clock_;
    docker_settings settings_;
    std::shared_ptr<docker::engine_calls> calls_;
    docker::container_calls containers_;
    docker::network_calls networks_;
    std::shared_ptr<docker::event_feed> feed_;
};

} // namespace

std::unique_ptr<runtime> make_docker_runtime(net::http_client& http, clock_source& clock,
                                             docker_settings settings, event_sink& events) {
    return std::make_unique<docker_runtime>(http, clock, std::move(settings), events);
}

} // namespace alcedo
