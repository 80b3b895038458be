// The operator's verbs: each sends one wish and prints what the daemon makes of it.
#include "controller/cli/commands.hpp"
#include "controller/cli/exit_code.hpp"
#include "controller/cli/fields.hpp"
#include "controller/cli/output.hpp"
#include "controller/telemetry/plain_text.hpp"

namespace alcedo::cli {

namespace {

constexpr verb_words all[] = {
    {"promote", "let a release go on: approve it, or close its watch window early",
     "AwaitingApproval (traffic.approval: Manual): the weights begin to move.\n"
     "Watching: the window closes now, the release is stable."},
    {"abort", "end a rollout: back to what served before, then Held (Aborted)",
     "Before any weight has moved the new colour is stopped; after it, all traffic goes back in "
     "one\nwrite first."},
    {"retry", "try a held revision again, from the start",
     "The only thing that takes a revision off the list of rejected ones."},
    {"rollback", "put all traffic back on the colour before, while it is warm",
     "In the watch window, or later while the standby is kept. Ends in Held (RolledBack) until "
     "another\nrevision is shipped."},
    {"pause", "advance nothing until `resume`; reverts and repairs go on",
     "The same as spec.paused: true, without a commit."},
    {"resume", "end a pause", "A pause of the manifest (spec.paused: true) is ended there."},
    {"delete", "remove an app that no source names any more",
     "Routes first, then containers and networks; volumes and receipts stay. An app that a source "
     "still\nnames is refused: remove its manifest first."},
};

} // namespace

std::span<const verb_words> verbs() {
    return all;
}

int verb_command(world& at_hand, const client_options& options, const std::string& verb,
                 const std::string& app) {
    const auto daemon = at_hand.connect(options.socket);
    const auto answer =
        daemon->post("/v1/apps/" + encoded(app) + "/wishes/" + verb, json::object());
    if (answer) {
        at_hand.out << formatted(options.output, *answer, {resource_name(app)}, [&] {
            return printable(app) + ": " + text_at(*answer, "message") + "\n";
        });
        return exit_code::done;
    }
    const auto& problem = answer.error();
    if (problem.next != next_step::conflict) return complain(at_hand, problem);
    const json refusal{{"app", app},
                       {"verb", verb},
                       {"granted", false},
                       {"reason", problem.reason},
                       {"message", problem.message}};
    at_hand.out << formatted(options.output, refusal, {}, [] { return ""; });
    return complain(at_hand, {problem.next, problem.reason,
                              verb + " of " + app + " is refused: " + problem.message});
}

} // namespace alcedo::cli
