#pragma once
// What the system said of a file, and what the operator can do about it.

#include <cerrno>
#include <string>
#include <system_error>

namespace alcedo {

inline std::string trouble_of(const std::string& path, int number) {
    auto out = path + ": " + std::generic_category().message(number);
    switch (number) {
    case ENOSPC:
    case EDQUOT:
        return out + "; nothing was changed. Free space on that filesystem";
    case EROFS:
    case EACCES:
    case EPERM:
        return out + "; nothing was changed. The daemon must be able to write there";
    default:
        return out;
    }
}

} // namespace alcedo
