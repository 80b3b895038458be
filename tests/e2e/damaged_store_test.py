"""The state directory is damaged, newer, full, read-only or taken: refused in one line, and nothing is touched.

What serves goes on serving, the document keeps its bytes, and the damaged files keep theirs.
"""

import shutil
import sqlite3
import subprocess
import time

from e2e import Alcedo, Manifest, SandboxCase, main
from e2e.alcedo import confirmed
from e2e.case import say

PAGE = 4096


def flip_a_page(path):
    data = bytearray(path.read_bytes())
    for at in range(PAGE, PAGE + 64):
        data[at] ^= 0x5A
    path.write_bytes(data)


def flip_one_bit(path):
    """In the middle of a record's text, where SQLite itself cannot see it."""
    data = bytearray(path.read_bytes())
    at = data.rindex(b'"activeColor"') if b'"activeColor"' in data else data.rindex(b'"uid"')
    data[at + 2] ^= 0x02
    path.write_bytes(data)


def newer(path):
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 9")


DAMAGE = {
    "a page is garbage": (flip_a_page, r"alcedo\.db: .*damaged.*nothing was changed\. Restore the file"),
    "one bit is flipped": (flip_one_bit, r"alcedo\.db: the record of shop is damaged.*Restore the file"),
    "cut in half": (lambda path: path.write_bytes(path.read_bytes()[:path.stat().st_size // 2]),
                    r"alcedo\.db: .*damaged.*Restore the file"),
    "empty": (lambda path: path.write_bytes(b""), r"alcedo\.db: the store is empty.*Restore the file"),
    "of a newer version": (newer, r"alcedo\.db: was written by a newer Alcedo \(store version 9; this one knows 1\)"),
    "of another program": (lambda path: path.write_bytes(b"#!/bin/sh\n" * 900), r"alcedo\.db: .*damaged"),
}


class DamagedStoreTest(SandboxCase):
    def setUp(self):
        super().setUp()
        self.apps = self.folder / "apps"
        self.apps.mkdir()
        self.manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2")
        self.manifest.set("traffic.steps", []).set("watch.window", "2s")
        self.write(self.manifest)

    def write(self, manifest):
        (self.apps / "shop.yaml").write_text(str(manifest))

    def at_rest(self):
        alcedo = self.daemon([f"dir:{self.apps}"], resync="1s")
        alcedo.start()
        self.served(alcedo, (100, 0))
        return alcedo

    @staticmethod
    def served(alcedo, weights, timeout=60):
        return alcedo.wait_for("shop", f"served {weights}",
                               lambda s: s["phase"] == "Idle" and confirmed(s) == weights, timeout)

    def another(self, state, **keywords):
        """A daemon on that state directory, with its output; ended by itself or after some seconds."""
        one = Alcedo(self.box, self.folder, [f"dir:{self.apps}"], resync="1s", **keywords)
        one.arguments[one.arguments.index("--state-dir") + 1] = state
        process = self.box.start(one.binary, *one.arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                 text=True)
        try:
            _, text = process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            _, text = process.communicate()
            self.fail(f"it runs on {state}:\n{text}")
        return process.returncode, text

    def assert_refused(self, what, code, text, pattern, wanted=1):
        lines = text.splitlines()
        say(f"{what}: exit {code}, {lines[-1] if lines else '(silent)'}")
        self.assertEqual(code, wanted, text)
        self.assertEqual(len(lines), 1, text)
        self.assertRegex(lines[0], "^alcedo: .*" + pattern)

    def test_refused_and_untouched(self):
        alcedo = self.at_rest()
        self.assert_only_one(alcedo)
        alcedo.stop()
        containers, document = self.identities(name="shop"), self.document()
        since = self.box.engine_log_size()
        self.write(self.manifest.copy().active("green"))  # there is something to do, too
        for what, (damage, pattern) in DAMAGE.items():
            state = self.folder / what.replace(" ", "-")
            shutil.copytree(alcedo.state, state)
            damage(state / "alcedo.db")
            before = self.files(state)
            self.assert_refused(what, *self.another(state), pattern)
            self.assertTrue(self.files(state) == before, f"{what}: a file of the state was changed")
        state = self.folder / "read-only"
        shutil.copytree(alcedo.state, state)
        self.inside("mount", "--bind", state, state)
        self.inside("mount", "-o", "remount,bind,ro", state)
        self.assert_refused("read-only", *self.another(state), "Read-only file system.*must be able to write there")
        self.inside("umount", state)
        self.assertEqual(self.mutations(since), [])
        self.assertEqual(self.identities(name="shop"), containers)
        self.assertEqual(self.document(), document)

    def assert_only_one(self, first):
        pid = f"pid {first.process.pid}, instance alcedo"
        self.assert_refused("its own state directory", *self.another(first.state), f"state/lock is held by {pid}", 75)
        self.assert_refused("its Traefik directory", *self.another(self.folder / "mine"),
                            f"staging/.lock is held by {pid}", 75)

    @staticmethod
    def files(folder):
        return {path.name: path.read_bytes() for path in folder.iterdir() if path.stat().st_size and path.name != "lock"}

    def inside(self, *command):
        done = self.box.run(*command)
        self.assertEqual(done.returncode, 0, done.stderr)

    def full(self, folder):
        self.box.run("sh", "-c", f"cat /dev/zero >{folder}/ballast")

    def test_a_full_disk(self):
        """4 MB of state, really full: at the start, and later while a commit arrives."""
        alcedo = self.daemon([f"dir:{self.apps}"], resync="1s")
        alcedo.state.mkdir()
        self.inside("mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", alcedo.state)
        self.full(alcedo.state)
        alcedo.start(ready=False)
        self.assertEqual(alcedo.process.wait(10), 1)
        self.assertRegex(alcedo.log.read_text(), r"^alcedo: .*No space left on device.*Free space on that filesystem")
        self.assertEqual(self.identities(name="shop"), {})

        self.inside("rm", f"{alcedo.state}/ballast")
        alcedo.start()
        self.served(alcedo, (100, 0))
        self.full(alcedo.state)
        containers, document, since = self.identities(name="shop"), self.document(), self.box.engine_log_size()
        self.write(self.manifest.active("green"))
        deadline = time.monotonic() + 20
        while alcedo.points().get("store", {}).get("ok", True):
            self.assertLess(time.monotonic(), deadline, alcedo.log_tail())
            time.sleep(0.2)
        time.sleep(4)
        point = alcedo.points()["store"]
        say(f"full while it runs: {point['message']}")
        self.assertIn("free space", point["message"])
        self.assertIn("StoreFailed", alcedo.log_tail())
        self.assertEqual(self.mutations(since), [], "nothing is done that is not recorded")
        self.assertEqual((self.identities(name="shop"), self.document()), (containers, document))

        # A restart on the full disk serves on as well.
        alcedo.stop()
        alcedo.start(ready=False)
        time.sleep(3)
        self.assertIsNone(alcedo.process.poll(), alcedo.log_tail())
        self.assertEqual(self.mutations(since), [])
        self.inside("rm", f"{alcedo.state}/ballast")
        self.served(alcedo, (0, 100))
        self.assertTrue(alcedo.points()["store"]["ok"])
        alcedo.stop()
        self.inside("umount", alcedo.state)


if __name__ == "__main__":
    main()
