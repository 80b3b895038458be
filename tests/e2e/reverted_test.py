"""Green turns bad 20 s after the switch: traffic is back on blue by itself, and nothing is lost after."""

import time

from e2e import Manifest, Repository, SandboxCase, Timeline, main
from e2e.alcedo import condition, confirmed
from e2e.case import say
from e2e.load import show


class RevertedTest(SandboxCase):
    def test_bad_after_the_switch_is_reverted(self):
        repository = Repository(self.folder / "git")
        manifest = Manifest().colour("blue", "demo:1").set("watch.window", "90s").set("standby.for", "90s")
        manifest.set("traffic.steps", [])
        alcedo = self.daemon([repository.source()])
        first = repository.commit("Shop, version 1", {"shop.yaml": str(manifest.set("watch.window", "5s"))})
        alcedo.start()
        self.assert_watch(alcedo.watch("shop", first), 0)
        blue = self.identities(name="shop", color="blue")
        load = self.load("load", "shop.example.com", rate=100).start().wait_for_answers(50)

        # Ill 20 s after its first numbered request, that is, after the switch to 100 %.
        manifest.active("green").colour("green", "demo:2", {"SICK_AFTER": "20s", "SICK_FROM": "traffic"})
        bad = repository.commit("Ship version 2", {"shop.yaml": str(manifest.set("watch.window", "90s"))})
        with Timeline(alcedo, "shop") as seen:
            done = alcedo.watch("shop", bad, timeout=150)
            self.assert_watch(done, 3)
            time.sleep(5)
        load.stop()

        status = alcedo.status("shop")
        self.assertEqual((status["phase"], status["hold"]["kind"]), ("Held", "Reverted"))
        self.assertTrue(status["hold"]["reason"])
        self.assertEqual((status["activeColor"], confirmed(status)), ("blue", (100, 0)))
        self.assertEqual(condition(status, "Ready").get("status"), "False")
        self.assertEqual(self.identities(name="shop", color="blue"), blue, "blue was warm all the time")
        self.assertEqual(self.box.running(name="shop", color="green"), {}, "green is drained and stopped")
        self.assertIn("connection pool exhausted", alcedo.client("describe", "shop").stdout)
        self.assert_losses(load, seen)

    def assert_losses(self, load, seen):
        served = seen.span(lambda status: confirmed(status) == (0, 100))
        self.assertIsNotNone(served, f"green never served: {seen.phases()}")
        after = [asked for asked, _, status in seen.samples if asked > served[1] and confirmed(status) == (100, 0)]
        self.assertTrue(after, f"the revert was never confirmed: {seen.phases()}")
        confirmed_at = after[0]
        lost = load.failures()
        self.assertTrue(lost, "green never turned bad")
        first_bad = min(one["end"] for one in lost)
        say(f"first bad answer to confirmed revert: {confirmed_at - first_bad:.2f} s, {len(lost)} bad answers")
        self.assertGreater(first_bad - served[0], 15, "it turned bad well after the switch")
        strangers = [one for one in lost if (one["failure"], one["version"]) != ("status", "2")]
        self.assertEqual(strangers, [], show(strangers))
        late = [one for one in lost if one["t"] >= confirmed_at]
        self.assertEqual(late, [], "lost after the confirmed revert: " + show(late))
        self.assertLess(confirmed_at - first_bad, 10)


if __name__ == "__main__":
    main()
