#include "reconcilers/manifest/rule.hpp"
#include "support.hpp"

using namespace alcedo;
using namespace alcedo::testing;
using manifest::parse_rule;

namespace {

std::string anew(const std::string& text) {
    const auto parsed = parse_rule(text);
    INFO(text, ": ", parsed.error.problem);
    REQUIRE(parsed.rule);
    return print(*parsed.rule);
}
/// "offset: problem"
std::string fault(const std::string& text) {
    const auto parsed = parse_rule(text);
    INFO(text);
    CHECK_FALSE(parsed.rule);
    CHECK(parsed.error.remedy != "");
    return std::to_string(parsed.error.offset) + ": " + parsed.error.problem;
}
std::string example(const std::string& text) {
    const auto parsed = parse_rule(text);
    REQUIRE(parsed.rule);
    const auto found = example_of(*parsed.rule);
    return found ? found->host + found->path : "none";
}

} // namespace

TEST_CASE("rule: every matcher") {
    for (const auto* text :
         {"Host(`a.example.com`)", "HostRegexp(`^.+\\.example\\.com$`)", "Path(`/x`)",
          "PathPrefix(`/`)", "PathRegexp(`^/v[0-9]+`)", "Method(`GET`)", "Header(`X-A`, `b c`)",
          "HeaderRegexp(`X-A`, `^b`)", "Query(`a`)", "Query(`a`, `b`)", "ClientIP(`10.0.0.0/8`)",
          "ClientIP(`2001:db8::/32`)", "ClientIP(`127.0.0.1`)"})
        CHECK(anew(text) == text);
}

TEST_CASE("rule: printed anew, with brackets only where they are needed") {
    CHECK(anew("  Host( `a` )&&( Path(`/x`)||Path(`/y`) ) ") == "Host(`a`) && (Path(`/x`) || "
                                                                "Path(`/y`))");
    CHECK(anew("((Host(`a`)))") == "Host(`a`)");
    CHECK(anew("Host(`a`) || Host(`b`) && Path(`/c`)") == "Host(`a`) || Host(`b`) && Path(`/c`)");
    CHECK(anew("(Host(`a`) || Host(`b`)) && Path(`/c`)") ==
          "(Host(`a`) || Host(`b`)) && Path(`/c`)");
    CHECK(anew("! Host(`a`)") == "!Host(`a`)");
    CHECK(anew("!(Host(`a`) && Path(`/x`))") == "!(Host(`a`) && Path(`/x`))");
    CHECK(anew("!!(!Host(`a`))") == "!!!Host(`a`)");
    CHECK(anew("Host(`a`)\n  && Path(`/x`)") == "Host(`a`) && Path(`/x`)");
    CHECK(anew(anew("(Host(`a`)||Host(`b`))&&!(Path(`/c`)||Path(`/d`))")) ==
          "(Host(`a`) || Host(`b`)) && !(Path(`/c`) || Path(`/d`))");
}

TEST_CASE("rule: faults and where they are") {
    CHECK(fault("") == "0: the rule ends too early");
    CHECK(fault("Host(`a`) &&") == "12: the rule ends too early");
    CHECK(fault("Host(`a`) & Path(`/`)") == "10: unexpected \"&\"");
    CHECK(fault("Host(`a`) Path(`/`)") == "10: unexpected \"P\"");
    CHECK(fault("(Host(`a`)") == "10: a bracket is not closed");
    CHECK(fault("Host(`a`))") == "9: unexpected \")\"");
    CHECK(fault("Hosts(`a`)") == "0: unknown matcher \"Hosts\"");
    CHECK(parse_rule("Hosts(`a`)").error.remedy == "did you mean \"Host\"?");
    CHECK(fault("Headers(`a`, `b`)") == "0: unknown matcher \"Headers\"");
    CHECK(fault("Host`a`") == "4: ( is missing after Host");
    CHECK(fault("Host(a)") == "5: an argument in back-quotes was expected");
    CHECK(fault("Host(\"a\")") == "5: an argument in back-quotes was expected");
    CHECK(fault("Host()") == "5: an argument in back-quotes was expected");
    CHECK(fault("Host(`a)") == "5: a back-quote is not closed");
    CHECK(fault("Host(`a`") == "8: ) is missing after the arguments of Host");
    CHECK(fault("Host(`a`, `b`)") == "0: Host takes 1 argument");
    CHECK(parse_rule("Host(`a`, `b`)").error.remedy == "write Host(`a`) || Host(`b`)");
    CHECK(fault("Header(`a`)") == "0: Header takes 2 arguments");
    CHECK(fault("Query(`a`, `b`, `c`)") == "0: Query takes 1 or 2 arguments");
    CHECK(fault("Host(`a`) && Path(`x`)") == "19: a path starts with /");
    CHECK(fault("HostRegexp(`(`)").starts_with("12: not a regular expression: "));
    CHECK(fault("PathRegexp(`a**`)").starts_with("12: not a regular expression: "));
    CHECK(fault("HeaderRegexp(`a`, `[`)").starts_with("19: not a regular expression: "));
    CHECK(fault("ClientIP(`here`)") == "10: \"here\" is not an address or a range");
    CHECK(fault("ClientIP(`10.0.0.0/33`)") == "10: \"10.0.0.0/33\" is not an address or a range");
    CHECK(fault("Method(`GE T`)") == "8: \"GE T\" is not a method");
    CHECK(fault("Header(`a b`, `c`)") == "8: \"a b\" is not a header's name");
}

