#include "explorer.hpp"

#include <algorithm>
#include <chrono>
#include <deque>

namespace alcedo::checker {

namespace {

constexpr std::uint32_t nowhere = UINT32_MAX;
constexpr std::size_t findings_at_most = 20;

/// hash → number, by open addressing.
class known_states {
public:
    known_states() : slots_(1U << 16, nowhere) {}

    /// The number, and whether it is new.
    std::pair<std::uint32_t, bool> add(const hash128& h) {
        if (hashes_.size() * 2 >= slots_.size()) grow();
        auto at = h.a & (slots_.size() - 1);
        while (slots_[at] != nowhere) {
            if (hashes_[slots_[at]] == h) return {slots_[at], false};
            at = (at + 1) & (slots_.size() - 1);
        }
        slots_[at] = static_cast<std::uint32_t>(hashes_.size());
        hashes_.push_back(h);
        return {slots_[at], true};
    }
    std::size_t size() const { return hashes_.size(); }
    std::size_t bytes() const {
        return hashes_.capacity() * sizeof(hash128) + slots_.capacity() * sizeof(slots_[0]);
    }

private:
    std::vector<hash128> hashes_;
    std::vector<std::uint32_t> slots_;

    void grow() {
        std::vector<std::uint32_t> wider(slots_.size() * 2, nowhere);
        for (std::uint32_t i = 0; i < hashes_.size(); ++i) {
            auto at = hashes_[i].a & (wider.size() - 1);
            while (wider[at] != nowhere)
                at = (at + 1) & (wider.size() - 1);
            wider[at] = i;
        }
        slots_ = std::move(wider);
    }
};

struct origin {
    std::uint32_t parent;
    step by;
};

class search {
public:
    search(const world_kind& w, const plan_maker& make, const limits& l)
        : limits_(l), mind_(w, make), world_(w, mind_) {
        mind_.check_codec = l.check_codec;
        mind_.judges_plans = l.judges_plans;
        mind_.code().confirms_by_content = l.confirms_by_content;
        found_.world = w.name;
    }
    report run();

private:
    limits limits_;
    planner mind_;
    nature world_;
    report found_;
    known_states known_;
    std::vector<origin> origins_;
    std::deque<state> open_;
    std::vector<std::uint64_t> rows_;
    std::vector<std::uint32_t> targets_; ///< of free steps
    std::vector<successor> next_;

    void visit(std::uint32_t number, const state&);
    void note(std::vector<finding>&, const std::string&, std::uint32_t at, const step* last);
    std::vector<step> path_to(std::uint32_t) const;
    void find_cycles();
    bool is_over() const { return limits_.first_only && !found_.passed(); }
};

std::vector<step> search::path_to(std::uint32_t number) const {
    std::vector<step> path;
    for (; origins_[number].parent != nowhere; number = origins_[number].parent)
        path.push_back(origins_[number].by);
    std::reverse(path.begin(), path.end());
    return path;
}

/// The first of its kind is the shortest.
void search::note(std::vector<finding>& list, const std::string& what, std::uint32_t at,
                  const step* last) {
    if (list.size() >= findings_at_most ||
        std::any_of(list.begin(), list.end(), [&](const finding& f) { return f.what == what; }))
        return;
    finding f{what, path_to(at)};
    if (last) f.path.push_back(*last);
    list.push_back(std::move(f));
}

void search::visit(std::uint32_t number, const state& s) {
    world_.successors(s, next_);
    bool goes_on = false;
    for (const auto& x : next_) {
        ++found_.edges;
        found_.steps.count(s, x);
        if (is_obliged(x.by.what)) goes_on = true;
        if (x.broken) {
            note(found_.broken, x.broken, number, &x.by);
            continue;
        }
        const auto [there, is_new] = known_.add(hash_bytes(&x.next, sizeof x.next));
        if (is_new) {
            origins_.push_back({number, x.by});
            open_.push_back(x.next);
        }
        if (is_free(x.by.what)) targets_.push_back(there);
    }
    rows_.push_back(targets_.size());
    if (goes_on) return;
    const auto v = judge_rest(s, world_.world());
    ++found_.ends[v.text];
    if (!v.good) note(found_.wedged, v.text, number, nullptr);
}

void search::find_cycles() {
    // States that were seen but not visited have no steps as yet.
    rows_.resize(known_.size() + 1, targets_.size());
    for (const auto number : cycles_of(rows_, targets_))
        note(found_.livelocks, "a livelock", number, nullptr);
}

report search::run() {
    const auto began = std::chrono::steady_clock::now();
    const auto first = world_.initial();
    known_.add(hash_bytes(&first, sizeof first));
    origins_.push_back({nowhere, {}});
    open_.push_back(first);
    rows_.push_back(0);
    std::size_t widest = 0;
    for (std::uint32_t number = 0; !open_.empty() && !is_over(); ++number) {
        if (known_.size() >= limits_.states) {
            found_.complete = false;
            break;
        }
        const auto s = open_.front();
        open_.pop_front();
        visit(number, s);
        widest = std::max(widest, open_.size());
    }
    if (!is_over()) find_cycles();
    found_.states = known_.size();
    found_.inputs = mind_.distinct_inputs();
    for (std::size_t i = 0; i < mind_.rules().size(); ++i)
        found_.rows[mind_.rules()[i]] += mind_.fired()[i];
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    found_.seconds = took.count();
    const auto bytes = known_.bytes() + origins_.capacity() * sizeof(origin) +
                       widest * sizeof(state) + rows_.capacity() * sizeof(rows_[0]) +
                       targets_.capacity() * sizeof(targets_[0]) + mind_.bytes();
    found_.megabytes = static_cast<double>(bytes) / 1e6;
    return found_;
}

} // namespace

report explore(const world_kind& w, const plan_maker& make, const limits& l) {
    return search(w, make, l).run();
}

} // namespace alcedo::checker
