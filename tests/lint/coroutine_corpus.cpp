// The forms of coroutine that g++ 12.2 compiles into silent nonsense (four families, at every -O
// level), each with an answer that is known. A compiler that gets one wrong must not build Alcedo.

#include "controller/ports/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using alcedo::task;
using std::string;

const string long_text(100, 'x'); // never in the small-string buffer

task<void> hop() {
    auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
}
task<bool> yes() {
    co_await hop();
    co_return true;
}
task<int> number(int n) {
    co_await hop();
    co_return n;
}
task<string> text(string s) {
    co_await hop();
    co_return s;
}

struct options {
    string name;
    int count = 0;
};
task<string> by_value(options o) {
    co_await hop();
    co_return o.name + std::to_string(o.count);
}
task<string> by_reference(const options& o) {
    co_await hop();
    co_return o.name;
}
task<string> by_optional(std::optional<options> o) {
    co_await hop();
    co_return o->name;
}
task<string> from_function(std::function<string()> f) {
    co_await hop();
    co_return f();
}
template <class F>
task<string> from_callable(F f) {
    co_await hop();
    co_return f();
}
task<int> size_of(std::vector<string> all) {
    co_await hop();
    co_return static_cast<int>(all.size());
}

// Family A: a condition with co_await in a function whose outermost block declares nothing.
task<int> a_if() {
    if (!co_await yes()) co_return -1;
    co_return 7;
}
task<int> a_while() {
    while (!co_await yes()) co_return -1;
    co_return 7;
}
task<int> a_do() {
    do {
        co_await hop();
    } while (!co_await yes());
    co_return 7;
}
task<int> a_switch() {
    switch (co_await number(3)) {
    case 3:
        co_return 7;
    default:
        co_return -1;
    }
}
task<int> a_nested() {
    for (;;) {
        try {
            if (co_await yes()) co_return 7;
        } catch (const std::exception&) {
            co_return -1;
        }
    }
}

// Family B: aggregates and capturing lambdas inside the full expression.
task<string> b_aggregate() {
    auto s = long_text;
    co_return co_await by_value(options{s, 1});
}
task<string> b_braces() {
    auto s = long_text;
    co_return co_await by_value({s, 2});
}
task<string> b_designated() {
    auto s = long_text;
    co_return co_await by_value({.name = s, .count = 3});
}
task<string> b_reference() {
    auto s = long_text;
    co_return co_await by_reference(options{s, 4});
}
task<string> b_optional() {
    auto s = long_text;
    co_return co_await by_optional(options{s, 5});
}
task<string> b_lambda() {
    auto s = long_text;
    co_return co_await from_callable([s] { return s; });
}
task<string> b_function() {
    auto s = long_text;
    co_return co_await from_function([s] { return s + "!"; });
}
task<string> b_unique() {
    auto s = long_text;
    auto made = std::make_unique<options>(options{s, 6});
    co_return co_await by_value(*std::make_unique<options>(options{made->name, 7}));
}
task<string> b_pair() {
    auto s = long_text;
    auto both = std::pair{co_await number(1), options{s, 8}};
    co_return both.second.name;
}

// Family C: co_await inside braces.
task<string> c_aggregate() {
    options o{co_await text(long_text), 1};
    co_return o.name;
}
task<string> c_return() {
    auto made = options{.name = (co_await by_value({long_text, 2})), .count = 1};
    co_return made.name;
}

// Family D: ?: or throw in the same expression.
task<string> d_ternary(bool c) {
    auto s = c ? co_await text(long_text) : string{};
    co_return s;
}
task<string> d_condition() {
    auto s = (co_await text(long_text)).empty() ? string("empty") : string("full");
    co_return s;
}
task<string> d_throw() {
    try {
        throw std::runtime_error("boom " + co_await text(long_text));
    } catch (const std::runtime_error& e) {
        co_return e.what();
    }
}

// Family E: arrays behind initialiser lists.
task<int> e_list() {
    co_return co_await size_of({long_text, long_text, long_text});
}
task<string> e_map() {
    std::map<string, string> m{{"a", co_await text(long_text)}, {"b", "c"}};
    co_return m["a"] + m["b"];
}

// Plain forms that the house allows must of course be right too.
task<int> plain_loop() {
    int sum = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto n = co_await number(i);
        sum += n;
    }
    co_return sum;
}
task<string> plain_binding() {
    auto [a, b] = co_await [](string s) -> task<std::pair<string, int>> {
        co_await hop();
        co_return std::pair<string, int>{s, 5};
    }(long_text);
    co_return a + std::to_string(b);
}

int failures = 0;

template <class T>
void expect(const char* name, task<T> work, const T& wanted) {
    asio::io_context io(1);
    std::optional<T> got;
    asio::co_spawn(io, std::move(work), [&](std::exception_ptr failure, T value) {
        if (!failure) got = std::move(value);
    });
    io.run();
    if (got == wanted) return;
    std::printf("%s: wrong answer\n", name);
    ++failures;
}

} // namespace

int main() {
    expect("A if", a_if(), 7);
    expect("A while", a_while(), 7);
    expect("A do", a_do(), 7);
    expect("A switch", a_switch(), 7);
    expect("A nested", a_nested(), 7);
    expect("B aggregate", b_aggregate(), long_text + "1");
    expect("B braces", b_braces(), long_text + "2");
    expect("B designated", b_designated(), long_text + "3");
    expect("B reference", b_reference(), long_text);
    expect("B optional", b_optional(), long_text);
    expect("B lambda", b_lambda(), long_text);
    expect("B function", b_function(), long_text + "!");
    expect("B unique", b_unique(), long_text + "7");
    expect("B pair", b_pair(), long_text);
    expect("C aggregate", c_aggregate(), long_text);
    expect("C return", c_return(), long_text + "2");
    expect("D ternary", d_ternary(true), long_text);
    expect("D ternary, not taken", d_ternary(false), string());
    expect("D condition", d_condition(), string("full"));
    expect("D throw", d_throw(), "boom " + long_text);
    expect("E list", e_list(), 3);
    expect("E map", e_map(), long_text + "c");
    expect("plain loop", plain_loop(), 499500);
    expect("plain binding", plain_binding(), long_text + "5");
    std::printf("coroutine corpus: %d wrong\n", failures);
    return failures == 0 ? 0 : 1;
}
