#pragma once
// How often each kind of step was taken: a checker that never tried something says nothing about
// it. Deeds and crashes are counted by the deed, edits in the window by what they want.

#include "steps.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace alcedo::checker {

class tally {
public:
    void count(const state& before, const successor&);
    void add(const tally&);
    std::size_t of(move) const;

    /// "deed fails: publish", in the order of the moves; those that were taken.
    std::vector<std::pair<std::string, std::uint64_t>> rows() const;
    /// Kinds that a whole set of worlds has to take, and that were not.
    std::vector<std::string> never_taken() const;

private:
    static constexpr std::size_t ways = 8;
    std::array<std::array<std::uint64_t, ways>, moves> taken_{};
};

/// Rows of the shipped table that decided nothing in these worlds, but for those whose subject is
/// not in the model at all.
std::vector<std::string> silent_rows(const std::map<std::string, std::size_t>& decided);

} // namespace alcedo::checker
