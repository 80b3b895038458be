#include "controller/cli/cli.hpp"

#include "controller/api/version.hpp"
#include "controller/cli/commands.hpp"
#include "controller/cli/completion.hpp"
#include "controller/cli/exit_code.hpp"
#include "controller/cli/fields.hpp"
#include "controller/cli/output.hpp"
#include "controller/cli/words.hpp"
#include "controller/telemetry/plain_text.hpp"
#include "reconcilers/manifest/suggest.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace alcedo::cli {

namespace {

using deed = std::function<int()>;

class command_line {
public:
    explicit command_line(world& at_hand) : world_(at_hand) {
        app_.require_subcommand(1);
        app_.set_version_flag("--version", "alcedo " + std::string(program_version));
        app_.footer("Exit codes: 64 wrong usage, 69 the daemon cannot be reached; the others are "
                    "in each command's --help.\nStart with:  alcedo validate app.yaml");
        // Before the command as behind it; behind it they win.
        add_client_flags(app_, words_.in_front);
        add_run();
        add_validate();
        add_plan();
        add_get();
        add_describe();
        add_watch();
        for (const auto& each : verbs())
            add_verb(each);
        add_history();
        add_version();
        add_completion();
    }

    int run(std::vector<std::string> arguments) {
        if (arguments.empty()) {
            world_.err << app_.help();
            return exit_code::usage;
        }
        std::reverse(arguments.begin(), arguments.end()); // CLI11 takes the last word first
        try {
            app_.parse(std::move(arguments));
        } catch (const CLI::ParseError& e) {
            if (const auto wrong = unknown_command(); !wrong.empty()) {
                world_.err << printable(wrong) << "\n";
                return exit_code::usage;
            }
            const int code = app_.exit(e, world_.out, world_.err);
            return code == 0 ? exit_code::done : exit_code::usage;
        }
        return deed_ ? deed_() : exit_code::usage;
    }

    int complete(const std::vector<std::string>& words) {
        words_.client.socket = value_given(words, "--socket");
        const auto apps = [this] { return names_of_apps(); };
        world_.out << to_lines(suggest(app_, choices_, words, apps));
        return exit_code::done;
    }

private:
    /// "" unless the first word is no command and no flag of all: CLI11 would only say that a
    /// command is missing.
    std::string unknown_command() const {
        if (!app_.get_subcommands().empty()) return "";
        const auto left = app_.remaining();
        const auto word = std::find_if(
            left.begin(), left.end(), [](const std::string& one) { return !one.starts_with('-'); });
        if (word == left.end() && left.empty()) return "";
        if (word == left.end())
            return fmt::format("there is no flag {} before a command: `alcedo --help` lists them",
                               left.front());
        std::vector<std::string_view> known;
        for (const auto* one : app_.get_subcommands([](const CLI::App*) { return true; }))
            known.push_back(one->get_name());
        const auto near = manifest::nearest(*word, known);
        return fmt::format("there is no command {}: {}`alcedo --help` lists them", *word,
                           near.empty() ? "" : fmt::format("did you mean {}? ", near));
    }

    CLI::App* command(const std::string& name, const std::string& help, const std::string& footer,
                      deed what) {
        auto* sub = app_.add_subcommand(name, help);
        sub->footer(footer);
        sub->parse_complete_callback([this, what] { deed_ = what; });
        return sub;
    }

    CLI::Option* one_of(CLI::Option* option, const std::vector<std::string>& words) {
        choices_[option] = words;
        return option->check(CLI::IsMember(words).description(""));
    }

    void add_client_flags(CLI::App& to, client_words& into) {
        to.add_option("--socket", into.socket,
                      "the daemon's socket (ALCEDO_SOCKET; default " + settings{}.socket + ")")
            ->type_name("PATH");
        const auto& formats = output_formats();
        auto* output =
            to.add_option("-o,--output", into.output, fmt::format("{}", fmt::join(formats, " | ")));
        one_of(output, formats)->type_name("FORMAT");
        to.add_flag("--no-color", into.no_color, "no colour (also: NO_COLOR)");
    }

    void add_client(CLI::App* sub) { add_client_flags(*sub, words_.client); }

    client_options options() const { return client_options_of(world_, words_); }

