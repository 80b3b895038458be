#include "controller/sources/git_clone.hpp"

#include "controller/sources/git_setup.hpp"

#include <cctype>
#include <filesystem>
#include <string_view>
#include <utility>

namespace alcedo {

namespace {

constexpr auto quick = seconds(30);
constexpr auto slow = seconds(300);
constexpr std::string_view our_ref = "refs/alcedo/head";
constexpr std::size_t most_at_once = 8u << 20; ///< bytes of blobs in one answer

error unreadable(const std::string& message) {
    return error(next_step::retry, "SourceUnreadable", message);
}

std::string lines_of(const std::string& commit, const std::vector<std::string>& paths) {
    std::string out;
    for (const auto& path : paths)
        out += commit + ":" + path + "\n";
    return out;
}

std::string in_lower_case(std::string text) {
    for (auto& c : text)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

} // namespace

git_clone::git_clone(source_settings settings, const std::string& state_dir)
    : settings_(std::move(settings)), folder_(git_folder(settings_, state_dir)),
      environment_(git_environment(folder_)) {}

task<result<void>> git_clone::prepare() {
    using std::filesystem::exists;
    const auto repository = folder_ + "/repository";
    if (prepared_ && exists(repository + "/HEAD")) co_return result<void>();
    auto written = write_git_setup(settings_, folder_);
    if (!written) co_return written.error();
    prepared_ = true;
    if (exists(repository + "/HEAD")) co_return result<void>();
    net::command init;
    init.argv = {"git", "init", "-q", "--bare", "--template=", repository};
    init.environment = environment_;
    init.deadline = quick;
    auto done = co_await net::run_process(std::move(init));
    if (!done) co_return unreadable("git init: " + done.error().message);
    if (done->exit_code != 0) co_return unreadable("git init: " + last_words(done->err));
    co_return result<void>();
}

task<result<net::finished>> git_clone::git(std::vector<std::string> arguments, std::string input,
                                           milliseconds deadline) {
    auto ready = co_await prepare();
    if (!ready) co_return ready.error();
    net::command call;
    call.argv = {"git", "--no-replace-objects", "--git-dir=" + folder_ + "/repository", "-c",
                 "safe.directory=*"};
    call.argv.insert(call.argv.end(), arguments.begin(), arguments.end());
    call.environment = environment_;
    call.input = std::move(input);
    call.deadline = deadline;
    auto done = co_await net::run_process(std::move(call));
    if (!done) co_return unreadable("git " + arguments.front() + ": " + done.error().message);
    if (done->truncated) co_return unreadable("git " + arguments.front() + ": too much output");
    co_return done;
}

task<result<git_head>> git_clone::remote_head() {
    const auto wanted = full_ref(settings_.ref);
    std::vector<std::string> arguments{"ls-remote", "--symref", "--end-of-options", settings_.url,
                                       wanted};
    auto done = co_await git(std::move(arguments), std::string(), quick);
    if (!done) co_return done.error();
    if (done->exit_code != 0) co_return unreadable(settings_.given + ": " + last_words(done->err));
    auto head = head_among(done->out, wanted);
    if (!head)
        co_return unreadable(settings_.given + ": the repository has no " +
                             (settings_.ref.empty() ? "commit yet" : "branch " + settings_.ref));
    co_return *head;
}

/// The commit of the last complete fetch; "" if there was none. A ref is moved only when all its
/// objects are here, so it says more than the presence of the commit object.
task<result<std::string>> git_clone::here() {
    std::vector<std::string> arguments{"rev-parse", "--verify", "--quiet",
                                       std::string(our_ref) + "^{commit}"};
    auto done = co_await git(std::move(arguments), std::string(), quick);
    if (!done) co_return done.error();
    auto commit = done->out.substr(0, done->out.find('\n'));
    if (done->exit_code != 0 || !is_hex(commit)) commit.clear();
    co_return commit;
}

task<result<std::string>> git_clone::fetch(git_head head) {
    auto before = co_await here();
    if (!before) co_return before.error();
    if (*before == head.commit) co_return head.commit;
    std::vector<std::string> arguments{"fetch",
                                       "--quiet",
                                       "--no-tags",
                                       "--depth=256",
                                       "--no-recurse-submodules",
                                       "--no-write-fetch-head",
                                       "--end-of-options",
                                       settings_.url,
                                       "+" + full_ref(settings_.ref) + ":" + std::string(our_ref)};
    auto done = co_await git(std::move(arguments), std::string(), slow);
    if (!done) co_return done.error();
    if (done->exit_code != 0) co_return unreadable(settings_.given + ": " + last_words(done->err));
    auto after = co_await here();
    if (!after) co_return after.error();
    if (after->empty()) co_return unreadable(settings_.given + ": nothing came with the fetch");
    co_return *after;
}

void git_clone::went(bool well) {
    failures_ = well ? 0 : failures_ + 1;
    if (failures_ < 3) return;
    std::error_code ignored;
    std::filesystem::remove_all(folder_ + "/repository", ignored);
    failures_ = 0;
}

task<result<git_commit>> git_clone::describe(std::string commit) {
    std::vector<std::string> arguments{
        "log", "-1", "--no-show-signature", "--encoding=UTF-8", "--format=%an%x00%s", commit};
    auto done = co_await git(std::move(arguments), std::string(), quick);
    if (!done) co_return done.error();
    if (done->exit_code != 0) co_return unreadable(settings_.given + ": " + last_words(done->err));
    auto text = std::string_view(done->out);
    auto cut = std::min(text.find('\0'), text.size());
    auto subject = text.substr(std::min(text.size(), cut + 1));
    if (subject.ends_with('\n')) subject.remove_suffix(1);
    git_commit out;
    out.author = one_line(text.substr(0, cut), 200);
    out.subject = one_line(subject, 200);
    co_return out;
}

task<result<std::vector<std::string>>> git_clone::list(std::string commit, std::string folder) {
    std::vector<std::string> arguments{"ls-tree", "-z", "--full-tree", commit};
    if (!folder.empty()) {
        arguments.push_back("--");
        arguments.push_back(folder + "/");
    }
    auto done = co_await git(std::move(arguments), std::string(), quick);
    if (!done) co_return done.error();
    if (done->exit_code != 0) co_return unreadable(settings_.given + ": " + last_words(done->err));
    co_return names_in(done->out, folder);
}

task<result<std::map<std::string, git_file>>> git_clone::files(std::string commit,
                                                               std::vector<std::string> paths) {
    std::map<std::string, git_file> out;
    if (paths.empty()) co_return out;
    std::vector<std::string> check{"cat-file", "--batch-check", "--follow-symlinks"};
    auto sizes = co_await git(std::move(check), lines_of(commit, paths), quick);
    if (!sizes) co_return sizes.error();
    if (sizes->exit_code != 0)
        co_return unreadable(settings_.given + ": " + last_words(sizes->err));
    const auto readable = readable_among(sizes->out, paths, out);
    for (std::size_t next = 0; next < readable.size();) {
        std::vector<std::string> some;
        for (std::size_t sum = 0; next < readable.size(); ++next) {
            sum += readable[next].size + 100;
            if (sum > most_at_once && !some.empty()) break;
            some.push_back(readable[next].path);
        }
        std::vector<std::string> batch{"cat-file", "--batch", "--follow-symlinks"};
        auto blobs = co_await git(std::move(batch), lines_of(commit, some), quick);
        if (!blobs) co_return blobs.error();
        if (blobs->exit_code != 0 || !take_blobs(blobs->out, some, out))
            co_return unreadable(settings_.given + ": " + last_words(blobs->err));
    }
    co_return out;
}

task<result<bool>> git_clone::contains(std::string head, std::string commit) {
    const auto wanted = in_lower_case(commit);
    if (!is_hex(wanted) || wanted.size() < 4 || wanted.size() > 64)
        co_return error(next_step::invalid,
                        "'" + commit + "' is no commit: give 4 to 64 hex digits");
    if (head.starts_with(wanted)) co_return true;
    std::vector<std::string> asked{"rev-parse", "--verify", "--end-of-options",
                                   wanted + "^{commit}"};
    auto found = co_await git(std::move(asked), std::string(), quick);
    if (!found) co_return found.error();
    if (found->err.find("ambiguous") != std::string::npos)
        co_return error(next_step::invalid, commit + " names several commits: give more digits");
    auto full = found->out.substr(0, found->out.find('\n'));
    if (found->exit_code != 0 || !is_hex(full)) co_return false;
    std::vector<std::string> ancestry{"merge-base", "--is-ancestor", full, head};
    auto done = co_await git(std::move(ancestry), std::string(), quick);
    if (!done) co_return done.error();
    if (done->exit_code > 1) co_return unreadable(settings_.given + ": " + last_words(done->err));
    co_return done->exit_code == 0;
}

} // namespace alcedo
