#include "controller/cli/file_text.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace alcedo::cli {

namespace {

constexpr std::size_t longest = 2 << 20;

} // namespace

result<std::string> read_file(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return error(next_step::gone, path + ": " + std::strerror(errno));
    if (S_ISDIR(status.st_mode))
        return error(next_step::invalid, path + ": is a folder: name the files in it");
    std::ifstream file(path, std::ios::binary);
    if (!file) return error(next_step::invalid, path + ": " + std::strerror(errno));
    std::string text;
    for (char byte = 0; text.size() <= longest && file.get(byte);)
        text += byte;
    if (text.size() > longest)
        return error(next_step::invalid, path + ": larger than 2 MiB: this is no manifest");
    return text;
}

} // namespace alcedo::cli
