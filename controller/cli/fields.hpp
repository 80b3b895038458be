#pragma once
// Reading an app's JSON without trusting that anything in it is there. Text comes out printable.

#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo::cli {

/// The value at "status.hold.kind"; null if any part of the way is missing.
const json& at(const json& object, std::string_view dotted_path);

/// Strings as they are (printable), numbers and booleans written out; `fallback` for anything else.
std::string text_at(const json& object, std::string_view dotted_path,
                    const std::string& fallback = "");
std::uint64_t number_at(const json& object, std::string_view dotted_path);
bool flag_at(const json& object, std::string_view dotted_path);
/// The elements of an array, or none.
const std::vector<json>& items_at(const json& object, std::string_view dotted_path);

/// The condition of that type; null if absent.
const json& condition_of(const json& app, std::string_view type);
bool is_true(const json& app, std::string_view condition_type);

/// Kept from going on: by decision, or by a broken invariant, which freezes any phase.
bool is_held(const json& app);

/// "1a2b3c4d" of "v1:1a2b3c4d…" (a string, or an object with `revision`); "" if there is none.
std::string short_revision_in(const json& value);
/// 7 digits of a commit.
std::string short_commit(const std::string& commit);
/// "blue 50, green 50", "none", or "" for an app without weights; tells when unconfirmed.
std::string weights_text(const json& weights);

/// Milliseconds since the epoch from RFC 3339 text or a number of milliseconds.
std::optional<milliseconds> time_in(const json& value);
/// "12s", "5m30s", "3h12m", "4d2h": as kubectl prints ages.
std::string human_duration(milliseconds);
/// The time since then, "" if it is unknown.
std::string age_text(const json& since, milliseconds now);
/// "2026-01-31T12:00:00Z (3m20s ago)" or "(in 40s)"; "" if unknown.
std::string time_text(const json& value, milliseconds now);

} // namespace alcedo::cli