TEST_CASE("rule: what Traefik accepts and never matches, or reads as a template") {
    for (const auto* host :
         {"", "a b", "ä.example", "a..b", "-a", "a-", ".a", "a.", "a/b", "*.a", "a:80", "http://a"})
        CHECK(fault(std::string("Host(`") + host + "`)").find("is not an ASCII host name") !=
              std::string::npos);
    CHECK(fault("Path(`/{{x`)") == "7: {{ cannot be passed on");
    CHECK(fault("Path(`/x}}`)") == "8: }} cannot be passed on");
    CHECK(fault("Path(`/a\nb`)") == "8: a control character");
    CHECK(fault(std::string("Path(`/a\0b`)", 12)) == "8: a control character");
    CHECK(anew("PathRegexp(`/a{2}`)") == "PathRegexp(`/a{2}`)");
}

TEST_CASE("rule: what the proxy would disable") {
    for (const auto* range : {"300.1.1.1", "010.0.0.1", "1.2.3", "1.2.3.4/33", "1.2.3.4/",
                              ":::::", "1::2::3", "1:2:3:4:5:6:7:8:9", "::1/129", "::1/-1",
                              "fe80::1%eth0", "12345::", "1.2.3.4 ", "1.2.3.4/8/8"})
        CHECK(
            fault(std::string("ClientIP(`") + range + "`)").find("is not an address or a range") !=
            std::string::npos);
    for (const auto* range : {"0.0.0.0/0", "10.0.0.1/32", "::/0", "::ffff:1.2.3.4",
                              "1:2:3:4:5:6:7:8", "2001:db8::/128"})
        CHECK(anew(std::string("ClientIP(`") + range + "`)") ==
              std::string("ClientIP(`") + range + "`)");
    CHECK(fault("Header(`A`, ``)") == "13: an empty argument");
    CHECK(fault("HeaderRegexp(`A`, ``)") == "19: an empty argument");
    CHECK(fault("Query(`a`, ``)") == "12: an empty argument");
    CHECK(fault("HostRegexp(``)") == "12: an empty argument");
    CHECK(fault("PathRegexp(``)") == "12: an empty argument");
    for (const auto* one : {"Host(``)", "Path(``)", "PathPrefix(``)", "Method(``)",
                            "Header(``, `a`)", "Query(``)", "ClientIP(``)"})
        CHECK_FALSE(parse_rule(one).rule);
    CHECK(fault("PathRegexp(`^/\\C`)") == "12: \\C is not known to the proxy");
    CHECK(fault("HostRegexp(`a\\\\\\C`)") == "12: \\C is not known to the proxy");
    CHECK(anew("PathRegexp(`^/\\\\C`)") == "PathRegexp(`^/\\\\C`)");
    CHECK(fault("Path(`/\xEF\xBB\xBF`)") == "7: a byte order mark (U+FEFF) cannot be passed on");
}

TEST_CASE("rule: an expression takes milliseconds, however it repeats") {
    CHECK(fault("HostRegexp(`(a{1,1000}){1,1}(a{1,1000}){1,1}(a{1,1000}){1,1}`)") ==
          "12: too large a regular expression");
    CHECK(anew("HostRegexp(`^[a-z]{1,63}\\.[\\pL\\pN]+$`)").starts_with("HostRegexp"));
}

