"""Under systemd: READY, STATUS, a watchdog fed by passes, STOPPING; a stop within 10 s from wherever it is.

The daemon runs as the unit runs it: an ordinary user in the engine's group, no capability. A socket stands
for systemd, so that every datagram is seen, and its own tools judge the unit; systemd_boot_test has it boot.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest

from e2e import Manifest, SandboxCase, main
from e2e.alcedo import condition, confirmed
from e2e.case import say
from e2e.service import USER, Manager, Service, unit_text

WORST_EXPOSURE = 1.9  # systemd-analyze's own scale, 10 = no protection at all


class UnitTest(unittest.TestCase):
    def setUp(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not there: apt-get install systemd")
        self.unit = pathlib.Path(f"/tmp/alcedo-unit-{os.getpid()}") / "alcedo.service"
        self.unit.parent.mkdir()
        self.addCleanup(shutil.rmtree, self.unit.parent)
        self.unit.write_text(unit_text("/bin/true"))

    def analyze(self, *arguments):
        return subprocess.run(["systemd-analyze", *arguments, str(self.unit)], text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)

    def test_every_line_is_known(self):
        done = self.analyze("verify", "--man=no")
        about_it = [line for line in done.stdout.splitlines() if "alcedo.service" in line]
        self.assertEqual((done.returncode, about_it), (0, []), done.stdout)

    def test_exposure(self):
        done = self.analyze("security", "--offline=true")
        level = float(re.search(r"exposure level for \S+: ([\d.]+)", done.stdout).group(1))
        say(f"systemd-analyze security: {level}")
        self.assertLessEqual(level, WORST_EXPOSURE, done.stdout)


class ServiceTest(SandboxCase):
    def setUp(self):
        super().setUp()
        self.apps = self.folder / "apps"
        self.apps.mkdir()
        self.manager = Manager(self.folder)
        self.addCleanup(self.manager.close)

    def service(self, sources=None, watchdog=6, **keywords):
        one = Service(self.box, self.folder, sources or [f"dir:{self.apps}"], self.manager, watchdog,
                      **{"resync": "1s", **keywords})
        self.daemons.append(one)
        return one

    def write(self, manifest):
        (self.apps / "shop.yaml").write_text(str(manifest))

    def assert_stops(self, alcedo, what):
        since = time.monotonic()
        code, seconds = alcedo.stop()
        say(f"SIGTERM {what}: exit {code} after {seconds:.1f} s")
        self.assertEqual(code, 0, alcedo.log_tail())
        self.assertLess(seconds, 10)
        self.manager.wait_for("STOPPING=1", 1, since)

    def wait(self, alcedo, what, predicate):
        return alcedo.wait_for("shop", what, predicate)

    def test_told_and_fed(self):
        alcedo = self.service()
        alcedo.start()
        since = time.monotonic()
        time.sleep(5)  # no app at all
        self.assertGreaterEqual(len(self.manager.times("WATCHDOG=1", since)), 3, self.manager.heard)
        say(f"without an app: {self.manager.status()}")
        self.assertIn("not ready: source dir:", self.manager.status())

        manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2")
        manifest.set("traffic.steps", []).set("watch.window", "2s").set("traffic.drain.timeout", "10m")
        self.write(manifest)
        self.wait(alcedo, "served by blue", lambda s: s["phase"] == "Idle" and s.get("activeColor") == "blue")
        self.manager.wait_for("STATUS=1 app; ready", 10)
        self.write(manifest.active("green"))
        self.wait(alcedo, "served by green", lambda s: s["phase"] == "Idle" and confirmed(s) == (0, 100))
        # It drained in seconds, though its time-out is ten minutes: that user may count connections.
        owners = {path.stat().st_uid for path in (alcedo.state, alcedo.state / "alcedo.db", alcedo.socket)}
        self.assertEqual(owners, {USER})

        since = time.monotonic()
        time.sleep(4)
        self.assertGreaterEqual(len(self.manager.times("WATCHDOG=1", since)), 3)
        alcedo.process.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        since = time.monotonic()
        time.sleep(5)
        self.assertEqual(self.manager.times("WATCHDOG=1", since), [])
        alcedo.process.send_signal(signal.SIGCONT)
        self.manager.wait_for("WATCHDOG=1", 5, since)
        self.assert_stops(alcedo, "at rest")

    def test_a_watchdog_that_is_too_short(self):
        alcedo = self.service(watchdog=2)
        alcedo.start(ready=False)
        self.assertEqual(alcedo.process.wait(10), 64)
        self.assertIn("WatchdogSec=2 is too short for --resync 1s", alcedo.log_tail())

    def test_a_stop_wherever_it_is(self):
        manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2", {"HEALTHY_AFTER": "2s"})
        alcedo = self.service()
        self.write(manifest)
        alcedo.start()
        self.wait(alcedo, "served by blue", lambda s: s.get("activeColor") == "blue" and s["phase"] == "Watching")
        self.write(manifest.active("green"))
        self.wait(alcedo, "in Starting", lambda s: s["phase"] in ("Starting", "Verifying"))
        self.assert_stops(alcedo, "in Starting")
        alcedo.start(ready=False)
        self.wait(alcedo, "in Shifting", lambda s: s["phase"] == "Shifting")
        self.assert_stops(alcedo, "in Shifting")

        alcedo.start(ready=False)
        self.wait(alcedo, "in Shifting", lambda s: s["phase"] == "Shifting")
        with self.frozen(int((self.box.folder / "pids" / "dockerd").read_text().split()[0])):
            time.sleep(2)  # a resync: calls hang
            self.assert_stops(alcedo, "with an engine that hangs")
        alcedo.start(ready=False)
        _, traefik = self.box.engine("GET", "/containers/traefik/json")
        with self.frozen(traefik["State"]["Pid"]):
            self.wait(alcedo, "unsure of Traefik", lambda s: condition(s, "TrafficApplied").get("status") != "True")
            self.assert_stops(alcedo, "with a Traefik that hangs")
        alcedo.start(ready=False)
        self.wait(alcedo, "served by green", lambda s: s.get("activeColor") == "green" and confirmed(s) == (0, 100))
        self.assert_stops(alcedo, "after all that")

    def test_a_stop_while_git_hangs_at_the_start(self):
        deaf = self.box.start("python3", "-c", "import socket, time\ns = socket.create_server(('127.0.0.1', 9418))\n"
                              "time.sleep(600)")
        self.addCleanup(deaf.wait)
        self.addCleanup(deaf.kill)
        alcedo = self.service(["git+http://127.0.0.1:9418/apps.git?ref=main"])
        alcedo.start(ready=False)
        time.sleep(3)
        self.assertIsNone(alcedo.process.poll(), alcedo.log_tail())
        self.assertEqual(self.manager.times("READY=1"), [], "the sources were not read yet")
        self.assert_stops(alcedo, "while git hangs")

    class frozen:
        def __init__(self, pid):
            self.pid = pid

        def __enter__(self):
            os.kill(self.pid, signal.SIGSTOP)

        def __exit__(self, *_):
            os.kill(self.pid, signal.SIGCONT)


if __name__ == "__main__":
    main()
