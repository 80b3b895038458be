"""What happens to files and branches: renamed, moved away, named twice, removed, pruned; force-pushed, vanished."""

import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.alcedo import condition


class MovedSourcesTest(SandboxCase):
    def setUp(self):
        super().setUp()
        self.repository = Repository(self.folder / "git")
        self.shop = Manifest().colour("blue", "demo:1").set("watch.window", "2s").set("standby.for", "2s")
        self.other = self.shop.copy()
        self.other.document["metadata"]["name"] = "other"
        self.other.spec["traffic"]["routes"][0]["rule"] = "Host(`other.example.com`)"

    def up(self, source, apps=("shop", "other")):
        self.alcedo = self.daemon([source])
        first = self.repository.commit("Both", {"shop.yaml": str(self.shop), "other.yaml": str(self.other)})
        self.alcedo.start()
        for app in apps:
            self.assert_watch(self.alcedo.watch(app, first), 0)
        time.sleep(3)
        self.containers, self.documents = self.identities(), self.document()
        self.since = self.box.engine_log_size()
        return first

    def assert_untouched(self, what):
        self.assertEqual(self.identities(), self.containers, what)
        self.assertEqual(self.document(), self.documents, what)
        self.assertEqual(self.mutations(self.since), [], what)

    def synced(self, app, reason, timeout=30):
        return self.alcedo.wait_for(app, f"told {reason}",
                                    lambda s: condition(s, "SourceSynced").get("reason") == reason, timeout=timeout)

    def test_orphaned_not_removed(self):
        self.up(self.repository.source())
        self.repository.commit("Renamed", {"shop.yaml": None, "store.yaml": str(self.shop)})
        time.sleep(8)
        self.assertEqual(condition(self.alcedo.status("shop"), "SourceSynced")["status"], "True", "a name, not a path")
        self.assert_untouched("a renamed file")
        self.repository.commit("Gone", {"store.yaml": None})
        status = self.synced("shop", "ManifestMissing")
        self.assertEqual(condition(status, "Ready")["status"], "True")
        time.sleep(6)
        self.assert_untouched("a removed file without prune")
        last = self.repository.commit("And back", {"shop.yaml": str(self.shop)})
        self.assert_watch(self.alcedo.watch("shop", last), 0)
        self.assert_untouched("as it was")

    def test_pruned(self):
        self.up(self.repository.source() + "&prune=true")
        load = self.load("other", "other.example.com", rate=30).start().wait_for_answers(10)
        self.repository.commit("Shop goes", {"shop.yaml": None})
        deadline = time.monotonic() + 60
        while self.alcedo.get("shop") is not None:
            self.assertLess(time.monotonic(), deadline, self.alcedo.status("shop"))
            time.sleep(0.5)
        self.assertEqual(self.box.containers(name="shop"), {})
        self.assertNotIn(b"shop.example.com", self.document()["alcedo.yaml"][0])
        self.assertEqual(self.box.http(self.box.env["ENTRYPOINT_WEB"], {"Host": "shop.example.com"})[0], 404)
        self.assertEqual(self.alcedo.client("history", "shop").returncode, 0, "receipts stay")
        self.repository.commit("Nothing left", {"other.yaml": None, "README": "empty\n"})
        self.synced("other", "SourceEmpty")
        time.sleep(6)
        self.assertEqual(len(self.box.running(name="other")), 1, "an empty source prunes nothing")
        self.assert_none_lost(load, load.stop())

    def test_forced_and_vanished(self):
        self.up(self.repository.source())
        git, work, bare = self.repository._git, self.repository.work, self.repository.bare
        git(work, "commit", "--quiet", "--amend", "--message", "Both, said otherwise")
        git(work, "push", "--quiet", "--force", "origin", "main")
        forced = git(work, "rev-parse", "HEAD")
        self.assert_watch(self.alcedo.watch("shop", forced), 0)
        self.assert_untouched("a force-push of the same content")
        git(bare, "branch", "--move", "main", "elsewhere")
        message = condition(self.synced("shop", "SourceUnreadable"), "SourceSynced")["message"]
        self.assertIn("main", message)
        time.sleep(5)
        self.assert_untouched("a branch that is gone")
        git(bare, "branch", "--move", "elsewhere", "main")
        self.synced("shop", "SourceSynced")
        self.assert_untouched("as it was")


if __name__ == "__main__":
    main()
