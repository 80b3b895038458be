#include "controller/runtimes/docker_logs.hpp"

#include "controller/runtimes/docker_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace alcedo::docker {

namespace {

constexpr std::size_t longest_line = 4096;
constexpr std::size_t header_size = 8;

class collector {
public:
    explicit collector(int tail) : most_(static_cast<std::size_t>(std::max(tail, 0))) {}

    void add(std::size_t stream, std::string_view text) {
        auto& open = open_[stream];
        for (const char c : text) {
            if (c == '\n')
                finish(open);
            else if (open.size() < longest_line)
                open += c;
        }
    }

    std::vector<std::string> take() {
        for (auto& open : open_)
            if (!open.empty()) finish(open);
        const auto extra = lines_.size() > most_ ? lines_.size() - most_ : 0;
        lines_.erase(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(extra));
        for (auto& line : lines_)
            line = valid_utf8(line);
        return std::move(lines_);
    }

private:
    void finish(std::string& open) {
        if (open.ends_with('\r')) open.pop_back();
        lines_.push_back(std::move(open));
        open.clear();
    }

    std::size_t most_;
    std::array<std::string, 3> open_; ///< a line of each stream may come in several frames
    std::vector<std::string> lines_;
};

/// The stream of a frame and its size; stream 3 = this is no frame.
std::pair<std::size_t, std::size_t> frame_at(std::string_view header) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(header[i]); };
    const bool is_frame = byte(0) <= 2 && byte(1) == 0 && byte(2) == 0 && byte(3) == 0;
    const std::uint32_t size = static_cast<std::uint32_t>(byte(4)) << 24 |
                               static_cast<std::uint32_t>(byte(5)) << 16 |
                               static_cast<std::uint32_t>(byte(6)) << 8 | byte(7);
    return {is_frame ? byte(0) : 3u, size};
}

} // namespace

std::vector<std::string> log_lines(const std::string& body, bool raw, int tail) {
    collector lines(tail);
    std::string_view rest = body;
    while (!raw && rest.size() >= header_size) {
        const auto [stream, size] = frame_at(rest);
        if (stream > 2) break;
        rest.remove_prefix(header_size);
        lines.add(stream, rest.substr(0, size));
        rest.remove_prefix(std::min(size, rest.size()));
    }
    // A terminal's text, or what cannot be a frame: shown as it is. Half a header is nothing.
    if (raw || rest.size() >= header_size) lines.add(0, rest);
    return lines.take();
}

} // namespace alcedo::docker
