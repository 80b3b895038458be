#pragma once
// A temporary folder, and coroutines run to their end.

#include "controller/ports/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace stores_world {

using namespace alcedo;
namespace asio = boost::asio;

class folder {
public:
    folder() {
        std::string pattern = std::filesystem::temp_directory_path() / "alcedo-test-XXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { std::filesystem::remove_all(path_); }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

inline std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

template <class T>
T run(task<T> work) {
    asio::io_context io{1};
    std::optional<T> out;
    std::exception_ptr failure;
    asio::co_spawn(io, std::move(work), [&](std::exception_ptr problem, T value) {
        failure = problem;
        if (!problem) out.emplace(std::move(value));
    });
    io.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*out);
}

} // namespace stores_world
