#include "reconcilers/manifest/interpolate.hpp"

#include <cctype>

namespace alcedo::manifest {

namespace {

bool starts_name(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool in_name(char c) {
    return starts_name(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
}

class expansion {
public:
    expansion(std::string_view text, const variables& lookup) : text_(text), lookup_(lookup) {}

    interpolated run() {
        interpolated out;
        out.text = until_end(false, 0);
        out.problem = problem_;
        out.remedy = remedy_;
        return out;
    }

private:
    void fail(std::string problem, std::string remedy) {
        if (problem_.empty()) {
            problem_ = std::move(problem);
            remedy_ = std::move(remedy);
        }
    }
    bool more() const { return at_ < text_.size() && problem_.empty(); }

    // Text up to the end, or (inside braces) up to the brace that closes them.
    std::string until_end(bool inside, int depth) {
        std::string out;
        while (more() && !(inside && text_[at_] == '}')) {
            if (text_[at_] != '$') {
                out += text_[at_++];
            } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '$') {
                out += '$';
                at_ += 2;
            } else {
                ++at_;
                out += variable(depth);
            }
        }
        return out;
    }

    std::string name() {
        const auto from = at_;
        if (at_ < text_.size() && starts_name(text_[at_]))
            while (at_ < text_.size() && in_name(text_[at_]))
                ++at_;
        return std::string(text_.substr(from, at_ - from));
    }

    std::string variable(int depth) {
        const bool braces = at_ < text_.size() && text_[at_] == '{';
        if (braces) ++at_;
        const auto which = name();
        if (which.empty() || depth > 16) {
            fail("a $ that starts no variable", "write $$ for a dollar sign");
            return {};
        }
        if (!braces) return value_of(which);
        std::string sign;
        if (at_ < text_.size() && text_[at_] == ':') sign += text_[at_++];
        if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '?' || text_[at_] == '+'))
            sign += text_[at_++];
        std::string word;
        if (!sign.empty() && sign != ":") word = unused_word(which, sign, depth);
        if (!more() || text_[at_] != '}') {
            fail("\"${" + which + "\" is not closed or not understood",
                 "write ${" + which + "} or ${" + which + ":-default}");
            return {};
        }
        ++at_;
        return chosen(which, sign, word);
    }

    // A variable that is missing inside a word that is not used is no fault.
    std::string unused_word(const std::string& which, const std::string& sign, int depth) {
        const bool set = is_set(which, sign.starts_with(':'));
        const bool used = sign.back() == '+' ? set : !set;
        const bool quiet = quiet_;
        quiet_ = quiet_ || !used;
        auto word = until_end(true, depth + 1);
        quiet_ = quiet;
        return word;
    }

    bool is_set(const std::string& which, bool not_empty) const {
        const auto value = lookup_(which);
        return value && !(not_empty && value->empty());
    }

    std::string value_of(const std::string& which) {
        if (auto value = lookup_(which)) return *value;
        if (!quiet_)
            fail("variable \"" + which + "\" is not set; only ALCEDO_COLOR is",
                 "write ${" + which + ":-default}, or $$" + which + " for the text itself");
        return {};
    }

    std::string chosen(const std::string& which, const std::string& sign, const std::string& word) {
        if (sign.empty()) return value_of(which);
        const bool set = is_set(which, sign.starts_with(':'));
        switch (sign.back()) {
        case '-':
            return set ? value_of(which) : word;
        case '+':
            return set ? word : std::string();
        case '?':
            if (!set && !quiet_)
                fail("variable \"" + which + "\" is required: " + word,
                     "only ALCEDO_COLOR is set; write the value");
            return set ? value_of(which) : std::string();
        default:
            fail("\"${" + which + ":\" is not understood", "write ${" + which + ":-default}");
            return {};
        }
    }

    std::string_view text_;
    const variables& lookup_;
    std::size_t at_ = 0;
    bool quiet_ = false;
    std::string problem_;
    std::string remedy_;
};

} // namespace

interpolated interpolate(std::string_view text, const variables& lookup) {
    return expansion(text, lookup).run();
}

variables variables_of(color c) {
    return [c](std::string_view name) {
        return name == "ALCEDO_COLOR" ? std::optional(to_string(c)) : std::nullopt;
    };
}

json interpolate_all(const json& value, color c, const std::string& pointer, report& out) {
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        if (text.find('$') == std::string::npos) return value;
        const auto done = interpolate(text, variables_of(c));
        if (!done.problem.empty()) out.error(pointer, done.problem, done.remedy);
        return done.text;
    }
    if (!value.is_structured()) return value;
    json copy = value;
    std::size_t index = 0;
    for (auto it = copy.begin(); it != copy.end(); ++it, ++index) {
        const auto here = value.is_object() ? child(pointer, it.key()) : child(pointer, index);
        *it = interpolate_all(*it, c, here, out);
    }
    return copy;
}

} // namespace alcedo::manifest