    void add_run() {
        auto* sub = command(
            "run", "the daemon: makes what runs here what the manifests say",
            "Every flag has a variable (ALCEDO_RESYNC) and a key in the config file (resync: 30s); "
            "a flag beats a\nvariable beats the file beats the default.\n"
            "Exit codes: 64 wrong settings, 75 another daemon holds the lock.\nExample:\n"
            "  alcedo run --source dir:/etc/alcedo/apps --traefik-dir /srv/traefik \\\n"
            "      --traefik-api http://127.0.0.1:8080 --traefik-entrypoint "
            "web=http://127.0.0.1:80\n"
            "Without a folder in common Traefik polls its document:\n"
            "  alcedo run ... --traefik-provider http --traefik-http-listen 172.20.0.1:9645\n"
            "  traefik ... --providers.http.endpoint=http://172.20.0.1:9645/$(cat "
            "/var/lib/alcedo/ack-token)/alcedo.json \\\n"
            "      --providers.http.pollInterval=1s",
            [this] { return run_command(world_, run_request_of(words_)); });
        for (const auto& row : setting_rows()) {
            std::string help(row.help);
            const auto fallback = row.show(settings{});
            if (!fallback.empty()) help += " (default " + fallback.front() + ")";
            const auto key = std::string(row.key);
            sub->add_option("--" + key, words_.flags[key], help)
                ->type_name(std::string(row.value_name))
                ->expected(1)
                ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        }
        sub->add_option("--config", words_.config, "a YAML file of settings (ALCEDO_CONFIG)")
            ->type_name("FILE");
        sub->add_flag("--print-config", words_.print_config,
                      "print each value and where it came from, and exit");
    }

    void add_validate() {
        auto* sub = command("validate", "check manifests: every error of every file, no daemon",
                            "Exit codes: 1 a file is invalid or no manifest.\nExample:\n"
                            "  alcedo validate apps/*.yaml",
                            [this] { return validate_command(world_, options(), words_.files); });
        sub->add_option("FILE", words_.files, "manifests")->required()->type_name("");
        add_client(sub);
    }

    void add_plan() {
        auto* sub =
            command("plan", "what the next passes would do, and why; changes nothing",
                    "Exit codes: 0 nothing to do, 2 something to do, 1 invalid or not "
                    "found.\nExample:\n  alcedo plan music --explain\n"
                    "  alcedo plan -f apps/music.yaml",
                    [this] { return plan_command(world_, options(), plan_request_of(words_)); });
        auto* name = sub->add_option("NAME", words_.app, "the app; without it, all")->type_name("");
        sub->add_option("-f,--file", words_.files, "manifests that were not committed yet")
            ->type_name("FILE")
            ->excludes(name);
        sub->add_flag("--explain", words_.explain,
                      "the rules that were tried and why each did or did not match");
        add_client(sub);
    }

    void add_get() {
        auto* sub =
            command("get", "one line an app, and the way out where one is needed",
                    "Exit codes: 1 not found.\nExample:\n  alcedo get\n"
                    "  alcedo get music -o json",
                    [this] { return get_command(world_, options(), words_.app, words_.follow); });
        sub->add_option("NAME", words_.app, "the app; without it, all")->type_name("");
        sub->add_flag("-w,--watch", words_.follow, "go on and print what changes");
        add_client(sub);
    }

    void add_describe() {
        auto* sub = command("describe", "all about one app: what it waits for, checks, evidence",
                            "Exit codes: 1 not found.\nExample:\n  alcedo describe music",
                            [this] { return describe_command(world_, options(), words_.app); });
        sub->add_option("NAME", words_.app, "the app")->required()->type_name("");
        add_client(sub);
    }

    void add_watch() {
        auto* sub = command(
            "watch", "follow one app live until it is Idle or Held",
            "With --commit (or --generation): first until that commit, or a descendant, was "
            "observed and judged.\n"
            "Exit codes: 0 Idle and what is desired serves; 2 Held Rejected or Aborted, or "
            "Stalled;\n3 Held Reverted, Frozen, RolledBack or Violation; 4 time is up; 5 that "
            "commit's manifest is invalid; 1 not found.\nExample:\n"
            "  alcedo watch music --commit $(git rev-parse HEAD) --timeout 10m",
            [this] { return watch_command(world_, options(), watch_request_of(words_)); });
        sub->add_option("NAME", words_.app, "the app")->required()->type_name("");
        auto* until = sub->add_option(
            "--until", words_.until,
            "idle: ends at Idle or Held, whichever is first (the default) | held: waits on "
            "through Idle");
        one_of(until, {"idle", "held"})->type_name("PHASE");
        auto* commit =
            sub->add_option("--commit", words_.commit, "wait until this commit was judged")
                ->check(check_commit)
                ->type_name("SHA");
        sub->add_option("--generation", words_.generation, "wait until this generation was judged")
            ->check(CLI::PositiveNumber.description(""))
            ->excludes(commit)
            ->type_name("N");
        sub->add_option("--timeout", words_.timeout, "give up after this long (exit code 4)")
            ->check(check_duration)
            ->type_name("DURATION");
        add_client(sub);
    }

