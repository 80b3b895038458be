"""A release that never gets healthy: Rejected, and the serving colour does not even notice."""

import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.alcedo import condition, confirmed
from e2e.case import say


class RejectedTest(SandboxCase):
    def test_never_healthy_is_rejected_remembered_and_cleared_by_a_revert(self):
        repository = Repository(self.folder / "git")
        manifest = Manifest().colour("blue", "demo:1").set("health.timeout", "10s")
        alcedo = self.daemon([repository.source()])
        first = repository.commit("Shop, version 1", {"shop.yaml": str(manifest)})
        alcedo.start()
        self.assert_watch(alcedo.watch("shop", first), 0)
        blue = self.identities(name="shop", color="blue")
        served = self.document()
        load = self.load("load", "shop.example.com").start().wait_for_answers(20)

        manifest.active("green").colour("green", "demo:2", {"NEVER_HEALTHY": "1"})
        bad = repository.commit("Ship version 2", {"shop.yaml": str(manifest)})
        began = time.monotonic()
        done = alcedo.watch("shop", bad)
        say(f"rejected {time.monotonic() - began:.1f} s after the commit")
        self.assert_watch(done, 2)
        first_hold = self.assert_rejected(alcedo, blue)
        self.assert_evidence("watch", done.stdout)
        self.assert_evidence("describe", alcedo.client("describe", "shop").stdout)

        # Remembered: five resyncs later nothing was tried again.
        since = self.box.engine_log_size()
        time.sleep(10)
        self.assertEqual(self.mutations(since), [])
        self.assertEqual(alcedo.status("shop")["hold"], first_hold)

        # Another revision is another matter, and judged anew.
        manifest.colour("green", "demo:3", {"NEVER_HEALTHY": "1"})
        other = repository.commit("Ship version 3", {"shop.yaml": str(manifest)})
        self.assert_watch(alcedo.watch("shop", other), 2)
        self.assertNotEqual(self.assert_rejected(alcedo, blue)["revision"], first_hold["revision"])

        # Back to what serves: Held is over, nothing is touched.
        since = self.box.engine_log_size()
        containers = self.identities(name="shop")
        good = repository.commit("Back to version 1", {"shop.yaml": str(manifest.active("blue"))})
        self.assert_watch(alcedo.watch("shop", good), 0)
        time.sleep(4)
        status = alcedo.status("shop")
        self.assertEqual(status["phase"], "Idle")
        self.assertNotIn("hold", status)
        self.assertEqual(condition(status, "Ready").get("status"), "True")
        self.assertEqual(self.mutations(since), [])
        self.assertEqual(self.identities(name="shop"), containers)
        self.assert_none_lost(load, load.stop())
        self.assertEqual(load.versions(0, time.time()).keys(), {"1"})
        self.assertEqual(self.routes(self.document()), self.routes(served), "no weight ever moved")

    def assert_rejected(self, alcedo, blue):
        status = alcedo.status("shop")
        self.assertEqual((status["phase"], status["hold"]["kind"]), ("Held", "Rejected"))
        self.assertEqual(condition(status, "Stalled").get("status"), "True")
        self.assertEqual(confirmed(status), (100, 0))
        self.assertEqual(status["activeColor"], "blue")
        self.assertEqual(self.identities(name="shop", color="blue"), blue, "blue is untouched")
        # Held is the decision; the stop it brings may take its grace period.
        until = time.monotonic() + 15
        while self.box.running(name="shop", color="green") and time.monotonic() < until:
            time.sleep(0.2)
        self.assertEqual(self.box.running(name="shop", color="green"), {}, "nothing of green runs")
        return status["hold"]

    def assert_evidence(self, command, text):
        """The last answer of the probe and the last lines of the log, without being asked."""
        self.assertIn("503", text, command)
        self.assertIn("schema 40 found, 41 needed", text, command)
        self.assertIn("GET /healthz 503", text, command)

    @staticmethod
    def routes(documents):
        """Documents without the numbers of their generation, which grow with every promise."""
        import re

        return {name: re.sub(rb"alcedo-gen-\d+|\"X-Alcedo-Gen\":\s*\"\d+\"|alcedo_[^\"]*try[^\"]*", b"", one[0])
                for name, one in documents.items()}


if __name__ == "__main__":
    main()