TEST_CASE("rule: hosts are printed in lower case, nothing else is") {
    CHECK(anew("Host(`A.Example`) && Path(`/A`) && Method(`get`) && HostRegexp(`A`)") ==
          "Host(`a.example`) && Path(`/A`) && Method(`get`) && HostRegexp(`A`)");
}

TEST_CASE("rule: limits") {
    CHECK(anew("Path(`/" + std::string(1015, 'a') + "`)").size() == 1024);
    CHECK(fault("Path(`/" + std::string(1016, 'a') + "`)") == "0: longer than 1 KiB");
    CHECK(fault(std::string(17, '(') + "Host(`a`)" + std::string(17, ')')) ==
          "17: nested deeper than 16 levels");
    CHECK(fault(std::string(500, '!') + "Host(`a`)").find("nested deeper") != std::string::npos);
}

TEST_CASE("rule: every prefix and every cut of a rule ends in an answer") {
    const std::string rule = "(Host(`a`) || !HostRegexp(`^b`)) && Query(`c`, `d`) && Path(`/`)";
    for (std::size_t i = 0; i <= rule.size(); ++i) {
        const auto parsed = parse_rule(rule.substr(0, i));
        CHECK(parsed.rule.has_value() == parsed.error.problem.empty());
        if (i < rule.size()) CHECK_NOTHROW((void)parse_rule(rule.substr(i)));
    }
}

TEST_CASE("rule: a request that matches") {
    CHECK(example("Host(`a.example`)") == "a.example/");
    CHECK(example("Host(`a`) && PathPrefix(`/api`)") == "a/api");
    CHECK(example("Host(`a`) && Path(`/x`) || Host(`b`)") == "a/x");
    CHECK(example("PathPrefix(`/api`)") == "localhost/api");
    CHECK(example("Host(`a`) && !PathPrefix(`/internal`)") == "a/");
    CHECK(example("!Host(`a`) && PathPrefix(`/`)") == "localhost/");
    CHECK(example("Host(`a`) && Method(`GET`)") == "a/");
    CHECK(example("HostRegexp(`^local`)") == "localhost/");
    CHECK(example("HostRegexp(`^a\\.`) && Path(`/`)") == "none");
    CHECK(example("Host(`a`) && PathRegexp(`^/v1`)") == "none");
    CHECK(example("Host(`a`) && (PathRegexp(`^/v1`) || Path(`/v1/x`))") == "a/v1/x");
    CHECK(example("Host(`a`) && Method(`POST`)") == "none");
    CHECK(example("Host(`a`) && Header(`X`, `y`)") == "none");
    CHECK(example("Host(`a`) && !Header(`X`, `y`)") == "a/");
    CHECK(example("Host(`a`) && Query(`x`)") == "none");
    // Where we stand is not known, in either direction.
    CHECK(example("Host(`a`) && ClientIP(`10.0.0.0/8`)") == "none");
    CHECK(example("Host(`a`) && !ClientIP(`10.0.0.0/8`)") == "none");
    CHECK(example("Host(`a`) && (ClientIP(`10.0.0.0/8`) || Path(`/x`))") == "a/x");
    CHECK(example("Host(`A.Example`) && Path(`/a b`)") == "none");
}

TEST_CASE("rule: in a manifest") {
    const auto route = [](const std::string& rule) { return app(routed("rule: " + rule)); };
    const auto r = spec_of(route("\"Host( `a.example` ) &&PathPrefix(`/x`)\"")).traffic->routes[0];
    CHECK(r.rule == "Host(`a.example`) && PathPrefix(`/x`)");
    CHECK(r.priority == 1000 + 10 * static_cast<std::int64_t>(r.rule.size()));
    CHECK(r.try_host == "a.example");
    CHECK(r.try_path == "/x");
    CHECK_FALSE(spec_of(route("\"Method(`POST`)\"")).traffic->routes[0].try_host);
    CHECK(errors(route("\"Host(`a`) & Path(`/`)\"")) ==
          "app.yaml:12:60: spec.traffic.routes[0].rule: unexpected \"&\" at character 11 of the "
          "rule: join matchers with && or ||\n");
    CHECK(says(route("Host(`a`) | b"), "app.yaml:12:59: spec.traffic.routes[0].rule: unexpected "
                                       "\"|\""));
    // Escapes and folded text: the place of the text is all that is known.
    CHECK(says(route("\"Host(\\x60a`) & b\""), "app.yaml:12:49: spec.traffic.routes[0].rule"));
    CHECK(says(route("''"), "0 characters long: write 1 to 1024"));
    CHECK(says(route("[x]"), "a list is not text"));
}
