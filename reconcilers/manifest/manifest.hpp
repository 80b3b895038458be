#pragma once
// Text → desired state, with every error of a file in one run, each with its place and its mend.
// Pure: reads no file, no clock, no environment. What cannot be understood is never dropped.

#include "reconcilers/model/result.hpp"
#include "reconcilers/model/spec.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alcedo::manifest {

struct diagnostic {
    std::string file;
    int line = 0; ///< 1-based; 0 = the file as a whole
    int column = 0;
    std::string path;    ///< "spec.traffic.routes[0].rule"
    std::string problem; ///< what is wrong
    std::string remedy;  ///< what to write instead
    bool operator==(const diagnostic&) const = default;
};
/// "file:line:column: path: problem: remedy"
std::string to_string(const diagnostic&);

struct parsed {
    enum class kind {
        manifest,       ///< ours: `spec` is set iff there are no errors
        not_a_manifest, ///< well-formed, but not our apiVersion
        broken,         ///< does not parse, empty, cut: cannot say whose it is
    };
    kind is = kind::broken;
    std::string name;  ///< metadata.name if it could be read, also with errors elsewhere
    int name_line = 1; ///< where it stands; 1:1 if it is nowhere
    int name_column = 1;
    std::optional<app_spec> spec;
    std::vector<diagnostic> errors;
    std::vector<diagnostic> warnings;
};

/// `file` is only for messages.
parsed parse(const std::string& file, std::string_view text);

/// Contents of env files (and later secret files) by the path as written in the spec.
using file_contents = std::map<std::string, std::string>;

/// Every env file that `spec` names for that colour, without duplicates, as written.
std::vector<env_file> env_files_of(const color_spec&);
/// And every file that rehearsals name besides: to be read, but no part of a revision.
std::vector<env_file> files_to_read(const color_spec&);

/// "K=V" lines of an env file in Compose's format (comments, quotes, export); errors with line.
result<std::vector<std::pair<std::string, std::string>>> parse_env_file(const std::string& name,
                                                                        std::string_view text);

/// Final environment of a service: env files in order, then `environment`; a later one wins.
/// `missing` names a required file that is not in `contents`.
result<std::vector<std::string>> environment_of(const service_spec&, const file_contents&);
/// The same with a rehearsal's settings laid over: its files win over all of the service's own, its
/// `environment` over its files. An error if that changes nothing: it would be a second real one.
result<std::vector<std::string>>
rehearsal_environment_of(const service_spec&, const rehearsal_spec&, const file_contents&);

/// SPEC §2. `key` is the instance's 32 random bytes; file contents enter only as HMACs.
color_digests digest(const color_spec&, const file_contents&, const std::string& key);
/// "v1:<64 hex>" over the spec digest's content plus the image IDs (service → id).
std::string revision(const color_spec&, const file_contents&, const std::string& key,
                     const std::map<std::string, std::string>& image_ids);
/// Digest of the whole spec (a change is a new generation).
std::string spec_digest(const app_spec&);

/// SHA-256 as 64 hex digits; HMAC-SHA-256 likewise.
std::string sha256(std::string_view);
std::string hmac_sha256(const std::string& key, std::string_view);

} // namespace alcedo::manifest
