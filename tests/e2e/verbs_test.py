"""An operator drives releases by hand: promote, pause, resume, abort, retry, rollback, delete, under load.

SPEC section 6: each verb prints what will happen or why not, ends with its exit code, is kept over a SIGKILL of the
daemon, and no request is lost by any of them.
"""

import json
import os
import stat
import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.alcedo import condition, confirmed
from e2e.case import say


class VerbsTest(SandboxCase):
    def setUp(self):
        super().setUp()
        self.repository = Repository(self.folder / "git")
        self.manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2")
        self.manifest.set("traffic.approval", "Manual").set("traffic.steps", [{"weight": 50, "hold": "2s"}])
        self.manifest.set("watch.window", "60s").set("standby.for", "60s")
        film = Manifest("film", "film.example.com").set("watch.window", "1s").set("standby.for", "1s")
        self.alcedo = self.daemon([self.repository.source()])
        self.first = self.repository.commit("Two apps", {"shop.yaml": str(self.manifest), "film.yaml": str(film)})
        self.alcedo.start()

    def verb(self, name, app="shop", code=0):
        done = self.alcedo.client(name, app)
        self.assertEqual(done.returncode, code, f"alcedo {name}: {done.stdout}{done.stderr}")
        return done.stdout if code == 0 else done.stderr

    def phase(self, phase, weights=None):
        return self.alcedo.wait_for("shop", f"{phase} {weights}",
                                    lambda s: s["phase"] == phase and weights in (None, confirmed(s)))

    def held(self, kind):
        status = self.phase("Held", (100, 0))
        self.assertEqual((status["hold"]["kind"], status["activeColor"]), (kind, "blue"))
        return status

    def approved(self):
        """Retried, approved, and at half the traffic."""
        self.phase("AwaitingApproval", (100, 0))
        self.verb("promote")
        return self.phase("Shifting", (50, 50))

    def test_by_hand(self):
        began = time.monotonic()
        self.refusals_and_codes()
        self.phase("Watching")
        self.assertIn("watch window of blue", self.verb("promote"))  # a first release is not asked for
        self.assert_watch(self.alcedo.watch("shop", self.first), 0)
        traffic = self.load("load", "shop.example.com").start().wait_for_answers(20)

        shipped = self.repository.commit("Ship version 2", {"shop.yaml": str(self.manifest.active("green"))})
        self.assertIn("alcedo promote shop", self.phase("AwaitingApproval", (100, 0))["waitingFor"])
        self.paused_at_half()
        self.assertIn("all traffic goes back to blue", self.verb("abort"))  # goes on while paused
        self.held("Aborted")
        self.verb("resume")
        self.assert_watch(self.alcedo.watch("shop", shipped), 2)
        self.assertIn("alcedo retry shop", self.alcedo.client("describe", "shop").stdout)

        self.verb("retry")
        self.approved()
        self.verb("pause")
        self.assertIn("Shifting (paused)", self.alcedo.client("get", "shop").stdout)
        self.verb("resume")
        self.phase("Watching", (0, 100))
        self.assertIn("all traffic goes back to blue", self.verb("rollback"))
        status = self.held("RolledBack")
        self.assertEqual(condition(status, "RolledBack")["status"], "True")
        self.assert_watch(self.alcedo.watch("shop", shipped), 3)

        self.verb("retry")
        self.approved()
        self.phase("Watching", (0, 100))
        self.verb("promote")
        self.assert_watch(self.alcedo.watch("shop", shipped), 0)
        self.verb("rollback")  # at rest: blue is warm still
        self.held("RolledBack")
        self.assert_none_lost(traffic, traffic.stop())
        self.delete()
        say(f"by hand: {time.monotonic() - began:.0f} s")

    def refusals_and_codes(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.alcedo.socket).st_mode), 0o660)
        self.phase("Watching")
        self.assertIn("there is nothing to go back to", self.verb("rollback", code=1))
        self.assertIn("is not paused", self.verb("resume", code=1))
        self.assertIn("there is nothing to retry", self.verb("retry", code=1))
        self.assertIn("shop.yaml of", self.verb("delete", code=1))
        self.assertIn("not found", self.verb("abort", "nobody", code=1))
        self.assertEqual(self.alcedo.client("abort").returncode, 64)
        away = self.box.run(self.alcedo.binary, "abort", "shop", "--socket", self.folder / "nothing.sock")
        self.assertEqual(away.returncode, 69, away.stderr)
        refused = self.alcedo.client("retry", "shop", "-o", "json")
        self.assertEqual((refused.returncode, json.loads(refused.stdout)["granted"]), (1, False))

    def paused_at_half(self):
        granted = self.alcedo.client("promote", "shop", "-o", "json")
        self.assertEqual((granted.returncode, json.loads(granted.stdout)["granted"]), (0, True))
        self.phase("Shifting", (50, 50))
        self.assertIn("alcedo resume shop", self.verb("pause"))
        self.assertIn("paused already", self.verb("pause", code=1))
        self.alcedo.kill()
        self.alcedo.start()
        time.sleep(4)  # twice the step's hold
        status = self.phase("Shifting", (50, 50))
        self.assertEqual(condition(status, "Paused").get("status"), "True")
        said = [one["message"] for one in status["events"] if one["message"].startswith("alcedo ")]
        self.assertTrue(any("alcedo pause by root (uid 0, gid 0, pid " in one for one in said), said)

    def delete(self):
        self.repository.commit("Take shop out", {"shop.yaml": None})
        self.alcedo.wait_for("shop", "an orphan",
                             lambda s: condition(s, "SourceSynced").get("reason") == "ManifestMissing")
        self.assertTrue(self.box.running(name="shop"), "an orphan goes on serving")
        deadline = time.monotonic() + 20
        while self.alcedo.client("delete", "shop").returncode != 0:
            self.assertLess(time.monotonic(), deadline, self.alcedo.client("delete", "shop").stderr)
            time.sleep(0.3)
        while self.alcedo.get("shop"):
            self.assertLess(time.monotonic(), deadline + 40)
            time.sleep(0.3)
        self.assertEqual(self.box.containers(name="shop"), {})
        self.assertIn("not found", self.verb("delete", code=1))
        outcomes = [one["outcome"] for one in json.loads(self.alcedo.client("history", "shop", "-o", "json").stdout)]
        self.assertEqual([one for one in outcomes if one != "Retired"],
                         ["Succeeded", "Aborted", "RolledBack", "Succeeded", "RolledBack"])
        self.assertTrue(self.box.running(name="film"), "nobody asked for that one")


if __name__ == "__main__":
    main()
