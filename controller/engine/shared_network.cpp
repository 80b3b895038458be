#include "controller/engine/shared_network.hpp"

#include <utility>

namespace alcedo {

namespace {

constexpr milliseconds fresh{2000};

} // namespace

task<std::optional<network_info>> shared_network::look() {
    const auto asked_at = parts_.clock.now().boot;
    if (known_ && (asking_ || asked_at - told_at_ < fresh)) co_return known_;
    asking_ = true;
    auto found = co_await parts_.docker.network(parts_.settings.network);
    asking_ = false;
    known_.reset();
    if (!found) co_return std::nullopt;
    known_ = std::move(*found);
    std::vector<network_member>().swap(known_->members);
    told_at_ = asked_at;
    co_return known_;
}

} // namespace alcedo
