#pragma once
// Compose's spellings of amounts and command lines → numbers and words. Sizes are binary
// (512M = 512 × 2^20), durations are Go's, CPUs are billionths. Nothing here knows a key.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo {

/// "1m30s", "1.5s", "100ms", "0"; nanoseconds.
std::optional<std::int64_t> nanoseconds_from(std::string_view);

/// "512M", "1.5gb", "64k", "1024"; bytes.
std::optional<std::int64_t> bytes_from(std::string_view);

/// "1.5" → 1500000000.
std::optional<std::int64_t> nano_cpus_from(std::string_view);

/// Splits as a POSIX shell would quote, expanding nothing; nothing if a quote stays open.
std::optional<std::vector<std::string>> shell_words(std::string_view);

/// A port, 1–65535.
std::optional<int> port_from(std::string_view);

} // namespace alcedo
