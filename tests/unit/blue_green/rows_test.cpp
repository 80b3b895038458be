// Every row of the table has a world in which it wins. The list is compared with the table itself,
// so that a new row without a case fails here.

#include "rows_cases.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace alcedo;
using namespace alcedo::testing;

TEST_CASE("rows: every row of the table has a case, and every case a row") {
    std::set<std::string> in_table, in_cases;
    for (const auto& part : rule_table())
        for (const auto& row : part.rows)
            CHECK_MESSAGE(in_table.insert(std::string(row.name)).second, "twice: " << row.name);
    for (const auto& [name, make] : all_cases())
        in_cases.insert(name);
    for (const auto& name : in_table)
        CHECK_MESSAGE(in_cases.contains(name), "no case for row " << name);
    for (const auto& name : in_cases)
        CHECK_MESSAGE(in_table.contains(name), "no row for case " << name);
}

TEST_CASE("rows: each wins in its world, keeps the invariants, and tells who was tried before it") {
    for (const auto& [name, made] : case_worlds()) {
        CAPTURE(name);
        auto w = made;
        const auto p = look(w);
        CHECK(p.rule == name);
        CHECK_FALSE(p.why.empty());
        REQUIRE_FALSE(p.tried.empty());
        CHECK(p.tried.back().name == name);
        CHECK(p.tried.back().matched);
        for (std::size_t i = 0; i + 1 < p.tried.size(); ++i)
            CHECK_FALSE(p.tried[i].matched);
        for (const auto& e : p.events)
            CHECK_FALSE(e.message.empty());
    }
}

TEST_CASE("rows: the same four values give the same plan to the last byte (S20)") {
    for (const auto& [name, w] : case_worlds()) {
        CAPTURE(name);
        CHECK(look(w) == look(w));
        CHECK(json(look(w).next).dump() == json(look(w).next).dump());
    }
}

TEST_CASE("rows: with Docker unknown, each of these worlds does nothing (S11)") {
    for (const auto& [name, made] : case_worlds()) {
        CAPTURE(name);
        auto w = made;
        w.seen.docker_known = false;
        w.seen.replicas.clear();
        const auto p = look(w);
        CHECK(p.rule == "docker_unknown");
        CHECK(p.actions.empty());
        CHECK(p.next.traffic == w.rec.traffic);
        CHECK(p.next.now_in == w.rec.now_in);
    }
}

TEST_CASE("rows: without a spec, each of these worlds does nothing (S18)") {
    for (const auto& [name, w] : case_worlds()) {
        CAPTURE(name);
        const auto p = make_plan(nullptr, w.seen, w.rec, w.now);
        CHECK(p.rule == "no_spec");
        CHECK(p.next == w.rec);
        CHECK(p.actions.empty());
    }
}

TEST_CASE("rows: paused, nothing below the line matches in any of these worlds") {
    std::set<std::string> advancing_rows;
    for (const auto& part : rule_table())
        if (part.advances)
            for (const auto& row : part.rows)
                advancing_rows.insert(std::string(row.name));
    for (const auto& [name, made] : case_worlds()) {
        CAPTURE(name);
        auto w = made;
        w.desired.spec.paused = true;
        const auto p = look(w);
        CHECK_FALSE(advancing_rows.contains(p.rule));
        if (advancing_rows.contains(name)) CHECK(p.rule == "paused");
    }
}

TEST_CASE("rows: the record survives the store in each of these worlds") {
    for (const auto& [name, made] : case_worlds()) {
        CAPTURE(name);
        auto w = made;
        w.apply(look(w));
        const auto back = json::parse(json(w.rec).dump()).get<record>();
        CHECK(back == w.rec);
        w.rec = back;
        look(w);
    }
}
