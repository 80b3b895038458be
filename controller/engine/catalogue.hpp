#pragma once
// The last good spec of every app, across all sources. Turns readings of sources into desired
// state by SPEC §1 "Identity and removal": a bad, absent or empty file never changes what is
// desired, a name belongs to one file. Decides nothing about what to do with it; does no I/O of
// its own (env files come through the source and a host reader).

#include "controller/engine/frozen.hpp"
#include "controller/engine/readings.hpp"
#include "controller/ports/source.hpp"
#include "reconcilers/manifest/manifest.hpp"
#include "reconcilers/model/moment.hpp"
#include "reconcilers/model/record.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alcedo {

/// The condition SourceSynced of one app or one source; `reason` is of model/reason.hpp.
struct source_synced {
    bool ok = true;
    std::string reason = "SourceSynced";
    std::string message;
    bool operator==(const source_synced&) const = default;
};

/// manifest_digest covers the whole spec and both colours' digests (so env-file contents too).
desired_state desired_from(app_spec, const manifest::file_contents&, const std::string& key,
                           source_ref);
/// What a record keeps of a generation, and the generation made of it again; none if it cannot be
/// (nothing was accepted, or a newer reader refuses it).
accepted_manifest accepted_of(const desired_state&);
std::optional<desired_state> desired_from(const record&);

class catalogue {
public:
    struct options {
        std::string key;            ///< the instance's 32 random bytes (STATE/key)
        milliseconds resync{30000}; ///< missing on two reads ≥ 2 × this apart = orphaned
        host_reader host_file;      ///< absolute env files; none = they count as absent
    };

    struct entry {
        /// The last good one; nothing until a valid manifest was read by this process. Whoever
        /// works with it across a wait keeps it: the next reading puts another one here.
        frozen<desired_state> desired;
        std::string source_id;
        source_synced condition;
        std::vector<manifest::diagnostic> errors;
        bool valid = false;    ///< what the newest reading said about the app was a valid manifest
        bool orphaned = false; ///< confirmed missing (ManifestMissing); goes on serving
        /// Confirmed missing from a source with ?prune=true. `desired->deleting` says the same,
        /// but after a restart there may be no `desired` to say it.
        bool pruned = false;
        bool from_store = false;       ///< an earlier process knew it
        manifest::file_contents files; ///< env files by path as written, both colours; absent ones
                                       ///< are not in it (reported at Preparing)
        bool operator==(const entry&) const = default;
    };

    /// What the newest snapshot of a source says about one app.
    struct judgement {
        std::string commit; ///< empty: a directory
        bool valid = false;
        std::vector<manifest::diagnostic> errors;
    };

    struct source_report {
        std::string source_id;
        std::string commit;
        source_synced state;
        std::vector<manifest::diagnostic> errors; ///< of all its files
    };

    explicit catalogue(options);

    /// An app of the store and where it came from, told before the first accept(): its file is
    /// then remembered as if this process had read it. `last_good`: what it asked for then; it is
    /// desired until a valid manifest is read. Makes no entry by itself.
    void remember(const std::string& app, const source_ref& from,
                  std::optional<desired_state> last_good = {});
    /// After the first reading of every source: apps of the store that none of them has named, and
    /// those that run or are routed though the store does not know them either.
    void adopt_strays(const std::set<std::string>& running);

    /// Takes one reading of a source in; returns the apps whose entry changed, sorted. Not to be
    /// called twice at once for the same source; different sources may overlap.
    task<std::vector<std::string>> accept(std::string source_id, manifest_source& source,
                                          result<snapshot> read, moment now);

    /// The app is gone for good (deleted, tombstone written). A file that still names it brings
    /// it back at the next accept().
    void forget(const std::string& app);

    const entry* find(const std::string& app) const;
    /// Grows whenever the app's entry changes.
    std::uint64_t version_of(const std::string& app) const;
    const std::map<std::string, entry>& entries() const { return entries_; }

    /// Sources accepted at least once, with everything wrong in them. For /readyz and `describe`.
    std::vector<source_report> reports() const;

    /// None while that source was not read yet or is being taken in right now. For an app that
    /// nothing names: invalid, with the errors of the files that could not say whose they are.
    std::optional<judgement> judged(const std::string& app, const std::string& source_id) const;

    /// The last accept() met a file that is still being written: read that source again in ~1 s
    /// (a directory's changed() knows of its own files, not of absolute env files).
    bool settling(const std::string& source_id) const;

private:
    struct source_state {
        std::string title; ///< describe()
        source_readings readings;
        source_synced state;
        bool prunes = false;
        bool taking_in = false;
        bool accepted = false;  ///< some answer was taken in, if only an error
        bool read_once = false; ///< some snapshot was
    };
    struct claim {
        std::string source_id;
        std::string file;
        bool weak = false; ///< only by memory: the file now says something else, or was not read
    };
    using claim_list = std::vector<claim>;

    void adopt_memories(const std::string& source_id, const source_ref& origin);
    std::map<std::string, claim_list> collect() const;
    void rebuild(const std::string& source_id, bool whole, const moment& now);
    void decide(const std::string& app, const claim_list&, const moment& now);
    void adopt(const std::string& app, const claim&, const moment& now);
    void refuse_duplicate(const std::string& app, const claim_list& strong);
    void refuse_invalid(const std::string& app, const claim&);
    void note_missing(const std::string& app, const std::string& source_id, bool whole,
                      const moment& now);
    void mark_source_problems();
    const reading& at(const claim&) const;
    entry& touch(const std::string& app, const std::string& source_id);

    options options_;
    std::map<std::string, source_state> sources_;
    std::map<std::string, entry> entries_;
    std::map<std::string, source_ref> remembered_;      ///< of the store, not matched to a source
    std::map<std::string, std::string> expected_;       ///< matched, but without an entry: → source
    std::map<std::string, milliseconds> missing_since_; ///< boot clock
    std::map<std::string, frozen<desired_state>> last_good_; ///< of the store
    std::map<std::string, std::uint64_t> versions_;
};

} // namespace alcedo
