#include "reconcilers/manifest/field_values.hpp"

#include "reconcilers/manifest/suggest.hpp"
#include "reconcilers/model/durations.hpp"
#include "reconcilers/model/service_shapes.hpp"

#include <algorithm>
#include <set>

namespace alcedo::manifest {

namespace {

std::string printed(const field& row, std::int64_t bound) {
    if (row.type == field_type::duration || row.type == field_type::window)
        return bound == 0 ? "0s" : alcedo::to_string(milliseconds(bound));
    return std::to_string(bound);
}

std::string bounds(const field& row) {
    if (row.min && row.max) return printed(row, *row.min) + " to " + printed(row, *row.max);
    if (row.min) return "at least " + printed(row, *row.min);
    return "at most " + printed(row, *row.max);
}

void check_bounds(const field& row, std::int64_t value, const json& written,
                  const std::string& pointer, report& out) {
    if ((row.min && value < *row.min) || (row.max && value > *row.max))
        out.error(pointer, described(written) + " is out of bounds", "write " + bounds(row));
}

void check_text(const field& row, const json& value, const std::string& pointer, report& out) {
    if (!value.is_string()) {
        out.error(pointer, described(value) + " is not text",
                  value.is_number() || value.is_boolean() ? "put it in quotes" : "write text");
        return;
    }
    const auto& text = value.get_ref<const std::string&>();
    const auto length = static_cast<std::int64_t>(text.size());
    if ((row.min && length < *row.min) || (row.max && length > *row.max))
        out.error(pointer, std::to_string(length) + " characters long",
                  "write " + std::to_string(row.min.value_or(0)) + " to " +
                      std::to_string(row.max.value_or(0)) + " characters");
    else if (!row.pattern.empty() && !matches(row.pattern, text))
        out.error(pointer, described(value) + " is not allowed here", remedy_of(row.pattern));
}

void check_duration(const field& row, const json& value, const std::string& pointer, report& out) {
    if (row.type == field_type::window && value == "Always") return;
    const auto text = value.is_string() ? value.get<std::string>() : value.dump();
    const auto length = value.is_string() ? duration_from(text) : std::nullopt;
    if (!length)
        out.error(pointer, described(value) + " is not a duration",
                  duration_remedy(text) + (row.type == field_type::window ? ", or Always" : ""));
    else
        check_bounds(row, length->count(), value, pointer, out);
}

void check_choice(const field& row, const json& value, const std::string& pointer, report& out) {
    const auto choices = split_choices(row.choices);
    const auto text = value.is_string() ? value.get<std::string>() : std::string();
    if (std::find(choices.begin(), choices.end(), text) != choices.end()) return;
    const auto near = nearest(text, choices);
    out.error(pointer, described(value) + " is not possible here",
              near.empty() ? "write " + any_of(choices) : "did you mean " + near + "?");
}

void check_choices(const field& row, const json& value, const std::string& pointer, report& out) {
    if (!value.is_array()) {
        wrong_type(value, pointer, "a list", out);
        return;
    }
    std::set<json> seen;
    for (std::size_t i = 0; i < value.size(); ++i) {
        check_choice(row, value[i], child(pointer, i), out);
        if (!seen.insert(value[i]).second)
            out.error(child(pointer, i), described(value[i]) + " is written twice", "remove it");
    }
}

void check_integer(const field& row, const json& value, const std::string& pointer, report& out) {
    if (value.is_number_unsigned()) // only what is beyond 64 bits with a sign
        out.error(pointer, described(value) + " is out of bounds", "write " + bounds(row));
    else if (!value.is_number_integer())
        out.error(pointer, described(value) + " is not a whole number",
                  value.is_string() ? "write it without quotes, " + bounds(row)
                                    : "write " + bounds(row));
    else
        check_bounds(row, value.get<std::int64_t>(), value, pointer, out);
}

void check_threshold(const field& row, const json& value, const std::string& pointer, report& out) {
    if (!value.is_object()) {
        check_integer(row, value, pointer, out);
        return;
    }
    for (const auto& [key, item] : value.items()) {
        if (key == "failures" || key == "outOf")
            check_integer(row, item, child(pointer, key), out);
        else
            out.error_at_key(child(pointer, key), "unknown key",
                             suggestion(key, {"failures", "outOf"}));
    }
    const auto whole = [&](const char* key) {
        return value.contains(key) && value[key].is_number_integer();
    };
    if (!value.contains("failures") || !value.contains("outOf"))
        out.error(pointer, "incomplete threshold", "write {failures: 3, outOf: 10}, or one number");
    else if (whole("failures") && whole("outOf") && value["failures"] > value["outOf"])
        out.error(pointer, "more failures than samples", "write failures at most outOf");
}

void check_statuses(const field& row, const json& value, const std::string& pointer, report& out) {
    if (!value.is_array()) {
        check_integer(row, value, pointer, out);
        return;
    }
    if (value.empty())
        out.error(pointer, "an empty list passes nothing", "write a status, such as 200");
    for (std::size_t i = 0; i < value.size(); ++i)
        check_integer(row, value[i], child(pointer, i), out);
}

void check_texts(const field& row, const json& value, const std::string& pointer, report& out) {
    if (!value.is_array()) {
        wrong_type(value, pointer, "a list of text", out);
        return;
    }
    for (std::size_t i = 0; i < value.size(); ++i)
        if (!value[i].is_string() || value[i].get_ref<const std::string&>().empty())
            wrong_type(value[i], child(pointer, i), "text", out);
        else if (!row.pattern.empty() && !matches(row.pattern, value[i]))
            out.error(child(pointer, i), described(value[i]) + " is not allowed here",
                      remedy_of(row.pattern));
}

void check_text_map(const json& value, const std::string& pointer, report& out) {
    if (!value.is_object()) {
        wrong_type(value, pointer, "a map of text", out);
        return;
    }
    for (const auto& [key, item] : value.items())
        if (!item.is_string())
            out.error(child(pointer, key), described(item) + " is not text", "put it in quotes");
}

} // namespace

void wrong_type(const json& value, const std::string& pointer, const std::string& wanted,
                report& out) {
    out.error(pointer, described(value) + " is not " + wanted,
              value.is_null() ? "give it a value or remove the key" : "write " + wanted);
}

void check_value(const field& row, const json& value, const std::string& pointer, report& out) {
    switch (row.type) {
    case field_type::text:
        return check_text(row, value, pointer, out);
    case field_type::boolean:
        if (!value.is_boolean()) wrong_type(value, pointer, "true or false", out);
        return;
    case field_type::integer:
        return check_integer(row, value, pointer, out);
    case field_type::duration:
    case field_type::window:
        return check_duration(row, value, pointer, out);
    case field_type::choice:
        return check_choice(row, value, pointer, out);
    case field_type::choices:
        return check_choices(row, value, pointer, out);
    case field_type::texts:
        return check_texts(row, value, pointer, out);
    case field_type::text_map:
        return check_text_map(value, pointer, out);
    case field_type::threshold:
        return check_threshold(row, value, pointer, out);
    case field_type::statuses:
        return check_statuses(row, value, pointer, out);
    case field_type::objects:
    case field_type::object:
    case field_type::services:
    case field_type::networks:
    case field_type::volumes:
        break; // what has fields of its own is walked, not checked
    }
}

std::string described(const json& value) {
    return shown_value(value);
}

} // namespace alcedo::manifest
