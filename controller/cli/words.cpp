#include "controller/cli/words.hpp"

#include "reconcilers/model/durations.hpp"

namespace alcedo::cli {

namespace {

std::string variable_of(const world& at_hand, const std::string& name) {
    const auto found = at_hand.environment.find(name);
    return found == at_hand.environment.end() ? "" : found->second;
}

std::string first_said(const std::vector<std::string>& values) {
    for (const auto& value : values)
        if (!value.empty()) return value;
    return "";
}

} // namespace

client_options client_options_of(const world& at_hand, const parsed_words& words) {
    const auto& near = words.client;
    const auto& far = words.in_front;
    client_options out;
    out.socket = first_said(
        {near.socket, far.socket, variable_of(at_hand, "ALCEDO_SOCKET"), settings{}.socket});
    out.output = first_said({near.output, far.output, out.output});
    // https://no-color.org: present and not empty, whatever its value.
    out.color = at_hand.terminal && !near.no_color && !far.no_color &&
                variable_of(at_hand, "NO_COLOR").empty();
    return out;
}

run_request run_request_of(const parsed_words& words) {
    run_request out{words.flags, words.config, words.print_config};
    std::erase_if(out.flags, [](const auto& flag) { return flag.second.empty(); });
    if (!words.in_front.socket.empty()) out.flags.try_emplace("socket", 1, words.in_front.socket);
    return out;
}

plan_request plan_request_of(const parsed_words& words) {
    return {words.app, words.files, words.explain};
}

watch_request watch_request_of(const parsed_words& words) {
    watch_request out;
    out.wish.app = words.app;
    if (words.until == "idle") out.wish.until = watch_wish::end::idle;
    if (words.until == "held") out.wish.until = watch_wish::end::held;
    if (!words.commit.empty()) out.wish.commit = words.commit;
    if (words.generation > 0) out.wish.generation = words.generation;
    if (!words.timeout.empty()) out.timeout = duration_from(words.timeout);
    return out;
}

std::string check_duration(const std::string& text) {
    return duration_from(text) ? "" : "\"" + text + "\" is no duration: write one like 90s or 5m";
}

std::string check_commit(const std::string& text) {
    const bool hex = text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
    return hex && text.size() >= 4 && text.size() <= 64
               ? ""
               : "\"" + text + "\" is no commit: write 4 to 64 hex digits";
}

} // namespace alcedo::cli
