#include "controller/sources/git_output.hpp"

#include <doctest/doctest.h>

using namespace alcedo;

TEST_CASE("the last line of git, without credentials") {
    CHECK(last_words("") == "git said nothing");
    CHECK(last_words("a\nfatal: gone\n\n") == "fatal: gone");
    CHECK(last_words("fatal: unable to access 'https://u:p@e.com/a': no") ==
          "fatal: unable to access 'https://e.com/a': no");
    CHECK(last_words("https://u:p@a/ and https://t@b/x@y") == "https://a/ and https://b/x@y");
    CHECK(last_words("mail a@b.c") == "mail a@b.c");
    CHECK(last_words("x\x1b[31m") == "x [31m");
}

TEST_CASE("the head is the line of exactly that ref") {
    const std::string sha(40, 'a');
    const std::string more(40, 'b');
    auto symbolic = head_among("ref: refs/heads/trunk\tHEAD\n" + sha + "\tHEAD\n", "HEAD");
    REQUIRE(symbolic.has_value());
    CHECK(*symbolic == git_head{sha, "trunk"});
    auto longer = more + "\trefs/x/refs/heads/main\n";
    CHECK(!head_among(longer, "refs/heads/main").has_value());
    CHECK(*head_among(longer + sha + "\trefs/heads/main\n", "refs/heads/main") ==
          git_head{sha, "main"});
    CHECK(*head_among(sha + "\trefs/tags/v1\n", "refs/tags/v1") == git_head{sha, "refs/tags/v1"});
    CHECK(!head_among("garbage", "HEAD").has_value());
}
