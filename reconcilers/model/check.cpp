#include "reconcilers/model/check.hpp"

namespace alcedo {

std::string to_string(outcome o) {
    switch (o) {
    case outcome::pass:
        return "Pass";
    case outcome::fail:
        return "Fail";
    case outcome::inconclusive:
        return "Inconclusive";
    case outcome::no_data:
        return "NoData";
    }
    return "?";
}

std::string to_string(check_verdict v) {
    switch (v) {
    case check_verdict::pending:
        return "Pending";
    case check_verdict::passing:
        return "Passing";
    case check_verdict::failing:
        return "Failing";
    }
    return "?";
}

} // namespace alcedo
