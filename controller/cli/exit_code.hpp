#pragma once
// Exit codes of the contract. Scripts rely on them: add, never change.

namespace alcedo::cli::exit_code {

inline constexpr int done = 0;
inline constexpr int failed = 1;      ///< invalid, not found, refused
inline constexpr int to_do = 2;       ///< plan: there is something to do
inline constexpr int not_shipped = 2; ///< watch: Held Rejected or Aborted, or Stalled
inline constexpr int came_back = 3;   ///< watch: Held Reverted, Frozen, RolledBack, Violation
inline constexpr int time_is_up = 4;  ///< watch
inline constexpr int bad_commit = 5;  ///< watch: that commit's manifest is invalid
inline constexpr int usage = 64;
inline constexpr int unreachable = 69; ///< the daemon did not answer

} // namespace alcedo::cli::exit_code
