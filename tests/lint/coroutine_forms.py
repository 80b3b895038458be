#!/usr/bin/env python3
"""Finds co_await in forms that some compilers miscompile: conditions, ?:, throw, braces, beside
lambdas; and loops over a part of a value that is gone before the first turn. Text only, so it looks
at one statement at a time and knows no types."""
import pathlib
import re
import sys

CASES = {  # statement: is it refused
    "if (co_await ok()) return;": True,
    "while (!co_await done()) {": True,
    "auto x = c ? co_await f() : T{};": True,
    "throw E(co_await f());": True,
    "A a{co_await f(), 1};": True,
    "co_await f(A{s, 1});": True,
    "co_await f([s] { return s; });": True,
    "auto x = co_await f(a, b);": False,
    "co_return co_await f(std::move(a));": False,
    "co_await channel.async_receive(asio::as_tuple(asio::use_awaitable));": False,
    "co_await (std::move(a) || std::move(b));": False,
    "if (a) co_await f(b);": False,
    "if (const auto* x = get<T>(&a)) co_return co_await f(*x);": False,
    "for (auto& x : co_await f()) {": False,
}
DANGLING = {  # until C++23 only the outermost value of a range lives as long as its loop
    'for (auto& [k, v] : j.value("labels", json::object()).items())': True,
    "for (auto& [k, v] : json::parse(text).items()) {": True,
    "for (auto& [k, v] : labels.items()) {": False,
    'for (auto& [k, v] : j.at("labels").items()) {': False,
}


def strip(text):
    text = re.sub(r"//[^\n]*", "", text)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r'R"\w*\(.*?\)\w*"', '""', text, flags=re.S)
    return re.sub(r'"(\\.|[^"\\\n])*"', '""', text)


def statements(text):
    for found in re.finditer(r"\bco_await\b", text):
        begin = max(text.rfind(";", 0, found.start()), text.rfind("}", 0, found.start()))
        opened = [m for m in re.finditer(r"\)\s*(const\s*)?\{|else\s*\{|:\s*\n|\bdo\s*\{|^\s*\{|try\s*\{",
                                         text[begin + 1:found.start()], flags=re.M)]
        if opened:
            begin += opened[-1].end()
        end = text.find(";", found.end())
        brace = re.search(r"\)\s*\{", text[found.end():end if end > 0 else None])
        stop = found.end() + brace.start() + 1 if brace else end
        yield (text.count("\n", 0, found.start()) + 1,
               text[begin + 1:found.start()], text[found.end():stop if stop > 0 else None])


def in_condition(before):
    """Is the parenthesis of an if, while or switch still open where co_await stands?"""
    for found in re.finditer(r"\b(if|while|switch)\s*(constexpr\s*)?\(", before):
        depth = 1
        for char in before[found.end():]:
            depth += {"(": 1, ")": -1}.get(char, 0)
            if depth == 0:
                break
        if depth > 0:
            return True
    return False


def without_closed_condition(before):
    return re.sub(r"^\s*(if|while|for)\s*\(.*\)\s*(?=co_return\b|\w+\s*=|$)", "", before, flags=re.S)


def problem(before, after):
    if in_condition(before):
        return "in a condition"
    before = without_closed_condition(before)
    if "throw" in before:
        return "in a throw"
    if re.search(r"\?(?!=)", before) or re.search(r"\?[^?]*:", after):
        return "in ?:"
    if re.search(r"(=|\(|,|\w)\s*\{[^}]*$", before):
        return "inside braces"
    if re.search(r"^[^)]*\{", after) or re.search(r"\[[\w&=, ]*\]\s*(\(|\{)", after):
        return "beside braces or a lambda: name it first"
    return None


def dangles(loop):
    return re.search(r"\bfor\s*\([^;{]*:[^;{]*\b(value|parse)\([^;{]*\)\.items\(\)\s*\)", loop) is not None


def scan(root):
    found = []
    for folder in ("controller", "reconcilers"):
        for path in sorted(pathlib.Path(root, folder).rglob("*.[ch]pp")):
            text = strip(path.read_text())
            for line, loop in enumerate(text.splitlines(), 1):
                if dangles(loop):
                    found.append(f"{path}:{line}: a loop over items() of a temporary: name it first")
            for line, before, after in statements(text):
                why = problem(before, after)
                if why:
                    found.append(f"{path}:{line}: co_await {why}")
    return found


def self_test():
    wrong = []
    for text, refused in CASES.items():
        hit = any(problem(b, a) for _, b, a in statements(text))
        if hit != refused:
            wrong.append(f"{'missed' if refused else 'refused'}: {text}")
    for text, refused in DANGLING.items():
        if dangles(text) != refused:
            wrong.append(f"{'missed' if refused else 'refused'}: {text}")
    return wrong


if __name__ == "__main__":
    trouble = self_test() if sys.argv[1] == "--self-test" else scan(sys.argv[1])
    print("\n".join(trouble))
    sys.exit(1 if trouble else 0)
