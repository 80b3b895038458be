#include "reconcilers/model/result.hpp"

#include <stdexcept>

namespace alcedo {

std::string to_string(next_step next) {
    switch (next) {
    case next_step::retry:
        return "retry";
    case next_step::wait:
        return "wait";
    case next_step::conflict:
        return "conflict";
    case next_step::invalid:
        return "invalid";
    case next_step::gone:
        return "gone";
    case next_step::unknown:
        return "unknown";
    }
    return "?";
}

std::string to_string(const error& e) {
    return e.reason.empty() ? e.message : e.reason + ": " + e.message;
}

error with_context(error e, const std::string& context) {
    e.message = context + ": " + e.message;
    return e;
}

void throw_exception_from_error(const error& e, const boost::source_location&) {
    throw std::runtime_error(to_string(e));
}

} // namespace alcedo