    void add_verb(const verb_words& verb) {
        const std::string name = verb.name;
        auto* sub =
            command(name, verb.help,
                    std::string(verb.more) +
                        "\nPrints what will happen; the daemon remembers the wish over a "
                        "restart.\nExit codes: 1 refused (with the reason), or not "
                        "found.\nExample:\n  alcedo " +
                        name + " music",
                    [this, name] { return verb_command(world_, options(), name, words_.app); });
        sub->add_option("NAME", words_.app, "the app")->required()->type_name("");
        add_client(sub);
    }

    void add_history() {
        auto* sub = command("history", "receipts of finished rollouts",
                            "Exit codes: 1 not found.\nExample:\n  alcedo history music\n"
                            "  alcedo history inspect music 3",
                            [this] { return history_command(world_, options(), words_.app); });
        auto* name = sub->add_option("NAME", words_.app, "the app")->type_name("");
        add_client(sub);
        auto* inspect = sub->add_subcommand("inspect", "one receipt with weights and evidence");
        inspect->footer("Example:\n  alcedo history inspect music 3");
        inspect->add_option("NAME", words_.app, "the app")->required()->type_name("");
        inspect->add_option("N", words_.receipt, "the receipt's number")
            ->required()
            ->check(CLI::PositiveNumber.description(""))
            ->type_name("");
        add_client(inspect);
        sub->parse_complete_callback([this, inspect, name] {
            if (inspect->parsed()) {
                deed_ = [this] {
                    return receipt_command(world_, options(), words_.app, words_.receipt);
                };
                return;
            }
            if (name->count() == 0) throw CLI::RequiredError("NAME");
            deed_ = [this] { return history_command(world_, options(), words_.app); };
        });
    }

    void add_version() {
        auto* sub = command("version", "what this program is", "Example:\n  alcedo version -o json",
                            [this] { return version_command(world_, options()); });
        add_client(sub);
    }

    void add_completion() {
        auto* sub =
            command("completion", "a script that completes commands, flags and apps in your shell",
                    "To have it in every shell from now on:\n"
                    "  alcedo completion bash >/usr/share/bash-completion/completions/alcedo\n"
                    "  alcedo completion zsh >/usr/local/share/zsh/site-functions/_alcedo\n"
                    "  alcedo completion fish >/usr/share/fish/vendor_completions.d/alcedo.fish\n"
                    "Names of apps are the daemon's, asked at each Tab.\n"
                    "Example:\n  source <(alcedo completion bash)",
                    [this] { return completion_command(world_, options(), words_.shell); });
        auto* shell = sub->add_option("SHELL", words_.shell, "bash | zsh | fish");
        one_of(shell, {"bash", "zsh", "fish"})->required()->type_name("");
        add_client(sub);
    }

    /// A daemon that is not there has no names to offer, and a Tab no place for the reason.
    std::vector<std::string> names_of_apps() {
        const auto answer = world_.connect(options().socket)->get("/v1/apps");
        std::vector<std::string> out;
        if (answer)
            for (const auto& app : items_at(*answer, "items"))
                out.push_back(text_at(app, "metadata.name"));
        return out;
    }

    world& world_;
    parsed_words words_;
    choice_table choices_;
    deed deed_;
    CLI::App app_{"Alcedo: blue-green releases on plain Docker hosts, from a file that says which "
                  "colour serves",
                  "alcedo"};
};

} // namespace

int run_cli(world& at_hand, std::vector<std::string> arguments) {
    command_line line(at_hand);
    if (!arguments.empty() && arguments.front() == completion_word)
        return line.complete({arguments.begin() + 1, arguments.end()});
    return line.run(std::move(arguments));
}

} // namespace alcedo::cli
