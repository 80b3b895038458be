#include "reconcilers/manifest/scalars.hpp"
#include "reconcilers/manifest/suggest.hpp"

#include <doctest/doctest.h>

using namespace alcedo;
using namespace alcedo::manifest;
using nlohmann::json;

TEST_CASE("scalars: the YAML 1.2 core schema") {
    for (const auto* text : {"", "~", "null", "Null", "NULL"})
        CHECK(plain_scalar(text) == json(nullptr));
    for (const auto* text : {"true", "True", "TRUE"})
        CHECK(plain_scalar(text) == json(true));
    CHECK(plain_scalar("False") == json(false));
    CHECK(plain_scalar("0") == json(0));
    CHECK(plain_scalar("-17") == json(-17));
    CHECK(plain_scalar("+17") == json(17));
    CHECK(plain_scalar("0o17") == json(15));
    CHECK(plain_scalar("0xFf") == json(255));
    CHECK(plain_scalar("1.5") == json(1.5));
    CHECK(plain_scalar("-.5e1") == json(-5.0));
    CHECK(plain_scalar("9223372036854775807") == json(INT64_MAX));
    CHECK(plain_scalar("18446744073709551615") == json(UINT64_MAX));
    CHECK_FALSE(plain_scalar("18446744073709551616"));
    CHECK_FALSE(plain_scalar("-9223372036854775809"));
}

TEST_CASE("scalars: what 1.1 guesses differently stays text") {
    for (const auto* text :
         {"yes",      "no",         "on",  "off",   "y",    "n",    "0755",  "1_000",
          "12:30:45", "2026-01-01", "0b1", "-0x1",  ".inf", ".nan", "1e999", "tRUE",
          "-",        "+",          ".",   "1.2.3", "1e",   "0o8"})
        CHECK(plain_scalar(text) == json(text));
}

TEST_CASE("suggestions") {
    CHECK(nearest("activColor", {"activeColor", "accept"}) == "activeColor");
    CHECK(nearest("active_color", {"activeColor", "accept"}) == "activeColor");
    CHECK(nearest("serivces", {"services", "standby"}) == "services");
    CHECK(nearest("zzz", {"services", "standby"}) == "");
    CHECK(nearest("tpc", {"tcp", "http"}) == "tcp");
    CHECK(suggestion("zzz", {"a", "b", "c"}) == "possible here: a, b or c");
    CHECK(suggestion("zzz", {}) == "remove it");
}
