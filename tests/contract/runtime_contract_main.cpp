#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>

int main(int count, char** words) {
    if (std::getenv("DOCKER_HOST") == nullptr) {
        std::puts("SKIPPED: DOCKER_HOST names no engine; run it as\n"
                  "  deploy/sandbox/up DIR && deploy/sandbox/in DIR contract_runtime");
        return 77;
    }
    return doctest::Context(count, words).run();
}
