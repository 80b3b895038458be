"""What the parts share: a sandbox with a daemon and apps in a folder, and times read off its log."""

import contextlib
import datetime
import os
import pathlib
import re
import shutil
import statistics
import tempfile
import time

from e2e import Alcedo, Manifest, Sandbox
from e2e.alcedo import confirmed

LINE = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\s+(\w+)\s+(\S+)\s+(\S+)\s+(.*)$")


class Ground:
    """`with Ground() as ground:`"""

    def __enter__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="alcedo-bench-"))
        self.apps = self.root / "apps"
        self.apps.mkdir()
        self.box = Sandbox(self.root / "sandbox")
        self.ended = contextlib.ExitStack()
        self.ended.callback(shutil.rmtree, self.root, ignore_errors=True)
        self.ended.callback(self.box.down)
        self.box.up()
        self.box.demo_images()
        return self

    def __exit__(self, *problem):
        return self.ended.__exit__(*problem)

    def write(self, manifest):
        """As an editor that knows what it does: aside, then renamed into place."""
        aside = self.root / f"{manifest.name}.new"
        aside.write_text(str(manifest))
        aside.rename(self.apps / f"{manifest.name}.yaml")

    def daemon(self, **keywords):
        one = Alcedo(self.box, self.root, [f"dir:{self.apps}"], **keywords)
        self.ended.callback(one.kill)
        return one.start()

    @staticmethod
    def idle(alcedo, app="shop", weights=None, timeout=120):
        def is_there(status):
            return status["phase"] == "Idle" and (weights is None or confirmed(status) == weights)
        return alcedo.wait_for(app, "Idle", is_there, timeout)


def said(alcedo, since=0.0):
    """[(time of day, app, reason, message)] of the daemon's log."""
    out = []
    for line in alcedo.log.read_text(errors="replace").splitlines():
        found = LINE.match(line)
        if not found:
            continue
        at = datetime.datetime.fromisoformat(found[1].replace("Z", "+00:00")).timestamp()
        if at >= since:
            out.append((at, found[3], found[4], found[5]))
    return out


def wait_for_line(alcedo, since, matches, timeout=60):
    """When the first such line since then was said."""
    deadline = time.monotonic() + timeout
    while True:
        for at, app, reason, message in said(alcedo, since):
            if matches(app, reason, message):
                return at
        if time.monotonic() > deadline:
            raise RuntimeError(f"not said within {timeout} s:\n{alcedo.log_tail()}")
        time.sleep(0.02)


def plain_app(number, image="plain:1"):
    """One of many: a check of ours over HTTP instead of Docker's, which costs a process each time."""
    name = f"app{number:03d}"
    manifest = Manifest(name=name, host=f"{name}.example.com").colour("blue", image)
    manifest.set("traffic.steps", []).set("watch.window", "1s").set("standby", {"for": "1s", "then": "Stop"})
    return manifest


def quick_switch(manifest):
    """No holds: everything that may be zero is, the rest is at its least."""
    manifest.set("traffic.steps", []).set("traffic.drain.grace", "500ms").set("watch.window", "1s")
    manifest.set("health.interval", "200ms").set("health.minReady", "0s").set("health.checks", [])
    return manifest


def row(what, value, unit="", goal="", **details):
    return {"what": what, "value": value, "unit": unit, "goal": goal, **details}


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def summary(what, values, unit, goal="", digits=0):
    """Median and p99 of one list, as two rows."""
    def shown(value):
        return round(value, digits) if digits else round(value)
    return [row(f"{what}, median of {len(values)}", shown(statistics.median(values)), unit, goal,
                all=[round(value, 3) for value in values]),
            row(f"{what}, p99", shown(percentile(values, 0.99)), unit)]


def resident_kb(pid):
    return int(re.search(r"^VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M).group(1))


def tasks(pid):
    return [pathlib.Path(f"/proc/{pid}/task") / name for name in os.listdir(f"/proc/{pid}/task")]
