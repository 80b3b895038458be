"""The state directory is gone, or an older copy, or one of two manifests is bad: what serves goes on serving."""

import shutil
import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.alcedo import condition, confirmed
from e2e.case import say


def events(status, reason):
    return [one for one in status.get("events", []) if one["reason"] == reason]


class LostStateTest(SandboxCase):
    def two_apps(self):
        self.repository = Repository(self.folder / "git")
        self.shop = Manifest().colour("blue", "demo:1").colour("green", "demo:2").set("watch.window", "3s")
        self.bakery = self.shop.copy()
        self.bakery.document["metadata"]["name"] = "bakery"
        self.bakery.spec["traffic"]["routes"][0]["rule"] = "Host(`bakery.example.com`)"
        self.alcedo = self.daemon([self.repository.source()])
        first = self.repository.commit("Two apps", {"shop.yaml": str(self.shop), "bakery.yaml": str(self.bakery)})
        self.alcedo.start()
        for app in ("shop", "bakery"):
            self.assert_watch(self.alcedo.watch(app, first), 0)
        self.loads = [self.load(app, f"{app}.example.com").start().wait_for_answers(20) for app in ("shop", "bakery")]
        self.since = self.box.engine_log_size()

    def assert_all_well(self):
        for load in self.loads:
            self.assert_none_lost(load, load.stop())
        self.loads = []

    def serves(self, app, colour):
        return self.alcedo.wait_for(
            app, f"served by {colour}",
            lambda s: s.get("activeColor") == colour and condition(s, "Ready").get("status") == "True" and
            confirmed(s) is not None, timeout=60)

    def test_lost_with_two_apps(self):
        self.two_apps()
        before = self.identities(instance="alcedo")
        self.alcedo.stop()
        shutil.rmtree(self.alcedo.state)
        self.alcedo.start()
        for app in ("shop", "bakery"):
            status = self.alcedo.wait_for(app, "rebuilt", lambda s: events(s, "RecordRebuilt"), timeout=20)
            say(f"{app}: {events(status, 'RecordRebuilt')[0]['message']}")
            self.assertEqual(status["activeColor"], "blue")
        for app in ("shop", "bakery"):
            self.serves(app, "blue")
        self.assertEqual(self.identities(instance="alcedo"), before, "nothing was recreated")
        changed = [call for call in self.mutations(self.since) if "/containers" in call or "/networks" in call]
        self.assertEqual(changed, [])

        # A record like any other: the next commit is rolled out from it.
        there = self.repository.commit("Ship version 2", {"shop.yaml": str(self.shop.active("green"))})
        self.assert_watch(self.alcedo.watch("shop", there), 0)
        self.assertEqual(self.alcedo.status("shop")["activeColor"], "green")
        self.assert_all_well()

    def test_older_copy(self):
        self.two_apps()
        self.alcedo.stop()
        copy = self.folder / "copy"
        shutil.copytree(self.alcedo.state, copy)
        self.alcedo.start()
        there = self.repository.commit("Ship version 2", {"shop.yaml": str(self.shop.active("green").set("standby.for", "3s"))})
        self.assert_watch(self.alcedo.watch("shop", there), 0)
        self.alcedo.wait_for("shop", "rid of its standby", lambda s: "standby" not in s)
        time.sleep(3)
        green = self.identities(name="shop", color="green")
        self.alcedo.stop()
        shutil.rmtree(self.alcedo.state)
        shutil.copytree(copy, self.alcedo.state)
        self.alcedo.start()
        self.alcedo.wait_for("shop", "rebuilt", lambda s: events(s, "RecordRebuilt"), timeout=20)
        self.serves("shop", "green")
        self.assertEqual(self.identities(name="shop", color="green"), green)
        self.assertEqual(self.box.running(name="shop", color="blue"), {})
        self.assertEqual(events(self.alcedo.status("bakery"), "RecordRebuilt"), [], "the copy was right about it")
        self.assert_all_well()

    def test_one_of_two_manifests_is_bad_at_start(self):
        self.two_apps()
        self.alcedo.stop()
        bad = str(self.bakery).replace("activeColor", "activeColour")
        there = self.repository.commit("A slip, and version 2", {
            "bakery.yaml": bad, "shop.yaml": str(self.shop.active("green"))})
        bakery = self.identities(name="bakery")
        self.alcedo.start()
        self.assert_watch(self.alcedo.watch("shop", there), 0)
        self.assertEqual(self.alcedo.status("shop")["activeColor"], "green")
        self.assertEqual(condition(self.alcedo.status("bakery"), "SourceSynced")["status"], "False")
        self.assertEqual(self.identities(name="bakery"), bakery)

        # And once more with nothing but the document to tell of it.
        self.alcedo.stop()
        shutil.rmtree(self.alcedo.state)
        self.alcedo.start()
        back = self.repository.commit("Back to version 1", {"shop.yaml": str(self.shop.active("blue"))})
        self.assert_watch(self.alcedo.watch("shop", back), 0)
        self.assertEqual(self.alcedo.status("shop")["activeColor"], "blue")
        self.assertEqual(self.identities(name="bakery"), bakery)
        self.assert_all_well()


if __name__ == "__main__":
    main()
