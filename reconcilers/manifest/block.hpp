#pragma once
// Reads one object of a manifest by the table of fields: the written value if it is usable, else
// the table's default. Reports nothing: check_fields has already said what is wrong.

#include "reconcilers/manifest/fields.hpp"
#include "reconcilers/model/spec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alcedo::manifest {

class block {
public:
    /// `path` is the table's path of this object. Anything but an object reads as empty.
    block(const json& value, std::string path);

    bool has(const std::string& name) const { return value_.contains(name); }
    block inner(const std::string& name) const;
    std::vector<block> list(const std::string& name) const;

    std::string text(const std::string& name) const;
    bool flag(const std::string& name) const;
    std::int64_t number(const std::string& name) const;
    std::optional<milliseconds> duration(const std::string& name) const;
    std::vector<std::string> texts(const std::string& name) const;
    std::optional<failure_threshold> threshold(const std::string& name) const;
    const json& raw() const { return value_; }

private:
    json read(const std::string& name) const;

    json value_;
    std::string path_;
};

} // namespace alcedo::manifest
