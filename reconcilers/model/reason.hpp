#pragma once
// One enum of reasons, shared by status, events, metric labels, receipts and exit codes.

#include <array>
#include <string_view>

namespace alcedo::reason {

// clang-format off
#define ALCEDO_REASONS(X) \
    X(Serving) X(NewGeneration) \
    X(Preparing) X(Starting) X(Verifying) X(AwaitingApproval) X(Shifting) X(Handover) X(Draining) X(Watching) X(Reverting) X(Deleting) X(Idle) \
    X(ServingColorOutdated) X(RouteConflict) X(DuplicateName) X(Repairing) X(RepairsExhausted) X(Scaling) X(ConnectionsCut) \
    X(EngineUnknown) X(TrafficUnknown) X(TrafficLate) X(WindowOpen) X(ProxyCannotReach) \
    X(ImageNotFound) X(ImageDenied) X(ImagePullFailing) X(EnvFileMissing) X(EnvFileInvalid) X(NetworkMissing) X(VolumeMissing) X(MiddlewareMissing) \
    X(NoHealthCheck) X(PreparationFailing) X(RevisionNotReproducible) X(CreateFailed) X(StartFailed) X(RestartLoop) \
    X(Unhealthy) X(HealthTimeout) X(CheckFailed) X(StillRejected) X(Superseded) X(HandoverFailed) X(Rehearsed) X(Drift) X(ServingDied) \
    X(Frozen) X(Aborted) X(RolledBack) X(Violation) \
    X(SourceSynced) X(SourceEmpty) X(SourceUnreadable) X(ManifestInvalid) X(ManifestMissing) X(Orphaned) \
    X(RecordRebuilt) X(Applied) X(Refused) X(NotSeen) X(Paused) X(Resumed) X(Promoted) X(Retried) X(WishLapsed) X(ApprovalTimeout) X(NothingServes) X(NotReady) X(WeightsUnconfirmed) X(Deleted)
// clang-format on

#define ALCEDO_REASON(name) inline constexpr std::string_view name = #name;
ALCEDO_REASONS(ALCEDO_REASON)
#undef ALCEDO_REASON

#define ALCEDO_REASON(name) std::string_view(#name),
inline constexpr std::array all{ALCEDO_REASONS(ALCEDO_REASON)};
#undef ALCEDO_REASON

} // namespace alcedo::reason
