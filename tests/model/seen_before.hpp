#pragma once
// A set of 64-bit hashes in one flat table: eight bytes and a little room each. Of ten million, two
// are the same by chance once in four hundred thousand runs.

#include <cstdint>
#include <vector>

namespace alcedo::checker {

class seen_before {
public:
    /// Whether it is new.
    bool add(std::uint64_t hash) {
        if (hash == 0) hash = 1;
        if (count_ * 4 >= slots_.size() * 3) grow();
        auto& at = place_of(slots_, hash);
        if (at == hash) return false;
        at = hash;
        ++count_;
        return true;
    }
    std::size_t size() const { return count_; }
    std::size_t bytes() const { return slots_.capacity() * sizeof(slots_[0]); }

private:
    std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(1U << 12);
    std::size_t count_ = 0;

    static std::uint64_t& place_of(std::vector<std::uint64_t>& slots, std::uint64_t hash) {
        auto at = hash & (slots.size() - 1);
        while (slots[at] != 0 && slots[at] != hash)
            at = (at + 1) & (slots.size() - 1);
        return slots[at];
    }
    void grow() {
        std::vector<std::uint64_t> wider(slots_.size() * 2);
        for (const auto hash : slots_)
            if (hash != 0) place_of(wider, hash) = hash;
        slots_ = std::move(wider);
    }
};

} // namespace alcedo::checker
