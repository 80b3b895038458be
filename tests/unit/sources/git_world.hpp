#pragma once
// A real repository on this host to follow.

#include "support.hpp"

#include <cstdio>
#include <string>

namespace sources_world {

struct repository {
    folder place;

    repository() { git("init -q -b main ."); }
    std::string path() const { return place.path(); }

    /// Runs git in the repository; what it printed, without the last new line.
    std::string git(const std::string& arguments) const {
        const std::string identity = "-c user.name='Ann Author' -c user.email=ann@example.com "
                                     "-c commit.gpgsign=false ";
        auto line = "cd " + place.path() + " && env -i PATH=\"$PATH\" HOME=/nonexistent git " +
                    identity + arguments + " 2>&1";
        auto* pipe = ::popen(line.c_str(), "r");
        REQUIRE(pipe != nullptr);
        std::string out;
        for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
            out += static_cast<char>(c);
        INFO(line << "\n" << out);
        REQUIRE(::pclose(pipe) == 0);
        while (out.ends_with('\n'))
            out.pop_back();
        return out;
    }
    std::string commit(const std::string& subject) const {
        git("add -A");
        git("commit -q --allow-empty -m '" + subject + "'");
        return git("rev-parse HEAD");
    }
};

} // namespace sources_world
