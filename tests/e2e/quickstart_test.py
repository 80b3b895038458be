"""deploy/quickstart --batch: exit 0, its table, and nothing left behind. With ALCEDO_QUICKSTART=1 in a fresh clone
with its release build, as a user would; else in this tree with the build that the tests have, which saves many minutes."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from e2e import Remains, main
from e2e.case import why_not
from e2e.sandbox import TREE


class QuickstartTest(unittest.TestCase):
    def setUp(self):
        reason = why_not(())
        if reason:
            self.skipTest(reason)

    def clone(self):
        root = pathlib.Path(tempfile.mkdtemp(prefix="alcedo-e2e-"))
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        subprocess.run(["git", "clone", "--quiet", f"file://{TREE}", str(root / "clone")], check=True)
        return root / "clone"

    def test_it_tells_its_story_and_leaves_nothing(self):
        whole = bool(os.environ.get("ALCEDO_QUICKSTART"))
        tree = self.clone() if whole else TREE
        before = Remains(tree)
        done = self.quickstart(tree, "--batch", *([] if whole else ["--preset", "dev"]))
        self.assertEqual(done.returncode, 0)
        for words in ("release", "requests lost", "Serving", "Rejected", "Reverted", "0 lost after it"):
            self.assertIn(words, done.stdout)
        self.assertNotIn("\033[", done.stdout)
        self.assertEqual(Remains(tree).new_since(before), [])
        self.assertEqual(self.quickstart(tree, "--down").returncode, 0)

    def quickstart(self, tree, *arguments):
        done = subprocess.run([str(tree / "deploy" / "quickstart"), *arguments], cwd="/", stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=3000)
        print(done.stdout, file=sys.stderr)
        return done


if __name__ == "__main__":
    main()
