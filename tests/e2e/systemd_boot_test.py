"""The unit as it is installed, under a systemd of its own: hardened, fed, killed, frozen, stopped, and under load."""

import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.alcedo import confirmed
from e2e.booted import Booted, why_no_systemd
from e2e.case import say


class SystemdBootTest(SandboxCase):
    def setUp(self):
        super().setUp()
        reason = why_no_systemd()
        if reason:
            self.skipTest(reason)
        self.repository = Repository(self.folder / "git")
        self.alcedo = Booted(self.box, self.folder, self.repository)
        self.daemons.append(self.alcedo)
        self.alcedo.boot().install()

    def signal(self, name):
        self.alcedo.systemctl("kill", "--kill-whom=main", f"--signal={name}", "alcedo")

    def wait_for_restart(self, times, seconds):
        deadline = time.monotonic() + seconds
        while True:
            now = self.alcedo.show("NRestarts", "SubState")
            if now == {"NRestarts": str(times), "SubState": "running"}:
                return
            self.assertLess(time.monotonic(), deadline, f"{now}\n{self.alcedo.journal()}")
            time.sleep(0.2)

    def test_a_life(self):
        manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2")
        manifest.set("traffic.steps", [{"weight": 50, "hold": "6s"}]).set("watch.window", "3s")
        first = self.repository.commit("Shop, version 1", {"shop.yaml": str(manifest)})
        self.alcedo.systemctl("start", "alcedo")  # Type=notify: it returns when READY came
        self.assertEqual(self.alcedo.show("ActiveState"), {"ActiveState": "active"})
        self.assert_watch(self.alcedo.watch("shop", first), 0)
        self.assertIn("1 app; ready", self.alcedo.show("StatusText")["StatusText"])
        load = self.load("load", "shop.example.com", rate=50).start().wait_for_answers(20)

        there = self.repository.commit("Ship version 2", {"shop.yaml": str(manifest.active("green"))})
        self.alcedo.wait_for("shop", "in Shifting", lambda s: s["phase"] == "Shifting")
        self.signal("KILL")
        self.wait_for_restart(1, 20)
        self.assert_watch(self.alcedo.watch("shop", there), 0)
        self.assertEqual(confirmed(self.alcedo.status("shop")), (0, 100))

        containers = self.identities(name="shop")
        self.signal("STOP")
        since = time.monotonic()
        self.wait_for_restart(2, 40)
        say(f"frozen: the watchdog had it started again after {time.monotonic() - since:.1f} s")
        self.alcedo.wait_for("shop", "at rest", lambda s: s["phase"] == "Idle" and confirmed(s) == (0, 100))
        self.assertEqual(self.identities(name="shop"), containers)

        back = self.repository.commit("Back to version 1", {"shop.yaml": str(manifest.active("blue"))})
        self.alcedo.wait_for("shop", "in Shifting", lambda s: s["phase"] == "Shifting")
        since = time.monotonic()
        self.alcedo.systemctl("stop", "alcedo")
        say(f"stopped in Shifting after {time.monotonic() - since:.1f} s")
        self.assertLess(time.monotonic() - since, 10)
        self.assertEqual(self.alcedo.show("Result", "ExecMainStatus", "ActiveState"),
                         {"Result": "success", "ExecMainStatus": "0", "ActiveState": "inactive"})
        self.alcedo.systemctl("start", "alcedo")
        self.assert_watch(self.alcedo.watch("shop", back), 0)
        self.assert_none_lost(load, load.stop())
        self.assertEqual(confirmed(self.alcedo.status("shop")), (100, 0))


if __name__ == "__main__":
    main()
