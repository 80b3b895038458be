#include "reconcilers/manifest/durations.hpp"
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

TEST_CASE("durations") {
    CHECK(duration_from("500ms") == milliseconds(500));
    CHECK(duration_from("30s") == seconds(30));
    CHECK(duration_from("1m30s") == seconds(90));
    CHECK(duration_from("2h") == seconds(7200));
    CHECK(duration_from("1h2m3s4ms") == milliseconds(3'723'004));
    CHECK(duration_from("0s") == milliseconds(0));
    CHECK(duration_from("90s") == seconds(90));
    for (const auto* text : {"", "30", "s", "-1s", "1s1m", "1s1s", "1.5s", "1 s", "1w", "1S", "1us",
                             "99999999999999999999s", "87601h", "3651d", "1h1d", "1s ", "+1s"})
        CHECK_FALSE(duration_from(text));
    CHECK(duration_remedy("30") == "write 30s for seconds");
    CHECK(duration_from("7d") == std::chrono::hours(168));
    CHECK(duration_from("1d12h") == std::chrono::hours(36));
    CHECK(duration_remedy("soon") == "write it like 500ms, 30s, 1m30s, 2h or 7d");
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
