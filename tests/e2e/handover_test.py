"""A routed web and a bot that must never run twice: handed over, killed in the middle, taken back.

The engine is asked for containers of the bot as fast as it answers; two of them at once, in whatever state,
fail the test. Requests to the web that may be lost while the bot changes hands: none.
"""

import json
import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.bots import Bots
from e2e.case import say

def shop():
    manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2").set("traffic.steps", [])
    manifest.set("watch.window", "5s").set("standby.for", "120s")
    manifest.set("services.bot", {"image": "demo:1", "stop_grace_period": "10s",
                                  "x-alcedo": {"exclusive": True, "handoverTimeout": "8s"}})
    manifest.spec["colors"]["green"]["services"]["bot"] = {"image": "demo:2"}
    return manifest


class HandoverTest(SandboxCase):
    def test_never_two_over_a_handover_a_kill_and_a_way_back(self):
        repository = Repository(self.folder / "git")
        manifest = shop()
        alcedo = self.daemon([repository.source()])
        first = repository.commit("Shop, version 1", {"shop.yaml": str(manifest)})
        alcedo.start()
        with Bots(self.box) as seen:
            self.assert_watch(alcedo.watch("shop", first), 0)
            self.assert_on("blue")
            load = self.load("load", "shop.example.com", rate=100).start().wait_for_answers(50)

            there = repository.commit("Ship version 2", {"shop.yaml": str(manifest.active("green"))})
            self.assert_watch(alcedo.watch("shop", there), 0)
            self.assert_on("green")
            self.say_gap(alcedo)

            back = repository.commit("Back to version 1", {"shop.yaml": str(manifest.active("blue"))})
            self.kill_in_the_middle(alcedo, seen)
            self.assert_watch(alcedo.watch("shop", back), 0)
            self.assert_on("blue")

            manifest.active("green").spec["colors"]["green"]["services"]["bot"]["environment"] = {
                "NEVER_HEALTHY": "1"}
            bad = repository.commit("A bot that never gets ready", {"shop.yaml": str(manifest)})
            self.assert_watch(alcedo.watch("shop", bad), 3)
            self.assertEqual(alcedo.status("shop")["hold"]["reason"], "HandoverFailed")
            self.wait_until_on("blue")
        self.assert_none_lost(load, load.stop())
        self.assertEqual(seen.twice(), [], f"two bots at once: {seen.changes}")
        say(f"the bot's containers were looked at {seen.samples} times, {len(seen.changes)} changes, never two")

    def kill_in_the_middle(self, alcedo, seen):
        """SIGKILL while no bot exists, or at the latest when the next one does; 1 s without a daemon."""
        deadline = time.monotonic() + 60
        while any(bot.colour == "green" and bot.state == "running" for bot in seen.now().values()):
            self.assertLess(time.monotonic(), deadline, "the handover did not begin")
            time.sleep(0.002)
        alcedo.kill()
        say(f"killed in {seen.now() or 'the gap'}")
        time.sleep(1)
        alcedo.start()

    def assert_on(self, colour):
        bots = self.box.containers(service="bot")
        self.assertEqual(len(bots), 1, list(bots))
        one = next(iter(bots.values()))
        self.assertEqual(one["Config"]["Labels"]["alcedo.dev/color"], colour)
        self.assertTrue(one["State"]["Running"])

    def wait_until_on(self, colour):
        deadline = time.monotonic() + 20
        while not self.box.running(service="bot", color=colour):
            self.assertLess(time.monotonic(), deadline, f"no bot on {colour}")
            time.sleep(0.2)
        self.assert_on(colour)

    def say_gap(self, alcedo):
        history = alcedo.client("history", "shop", "-o", "json")
        self.assertEqual(history.returncode, 0, history.stderr)
        receipt = max(json.loads(history.stdout), key=lambda one: one["number"])
        self.assertIn("handover", receipt)
        self.assertEqual(len(receipt["handover"]["logs"]), 1)
        say(f"nobody ran the bot for {receipt['handover']['gapMs']} ms")


if __name__ == "__main__":
    main()
