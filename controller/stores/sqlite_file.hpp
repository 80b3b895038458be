#pragma once
// The store's file as a file: made whole or not at all, and what is wrong with one that was cut.

#include "reconcilers/model/result.hpp"

#include <string>

namespace alcedo {

/// Makes the file (0600) with `schema` in it, if there is none: aside, and renamed into place, so
/// that an empty one was cut by somebody else. `invalid`: it is empty, or only its write-ahead log
/// is there; `retry`: I/O.
result<void> make_store_file(const std::string& path, const char* schema);

/// The text with a checksum behind it: SQLite notices a damaged page, but not a flipped bit in the
/// middle of a text.
std::string sealed(std::string text);
/// The text without its checksum (one without any is from before there was one); false = damaged.
bool unseal(std::string& text);

} // namespace alcedo
