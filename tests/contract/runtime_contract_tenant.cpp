// What runs in the containers of the contract suite.
//
//   tenant serve [stubborn]   says two lines and waits for SIGTERM (stubborn: ignores it)
//   tenant exit CODE          ends at once
//   tenant check              a health check that passes
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

int main(int count, char** words) {
    const char* what = count > 1 ? words[1] : "serve";
    if (std::strcmp(what, "check") == 0) return 0;
    if (std::strcmp(what, "exit") == 0) return std::atoi(count > 2 ? words[2] : "0");
    const bool stubborn = count > 2 && std::strcmp(words[2], "stubborn") == 0;
    std::signal(SIGTERM, stubborn ? SIG_IGN : +[](int) { _exit(7); });
    std::puts("serving");
    std::fflush(stdout);
    std::fputs("with \xff care\n", stderr);
    for (;;)
        pause();
}
