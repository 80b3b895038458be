#include "controller/net/exchange.hpp"

#include "controller/net/connect.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace alcedo::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
constexpr milliseconds connect_limit{2000};
constexpr std::size_t piece_size = 16u << 10;
constexpr std::size_t usual_answer = 8u << 10; // one read for its headers and its body
constexpr std::uint32_t longest_header = 64u << 10;

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return (code < ' ' && code != '\t') || code == 0x7f;
    });
}

bool is_token(std::string_view text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               marks.find(c) != std::string_view::npos;
    });
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

http::request<http::string_body> message_from(const endpoint& to, const request& what,
                                              bool keeps_connection) {
    http::request<http::string_body> out;
    out.version(11);
    out.method_string(what.method);
    out.target(what.target);
    out.set(http::field::host, to.host_header);
    out.set(http::field::user_agent, "alcedo");
    for (const auto& [name, value] : what.headers)
        out.set(name, value);
    if (!keeps_connection) out.set(http::field::connection, "close");
    out.body() = what.body;
    out.prepare_payload();
    return out;
}

bool means_closed(const beast::error_code& problem) {
    return problem == http::error::end_of_stream || problem == asio::error::connection_reset ||
           problem == asio::error::broken_pipe;
}

} // namespace

exchange::exchange(endpoint to, request what, std::shared_ptr<idle_connections> idle)
    : to_(std::move(to)), what_(std::move(what)), idle_(std::move(idle)),
      where_(what_.method + " " + what_.target + " at " + url_of(to_)), patience_(what_.deadline) {}

/// What would let a caller's text become protocol: checked before anything is sent.
std::optional<error> exchange::find_fault() const {
    const bool target_is_bad = what_.target.empty() || has_control(what_.target) ||
                               what_.target.find(' ') != std::string::npos;
    if (!is_token(what_.method) || target_is_bad)
        return error(next_step::invalid, "malformed", where_ + ": not a request line");
    for (const auto& [name, value] : what_.headers)
        if (!is_token(name) || has_control(value))
            return error(next_step::invalid, "malformed",
                         where_ + ": header '" + name + "' is not allowed");
    return std::nullopt;
}

bool exchange::keeps_connection() const {
    return idle_ && what_.keeps_connection && to_.scheme != "tls";
}

task<result<void>> exchange::begin() {
    const auto executor = co_await asio::this_coro::executor;
    const auto fault = find_fault();
    if (fault) co_return *fault;
    message_ = message_from(to_, what_, keeps_connection());
    buffer_.reserve(usual_answer);
    const auto deadline = std::chrono::steady_clock::now() + patience_;
    if (keeps_connection() && what_.method == "GET") {
        auto kept = idle_->take(to_, executor);
        if (kept) {
            auto begun = co_await begin_on(std::move(*kept), deadline);
            if (begun || !closed_unheard_) co_return begun;
        }
    }
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto limit = std::clamp(left, milliseconds{1}, connect_limit);
    auto socket = co_await connect(to_, limit);
    if (!socket) co_return with_context(socket.error(), where_);
    co_return co_await begin_on(std::move(*socket), deadline);
}

task<result<void>> exchange::begin_on(stream_socket socket, time_point deadline) {
    stream_.emplace(std::move(socket));
    stream_->expires_at(deadline);
    if (to_.scheme == "tls") {
        secure_ = make_tls_stream(*stream_, to_);
        auto agreed = co_await shake_hands(*secure_);
        if (!agreed) co_return with_context(agreed.error(), where_);
    }
    auto sent = co_await send();
    if (!sent) co_return sent.error();
    co_return co_await read_head();
}

task<result<void>> exchange::send() {
    auto writing = secure_ ? http::async_write(*secure_, message_, as_values)
                           : http::async_write(*stream_, message_, as_values);
    auto [problem, size] = co_await std::move(writing);
    sent_whole_ = !problem;
    if (problem == beast::error::timeout || problem == asio::error::operation_aborted)
        co_return failure(problem);
    // Otherwise the peer may have answered (413, 401 …) before it hung up on the rest: read on.
    co_return result<void>();
}

task<result<void>> exchange::read_head() {
    unsigned status = 0;
    closed_unheard_ = false;
    do {
        parser_.emplace();
        parser_->body_limit(boost::none);
        parser_->header_limit(longest_header);
        parser_->skip(what_.method == "HEAD");
        auto reading = secure_ ? http::async_read_header(*secure_, buffer_, *parser_, as_values)
                               : http::async_read_header(*stream_, buffer_, *parser_, as_values);
        auto [problem, size] = co_await std::move(reading);
        if (problem) {
            const bool is_unheard = status == 0 && buffer_.size() == 0 && !parser_->got_some();
            closed_unheard_ = is_unheard && means_closed(problem);
            co_return failure(problem);
        }
        status = parser_->get().result_int();
    } while (status / 100 == 1 && status != 101);
    co_return result<void>();
}

task<result<exchange::progress>> exchange::fill(std::string& into) {
    const auto before = into.size();
    if (parser_->is_done()) co_return progress::ended;
    into.resize(before + piece_size);
    auto& body = parser_->get().body();
    body.data = into.data() + before;
    body.size = piece_size;
    body.more = true;
    auto reading = secure_ ? http::async_read_some(*secure_, buffer_, *parser_, as_values)
                           : http::async_read_some(*stream_, buffer_, *parser_, as_values);
    auto [problem, size] = co_await std::move(reading);
    into.resize(before + piece_size - body.size);
    const bool is_over = problem == http::error::partial_message ||
                         problem == http::error::end_of_stream ||
                         problem == asio::ssl::error::stream_truncated;
    if (is_over) co_return progress::cut;
    if (problem && problem != http::error::need_buffer) co_return failure(problem);
    co_return progress::more;
}

void exchange::expect_within(milliseconds silence) {
    patience_ = silence;
    if (silence == milliseconds::zero())
        stream_->expires_never();
    else
        stream_->expires_after(silence);
}

void exchange::leave_open() {
    const bool is_at_rest = sent_whole_ && parser_->is_done() && buffer_.size() == 0;
    if (!keeps_connection() || !is_at_rest || !parser_->keep_alive()) return;
    idle_->give(to_, stream_->release_socket());
}

response exchange::head() const {
    response out;
    out.status = static_cast<int>(parser_->get().result_int());
    for (const auto& field : parser_->get())
        out.headers.emplace_back(lower(std::string_view(field.name_string())),
                                 std::string(field.value()));
    return out;
}

std::optional<std::uint64_t> exchange::announced() const {
    const auto length = parser_->content_length();
    if (!length) return std::nullopt;
    return *length;
}

error exchange::too_large() const {
    return error(next_step::unknown, "too-large",
                 where_ + ": the answer is larger than " + std::to_string(what_.body_limit) +
                     " bytes");
}

error exchange::was_cut() const {
    return failure(http::error::partial_message);
}

error exchange::failure(beast::error_code problem) const {
    if (problem == beast::error::timeout)
        return error(next_step::unknown, "timeout",
                     where_ + ": no answer within " + to_string(patience_));
    if (problem == http::error::header_limit)
        return error(next_step::unknown, "too-large",
                     where_ + ": the answer's headers are too large");
    if (problem == http::error::end_of_stream || problem == http::error::partial_message)
        return error(next_step::unknown, "reset", where_ + ": closed before the answer was whole");
    if (problem.category() == beast::error_code(http::error::bad_version).category())
        return error(next_step::unknown, "malformed",
                     where_ + ": not an HTTP answer: " + problem.message());
    return error(next_step::unknown, "reset", where_ + ": " + problem.message());
}

} // namespace alcedo::net
