#include "controller/runtimes/docker_logs.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using alcedo::docker::log_lines;

namespace {

std::string frame(char stream, const std::string& text) {
    const auto size = text.size();
    std::string out{stream, 0, 0, 0};
    for (const int shift : {24, 16, 8, 0})
        out += static_cast<char>(size >> shift & 0xff);
    return out + text;
}

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("frames of both streams become lines") {
    CHECK(log_lines(frame(1, "one\n") + frame(2, "bad\r\n") + frame(1, "two\nthree\n"), false,
                    10) == lines{"one", "bad", "two", "three"});
}

TEST_CASE("a line may come in several frames, between those of the other stream") {
    CHECK(log_lines(frame(1, "hel") + frame(2, "oops\n") + frame(1, "lo\n") + frame(1, "end"),
                    false, 10) == lines{"oops", "hello", "end"});
}

TEST_CASE("a frame of ten bytes has a line break in its header") {
    CHECK(log_lines(frame(1, "123456789\n") + frame(1, "next\n"), false, 10) ==
          lines{"123456789", "next"});
}

TEST_CASE("a terminal has no frames") {
    CHECK(log_lines("one\r\ntwo\r\n", true, 10) == lines{"one", "two"});
}

TEST_CASE("cut and broken frames show what there is") {
    CHECK(log_lines(frame(1, "whole\n") + frame(1, "cut off here").substr(0, 12), false, 10) ==
          lines{"whole", "cut "});
    CHECK(log_lines("no frames at all\n", false, 10) == lines{"no frames at all"});
    CHECK(log_lines(frame(1, "x\n") + std::string("\1\0\0", 3), false, 10) == lines{"x"});
    CHECK(log_lines("", false, 10).empty());
}

TEST_CASE("lines are bounded in number and length, and valid UTF-8") {
    std::string many;
    for (int i = 0; i < 100; ++i)
        many += frame(1, "line " + std::to_string(i) + "\n");
    CHECK(log_lines(many, false, 2) == lines{"line 98", "line 99"});
    const auto huge = log_lines(frame(1, std::string(1 << 20, 'x') + "\n"), false, 1);
    REQUIRE(huge.size() == 1);
    CHECK(huge.front().size() == 4096);
    CHECK(log_lines(frame(2, "\xff\n"), false, 1) == lines{"\xEF\xBF\xBD"});
}
