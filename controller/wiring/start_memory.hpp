#pragma once
// Memory that only the start needed.

namespace alcedo {

/// Code and constants of the program and its libraries leave our own page tables; what is used
/// again comes back from the page cache when it is used. Freed heap goes back too. Costs some minor
/// faults; meant for once, when the daemon has come to rest.
void give_back_start();

} // namespace alcedo
