// A folder on this host: inotify for speed, a poll for truth.

#include "controller/net/pool.hpp"
#include "controller/sources/files.hpp"
#include "controller/sources/folder_watch.hpp"
#include "controller/sources/sources.hpp"

#include <algorithm>
#include <utility>

namespace alcedo {

namespace {

class directory_source final : public manifest_source {
public:
    directory_source(source_settings settings, source_tools tools)
        : settings_(std::move(settings)), tools_(std::move(tools)), watch_(settings_.path) {}

    std::string describe() const override { return settings_.given; }
    bool prunes() const override { return settings_.prune; }
    source_ref origin() const override {
        source_ref out;
        out.kind = "dir";
        out.url = settings_.path;
        return out;
    }

    task<result<snapshot>> read() override;
    task<result<void>> changed() override;
    task<result<std::string>> file(std::string commit, std::string path) override;
    task<result<bool>> contains(std::string) override {
        result<bool> no = false;
        co_return no;
    }

private:
    void look_again(std::optional<milliseconds> at) {
        if (at && (!look_at_ || *at < *look_at_)) look_at_ = at;
    }

    source_settings settings_;
    source_tools tools_;
    folder_watch watch_;
    stamp_book book_;
    std::set<std::string> asked_;         ///< files in deeper folders that were asked for
    std::optional<milliseconds> look_at_; ///< boot time at which an unsettled file may be settled
};

task<result<snapshot>> directory_source::read() {
    snapshot out;
    out.ref = origin();
    watch_.arm();
    std::function<result<listing>()> work = [path = settings_.path] { return list_folder(path); };
    auto listed = co_await net::on_pool(tools_.pool, std::move(work));
    const auto now = tools_.clock.now();
    look_at_.reset();
    if (!listed) co_return listed.error();
    out.ref.observed_wall = now.wall;
    auto names = asked_;
    for (auto& file : listed->manifests) {
        manifest_file said;
        said.name = file.name;
        said.settled = book_.settled(file.name, file.content.stamp, now.boot);
        if (said.settled) {
            said.text = std::move(file.content.text);
            said.problem = std::move(file.content.problem);
        }
        names.insert(file.name);
        out.files.push_back(std::move(said));
    }
    for (const auto& [name, stamp] : listed->others) {
        book_.settled(name, stamp, now.boot);
        names.insert(name);
    }
    book_.keep_only(names);
    const bool waiting = std::ranges::any_of(out.files, [](auto& f) { return !f.settled; });
    if (waiting) look_again(book_.next_look(now.boot));
    co_return out;
}

task<result<void>> directory_source::changed() {
    const auto now = tools_.clock.now();
    auto limit = tools_.resync;
    if (look_at_) limit = std::clamp(*look_at_ - now.boot, milliseconds(1), limit);
    co_await watch_.wait(tools_.clock, limit);
    co_return result<void>();
}

task<result<std::string>> directory_source::file(std::string commit, std::string path) {
    auto relative = normal_relative(path);
    if (!commit.empty() || !relative)
        co_return error(next_step::invalid, path + " is not a file inside " + settings_.path);
    std::function<result<file_read>()> work = [folder = settings_.path, name = *relative] {
        return read_file_below(folder, name);
    };
    auto read = co_await net::on_pool(tools_.pool, std::move(work));
    if (!read) {
        if (read.error().next == next_step::gone) book_.forget(*relative);
        co_return read.error();
    }
    if (relative->find('/') != std::string::npos) asked_.insert(*relative);
    const auto now = tools_.clock.now().boot;
    if (!book_.settled(*relative, read->stamp, now)) {
        look_again(now + stamp_book::quiet);
        co_return error(next_step::wait, path + " is still being written");
    }
    if (!read->problem.empty()) co_return error(next_step::invalid, path + ": " + read->problem);
    co_return std::move(read->text);
}

struct host_files {
    source_tools tools;
    stamp_book book;
};

task<result<std::string>> read_settled(std::shared_ptr<host_files> files, std::string path) {
    std::function<result<file_read>()> work = [path] { return read_file(path); };
    auto read = co_await net::on_pool(files->tools.pool, std::move(work));
    if (!read) {
        if (read.error().next == next_step::gone) files->book.forget(path);
        co_return read.error();
    }
    if (!files->book.settled(path, read->stamp, files->tools.clock.now().boot))
        co_return error(next_step::wait, path + " is still being written");
    if (!read->problem.empty()) co_return error(next_step::invalid, path + ": " + read->problem);
    co_return std::move(read->text);
}

} // namespace

std::unique_ptr<manifest_source> make_directory_source(source_settings settings,
                                                       source_tools tools) {
    return std::make_unique<directory_source>(std::move(settings), std::move(tools));
}

task<result<std::string>> read_host_file(boost::asio::thread_pool& pool, std::string path) {
    std::function<result<file_read>()> work = [path] { return read_file(path); };
    auto read = co_await net::on_pool(pool, std::move(work));
    if (!read) co_return read.error();
    if (!read->problem.empty()) co_return error(next_step::invalid, path + ": " + read->problem);
    co_return std::move(read->text);
}

std::function<task<result<std::string>>(std::string)> make_host_reader(source_tools tools) {
    auto files = std::make_shared<host_files>(host_files{std::move(tools), {}});
    return [files](std::string path) { return read_settled(files, std::move(path)); };
}

} // namespace alcedo
