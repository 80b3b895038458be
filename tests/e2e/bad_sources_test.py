"""An invalid manifest, an empty one, none, no repository: what runs stays as it is, the error is precise."""

import re
import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.alcedo import condition
from e2e.case import say


class BadSourcesTest(SandboxCase):
    def test_nothing_that_runs_changes(self):
        repository = Repository(self.folder / "git")
        manifest = Manifest().colour("blue", "demo:1").set("watch.window", "2s").set("standby.for", "2s")
        self.alcedo = self.daemon([repository.source()])
        first = repository.commit("Shop, version 1", {"shop.yaml": str(manifest)})
        self.alcedo.start()
        self.assert_watch(self.alcedo.watch("shop", first), 0)
        time.sleep(3)
        self.containers, self.documents = self.identities(), self.document()
        self.since = self.box.engine_log_size()
        load = self.load("load", "shop.example.com").start().wait_for_answers(20)

        good = str(manifest)
        wrong = good.replace("activeColor", "activeColour")
        line = wrong[: wrong.index("activeColour")].count("\n") + 1
        bad = repository.commit("A typing error", {"shop.yaml": wrong})
        message = self.assert_unharmed("an unknown key")
        self.assertIn(f"shop.yaml:{line}:3", message)
        self.assertIn("activeColour", message)
        self.assert_watch(self.alcedo.watch("shop", bad, timeout=30), 5)

        repository.commit("An empty file", {"shop.yaml": ""})
        self.assertIn("shop.yaml", self.assert_unharmed("an empty file"))

        repository.commit("A cut file", {"shop.yaml": good[: good.index("traffic")]})
        self.assertIn("shop.yaml", self.assert_unharmed("a cut file"))

        repository.commit("No manifest", {"shop.yaml": None, "README": "nothing here\n"})
        self.assert_unharmed("no manifest at all", reason="SourceEmpty")

        away = repository.bare.with_name("elsewhere.git")
        repository.bare.rename(away)
        self.assertIn(str(repository.bare), self.assert_unharmed("no repository"))
        away.rename(repository.bare)

        last = repository.commit("As it was", {"shop.yaml": good})
        self.assert_watch(self.alcedo.watch("shop", last, timeout=60), 0)
        self.alcedo.wait_for("shop", "synced again", lambda s: condition(s, "SourceSynced").get("status") == "True")
        self.assert_untouched("as it was")
        self.assert_none_lost(load, load.stop())

    def assert_unharmed(self, what, reason=None):
        """SourceSynced turns False (and says why, anew), everything else stays; returns the message."""
        before = getattr(self, "last", None)

        def told(status):
            now = condition(status, "SourceSynced")
            return now.get("status") == "False" and now.get("message") != before and reason in (None, now["reason"])

        status = self.alcedo.wait_for("shop", f"told about {what}", told, timeout=20)
        synced = condition(status, "SourceSynced")
        self.last = synced["message"]
        say(f"{what}: {synced['reason']}: {re.sub(chr(10), ' / ', synced['message'])}")
        time.sleep(4)
        status = self.alcedo.status("shop")
        self.assertEqual(status["phase"], "Idle")
        self.assertEqual(condition(status, "Ready").get("status"), "True", "as before: SPEC's table of conditions")
        self.assert_untouched(what)
        return synced["message"]

    def assert_untouched(self, what):
        self.assertEqual(self.identities(), self.containers, what)
        self.assertEqual(self.document(), self.documents, what)
        self.assertEqual(self.mutations(self.since), [], what)


if __name__ == "__main__":
    main()
