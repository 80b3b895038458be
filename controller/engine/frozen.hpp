#pragma once
// A value that is never changed again: its copies share it, and two are equal if the values are.

#include <memory>
#include <utility>

namespace alcedo {

template <class T>
class frozen {
public:
    frozen() = default; ///< nothing
    explicit frozen(T value) : kept_(std::make_shared<const T>(std::move(value))) {}

    explicit operator bool() const { return kept_ != nullptr; }
    const T& operator*() const { return *kept_; }
    const T* operator->() const { return kept_.get(); }
    const T* get() const { return kept_.get(); } ///< null = nothing; lives as long as a copy does

    bool operator==(const frozen& other) const {
        if (kept_ == other.kept_) return true;
        return kept_ && other.kept_ && *kept_ == *other.kept_;
    }

private:
    std::shared_ptr<const T> kept_;
};

} // namespace alcedo
