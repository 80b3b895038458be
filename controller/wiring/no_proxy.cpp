#include "controller/wiring/no_proxy.hpp"

namespace alcedo {

namespace {

constexpr const char* missing =
    "no proxy was given: alcedo run --traefik-dir DIR, or --traefik-provider http";

class no_proxy : public traffic_provider {
public:
    task<result<document_on_disk>> read() override { co_return document_on_disk{}; }
    task<result<bool>> holds(traffic_document wanted) override {
        co_return wanted.fragments.empty();
    }
    task<result<void>> write(traffic_document wanted) override {
        if (wanted.fragments.empty()) co_return result<void>();
        co_return error(next_step::retry, "TrafficUnknown", missing);
    }
    task<ack_answer> acknowledged(std::uint64_t) override {
        // There is nobody who could lag behind the empty document.
        ack_answer at_once;
        at_once.what = ack::seen;
        co_return at_once;
    }
    task<comparison> compare(std::string, fragment) override {
        comparison none;
        none.detail = missing;
        co_return none;
    }
    task<result<std::map<std::string, std::string>>>
    unusable_middlewares(std::vector<std::string>) override {
        co_return std::map<std::string, std::string>{};
    }
    task<try_result> ask_try(std::string, fragment_route, std::string, std::string) override {
        co_return try_result{};
    }
    std::map<std::string, std::string> entry_points() const override { return {}; }
    std::string try_token() const override { return {}; }
    task<std::vector<door_report>> doors() override { co_return std::vector<door_report>{}; }
    std::vector<std::string> notes() const override { return {}; }
};

} // namespace

std::unique_ptr<traffic_provider> make_no_proxy() {
    return std::make_unique<no_proxy>();
}

} // namespace alcedo
