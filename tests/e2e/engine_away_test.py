"""dockerd ends in the middle of a release, told to or killed, and comes back a few seconds later.

With live-restore, and after a kill, the containers run on without it. Whatever the engine makes of them
when it is back: the release goes on to where it should, nothing is held against the revision, no retired
colour comes back to life, and while the containers live no request is lost - but those for which Traefik
opens a new connection: it looks the container's name up, and dockerd itself is the DNS server there.
"""

import os
import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.alcedo import condition, confirmed
from e2e.case import say
from e2e.load import show

DOWN = 4  # seconds without a dockerd, on top of what it takes to end and to start
PHASES = ("Starting", "Shifting", "Watching", "Idle")
# All of them where engines were asked for by name; else what four minutes of CI can tell.
ALL = bool(os.environ.get("ALCEDO_ENGINES"))
IN_PHASE = {"Starting": ("Starting", "Verifying")}


def other(colour):
    return "green" if colour == "blue" else "blue"


class Away:
    """The walk; the classes below say which engine and how it ends."""

    def walk(self, how, quick):
        """`quick`: the phases that are always tried."""
        if not (ALL or quick):
            self.skipTest("the other ways of going away are tried always; this one where ALCEDO_ENGINES asks")
        self.repository = Repository(self.folder / "git")
        self.manifest = self.shop()
        self.alcedo = self.daemon([self.repository.source()])
        self.retire_a_colour()
        serving = "blue"
        for number, phase in enumerate(PHASES if ALL else quick):
            serving = other(serving)
            self.release_through(how, phase, serving, number)

    @staticmethod
    def shop():
        manifest = Manifest().colour("blue", "demo:1").set("health.timeout", "60s")
        manifest.set("traffic.steps", [{"weight": 50, "hold": "6s"}]).set("watch.window", "8s")
        return manifest.set("standby.for", "8s")

    def retire_a_colour(self):
        """Beside the shop an app whose blue was stopped, in the way an engine likes best to undo."""
        side = self.shop().set("watch.window", "1s").set("standby.for", "1s").set("traffic.steps", [])
        side.name, side.document["metadata"]["name"] = "side", "side"
        side.spec["traffic"]["routes"][0]["rule"] = "Host(`side.example.com`)"
        side.spec["services"]["web"].update(restart="on-failure", stop_grace_period="1s",
                                            environment={"TERM_DRAIN": "20s"})
        side.colour("green", "demo:2")
        first = self.repository.commit("Both", {"shop.yaml": str(self.manifest), "side.yaml": str(side)})
        self.alcedo.start()
        for name in ("shop", "side"):
            self.assert_watch(self.alcedo.watch(name, first), 0)
        second = self.repository.commit("Flip the side", {"side.yaml": str(side.active("green"))})
        self.assert_watch(self.alcedo.watch("side", second), 0)
        deadline = time.monotonic() + 30
        while self.box.running(name="side", color="blue"):
            self.assertLess(time.monotonic(), deadline, "side's blue is never stopped")
            time.sleep(0.5)
        self.retired = self.identities(name="side", color="blue")
        self.assertEqual(len(self.retired), 1)

    def release_through(self, how, phase, colour, number):
        environment = {"ROUND": str(number), "HEALTHY_AFTER": "2500ms"}
        self.manifest.active(colour).colour(colour, "demo:2", environment)
        load = self.load(f"{phase}-{how}", "shop.example.com").start().wait_for_answers(20)
        commit = self.repository.commit(f"Round {number}", {"shop.yaml": str(self.manifest)})
        self.alcedo.wait_for("shop", phase, lambda status: status["phase"] in IN_PHASE.get(phase, (phase,))
                             and status.get("source", {}).get("commit") == commit
                             and bool(self.box.containers(name="shop", color=colour)))
        time.sleep(1.5)
        gone = time.time()
        self.box.end_engine(how)
        ended = time.time()
        time.sleep(DOWN)
        started = time.time()
        self.box.start_engine()
        back = time.time()
        self.assert_watch(self.alcedo.watch("shop", commit, timeout=180), 0)
        self.wait_for_answers(load, time.time())
        load.stop()
        say(f"{phase}, {how}{self.engine_options}: ended in {ended - gone:.1f} s, back after "
            f"{back - started:.1f} s, Idle {time.time() - back:.1f} s later; {len(load.failures())} lost")
        self.assert_end(colour)
        if self.engine_options:
            self.assert_only_lookups(load, gone, back)
        elif how == "kill":
            # What survived the kill is stopped when dockerd starts: from then on losses are the engine's.
            self.assert_only_lookups(load, gone, started)

    def assert_only_lookups(self, load, gone, until):
        """Of what ended by then; with live-restore: nothing else was lost at any time."""
        lost = [one for one in load.failures() if self.engine_options or one["end"] <= until]
        lookups = [one for one in lost if gone <= one["t"] and one["end"] <= until + 1
                   and one["status"] == 502 and not one["version"]]
        self.assertEqual([one for one in lost if one not in lookups], [], show(lost))
        # Engine 28 needs 0.7 s of its start until it knows the names again: 40 requests at this rate.
        say(f"{len(lookups)} of them because Traefik could not look a name up")

    def wait_for_answers(self, load, since):
        """Traefik, too, was started anew by some of these engines."""
        deadline = time.monotonic() + 30
        while not any(one["t"] > since and "failure" not in one for one in load.records()):
            self.assertLess(time.monotonic(), deadline, "shop does not answer any more")
            time.sleep(0.5)

    def assert_end(self, colour):
        status = self.alcedo.status("shop")
        self.assertEqual((status["phase"], status["activeColor"], status.get("hold")), ("Idle", colour, None))
        self.assertEqual(confirmed(status), (100, 0) if colour == "blue" else (0, 100))
        self.assertEqual(condition(status, "Available").get("status"), "True")
        self.assertFalse(status["revisions"].get("rejected"))
        self.assertEqual(len(self.box.running(name="shop", color=colour)), 1)
        self.assertEqual(self.identities(name="side", color="blue"), self.retired, "retired is retired")
        self.assertEqual(len(self.box.running(name="side", color="green")), 1)
        self.assertEqual(self.alcedo.status("side").get("hold"), None)


class EngineAwayTest(Away, SandboxCase):
    def test_stopped(self):
        self.walk("stop", quick=("Shifting", "Watching"))

    def test_killed(self):
        self.walk("kill", quick=("Watching",))


class LiveRestoreTest(Away, SandboxCase):
    engine_options = "+live-restore"

    def test_stopped(self):
        self.walk("stop", quick=())

    def test_killed(self):
        self.walk("kill", quick=("Starting",))


if __name__ == "__main__":
    main()
