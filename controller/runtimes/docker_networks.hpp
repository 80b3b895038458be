#pragma once
// Networks and named volumes. Networks are removed only if they carry our instance label; volumes
// never are.

#include "controller/ports/runtime.hpp"
#include "controller/runtimes/docker_calls.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace alcedo::docker {

class network_calls {
public:
    network_calls(std::shared_ptr<engine_calls>, std::string instance);

    task<result<std::vector<network_info>>> all();
    task<result<network_info>> find(std::string name_or_id);
    task<result<std::string>> create(network_request);
    task<result<void>> remove(std::string id);
    task<result<void>> create_volume(std::string name, json options,
                                     std::map<std::string, std::string> labels);
    task<result<bool>> volume_exists(std::string name);

private:
    std::shared_ptr<engine_calls> calls_;
    std::string instance_;
};

} // namespace alcedo::docker
