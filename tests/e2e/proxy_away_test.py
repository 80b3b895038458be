"""Traefik stopped, restarted, frozen in the middle: that is no evidence about a revision.

Requests sent while it is away are lost to everybody; they are counted apart. What Alcedo answers for is that
nothing is held or stopped for it, and that not one is lost once Traefik serves again.
"""

import pathlib
import re
import time

from e2e import Manifest, Repository, SandboxCase, Timeline, main
from e2e.alcedo import condition, confirmed
from e2e.case import say
from e2e.late_proxy import LateProxy
from e2e.load import show


class Shipping(SandboxCase):
    """Version 1 serves under load; version 2 is on its way."""

    def before_start(self):
        """Nothing: the daemon asks Traefik itself."""

    def setUp(self):
        super().setUp()
        self.repository = Repository(self.folder / "git")
        self.manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2")
        self.manifest.set("traffic.steps", [{"weight": 50, "hold": "6s"}]).set("standby.for", "15s")
        self.alcedo = self.daemon([self.repository.source()])
        self.before_start()
        first = self.repository.commit("Shop, version 1", {"shop.yaml": str(self.manifest)})
        self.alcedo.start()
        self.assert_watch(self.alcedo.watch("shop", first), 0)
        self.traffic = self.load("load", "shop.example.com").start().wait_for_answers(20)
        self.commit = self.repository.commit("Ship version 2", {"shop.yaml": str(self.manifest.active("green"))})

    def traefik(self, verb, **parameters):
        query = "&".join(f"{key}={value}" for key, value in parameters.items())
        status, answer = self.box.engine("POST", f"/containers/traefik/{verb}?{query}")
        self.assertEqual(status, 204, answer)

    def back(self):
        """Waits until Traefik answers the app again; the time of day."""
        while True:
            try:
                if self.box.http(self.box.env["ENTRYPOINT_WEB"], {"Host": "shop.example.com"}, timeout=1)[0] == 200:
                    return time.time()
            except OSError:
                pass
            time.sleep(0.05)

    def assert_ends_well(self, away, again):
        with Timeline(self.alcedo, "shop") as seen:
            self.assert_watch(self.alcedo.watch("shop", self.commit, timeout=150), 0)
        self.assertNotIn("Held", seen.phases())
        status = self.alcedo.status("shop")
        self.assertEqual((status["phase"], status["activeColor"], confirmed(status)), ("Idle", "green", (0, 100)))
        self.assertEqual(status["revisions"].get("rejected", []), [])
        self.traffic.stop()
        lost = self.traffic.failures()
        meanwhile = [one for one in lost if one["end"] >= away and one["t"] <= again + 0.5]
        strangers = [one for one in lost if one not in meanwhile]
        say(f"lost while Traefik was away ({again - away:.1f} s): {len(meanwhile)}; besides: {len(strangers)}")
        self.assertEqual(strangers, [], show(strangers))

    def at(self, phase, shares):
        self.alcedo.wait_for("shop", f"in {phase}", lambda s: s["phase"] == phase and confirmed(s) == shares)


class ProxyAwayTest(Shipping):
    def test_stopped_for_half_a_minute_in_shifting(self):
        self.at("Shifting", (50, 50))
        blue, green = (self.identities(name="shop", color=colour) for colour in ("blue", "green"))
        away = time.time()
        self.traefik("stop", t=1)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            status = self.alcedo.status("shop")
            self.assertNotIn("hold", status)
            self.assertIn(status["phase"], ("Shifting",))
            time.sleep(0.5)
        self.assertEqual(self.identities(name="shop", color="blue"), blue, "nothing is stopped meanwhile")
        self.assertEqual(self.identities(name="shop", color="green"), green)
        self.traefik("start")
        self.assert_ends_well(away, self.back())

    def test_restarted_in_the_window(self):
        self.at("Watching", (0, 100))
        away = time.time()
        self.traefik("restart", t=1)
        self.assert_ends_well(away, self.back())

    def test_frozen_before_the_switch(self):
        self.alcedo.wait_for("shop", "on its way", lambda s: s["phase"] in ("Starting", "Verifying", "Shifting"))
        away = time.time()
        self.traefik("pause")
        time.sleep(12)
        self.assertNotIn("hold", self.alcedo.status("shop"))
        self.traefik("unpause")
        self.assert_ends_well(away, self.back())

    def generation(self):
        path = pathlib.Path(self.box.env["TRAEFIK_DIR"]) / "dynamic" / "alcedo.yaml"
        return max(int(found) for found in re.findall(r"alcedo-gen-(\d+)", path.read_text()))

    def test_ignores_the_file_and_serves_an_older_generation(self):
        self.at("Shifting", (50, 50))
        self.box.replace_traefik("--providers.file.watch=false")
        self.back()
        before = self.identities(name="shop")
        # The switch is written, and Traefik goes on with what it read when it started.
        refused = self.alcedo.wait_for(
            "shop", "told that Traefik does not take it",
            lambda s: condition(s, "TrafficApplied").get("reason") == "TrafficLate" and s["weights"]["green"] == 100)
        self.assertEqual(condition(refused, "TrafficApplied")["status"], "Unknown")
        self.assertIs(refused["weights"]["confirmed"], False)
        first, deadline = self.generation(), time.monotonic() + 20
        while self.generation() < first + 2:  # the same promise, each time under a new generation
            self.assertLess(time.monotonic(), deadline, "it is not published again")
            status = self.alcedo.status("shop")
            self.assertNotIn("hold", status)
            self.assertEqual((status["phase"], status["weights"]["green"]), ("Shifting", 100))
            time.sleep(0.2)
        self.assertEqual(self.identities(name="shop"), before, "nothing is stopped meanwhile")
        # Whoever replaces Traefik loses requests; none of them is Alcedo's.
        self.traffic.stop()
        self.traffic = self.load("again", "shop.example.com")
        away = time.time()
        self.box.replace_traefik("--providers.file.watch=true")
        again = self.back()
        self.traffic.start().wait_for_answers(20)
        self.assert_ends_well(away, again)


class ProxyLateTest(Shipping):
    def before_start(self):
        urls = {name: self.box.env[name] for name in ("TRAEFIK_API", "ENTRYPOINT_WEB")}
        self.late = LateProxy(self.box, self.folder, **urls)
        self.addCleanup(self.late.close)
        for name, url in urls.items():
            self.alcedo.arguments = [one.replace(url, self.late.urls[name]) if isinstance(one, str) else one
                                     for one in self.alcedo.arguments]

    def test_answers_late(self):
        """Traefik serves, and Alcedo has given up waiting before it hears so: not seen is no verdict."""
        self.at("Shifting", (50, 50))
        self.late.wait(15)
        before = self.identities(name="shop")
        late = self.alcedo.wait_for(
            "shop", "told that nothing is known of the proxy",
            lambda s: condition(s, "TrafficApplied").get("status") == "Unknown")
        self.assertIs(late["weights"]["confirmed"], False)
        for _ in range(20):  # longer than the hold of the step, which does not count meanwhile
            status = self.alcedo.status("shop")
            self.assertNotIn("hold", status)
            self.assertEqual((status["phase"], status["weights"]["green"]), ("Shifting", 50))
            time.sleep(0.5)
        self.assertEqual(self.identities(name="shop"), before, "nothing is stopped meanwhile")
        self.late.wait(0.3)  # slow, but in time
        now = time.time()
        self.assert_ends_well(now, now)


if __name__ == "__main__":
    main()
