#include "reconcilers/manifest/interpolate.hpp"
#include "reconcilers/manifest/manifest.hpp"
#include "reconcilers/model/reason.hpp"

#include <algorithm>
#include <cctype>

namespace alcedo::manifest {

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

bool is_name(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
    });
}

std::string trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r");
    if (from == std::string_view::npos) return {};
    return std::string(text.substr(from, text.find_last_not_of(" \t\r") - from + 1));
}

// Compose's dotenv dialect (compose-go/dotenv): quotes may span lines, double quotes know escapes,
// both double-quoted and bare values know variables. Only earlier lines of the same file are
// known: no environment is read.
class env_reader {
public:
    env_reader(const std::string& name, std::string_view text) : name_(name), text_(text) {}

    result<pairs> run() {
        while (at_ < text_.size() && problem_.empty())
            statement();
        if (!problem_.empty())
            return error(next_step::invalid, std::string(reason::EnvFileInvalid),
                         name_ + ":" + std::to_string(problem_line_) + ": " + problem_);
        return std::move(out_);
    }

private:
    void fail(int line, std::string problem) {
        if (problem_.empty()) {
            problem_ = std::move(problem);
            problem_line_ = line;
        }
    }

    std::string_view line_from(std::size_t at) const {
        return text_.substr(at, text_.find('\n', at) - at);
    }
    void next_line() {
        const auto end = text_.find('\n', at_);
        at_ = end == std::string_view::npos ? text_.size() : end + 1;
        ++line_;
    }

    void statement() {
        const auto line = line_from(at_);
        const auto start = line.find_first_not_of(" \t\r");
        if (start == std::string_view::npos || line[start] == '#') {
            next_line();
            return;
        }
        const auto equals = line.find_first_of("=:");
        auto name = trimmed(line.substr(0, equals));
        if (name.starts_with("export ") || name.starts_with("export\t"))
            name = trimmed(name.substr(7));
        if (!is_name(name))
            fail(line_, "\"" + name + "\" is not a variable's name: write NAME=value");
        if (equals == std::string_view::npos) {
            next_line(); // a bare NAME takes the caller's value, and there is no caller
            return;
        }
        at_ += equals + 1;
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t'))
            ++at_;
        const char quote = at_ < text_.size() ? text_[at_] : '\n';
        const auto at = line_;
        put(at, std::move(name), quote == '"' || quote == '\'' ? quoted(quote) : bare());
    }

    void put(int line, std::string name, std::string value) {
        if (value.find('\0') != std::string::npos) fail(line, "a NUL character: remove it");
        out_.emplace_back(std::move(name), std::move(value));
    }

    std::string bare() {
        const auto line = line_from(at_);
        const auto value = trimmed(line.substr(0, std::min(line.find(" #"), line.find("\t#"))));
        const auto at = line_;
        next_line();
        return expanded(value, at);
    }

    std::string quoted(char quote) {
        const auto opened = line_;
        std::string value;
        for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size())
                value += escape(quote, text_[++at_]);
            else
                value += text_[at_];
            line_ += text_[at_] == '\n' ? 1 : 0;
        }
        if (at_ >= text_.size()) {
            fail(opened, std::string("a quote is opened and never closed: close it with ") + quote);
            return {};
        }
        ++at_;
        const auto rest = trimmed(line_from(at_));
        if (!rest.empty() && rest.front() != '#')
            fail(line_, "text after the closing quote: remove it");
        next_line();
        return quote == '"' ? expanded(value, opened) : value;
    }

    static std::string escape(char quote, char c) {
        if (c == quote) return std::string(1, c);
        if (quote == '\'') return std::string("\\") + c;
        switch (c) {
        case 'n':
            return "\n";
        case 'r':
            return "\r";
        case 't':
            return "\t";
        case '\\':
            return "\\";
        case '$':
            return "$$";
        default:
            return std::string("\\") + c;
        }
    }

    std::string expanded(const std::string& value, int line) {
        const auto done = interpolate(value, [this](std::string_view wanted) {
            const auto it = std::find_if(out_.rbegin(), out_.rend(),
                                         [&](const auto& pair) { return pair.first == wanted; });
            return it == out_.rend() ? std::nullopt : std::optional(it->second);
        });
        // The value itself is a secret: it is not in the message.
        if (!done.problem.empty())
            fail(line, "a $ in the value names no variable of this file: write $$ for a dollar "
                       "sign, or put the value in single quotes");
        return done.text;
    }

    const std::string& name_;
    std::string_view text_;
    std::size_t at_ = 0;
    int line_ = 1;
    pairs out_;
    std::string problem_;
    int problem_line_ = 0;
};

using variables = std::map<std::string, std::string>;

result<void> lay_files(variables& all, const std::vector<env_file>& files,
                       const std::string& service, const file_contents& contents) {
    for (const auto& file : files) {
        const auto it = contents.find(file.path);
        if (it == contents.end()) {
            if (!file.required) continue;
            return error(next_step::invalid, std::string(reason::EnvFileMissing),
                         "env file " + file.path + " of service " + service + " is missing");
        }
        const auto read = parse_env_file(file.path, it->second);
        if (!read) return read.error();
        for (const auto& [name, value] : *read)
            all[name] = value;
    }
    return {};
}

void lay_environment(variables& all, const json& environment) {
    for (const auto& [name, value] : environment.items()) {
        if (value.is_string())
            all[name] = value.get<std::string>();
        else
            all.erase(name); // a bare NAME takes it away
    }
}

result<variables> variables_of(const service_spec& service, const file_contents& contents) {
    variables all;
    const auto laid = lay_files(all, service.env_files, service.name, contents);
    if (!laid) return laid.error();
    const auto own = service.compose.value("environment", json::object());
    lay_environment(all, own);
    return all;
}

std::vector<std::string> lines_of(const variables& all) {
    std::vector<std::string> out;
    for (const auto& [name, value] : all)
        out.push_back(name + "=" + value);
    return out;
}

} // namespace

result<pairs> parse_env_file(const std::string& name, std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return env_reader(name, text).run();
}

result<std::vector<std::string>> environment_of(const service_spec& service,
                                                const file_contents& contents) {
    const auto all = variables_of(service, contents);
    if (!all) return all.error();
    return lines_of(*all);
}

result<std::vector<std::string>> rehearsal_environment_of(const service_spec& service,
                                                          const rehearsal_spec& over,
                                                          const file_contents& contents) {
    const auto real = variables_of(service, contents);
    if (!real) return real.error();
    auto all = *real;
    const auto laid = lay_files(all, over.env_files, service.name, contents);
    if (!laid) return laid.error();
    lay_environment(all, over.environment);
    if (all == *real)
        return error(next_step::invalid, "CreateFailed",
                     "the rehearsal of " + service.name +
                         " would have the settings of the real one: its rehearse changes none");
    return lines_of(all);
}

} // namespace alcedo::manifest
