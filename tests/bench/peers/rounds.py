"""Rounds S1-S7, S10 and S13: v1 serves under load, v2 is shipped, the load goes on. Run by `run` beside it.

Method: the demo service answers 503 on every path for its first 1.5 s; Docker health check every 1 s, 2
retries; open-loop load, nothing retried, 20 % and more POST; lost = not answered 200, or after 10 s. The
command is `git push` until `alcedo watch` ends: the switch confirmed, the old colour drained, a watch window
of 1 s closed. "switched" is push until 100 % is confirmed by Traefik.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

from e2e import Alcedo, Load, Manifest, Repository, Sandbox, Timeline
from e2e.alcedo import confirmed

HOST = "shop.example.com"
SETTLE = 2.5  # v1 serves this long before v2 is shipped
AFTER = 6.0   # and the load goes on this long after the command


def shop(environment=None):
    manifest = Manifest(environment={"HEALTHY_AFTER": "1.5s", **(environment or {})})
    manifest.spec["services"]["web"]["healthcheck"] = {
        "test": ["CMD", "/demo_service", "probe", "http://127.0.0.1:8080/healthz"],
        "interval": "1s", "timeout": "2s", "retries": 2,
    }
    manifest.colour("blue", "demo:1").colour("green", "demo:2")
    manifest.set("traffic.steps", []).set("watch.window", "1s").set("standby", {"for": "1s", "then": "Remove"})
    return manifest.set("health.interval", "200ms").set("health.minReady", "0s").set("traffic.drain.timeout", "90s")


class Round:
    """One shop in a sandbox; `ship()` is the command."""

    def __init__(self, box, folder, manifest):
        self.box, self.folder, self.manifest = box, folder, manifest
        folder.mkdir()
        box.clear()
        self.repository = Repository(folder / "git")
        self.alcedo = Alcedo(box, folder, [self.repository.source(every="1s")])
        first = self.repository.commit("Version 1", {"shop.yaml": str(manifest)})
        self.alcedo.start()
        done = self.alcedo.watch("shop", first, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"version 1 is not up: {done.stdout}{done.stderr}")

    def load(self, rate, **keywords):
        self.traffic = Load(self.box, self.folder, "load", HOST, rate=rate, **keywords).start()
        time.sleep(SETTLE)

    def ship(self, timeout=150):
        commit = self.repository.commit("Version 2", {"shop.yaml": str(self.manifest.active("green"))})
        self.began = time.time()
        with Timeline(self.alcedo, "shop", every=0.05) as seen:
            done = self.alcedo.watch("shop", commit, timeout=timeout)
            self.ended = time.time()
        full = [at for _, at, status in seen.samples if confirmed(status) == (0, 100)]
        return {"exit": done.returncode, "seconds": round(self.ended - self.began, 1),
                "switched": round(full[0] - self.began, 1) if full else None}

    def wait_for_stop(self, timeout=100):
        deadline = time.monotonic() + timeout
        while self.box.running(name="shop", color="blue") and time.monotonic() < deadline:
            time.sleep(0.3)

    def losses(self):
        time.sleep(AFTER)
        self.traffic.stop()
        lost = self.traffic.failures()
        return {"sent": len(self.traffic.records()), "lost": len(lost),
                "lost POST": len([one for one in lost if one["kind"].startswith("post")])}

    def mixed(self):
        """Seconds during which both versions answered."""
        short = [one for one in self.traffic.records() if one["version"]]
        first_new = min((one["end"] for one in short if one["version"] == "2"), default=None)
        last_old = max((one["t"] for one in short if one["version"] == "1"), default=None)
        return round(max(0.0, last_old - first_new), 2) if first_new and last_old else None

    def left_behind(self):
        """Containers that do not serve, with their state."""
        serving = self.alcedo.status("shop").get("activeColor")
        return sorted(f"{name} {one['State']['Status']}" for name, one in self.box.containers(name="shop").items()
                      if f"-{serving}-" not in name)

    def end(self):
        self.alcedo.stop()


def switch(rate, environment=None, stop=False, **load):
    def play(box, folder):
        one = Round(box, folder, shop(environment))
        one.load(rate, **load)
        figures = one.ship()
        if stop:
            one.wait_for_stop()
        figures.update(one.losses(), mixed=one.mixed(), left=one.left_behind())
        one.end()
        return figures
    return play


def long_ones(box, folder):
    one = Round(box, folder, shop())
    one.load(50, slow=[25], websockets=[60], timeout="90s")
    figures = one.ship()
    one.wait_for_stop(120)
    one.traffic.stop(150)
    for record in one.traffic.records():
        if record["kind"] in ("slow", "websocket"):
            figures[record["kind"]] = record.get("failure") or f"to its own end, {record['ms'] / 1000:.0f} s"
    figures["lost"] = len(one.traffic.failures())
    one.end()
    return figures


def never_healthy(box, folder):
    manifest = shop()
    manifest.spec["colors"]["green"] = {"services": {"web": {"image": "demo:2", "environment": {"NEVER_HEALTHY": "1"}}}}
    one = Round(box, folder, manifest)
    one.load(100)
    figures = one.ship()
    time.sleep(3)
    figures.update(one.losses(), left=one.left_behind())
    one.end()
    return figures


def turns_bad(box, folder):
    manifest = shop().set("watch.window", "60s").set("standby.for", "60s")
    first = shop()
    one = Round(box, folder, first)
    manifest.colour("green", "demo:2", {"SICK_AFTER": "15s", "SICK_FROM": "traffic"})
    one.manifest = manifest
    one.load(100)
    figures = one.ship(timeout=120)
    figures.update(one.losses(), left=one.left_behind())
    bad = [record["end"] for record in one.traffic.failures()]
    figures["bad for"] = round(max(bad) - min(bad), 1) if bad else 0
    one.end()
    return figures


def image_missing(box, folder):
    manifest = shop()
    manifest.spec["colors"]["green"] = {"services": {"web": {"image": "demo:404", "pull_policy": "never"}}}
    one = Round(box, folder, manifest)
    one.load(100)
    figures = one.ship()
    figures.update(one.losses(), left=one.left_behind())
    one.end()
    return figures


def after_done(box, folder):
    one = Round(box, folder, shop())
    one.load(200)
    figures = one.ship()
    one.wait_for_stop()
    figures.update(one.losses())
    done = one.ended
    old = [record["end"] for record in one.traffic.records() if record["version"] == "1"]
    lost = [record["end"] for record in one.traffic.failures()]
    figures["last old answer after done"] = round(max(old) - done, 2)
    figures["last lost after done"] = round(max(lost) - done, 2) if lost else "none"
    one.end()
    return figures


ROUNDS = {
    "S1": ("new connections, 250/s", switch(250, connections="new", stop=True)),
    "S2": ("keep-alive, 250/s", switch(250, connections="kept", stop=True)),
    "S3": ("app drains 20 s, 200/s", switch(200, {"TERM_DRAIN": "20s"}, stop=True)),
    "S4": ("exits at once, 2 s of work in flight, 100/s",
           switch(100, {"TERM_EXIT": "now", "WORK": "2s"}, stop=True, path="/work")),
    "S5": ("25 s request and 60 s WebSocket", long_ones),
    "S6": ("never healthy", never_healthy),
    "S7": ("good 15 s, then 500s, 100/s", turns_bad),
    "S10": ("image missing", image_missing),
    "S13": ("done means done, 200/s", after_done),
}


def median_and_worst(values):
    numbers = [value for value in values if isinstance(value, (int, float))]
    if len(numbers) < len(values) or not numbers:
        return "; ".join(dict.fromkeys(", ".join(value) or "nothing" if isinstance(value, list) else str(value)
                                       for value in values))
    middle = statistics.median(numbers)
    text = f"{middle:g}"
    return text if max(numbers) == middle else f"{text} ({max(numbers):g})"


def show(name, title, all_figures):
    keys = dict.fromkeys(key for figures in all_figures for key in figures)
    cells = [f"{key} {median_and_worst([figures.get(key) for figures in all_figures])}" for key in keys]
    print(f"{name:<4} {title:<46} " + " | ".join(cells), flush=True)


def main():
    ask = argparse.ArgumentParser(prog="tests/bench/peers/run")
    ask.add_argument("--rounds", type=int, default=1, help="of each; cells are then median (worst)")
    ask.add_argument("--json", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    ask.add_argument("only", nargs="*", metavar="ROUND")
    asked = ask.parse_args()
    unknown = [name for name in asked.only if name not in ROUNDS]
    if unknown:
        ask.error(f"{unknown[0]} is none of {' '.join(ROUNDS)}")
    root = pathlib.Path(tempfile.mkdtemp(prefix="alcedo-bench-"))
    results = {}
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {asked.rounds} of each; median (worst)")
    with Sandbox(root / "sandbox") as box:
        box.demo_images()
        for name, (title, play) in ROUNDS.items():
            if asked.only and name not in asked.only:
                continue
            results[name] = [play(box, root / f"{name}-{number}") for number in range(asked.rounds)]
            show(name, title, results[name])
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(results, indent=1) + "\n")
    shutil.rmtree(root, ignore_errors=True)
    print(f"also in {asked.json}", file=sys.stderr)


if __name__ == "__main__":
    main()
