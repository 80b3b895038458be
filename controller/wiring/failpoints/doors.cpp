#include "controller/ports/failpoint.hpp"
#include "controller/wiring/failpoints/failpoints.hpp"

namespace alcedo {

namespace {

template <class T>
task<T> around(std::string what, task<T> call) {
    failpoint("before " + what);
    auto answer = co_await std::move(call);
    failpoint("after " + what);
    co_return answer;
}

/// Reads pass; what changes something is between two points.
class runtime_with_points final : public runtime {
public:
    explicit runtime_with_points(std::unique_ptr<runtime> inner) : inner_(std::move(inner)) {}

    task<result<engine_info>> info() override { return inner_->info(); }
    task<result<std::vector<container>>> list(std::string app) override {
        return inner_->list(std::move(app));
    }
    task<result<container>> inspect(std::string id) override {
        return inner_->inspect(std::move(id));
    }
    task<result<container>> find_by_name(std::string name) override {
        return inner_->find_by_name(std::move(name));
    }
    task<result<image_info>> image(std::string reference) override {
        return inner_->image(std::move(reference));
    }
    task<result<void>> pull(std::string reference,
                            std::function<void(std::string)> progress) override {
        return around("docker.pull", inner_->pull(std::move(reference), std::move(progress)));
    }
    task<result<std::string>> create(create_request request) override {
        return around("docker.create", inner_->create(std::move(request)));
    }
    task<result<void>> start(std::string id) override {
        return around("docker.start", inner_->start(std::move(id)));
    }
    task<result<void>> stop(std::string id, milliseconds grace) override {
        return around("docker.stop", inner_->stop(std::move(id), grace));
    }
    task<result<void>> remove(std::string id) override {
        return around("docker.remove", inner_->remove(std::move(id)));
    }
    task<result<std::vector<std::string>>> logs(std::string id, int tail) override {
        return inner_->logs(std::move(id), tail);
    }
    task<result<std::vector<network_info>>> networks() override { return inner_->networks(); }
    task<result<network_info>> network(std::string name_or_id) override {
        return inner_->network(std::move(name_or_id));
    }
    task<result<std::string>> create_network(network_request request) override {
        return around("docker.create_network", inner_->create_network(std::move(request)));
    }
    task<result<void>> remove_network(std::string id) override {
        return around("docker.remove_network", inner_->remove_network(std::move(id)));
    }
    task<result<void>> connect(std::string network_id, std::string container_id) override {
        return around("docker.connect",
                      inner_->connect(std::move(network_id), std::move(container_id)));
    }
    task<result<void>> create_volume(std::string name, json options,
                                     std::map<std::string, std::string> labels) override {
        return around(
            "docker.create_volume",
            inner_->create_volume(std::move(name), std::move(options), std::move(labels)));
    }
    task<result<bool>> volume_exists(std::string name) override {
        return inner_->volume_exists(std::move(name));
    }
    task<result<engine_change>> next_change() override { return inner_->next_change(); }

private:
    std::unique_ptr<runtime> inner_;
};

class traffic_with_points final : public traffic_provider {
public:
    explicit traffic_with_points(std::unique_ptr<traffic_provider> inner)
        : inner_(std::move(inner)) {}

    task<result<document_on_disk>> read() override { return inner_->read(); }
    task<result<bool>> holds(traffic_document wanted) override {
        return inner_->holds(std::move(wanted));
    }
    task<result<void>> write(traffic_document wanted) override {
        return around("traffic.write", inner_->write(std::move(wanted)));
    }
    task<ack_answer> acknowledged(std::uint64_t generation) override {
        return inner_->acknowledged(generation);
    }
    task<comparison> compare(std::string app, fragment wanted) override {
        return inner_->compare(std::move(app), std::move(wanted));
    }
    task<result<std::map<std::string, std::string>>>
    unusable_middlewares(std::vector<std::string> names) override {
        return inner_->unusable_middlewares(std::move(names));
    }
    task<try_result> ask_try(std::string app, fragment_route route, std::string host,
                             std::string path) override {
        return inner_->ask_try(std::move(app), std::move(route), std::move(host), std::move(path));
    }
    std::map<std::string, std::string> entry_points() const override {
        return inner_->entry_points();
    }
    std::string try_token() const override { return inner_->try_token(); }
    task<std::vector<door_report>> doors() override { return inner_->doors(); }
    std::vector<std::string> notes() const override { return inner_->notes(); }

private:
    std::unique_ptr<traffic_provider> inner_;
};

class store_with_points final : public record_store {
public:
    explicit store_with_points(std::unique_ptr<record_store> inner) : inner_(std::move(inner)) {}

    task<result<std::vector<stored_record>>> load_all() override { return inner_->load_all(); }
    task<result<std::uint64_t>> save(std::string app, std::uint64_t expected, record content,
                                     json receipt) override {
        return around("store.save", inner_->save(std::move(app), expected, std::move(content),
                                                 std::move(receipt)));
    }
    task<result<void>> forget(std::string app) override {
        return around("store.forget", inner_->forget(std::move(app)));
    }
    task<result<std::vector<receipt_row>>> receipts(std::string app) override {
        return inner_->receipts(std::move(app));
    }
    task<result<std::uint64_t>> number(std::string key) override {
        return inner_->number(std::move(key));
    }
    task<result<void>> set_number(std::string key, std::uint64_t value) override {
        return around("store.set_number", inner_->set_number(std::move(key), value));
    }

private:
    std::unique_ptr<record_store> inner_;
};

} // namespace

std::unique_ptr<runtime> with_failpoints(std::unique_ptr<runtime> inner) {
    return std::make_unique<runtime_with_points>(std::move(inner));
}

std::unique_ptr<traffic_provider> with_failpoints(std::unique_ptr<traffic_provider> inner) {
    return std::make_unique<traffic_with_points>(std::move(inner));
}

std::unique_ptr<record_store> with_failpoints(std::unique_ptr<record_store> inner) {
    return std::make_unique<store_with_points>(std::move(inner));
}

} // namespace alcedo
