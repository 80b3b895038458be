#include "controller/api/users.hpp"

#include <fstream>

namespace alcedo::api {

std::string user_name_of(int uid, const std::string& passwd) {
    if (uid < 0) return {};
    const auto wanted = std::to_string(uid);
    std::ifstream file(passwd);
    for (std::string line; std::getline(file, line);) {
        const auto name = line.find(':');
        if (name == std::string::npos) continue;
        const auto secret = line.find(':', name + 1);
        if (secret == std::string::npos) continue;
        const auto id = line.find(':', secret + 1);
        if (line.substr(secret + 1, id - secret - 1) == wanted) return line.substr(0, name);
    }
    return {};
}

} // namespace alcedo::api
