"""A manifest cut at its line ends and left so, written slowly, emptied, doubled: an error, or what validate says."""

import json
import re
import time

from e2e import Manifest, SandboxCase, main
from e2e.alcedo import condition
from e2e.case import say


class CutFilesTest(SandboxCase):
    def setUp(self):
        super().setUp()
        self.apps = self.folder / "apps"
        self.apps.mkdir()
        self.manifest = Manifest().colour("blue", "demo:1").set("watch.window", "2s").set("standby.for", "2s")
        self.whole = str(self.manifest)
        self.file = self.apps / "shop.yaml"
        self.file.write_text(self.whole)
        self.alcedo = self.daemon([f"dir:{self.apps}"])
        self.alcedo.start()
        self.settled("served", lambda s: s.get("activeColor") == "blue" and s["phase"] == "Idle")
        time.sleep(3)
        self.remember()

    def settled(self, what, predicate, timeout=30):
        return self.alcedo.wait_for("shop", what, predicate, timeout=timeout)

    def remember(self):
        self.containers, self.documents = self.identities(), self.document()
        self.since = self.box.engine_log_size()

    def assert_untouched(self, what):
        self.assertEqual(self.identities(), self.containers, what)
        self.assertEqual(self.document(), self.documents, what)
        self.assertEqual(self.mutations(self.since), [], what)

    def validated(self, text):
        """(valid, problems) as `validate` says them of that text."""
        copy = self.folder / "shop.yaml"
        copy.write_text(text)
        done = self.box.run(self.alcedo.binary, "validate", "-o", "json", copy)
        (said,) = json.loads(done.stdout)["files"]
        self.assertEqual(done.returncode == 0, said["valid"])
        return said["valid"], [error["problem"] for error in said["errors"]]

    def cuts(self):
        """Every line end (the only place where a cut may pass for whole), and a few bytes between."""
        ends = [at + 1 for at, byte in enumerate(self.whole[:-1]) if byte == "\n"]
        return sorted({*ends, *range(1, len(self.whole), len(self.whole) // 10)})

    def test_cut_and_left(self):
        good = [length for length in self.cuts() if self.validated(self.whole[:length])[0]]
        bad = [length for length in self.cuts() if length not in good]
        say(f"{len(bad)} cuts are refused, {len(good)} are manifests of their own")
        for length in bad[:: max(1, len(bad) // 15)]:
            _, errors = self.validated(self.whole[:length])
            self.assertTrue(errors, f"cut at {length}: refused without a word")
            self.file.write_text(self.whole[:length])
            self.settled(f"told of the cut at {length}: {errors[0]}", self.out_of_sync(errors[0]))
            self.assert_untouched(f"cut at {length}")
        for length in good[-3:]:
            generation = self.alcedo.status("shop")["observedGeneration"]
            self.file.write_text(self.whole[:length])
            self.settled(f"taken as it is at {length}", lambda s: s["observedGeneration"] > generation and
                         condition(s, "SourceSynced").get("status") == "True")
            said = set(re.findall(r"^  (\w+):", self.whole[:length].partition("\nspec:")[2], re.M))
            self.assertEqual(set(self.alcedo.get("shop")["spec"]), said)

    def test_written_slowly(self):
        changed = self.whole.replace('"demo:1"', '"demo:2"').replace('"10s"', '"9s"')
        pieces = [changed[at:at + len(changed) // 99] for at in range(0, len(changed), len(changed) // 99)]
        with open(self.file, "w") as file:
            for piece in pieces:
                file.write(piece)
                file.flush()
                time.sleep(0.05)
                self.assertEqual(self.alcedo.status("shop")["observedGeneration"], 1, "read before it was whole")
        status = self.settled("read whole", lambda s: s["observedGeneration"] == 2)
        self.assertEqual(condition(status, "Stalled").get("reason"), "ServingColorOutdated")
        self.assertEqual(self.identities(), self.containers)

    def test_empty_gone_and_doubled(self):
        self.file.write_text("")
        self.settled("told of the empty file", self.out_of_sync("shop.yaml"))
        self.assert_untouched("an empty file")
        self.file.write_text(self.whole)
        self.settled("whole again", lambda s: condition(s, "SourceSynced").get("status") == "True")
        (self.apps / "again.yaml").write_text(self.whole)
        message = self.settled("told of the second file", self.out_of_sync("again.yaml", "DuplicateName"))
        self.assertIn("shop.yaml", condition(message, "SourceSynced")["message"])
        self.assert_untouched("two files with one name")
        (self.apps / "again.yaml").unlink()
        self.settled("one file again", lambda s: condition(s, "SourceSynced").get("status") == "True")
        moved = self.file.rename(self.apps / "renamed.yaml")
        time.sleep(6)
        self.assertEqual(condition(self.alcedo.status("shop"), "SourceSynced")["status"], "True", "a name, not a path")
        self.assert_untouched("a renamed file")
        moved.unlink()
        self.settled("told of the empty folder", self.out_of_sync("", "SourceEmpty"))
        time.sleep(6)
        self.assert_untouched("no file at all")

    @staticmethod
    def out_of_sync(what, reason=None):
        def told(status):
            now = condition(status, "SourceSynced")
            return now.get("status") == "False" and what in now["message"] and reason in (None, now["reason"])
        return told


if __name__ == "__main__":
    main()
