#pragma once
// How a mistake is planted: a copy of the shipped table with other rows, or the shipped planner
// shown something else, or with something else made of what it says.

#include "mutants.hpp"

#include "reconcilers/blue_green/plan_by_table.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace alcedo::checker {

using when_of_row = bool (*)(const situation&);
using then_of_row = void (*)(draft&);

/// A copy of the shipped table that may be edited.
struct table_copy {
    std::vector<std::vector<rule>> rows;
    std::vector<bool> advances;

    table_copy() {
        for (const auto& part : rule_table()) {
            rows.emplace_back(part.rows.begin(), part.rows.end());
            advances.push_back(part.advances);
        }
    }
    /// Parts are known by a row in them, never by their place.
    std::vector<rule>& part_of(std::string_view name) {
        for (auto& part : rows)
            for (const auto& r : part)
                if (r.name == name) return part;
        throw std::logic_error("no such row: " + std::string(name));
    }
    rule& row(std::string_view name) { return *at(part_of(name), name); }
    void insert_before(std::string_view name, const rule& added) {
        auto& part = part_of(name);
        part.insert(at(part, name), added);
    }
    void swap_parts_of(std::string_view one, std::string_view other) {
        std::swap(part_of(one), part_of(other));
    }
    /// The pause line, moved up to the part of that row.
    void pause_from(std::string_view name) {
        const auto from = static_cast<std::size_t>(&part_of(name) - rows.data());
        for (auto i = from; i < advances.size(); ++i)
            advances[i] = true;
    }
    void remove(std::string_view name) {
        row(name).when = [](const situation&) { return false; };
    }
    static std::vector<rule>::iterator at(std::vector<rule>& part, std::string_view name) {
        return std::find_if(part.begin(), part.end(),
                            [&](const rule& r) { return r.name == name; });
    }
    plan_maker maker() const {
        return [copy = *this](const desired_state* d, const observation& seen, const record& rec,
                              const moment& now) {
            std::vector<table_part> parts;
            for (std::size_t i = 0; i < copy.rows.size(); ++i)
                parts.push_back({copy.rows[i], copy.advances[i]});
            return plan_by_table(parts, *d, seen, rec, now);
        };
    }
};

inline plan_maker with_when(std::string_view name, when_of_row when) {
    table_copy t;
    t.row(name).when = when;
    return t.maker();
}
inline plan_maker with_then(std::string_view name, then_of_row then) {
    table_copy t;
    t.row(name).then = then;
    return t.maker();
}
inline plan_maker without(std::vector<std::string_view> names) {
    table_copy t;
    for (const auto name : names)
        t.remove(name);
    return t.maker();
}

/// The shipped rules, shown something else, or with something else made of what they say.
inline plan_maker seeing(void (*change)(observation&)) {
    return [change](const desired_state* d, const observation& seen, const record& rec,
                    const moment& now) {
        auto wrong = seen;
        change(wrong);
        return make_plan(d, wrong, rec, now);
    };
}
inline plan_maker keeping(void (*change)(const record& before, plan&)) {
    return [change](const desired_state* d, const observation& seen, const record& rec,
                    const moment& now) {
        auto p = make_plan(d, seen, rec, now);
        change(rec, p);
        return p;
    };
}

} // namespace alcedo::checker
