"""What a machine shows of sandboxes and engines: taken before and after, the two must be equal."""

import os
import pathlib

PROGRAMS = ("dockerd", "containerd", "containerd-shim", "traefik", "docker-proxy", "runc", "demo_service",
            "demo_load", "alcedo")


class Remains:
    """Processes of these programs, network and mount namespaces, mounts, control groups.

    Everything on the machine counts, except what shows in its mounts that it belongs to somebody else's
    sandbox (not below `folder`): such a one may come and go while we look.
    """

    def __init__(self, folder):
        self.folder = str(folder)
        self.processes = set()
        self.namespaces = set()
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                self._look_at(process)
            except OSError:
                continue  # it ended while we looked
        self.mounts = set(pathlib.Path("/proc/self/mounts").read_text().splitlines())
        self.groups = {str(path) for pattern in ("alcedo-sandbox-*", "*/alcedo-sandbox-*")
                       for path in pathlib.Path("/sys/fs/cgroup").glob(pattern) if not self._has_foreign(path)}

    def _look_at(self, process):
        name, _, rest = (process / "stat").read_text().partition(" (")[2].rpartition(") ")
        # A zombie is ended; it only waits for whoever is process 1 here to notice.
        if rest.startswith("Z") or self._is_foreign((process / "mountinfo").read_text()):
            return
        if name in PROGRAMS:
            self.processes.add(f"{process.name} {name}")
        for kind in ("net", "mnt"):
            self.namespaces.add(os.readlink(process / "ns" / kind))

    def _is_foreign(self, mounts):
        of_a_sandbox = "alcedo-sandbox:" in mounts or "/engine/data/" in mounts
        return of_a_sandbox and self.folder not in mounts

    def _has_foreign(self, group):
        """A control group that still holds somebody else's process."""
        for listing in group.glob("**/cgroup.procs"):
            for pid in listing.read_text().split():
                try:
                    if self._is_foreign(pathlib.Path(f"/proc/{pid}/mountinfo").read_text()):
                        return True
                except OSError:
                    continue
        return False

    def new_since(self, before):
        """What is here now and was not there before, as lines."""
        lines = []
        for kind in ("processes", "namespaces", "mounts", "groups"):
            for one in sorted(getattr(self, kind) - getattr(before, kind)):
                lines.append(f"{kind}: {one}")
        return lines
