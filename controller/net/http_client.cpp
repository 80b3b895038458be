#include "controller/net/http_client.hpp"

#include "controller/net/exchange.hpp"

#include <algorithm>
#include <exception>
#include <string_view>

namespace alcedo::net {

namespace {

using line_handler = std::function<bool(std::string)>;

task<result<response>> read_whole(exchange& open) {
    response out = open.head();
    const auto limit = open.asked().body_limit;
    const bool may_be_cut = open.asked().body_may_be_cut;
    const auto announced = open.announced();
    if (announced && *announced > limit && !may_be_cut && open.asked().method != "HEAD")
        co_return open.too_large();
    for (;;) {
        auto step = co_await open.fill(out.body);
        if (!step) co_return step.error();
        if (*step == exchange::progress::cut) co_return open.was_cut();
        if (out.body.size() > limit && !may_be_cut) co_return open.too_large();
        if (out.body.size() >= limit && may_be_cut) break;
        if (*step == exchange::progress::ended) break;
    }
    if (out.body.size() > limit) out.body.resize(limit);
    co_return out;
}

task<result<response>> ask(endpoint to, request what, std::shared_ptr<idle_connections> idle) {
    exchange open(std::move(to), std::move(what), std::move(idle));
    auto begun = co_await open.begin();
    if (!begun) co_return begun.error();
    auto answer = co_await read_whole(open);
    if (answer) open.leave_open();
    co_return answer;
}

/// Text that arrives in pieces, cut into lines.
class line_splitter {
public:
    std::string pending;

    enum class verdict { nothing, some, enough };

    /// Hands out every whole line; `enough` once the handler has said so.
    verdict hand_out(const line_handler& on_line) {
        std::size_t start = 0;
        auto answer = verdict::nothing;
        for (;;) {
            const auto end = pending.find('\n', std::max(start, scanned_));
            if (end == std::string::npos) break;
            answer = verdict::some;
            if (!hand_out_one(std::string_view(pending).substr(start, end - start), on_line))
                return verdict::enough;
            start = end + 1;
        }
        pending.erase(0, start);
        scanned_ = pending.size();
        return answer;
    }

    void hand_out_rest(const line_handler& on_line) { hand_out_one(pending, on_line); }

private:
    static bool hand_out_one(std::string_view line, const line_handler& on_line) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line.empty() || on_line(std::string(line));
    }

    std::size_t scanned_ = 0;
};

task<result<response>> read_lines(exchange& open, milliseconds idle, const line_handler& on_line) {
    line_splitter lines;
    open.expect_within(idle);
    for (;;) {
        auto step = co_await open.fill(lines.pending);
        if (!step) co_return step.error();
        const auto verdict = lines.hand_out(on_line);
        if (verdict == line_splitter::verdict::enough) break;
        if (*step == exchange::progress::ended) lines.hand_out_rest(on_line);
        // Daemons that are stopped close without the last chunk: a normal end of a stream, but
        // what came after the last line break is half a line.
        if (*step != exchange::progress::more) break;
        if (lines.pending.size() > open.asked().body_limit) co_return open.too_large();
        if (verdict == line_splitter::verdict::some) open.expect_within(idle);
    }
    co_return open.head();
}

task<result<response>> follow(endpoint to, request what, milliseconds idle, line_handler on_line,
                              std::function<void()> on_headers) {
    exchange open(std::move(to), std::move(what), nullptr);
    auto begun = co_await open.begin();
    if (!begun) co_return begun.error();
    if (open.head().status >= 400) co_return co_await read_whole(open);
    if (on_headers) on_headers();
    co_return co_await read_lines(open, idle, on_line);
}

error broken(const std::string& method, const std::string& target, const std::exception& why) {
    return error(next_step::unknown, "reset", method + " " + target + ": " + why.what());
}

class beast_client final : public http_client {
public:
    beast_client() = default;
    beast_client(const beast_client&) = delete;
    beast_client& operator=(const beast_client&) = delete;
    ~beast_client() override { idle_->close(); }

    task<result<response>> call(endpoint to, request what) override {
        const std::string method = what.method;
        const std::string target = what.target;
        try {
            auto idle = idle_;
            co_return co_await ask(std::move(to), std::move(what), std::move(idle));
        } catch (const std::exception& problem) {
            co_return broken(method, target, problem);
        }
    }

    task<result<response>> stream(endpoint to, request what, milliseconds idle,
                                  line_handler on_line, std::function<void()> on_headers) override {
        const std::string method = what.method;
        const std::string target = what.target;
        try {
            co_return co_await follow(std::move(to), std::move(what), idle, std::move(on_line),
                                      std::move(on_headers));
        } catch (const std::exception& problem) {
            co_return broken(method, target, problem);
        }
    }

private:
    // Calls under way may outlive their client.
    const std::shared_ptr<idle_connections> idle_ = std::make_shared<idle_connections>();
};

} // namespace

std::unique_ptr<http_client> make_http_client() {
    return std::make_unique<beast_client>();
}

} // namespace alcedo::net
