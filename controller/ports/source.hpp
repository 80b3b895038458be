#pragma once
// Where manifests come from. A snapshot is whole or it is an error; an absent or empty source
// never means "delete".

#include "controller/ports/task.hpp"
#include "reconcilers/model/spec.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alcedo {

struct manifest_file {
    std::string name; ///< relative to the source
    std::string text;
    std::string problem; ///< unreadable, too large, still being written: text is then empty
    bool settled =
        true; ///< directories: unchanged for 1 s; an unsettled file keeps its last reading
    bool operator==(const manifest_file&) const = default;
};

struct snapshot {
    source_ref ref;                   ///< commit, author, subject for git
    std::vector<manifest_file> files; ///< *.yaml|yml|json directly in the folder, no leading dot
    bool operator==(const snapshot&) const = default;
};

class manifest_source {
public:
    virtual ~manifest_source() = default;
    virtual std::string describe() const = 0; ///< as given: "git+https://…", without credentials
    virtual bool prunes() const = 0;
    /// kind, url, ref and the folder (path), known without reading: finds again after a restart
    /// which source an app of the store came from. Empty = cannot tell.
    virtual source_ref origin() const { return {}; }
    /// Reads the source now. `invalid` or `retry` errors carry SourceUnreadable/SourceEmpty.
    virtual task<result<snapshot>> read() = 0;
    /// Returns when it is worth reading again: a change was seen, or its own poll interval is over.
    virtual task<result<void>> changed() = 0;
    /// A file beside the manifest (env files), at the commit (git; empty = newest read) or on disk.
    /// Relative paths only, never out of the source; `gone` if absent.
    virtual task<result<std::string>> file(std::string commit, std::string path) = 0;
    /// Does the observed head contain that commit (equal or descendant)? Directories: false.
    virtual task<result<bool>> contains(std::string commit) = 0;
};

} // namespace alcedo
