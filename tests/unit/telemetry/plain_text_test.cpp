// What strangers wrote must reach neither a terminal nor a log as anything but text.
#include "controller/telemetry/plain_text.hpp"

#include <doctest/doctest.h>

using namespace alcedo;

TEST_CASE("printable: control sequences become text, words stay words") {
    CHECK(printable("plain grün ✓ 魚") == "plain grün ✓ 魚");
    CHECK(printable("a\nb\r\tc") == "a\\nb\\r\\tc");
    CHECK(printable("\x1b[31mred") == "\\x1b[31mred");
    CHECK(printable(std::string_view("a\0b", 3)) == "a\\x00b");
    CHECK(printable("\x7f") == "\\x7f");
    CHECK(printable("\xc2\x9b"
                    "31m") == "\\xc2\\x9b31m");
    CHECK(printable("\u202eabc") == "\\xe2\\x80\\xaeabc");
    CHECK(printable("\u00a0") == "\u00a0");
}

TEST_CASE("printable: bytes that are not UTF-8 are shown as such") {
    CHECK(printable("\xff") == "\\xff");
    CHECK(printable("\xc3") == "\\xc3");
    CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");
    CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
    CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
}

TEST_CASE("printable_lines keeps line breaks only") {
    CHECK(printable_lines("a\nb\x1b") == "a\nb\\x1b");
}

TEST_CASE("without_credentials") {
    CHECK(without_credentials("https://me:t0ken@example.com/x.git") ==
          "https://***@example.com/x.git");
    CHECK(without_credentials("git+https://t0ken@example.com") == "git+https://***@example.com");
    CHECK(without_credentials("ssh://git@example.com/x") == "ssh://git@example.com/x");
    CHECK(without_credentials("no url, me@example.com") == "no url, me@example.com");
    CHECK(without_credentials("https://example.com/a@b") == "https://example.com/a@b");
    CHECK(without_credentials("fetch https://a:b@c/d and https://e:f@g") ==
          "fetch https://***@c/d and https://***@g");
    CHECK(without_credentials("https://a:b@c@d/") == "https://***@d/");
}
