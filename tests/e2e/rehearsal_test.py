"""A bot that is rehearsed with staging settings beside the real one before it takes over, and killed meanwhile.

The engine is asked for the bot's containers as fast as it answers: never two real ones, never a rehearsal beside the
real one of its colour, and the rehearsal is gone before the old bot is touched.
"""

import json
import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.bots import REHEARSAL, Bots
from e2e.case import say
from e2e.sandbox import PROBE

def shop():
    manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2").set("traffic.steps", [])
    manifest.set("watch.window", "3s").set("standby.for", "120s").set("health.timeout", "40s")
    manifest.set("services.bot", {
        "image": "demo:1", "stop_grace_period": "10s", "environment": {"TOKEN": "real"},
        "healthcheck": {"test": ["CMD", *json.loads(PROBE)], "interval": "1s", "timeout": "2s", "retries": 30},
        "x-alcedo": {"exclusive": True, "rehearse": {"env_file": [".env.staging"],
                                                     "environment": {"HEALTHY_AFTER": "4s"}}}})
    manifest.spec["colors"]["green"]["services"]["bot"] = {"image": "demo:2"}
    manifest.spec["health"]["checks"].append(
        {"name": "bot-answers", "http": {"service": "bot", "port": 8080, "path": "/healthz"}, "stages": ["preSwitch"]})
    return manifest


class RehearsalTest(SandboxCase):
    def test_beside_the_real_one_and_gone_before_the_handover(self):
        repository = Repository(self.folder / "git")
        manifest = shop()
        alcedo = self.daemon([repository.source()])
        first = repository.commit("Shop, version 1", {"shop.yaml": str(manifest), ".env.staging": "TOKEN=test\n"})
        alcedo.start()
        with Bots(self.box) as seen:
            self.assert_watch(alcedo.watch("shop", first), 0)
            self.assertFalse(any(bot.rehearses for _, there in seen.changes for bot in there.values()))
            load = self.load("load", "shop.example.com", rate=50).start().wait_for_answers(20)

            there = repository.commit("Ship version 2", {"shop.yaml": str(manifest.active("green"))})
            name = self.wait_for_rehearsal(seen)
            self.assert_settings(name)
            alcedo.kill()
            time.sleep(0.5)
            alcedo.start()
            self.assert_checked(alcedo, name)
            self.assert_watch(alcedo.watch("shop", there), 0)
            self.assertEqual({bot[:2] for bot in seen.now().values()}, {("green", False)})
            self.assert_receipt(alcedo, name)
            self.assert_order(seen.changes)
            bot = self.identities(service="bot")

            bot_spec = manifest.active("blue").spec["services"]["bot"]
            bot_spec["healthcheck"]["retries"] = 3
            bot_spec["x-alcedo"]["rehearse"]["environment"] = {"NEVER_HEALTHY": "1"}
            bad = repository.commit("Staging does not like it", {"shop.yaml": str(manifest)})
            self.assert_watch(alcedo.watch("shop", bad), 2)
            self.assertEqual(alcedo.status("shop")["hold"]["kind"], "Rejected")
            alcedo.wait_for("shop", "the rehearsal to be gone", lambda _: len(self.box.containers(service="bot")) == 1)
            self.assertEqual(self.identities(service="bot"), bot)
        self.assert_none_lost(load, load.stop())
        self.assertEqual(seen.twice(), [], f"two bots at once: {seen.changes}")
        self.assert_never_beside(seen.changes)
        say(f"{len(seen.changes)} changes of the bot's containers, never two real ones")

    def wait_for_rehearsal(self, seen):
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            for name, bot in seen.now().items():
                if bot.rehearses and bot.state == "running":
                    return name
            time.sleep(0.01)
        self.fail(f"no rehearsal: {seen.changes}")

    def assert_settings(self, name):
        """It runs with what is laid over, the real one beside it with its own."""
        bots = self.box.containers(service="bot")
        rehearsed = bots.pop(name)
        environment = rehearsed["Config"]["Env"]
        for line in ("TOKEN=test", "HEALTHY_AFTER=4s", "ALCEDO_COLOR=green", "VERSION=2"):
            self.assertIn(line, environment)
        self.assertEqual(len(bots), 1)
        real = next(iter(bots.values()))
        self.assertTrue(real["State"]["Running"])
        self.assertIn("TOKEN=real", real["Config"]["Env"])
        self.assertNotIn(REHEARSAL, real["Config"]["Labels"])

    def assert_checked(self, alcedo, name):
        alcedo.wait_for("shop", "a check of the rehearsal", lambda status: any(
            check["name"] == "bot-answers" and check.get("container") == name for check in status["checks"]))

    def assert_receipt(self, alcedo, name):
        history = alcedo.client("history", "shop", "-o", "json")
        self.assertEqual(history.returncode, 0, history.stderr)
        receipt = max(json.loads(history.stdout), key=lambda one: one["number"])
        self.assertEqual(receipt["rehearsal"]["passed"], ["bot"])
        self.assertEqual(list(receipt["rehearsal"]["logs"]), [name])
        self.assertEqual(len(receipt["handover"]["logs"]), 1)

    def assert_order(self, changes):
        """The old bot runs in every sample that shows a rehearsal."""
        rehearsing = [there for _, there in changes if any(bot.rehearses for bot in there.values())]
        self.assertTrue(rehearsing)
        for there in rehearsing:
            self.assertIn(("blue", False, "running"), there.values(), there)

    def assert_never_beside(self, changes):
        """Never a rehearsal in the colour of the real one."""
        for _, there in changes:
            colours = [bot.colour for bot in there.values()]
            self.assertEqual(len(colours), len(set(colours)), there)


if __name__ == "__main__":
    main()
