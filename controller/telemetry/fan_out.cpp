#include "controller/telemetry/fan_out.hpp"

namespace alcedo {

namespace {

class fan_out final : public event_sink {
public:
    explicit fan_out(std::vector<event_sink*> sinks) : sinks_(std::move(sinks)) {}

    void emit(const event& happening) override {
        for (auto* sink : sinks_)
            sink->emit(happening);
    }

private:
    std::vector<event_sink*> sinks_;
};

} // namespace

std::unique_ptr<event_sink> make_fan_out(std::vector<event_sink*> sinks) {
    return std::make_unique<fan_out>(std::move(sinks));
}

} // namespace alcedo
