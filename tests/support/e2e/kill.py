"""One release after the other, each ended or frozen at one point, and what must be the same as without."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time

from .alcedo import confirmed
from .failpoints import Failpoints
from .made import Made
from .manifest import Manifest
from .repository import Repository

NAME, HOST = "shop", "shop.example.com"
AWAY = 2.5  # seconds that dockerd or Traefik are frozen or gone


def other(colour):
    return "green" if colour == "blue" else "blue"


def without_revisions(text):
    return re.sub(r"(?<=[_-])[0-9a-f]{8}(?=[-_\" :/])", "REVISION", text)


def quick(name, host):
    """A routed service and a worker, so that a colour has a network too; every time as short as it may be."""
    manifest = Manifest(name, host)
    manifest.spec["services"]["web"]["stop_grace_period"] = "5s"
    manifest.spec["services"]["worker"] = {"image": "demo:1", "stop_grace_period": "5s"}
    manifest.set("traffic.steps", [{"weight": 50, "hold": "500ms"}])
    manifest.set("traffic.drain", {"grace": "500ms", "timeout": "1s"})
    manifest.set("health.interval", "200ms").set("health.minReady", "0s")
    return manifest.set("watch.window", "1s").set("standby.for", "1s")


class Walk:
    """Releases of one app, each from where the last one ended. `case` is the running SandboxCase."""

    def __init__(self, case, bad=False):
        self.case, self.box, self.bad = case, case.box, bad
        self.points = Failpoints(case.folder / "failpoints")
        case.addCleanup(self.points.close)
        self.made = Made(self.box.folder / "docker.sock")
        case.addCleanup(self.made.close)
        self.repository = Repository(case.folder / "git")
        self.name, self.manifest = NAME, quick(NAME, HOST)
        self.alcedo = case.daemon([self.repository.source(every="1s")], resync="1s")
        self.serving, self.round = "green", 0
        self.end_state = None
        self.seen_failures = 0

    def begin(self):
        """Both colours once, so that every later release finds an older revision of its colour; then the load."""
        self.traffic = None
        self.release("", lambda walk: walk.alcedo.start())
        self.release("")
        self.traffic = self.case.load("kill", HOST, rate=50).start().wait_for_answers(10)
        if self.bad:
            self.manifest.set("traffic.steps", []).set("watch.window", "20s").set("standby.for", "20s")
            self.release("")  # the first one that goes back finds none that did before it

    # -- one release -------------------------------------------------------------------------------

    def commit(self):
        self.round += 1
        target = other(self.serving)
        environment = {"ROUND": str(self.round), "VERSION": f"{target}-{self.round}"}
        if self.bad and self.traffic:
            environment.update(SICK_AFTER="300ms", SICK_FROM="traffic")
        self.manifest.active(target).colour(target, "demo:2", environment)
        return target, self.repository.commit(f"Round {self.round}", {f"{self.name}.yaml": str(self.manifest)})

    def release(self, order, meanwhile=None):
        """One release under that order; `meanwhile(walk)` is called at once. What became of it, as a dict."""
        goes_back = self.bad and self.traffic is not None
        receipts = len(self.history())
        self.points.plan(order)
        self.began = time.time()
        self.made_before = len(self.made.lines)
        target, commit = self.commit()
        self.is_over = lambda s: s.get("source", {}).get("commit") == commit and self.is_settled(s, serving)
        serving = self.serving if goes_back else target
        happened = meanwhile(self) if meanwhile else True
        done = self.alcedo.watch(self.name, commit, timeout=90)
        self.case.assert_watch(done, 3 if goes_back else 0)
        self.alcedo.wait_for(self.name, f"settled on {serving}", lambda s: self.is_settled(s, serving))
        self.serving = serving
        self.points.wait_quiet(0.7)
        self.points.cancel()
        status = self.alcedo.status(self.name)
        return {"happened": happened, "state": self.state(status, serving, len(self.history()) - receipts),
                "points": self.points.reached(), "seconds": time.time() - self.began}

    def is_settled(self, status, serving):
        expected = (100, 0) if serving == "blue" else (0, 100)
        if status["phase"] not in ("Idle", "Held") or status.get("activeColor") != serving or "standby" in status:
            return False
        idle = self.box.running(name=self.name, color=other(serving))
        return confirmed(status) == expected and not idle

    def seems_over(self):
        """False too while the daemon is held: it answers nobody then."""
        try:
            done = self.alcedo.client("get", self.name, "-o", "json", timeout=2)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0 and self.is_over(json.loads(done.stdout).get("status", {}))

    def history(self):
        done = self.alcedo.client("history", self.name, "-o", "json")
        answer = json.loads(done.stdout) if done.returncode == 0 else []
        return answer.get("items", answer) if isinstance(answer, dict) else answer

    # -- the end state, in words that do not depend on which release it was --------------------------

    def state(self, status, serving, receipts):
        conditions = {one["type"]: (one["status"], one["reason"]) for one in status["conditions"]}
        hold = {key: (status.get("hold") or {}).get(key) for key in ("kind", "reason")}
        words = {
            "containers": [f"{one['State']['Status']} {name} on {' '.join(sorted(one['NetworkSettings']['Networks']))}"
                           for name, one in
                           self.box.containers(name=self.name).items()],
            "networks": [one["Name"] for one in self.box.engine("GET", "/networks")[1]
                         if "alcedo.dev/name" in (one["Labels"] or {})],
            "made and removed": self.made.lines[self.made_before:],
            "document": self.routes(),
            "status": {"phase": status["phase"], "hold": hold, "conditions": conditions,
                       "replicas": status["replicas"], "weights": status["weights"],
                       "rejected": bool(status["revisions"].get("rejected"))},
            "receipts": receipts,
        }
        text = json.dumps(words, sort_keys=True)
        for colour, role in ((serving, "SERVING"), (other(serving), "IDLE")):
            text = text.replace(colour, role)
        words = json.loads(without_revisions(text))
        for key in ("containers", "networks", "made and removed"):
            words[key].sort()
        return json.dumps(words, indent=1, sort_keys=True)

    def routes(self):
        path = pathlib.Path(self.box.env["TRAEFIK_DIR"]) / "dynamic" / "alcedo.yaml"
        http = json.loads(path.read_text())["http"]
        return {kind: {key: one for key, one in http[kind].items() if key.startswith(self.name + "_")}
                for kind in ("routers", "services")}

    # -- requests ----------------------------------------------------------------------------------

    def new_failures(self):
        """Lost since the last question; of a release that goes back, without what the sick version said."""
        failures = self.traffic.failures()
        fresh = failures[self.seen_failures:]
        self.seen_failures = len(failures)
        return [one for one in fresh if not (self.bad and one["failure"] == "status" and one["version"])]

    def excused(self, happening, lost):
        """What nobody could answer: Traefik itself was away, or could not look a name up at a dead dockerd."""
        if happening == "daemon killed":
            return []
        away = [one for one in lost if one["end"] >= self.away and one["t"] <= self.again + 1]
        if happening.startswith("dockerd"):
            return [one for one in away if one["status"] in (502, 504) and not one["version"]]
        return away


# What happens at a point: given the walk and the point, answers whether it was reached at all. ----------

def until_reached(walk, is_reached):
    """False if the release is over before it is, and nothing more has happened for a second."""
    over_since, points = None, 0
    while not is_reached():
        if len(walk.points.reached()) != points or not walk.seems_over():
            over_since, points = None, len(walk.points.reached())
        over_since = over_since or time.monotonic()
        if time.monotonic() - over_since > 1:
            walk.points.cancel()
            return False
        time.sleep(0.02)
    return True


def daemon_killed(walk):
    if not until_reached(walk, lambda: walk.alcedo.process.poll() is not None):
        return False
    walk.case.assertEqual(walk.alcedo.process.returncode, -signal.SIGKILL, walk.alcedo.log_tail())
    walk.alcedo.start(timeout=60)
    return True


def held(disturb, recover):
    """The daemon is held at the point while `disturb` happens, then goes on; after AWAY `recover`."""
    def meanwhile(walk):
        if not until_reached(walk, lambda: walk.points.wait_held(0.1)):
            return False
        walk.away = time.time()
        disturbed = disturb(walk)
        walk.points.release()
        time.sleep(AWAY)
        recover(walk, disturbed)
        walk.again = time.time()
        return True
    return meanwhile


def signal_to(number, pid):
    def send(walk, was=None):
        found = was or pid(walk)
        os.kill(found, number)
        return found
    return send


def traefik_pid(walk):
    return walk.box.engine("GET", "/containers/traefik/json")[1]["State"]["Pid"]


def engine_pid(walk):
    return int((walk.box.folder / "pids" / "dockerd").read_text().split()[0])


def wait_for_traefik(walk, _=None):
    """Killed, it is started again by the engine (`restart: always`); later and later, the oftener it was killed."""
    began, helped = time.monotonic(), False
    while time.monotonic() < began + 30:
        if walk.box.engine("GET", "/containers/traefik/json")[1]["State"]["Restarting"] and not helped:
            walk.box.engine("POST", "/containers/traefik/restart?t=0")
            helped = True
        try:
            if walk.box.http(walk.box.env["ENTRYPOINT_WEB"], {"Host": HOST}, timeout=1)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("Traefik does not come back")


HAPPENINGS = {
    "daemon killed": ("kill", daemon_killed),
    "Traefik killed": ("hold", held(signal_to(signal.SIGKILL, traefik_pid), wait_for_traefik)),
    "Traefik frozen": ("hold", held(signal_to(signal.SIGSTOP, traefik_pid), signal_to(signal.SIGCONT, None))),
    "dockerd killed": ("hold", held(lambda walk: walk.box.end_engine("kill"), lambda walk, _: walk.box.start_engine())),
    "dockerd frozen": ("hold", held(signal_to(signal.SIGSTOP, engine_pid), signal_to(signal.SIGCONT, None))),
}
