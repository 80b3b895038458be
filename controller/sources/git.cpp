// A branch of a Git repository: polled by ls-remote, fetched when it moved, read from commit
// objects. A force-push is simply another head.

#include "controller/sources/files.hpp"
#include "controller/sources/git_clone.hpp"
#include "controller/sources/sources.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace alcedo {

namespace {

constexpr std::size_t most_manifests = 1000;

result<std::string> answer(const git_file& file, const std::string& path,
                           const std::string& commit) {
    if (file.absent) return error(next_step::gone, path + " is not in " + commit.substr(0, 12));
    if (!file.problem.empty()) return error(next_step::invalid, path + ": " + file.problem);
    return file.text;
}

class git_source final : public manifest_source {
public:
    git_source(source_settings settings, source_tools tools)
        : settings_(std::move(settings)), tools_(std::move(tools)),
          clone_(settings_, tools_.state_dir) {}

    std::string describe() const override { return settings_.given; }
    bool prunes() const override { return settings_.prune; }
    source_ref origin() const override {
        source_ref out;
        out.kind = "git";
        out.url = settings_.url;
        out.ref = settings_.ref;
        out.path = settings_.subdir;
        return out;
    }

    task<result<snapshot>> read() override;
    task<result<void>> changed() override;
    task<result<std::string>> file(std::string commit, std::string path) override;
    task<result<bool>> contains(std::string commit) override;

private:
    task<result<snapshot>> read_at(git_head head);
    task<result<std::vector<manifest_file>>> manifests(std::string commit);
    std::string in_repository(const std::string& name) const {
        return settings_.subdir.empty() ? name : settings_.subdir + "/" + name;
    }

    source_settings settings_;
    source_tools tools_;
    git_clone clone_;
    std::optional<snapshot> newest_;
    std::map<std::string, git_file> beside_; ///< files beside the manifests, at the newest commit
};

task<result<snapshot>> git_source::read() {
    auto head = co_await clone_.remote_head();
    if (!head) co_return head.error();
    if (newest_ && newest_->ref.commit == head->commit && newest_->ref.ref == head->ref)
        co_return *newest_;
    auto out = co_await read_at(*head);
    clone_.went(out.has_value());
    if (!out) co_return out.error();
    beside_.clear();
    newest_ = *out;
    co_return out;
}

task<result<snapshot>> git_source::read_at(git_head head) {
    auto commit = co_await clone_.fetch(head);
    if (!commit) co_return commit.error();
    auto said = co_await clone_.describe(*commit);
    if (!said) co_return said.error();
    auto found = co_await manifests(*commit);
    if (!found) co_return found.error();
    snapshot out;
    out.ref = origin();
    out.ref.ref = head.ref;
    out.ref.commit = *commit;
    out.ref.author = said->author;
    out.ref.subject = said->subject;
    out.ref.observed_wall = tools_.clock.now().wall;
    out.files = std::move(*found);
    co_return out;
}

task<result<std::vector<manifest_file>>> git_source::manifests(std::string commit) {
    auto names = co_await clone_.list(commit, settings_.subdir);
    if (!names) co_return names.error();
    std::erase_if(*names, [](const auto& name) { return !is_manifest_name(name); });
    if (names->size() > most_manifests)
        co_return error(next_step::invalid, "SourceUnreadable",
                        settings_.given + " holds more than 1000 manifests");
    std::vector<std::string> paths;
    for (const auto& name : *names)
        if (normal_relative(name)) paths.push_back(in_repository(name));
    auto contents = co_await clone_.files(commit, std::move(paths));
    if (!contents) co_return contents.error();
    std::vector<manifest_file> out;
    for (const auto& name : *names) {
        manifest_file file;
        file.name = name;
        auto content = contents->find(in_repository(name));
        if (content == contents->end()) {
            file.problem = "a control character in its name";
        } else if (content->second.absent) {
            co_return error(next_step::retry, "SourceUnreadable",
                            settings_.given + ": " + name + " is not in the clone");
        } else {
            file.text = std::move(content->second.text);
            file.problem = std::move(content->second.problem);
        }
        out.push_back(std::move(file));
    }
    co_return out;
}

task<result<void>> git_source::changed() {
    auto every = settings_.every;
    if (every == milliseconds(0)) every = settings_.local ? seconds(2) : seconds(30);
    co_await tools_.clock.sleep_for(every);
    co_return result<void>();
}

task<result<std::string>> git_source::file(std::string commit, std::string path) {
    auto relative = normal_relative(path);
    if (!relative)
        co_return error(next_step::invalid, path + " is not a file inside " + settings_.given);
    if (commit.empty() && newest_) commit = newest_->ref.commit;
    if (commit.empty())
        co_return error(next_step::retry, "SourceUnreadable",
                        settings_.given + " was not read yet");
    const auto whole = in_repository(*relative);
    const bool newest = newest_ && newest_->ref.commit == commit;
    if (auto known = beside_.find(whole); newest && known != beside_.end())
        co_return answer(known->second, path, commit);
    std::vector<std::string> paths{whole};
    auto contents = co_await clone_.files(commit, std::move(paths));
    if (!contents) co_return contents.error();
    const auto& file = (*contents)[whole];
    if (newest_ && newest_->ref.commit == commit) beside_[whole] = file;
    co_return answer(file, path, commit);
}

task<result<bool>> git_source::contains(std::string commit) {
    result<bool> no = false;
    if (!newest_) co_return no;
    const auto head = newest_->ref.commit;
    co_return co_await clone_.contains(head, std::move(commit));
}

} // namespace

std::unique_ptr<manifest_source> make_git_source(source_settings settings, source_tools tools) {
    return std::make_unique<git_source>(std::move(settings), std::move(tools));
}

} // namespace alcedo
