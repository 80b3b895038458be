#include "controller/runtimes/docker_images.hpp"

#include "controller/runtimes/docker_credentials.hpp"
#include "controller/runtimes/docker_json.hpp"
#include "controller/runtimes/docker_reference.hpp"
#include "reconcilers/model/reason.hpp"

#include <memory>
#include <utility>

namespace alcedo::docker {

namespace {

// The engine itself retries a layer for 75 s and says so on the way.
constexpr milliseconds longest_silence{90000};
constexpr milliseconds headers_deadline{90000};
constexpr milliseconds between_progress{1000};

error failing(const std::string& why) {
    return error(next_step::retry, std::string(reason::ImagePullFailing), why);
}

/// What the lines of one pull have said so far.
struct pull_so_far {
    std::string failure;
    bool finished = false;
    std::optional<moment> told;
};

std::function<bool(std::string)> listener(std::shared_ptr<pull_so_far> so_far, clock_source& clock,
                                          std::function<void(std::string)> progress) {
    return [so_far, &clock, progress](const std::string& text) {
        auto line = pull_line_from(text);
        if (!line.failure.empty()) so_far->failure = line.failure;
        so_far->finished = so_far->finished || line.finished;
        const auto now = clock.now();
        const bool due = !so_far->told || now.boot - so_far->told->boot >= between_progress;
        if (progress && !line.progress.empty() && (due || line.finished)) {
            so_far->told = now;
            progress(line.progress);
        }
        return true;
    };
}

engine_call pull_call(const image_reference& names, const std::string& auth) {
    engine_call out{operation::pull, "POST"};
    const auto& version = names.digest.empty() ? names.tag : names.digest;
    out.target = "/images/create?fromImage=" + url_encoded(names.repository) +
                 "&tag=" + url_encoded(version);
    out.deadline = headers_deadline;
    out.body_limit = 1u << 20;
    if (!auth.empty()) out.headers.emplace_back("X-Registry-Auth", auth);
    return out;
}

} // namespace

pull_line pull_line_from(const std::string& line) {
    pull_line out;
    const auto parsed = json_in(line);
    if (!parsed) return out;
    out.failure = text_at(child(*parsed, "errorDetail"), "message");
    if (out.failure.empty()) out.failure = text_at(*parsed, "error");
    const auto id = text_at(*parsed, "id");
    const auto status = text_at(*parsed, "status");
    // Docker's last words; Podman's are "Download complete" under the image's id.
    out.finished = status.starts_with("Status: ") || status.starts_with("Digest: ");
    if (!status.empty()) out.progress = valid_utf8(id.empty() ? status : id + ": " + status);
    return out;
}

task<result<image_info>> inspect_image(engine_calls& calls, std::string reference) {
    const auto names = parse_reference(reference);
    if (!names) co_return names.error();
    engine_call question{operation::image};
    question.target = "/images/" + url_encoded(names->name(), "/:@") + "/json";
    auto answer = co_await calls.read(std::move(question));
    if (!answer) co_return answer.error();
    co_return image_from(*answer);
}

task<result<void>> pull_image(engine_calls& calls, clock_source& clock, std::string config_path,
                              std::string reference, std::function<void(std::string)> progress) {
    const auto names = parse_reference(reference);
    if (!names) co_return names.error();
    auto auth = co_await registry_auth(std::move(config_path), names->registry);
    if (!auth) co_return auth.error();
    auto so_far = std::make_shared<pull_so_far>();
    auto answer = co_await calls.stream(pull_call(*names, *auth), longest_silence,
                                        listener(so_far, clock, std::move(progress)), nullptr);
    if (!so_far->failure.empty()) co_return pull_failure(reference, so_far->failure);
    if (!answer) co_return failing(answer.error().message);
    // Engines explain themselves in JSON; a page of HTML is a proxy that does not let us.
    const bool not_let = (answer->status == 401 || answer->status == 403) && !json_in(answer->body);
    if (not_let) co_return failing("not permitted: " + message_in(answer->body));
    if (answer->status >= 400) co_return pull_failure(reference, message_in(answer->body));
    if (!so_far->finished && !calls.is_podman())
        co_return failing("the engine's answer ended before the pull did");
    auto there = co_await inspect_image(calls, reference);
    if (!there) co_return failing("not there afterwards: " + there.error().message);
    co_return result<void>();
}

} // namespace alcedo::docker
