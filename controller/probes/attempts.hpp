#pragma once
// What the probes share: tries within one sample, reading settings that may be missing, and words
// for errors. No probe of its own.

#include "controller/ports/probe.hpp"

#include <functional>
#include <string>

namespace alcedo::probing {

/// Tries until one passes, `check.attempts` times at most; each has `check.timeout` for itself,
/// which `once` gets. Fills in `took` and the evidence's `ms` (and `attempts` if several).
task<sample> attempt(const check_spec& check, std::function<task<sample>(milliseconds)> once);

std::string text_of(const json& settings, const char* key, const std::string& fallback);
/// 0 if it is missing or no port.
int port_of(const json& settings);

sample no_data(const std::string& why);
/// Fail, or Inconclusive when our own side could not ask. Evidence {url, error}.
sample unanswered(const error&, const std::string& url, milliseconds limit);

/// Valid UTF-8 (else U+FFFD) of at most `most` bytes, cut between characters: it will be JSON.
std::string presentable(const std::string& text, std::size_t most);

} // namespace alcedo::probing
