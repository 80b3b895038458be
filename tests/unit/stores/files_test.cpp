#include "controller/stores/lock.hpp"
#include "controller/stores/secrets.hpp"
#include "support.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace stores_world;

TEST_CASE("a secret is made once, whole, and for one user") {
    folder place;
    auto key = secret_file(place / "key", 32, false);
    REQUIRE(key.has_value());
    CHECK(key->size() == 32);
    CHECK(bytes_of(place / "key") == *key);
    CHECK(*secret_file(place / "key", 32, false) == *key);
    auto token = secret_file(place / "token", 32, true);
    REQUIRE(token.has_value());
    CHECK(token->size() == 64);
    CHECK(token->find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(*secret_file(place / "token", 32, true) == *token);
    for (auto name : {"key", "token"}) {
        struct stat st{};
        REQUIRE(::stat((place / name).c_str(), &st) == 0);
        CHECK((st.st_mode & 0777) == 0600);
    }
    CHECK(std::distance(std::filesystem::directory_iterator(place / ""), {}) == 2);
}

TEST_CASE("a secret that is cut, open to others or not a file is refused, not replaced") {
    folder place;
    const auto path = place / "key";
    SUBCASE("cut") {
        write(path, std::string(31, 'k'));
        ::chmod(path.c_str(), 0600);
    }
    SUBCASE("empty") {
        write(path, "");
        ::chmod(path.c_str(), 0600);
    }
    SUBCASE("open to others") {
        write(path, std::string(32, 'k'));
        ::chmod(path.c_str(), 0640);
    }
    SUBCASE("a folder") {
        std::filesystem::create_directory(path);
    }
    auto refused = secret_file(path, 32, false);
    REQUIRE(!refused.has_value());
    CHECK(refused.error().next == next_step::invalid);
    if (std::filesystem::is_regular_file(path)) CHECK(bytes_of(path).size() < 33);
}

TEST_CASE("a secret in a folder that is not there is an error") {
    folder place;
    CHECK(secret_file(place / "no/key", 32, false).error().next == next_step::retry);
}

TEST_CASE("the lock is refused to a second writer, naming the first") {
    folder place;
    auto held = single_writer_lock(place / "lock", "instance alcedo");
    REQUIRE(held.has_value());
    auto refused = single_writer_lock(place / "lock", "instance other");
    REQUIRE(!refused.has_value());
    CHECK(refused.error().next == next_step::conflict);
    CHECK(refused.error().message.find("pid " + std::to_string(::getpid())) != std::string::npos);
    CHECK(refused.error().message.find("instance alcedo") != std::string::npos);
    held->reset();
    CHECK(single_writer_lock(place / "lock", "instance other").has_value());
    CHECK(bytes_of(place / "lock").find("instance other") != std::string::npos);
}

TEST_CASE("a process that died holds no lock, and a child does not inherit it") {
    folder place;
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    const auto child = ::fork();
    if (child == 0) {
        auto held = single_writer_lock(place / "lock", "instance child");
        ::write(ready[1], "x", 1);
        ::pause();
    }
    char c = 0;
    REQUIRE(::read(ready[0], &c, 1) == 1);
    auto refused = single_writer_lock(place / "lock", "instance alcedo");
    REQUIRE(!refused.has_value());
    CHECK(refused.error().message.find("pid " + std::to_string(child)) != std::string::npos);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    auto held = single_writer_lock(place / "lock", "instance alcedo");
    REQUIRE(held.has_value());
    bool closes_on_exec = false;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        if (std::filesystem::read_symlink(entry.path(), gone) != place / "lock") continue;
        auto number = std::stoi(entry.path().filename());
        closes_on_exec = (::fcntl(number, F_GETFD) & FD_CLOEXEC) != 0;
    }
    CHECK(closes_on_exec);
    ::close(ready[0]);
    ::close(ready[1]);
}
