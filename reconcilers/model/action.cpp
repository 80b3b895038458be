#include "reconcilers/model/action.hpp"

namespace alcedo {

namespace {

struct printer {
    std::string operator()(const prepare_release& a) const {
        return "prepare " + to_string(a.what);
    }
    std::string operator()(const create_container& a) const {
        const bool rehearses = a.ordinal == rehearsal_ordinal;
        return "create " + to_string(a.what) + " " + a.service + " " +
               (rehearses ? "rehearsal" : std::to_string(a.ordinal));
    }
    std::string operator()(const start_container& a) const { return "start " + a.name; }
    std::string operator()(const stop_container& a) const { return "stop " + a.name; }
    std::string operator()(const remove_container& a) const { return "remove " + a.name; }
    std::string operator()(const publish_promise& a) const {
        return "publish promise " + std::to_string(a.number);
    }
    std::string operator()(const remove_networks& a) const {
        return "remove networks of " + to_string(a.colored);
    }
    std::string operator()(const ask_try_routers& a) const {
        return "ask the try routers of " + to_string(a.what);
    }
};

struct kind_printer {
    std::string operator()(const prepare_release&) const { return "prepare"; }
    std::string operator()(const create_container&) const { return "create"; }
    std::string operator()(const start_container&) const { return "start"; }
    std::string operator()(const stop_container&) const { return "stop"; }
    std::string operator()(const remove_container&) const { return "remove"; }
    std::string operator()(const publish_promise&) const { return "publish"; }
    std::string operator()(const remove_networks&) const { return "remove-networks"; }
    std::string operator()(const ask_try_routers&) const { return "try"; }
};

} // namespace

std::string to_string(const action& a) {
    return std::visit(printer{}, a);
}

std::string kind_of(const action& a) {
    return std::visit(kind_printer{}, a);
}

} // namespace alcedo
