#pragma once
// Containers of our instance: seen whole or not at all, changed only after a look at their label,
// never forced. One instance label is all that makes a container ours (S10).

#include "controller/ports/runtime.hpp"
#include "controller/runtimes/docker_calls.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace alcedo::docker {

class container_calls {
public:
    container_calls(std::shared_ptr<engine_calls>, std::string instance);

    task<result<std::vector<container>>> list(std::string app);
    task<result<container>> inspect(std::string id);
    task<result<container>> find_by_name(std::string name);
    task<result<std::string>> create(create_request);
    task<result<void>> start(std::string id);
    task<result<void>> stop(std::string id, milliseconds grace);
    task<result<void>> remove(std::string id);
    task<result<std::vector<std::string>>> logs(std::string id, int tail);
    task<result<void>> connect(std::string network_id, std::string container_id);

private:
    bool is_ours(const container&) const;
    task<result<json>> look_at(std::string id);
    task<result<json>> own(std::string id);
    task<result<void>> keep_stopped(std::string id);
    task<result<void>> connect_all(std::vector<network_attachment>, std::string container_id);
    task<result<void>> attach(network_attachment, std::string container_id);

    std::shared_ptr<engine_calls> calls_;
    std::string instance_;
};

} // namespace alcedo::docker
