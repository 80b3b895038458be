#include "support.hpp"

using namespace alcedo;
using namespace alcedo::testing;
using pairs = std::vector<std::pair<std::string, std::string>>;

namespace {

pairs read(const std::string& text) {
    const auto found = manifest::parse_env_file("x.env", text);
    INFO(text);
    REQUIRE(found.has_value());
    return *found;
}
std::string fault(const std::string& text) {
    const auto found = manifest::parse_env_file("x.env", text);
    INFO(text);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().next == next_step::invalid);
    return found.error().message;
}

} // namespace

TEST_CASE("env file: lines") {
    CHECK(read("").empty());
    CHECK(read("# c\n\n  # d\nA=1\nB = 2 \nexport C=3\nD: 4\nE=\nF") ==
          pairs{{"A", "1"}, {"B", "2"}, {"C", "3"}, {"D", "4"}, {"E", ""}});
    CHECK(read("\xEF\xBB\xBF"
               "A=1\r\nB=2\r\n") == pairs{{"A", "1"}, {"B", "2"}});
    CHECK(read("A=x # c\nB=x#y\nC=#z\nD=x\t# c\n") ==
          pairs{{"A", "x"}, {"B", "x#y"}, {"C", "#z"}, {"D", "x"}});
    CHECK(read("A=b=c\nexported=1\n") == pairs{{"A", "b=c"}, {"exported", "1"}});
    CHECK(read("A=1\nA=2\n") == pairs{{"A", "1"}, {"A", "2"}});
}

TEST_CASE("env file: quotes") {
    CHECK(read("A='x # $y \\n'\nB=\"x # y\\n\\t\\\"z\\\"\\\\\"\n") ==
          pairs{{"A", "x # $y \\n"}, {"B", "x # y\n\t\"z\"\\"}});
    CHECK(read("A=\"one\ntwo\"\nB='three\nfour' # c\n") ==
          pairs{{"A", "one\ntwo"}, {"B", "three\nfour"}});
    CHECK(read("A=\"\"\nB=''\n") == pairs{{"A", ""}, {"B", ""}});
    CHECK(read("A=it's\n") == pairs{{"A", "it's"}});
}

TEST_CASE("env file: variables of the lines above") {
    CHECK(read("A=1\nB=${A}2\nC=\"$A\"\nD='$A'\nE=${X:-d}\nF=a$$b\nG=\"a\\$b\"\n") ==
          pairs{{"A", "1"},
                {"B", "12"},
                {"C", "1"},
                {"D", "$A"},
                {"E", "d"},
                {"F", "a$b"},
                {"G", "a$b"}});
}

TEST_CASE("env file: faults name the line, never the value") {
    CHECK(fault("A=1\nB C=secret\n") ==
          "x.env:2: \"B C\" is not a variable's name: write NAME=value");
    CHECK(fault("=x\n") == "x.env:1: \"\" is not a variable's name: write NAME=value");
    CHECK(fault("A=1\n\nB=\"secret\nC=2\n") ==
          "x.env:3: a quote is opened and never closed: close it with \"");
    CHECK(fault("A=\"secret\" more\n") == "x.env:1: text after the closing quote: remove it");
    CHECK(fault("A=1\nP=secret$word\n") ==
          "x.env:2: a $ in the value names no variable of this file: write $$ for a dollar sign, "
          "or put the value in single quotes");
    CHECK(fault(std::string("A=a\0b\n", 6)) == "x.env:1: a NUL character: remove it");
}

TEST_CASE("env file: every prefix ends in an answer") {
    const std::string text = "A=1\nexport B=\"x\\n${A}\" # c\nC='y\nz'\nD: ${A:-${B}}\n";
    for (std::size_t i = 0; i <= text.size(); ++i)
        CHECK_NOTHROW((void)manifest::parse_env_file("x", text.substr(0, i)));
}

TEST_CASE("environment: files in order, then the service's own; a later one wins") {
    const auto service =
        *spec_of(web("env_file: [a, {path: b, required: false}]\n      environment: {OWN: o, "
                     "BOTH: own, GONE: , EMPTY: \"\"}"))
             .of(color::blue)
             .find("web");
    const auto found =
        manifest::environment_of(service, {{"a", "BOTH=a\nAB=a\nGONE=a\n"}, {"b", "AB=b\n"}});
    REQUIRE(found.has_value());
    CHECK(*found == std::vector<std::string>{"AB=b", "BOTH=own", "EMPTY=", "OWN=o"});
    const auto without = manifest::environment_of(service, {{"a", ""}});
    REQUIRE(without.has_value());
    CHECK(*without == std::vector<std::string>{"BOTH=own", "EMPTY=", "OWN=o"});
    const auto missing = manifest::environment_of(service, {{"b", ""}});
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().reason == "EnvFileMissing");
    CHECK(missing.error().message == "env file a of service web is missing");
    CHECK_FALSE(manifest::environment_of(service, {{"a", "x y\n"}}).has_value());
}

TEST_CASE("environment: a rehearsal is laid over all of the service's own") {
    auto service = *spec_of(web("env_file: a\n      environment: {TOKEN: real, OWN: o, GONE: x}"))
                        .of(color::blue)
                        .find("web");
    const rehearsal_spec over{{{"s", true}}, {{"GUILD", "staging"}, {"GONE", nullptr}}, "d"};
    const auto found = manifest::rehearsal_environment_of(
        service, over, {{"a", "A=1\n"}, {"s", "TOKEN=test\nGUILD=x\n"}});
    REQUIRE(found.has_value());
    CHECK(*found == std::vector<std::string>{"A=1", "GUILD=staging", "OWN=o", "TOKEN=test"});
    const auto missing = manifest::rehearsal_environment_of(service, over, {{"a", ""}});
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().message == "env file s of service web is missing");
    // A second real one: what its file should change, it does not.
    const rehearsal_spec nothing{{{"s", true}}, json::object(), "d"};
    const auto same =
        manifest::rehearsal_environment_of(service, nothing, {{"a", ""}, {"s", "TOKEN=real\n"}});
    REQUIRE_FALSE(same.has_value());
    CHECK(same.error().reason == "CreateFailed");
}
