"""At rest nothing is written: 100 resyncs, 0 engine mutations, 0 file writes, 0 store writes, under 30 MB."""

import pathlib
import re
import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.case import say

RESYNCS = 100


class AtRestTest(SandboxCase):
    def test_a_hundred_resyncs_write_nothing(self):
        repository = Repository(self.folder / "git")
        manifest = Manifest().colour("blue", "demo:1").set("watch.window", "2s").set("standby.for", "2s")
        alcedo = self.daemon([repository.source()], resync="1s")
        first = repository.commit("Shop, version 1", {"shop.yaml": str(manifest)})
        alcedo.start()
        self.assert_watch(alcedo.watch("shop", first), 0)
        time.sleep(5)

        since = self.box.engine_log_size()
        version = alcedo.get("shop")["metadata"]["resourceVersion"]
        files, written = self.files(alcedo), self.bytes_written(alcedo)
        deadline = time.monotonic() + 150
        while self.resyncs(since) < RESYNCS and time.monotonic() < deadline:
            time.sleep(1)
        self.assertGreaterEqual(self.resyncs(since), RESYNCS, "lists of containers since then")
        self.assertEqual(self.mutations(since), [])
        self.assertEqual(self.files(alcedo), files)
        self.assertEqual(self.bytes_written(alcedo) - written, 0, "bytes the process sent to disk")
        self.assertEqual(alcedo.get("shop")["metadata"]["resourceVersion"], version)
        megabytes = alcedo.resident_bytes() / 1e6
        say(f"{self.resyncs(since)} resyncs, resident {megabytes:.1f} MB")
        self.assertLess(megabytes, 30)

    def resyncs(self, since):
        """Each full resync lists the containers; the daemon's own count is not trusted here."""
        return sum("/containers/json" in path for _, path in self.box.engine_calls(since))

    def files(self, alcedo):
        """Every file of the store and of Traefik's folder: when and how it was last written."""
        found = {}
        for folder in (alcedo.state, pathlib.Path(self.box.env["TRAEFIK_DIR"])):
            for path in folder.rglob("*"):
                status = path.stat()
                found[str(path)] = (status.st_ino, status.st_size, status.st_mtime_ns)
        self.assertTrue(found)
        return found

    @staticmethod
    def bytes_written(alcedo):
        text = pathlib.Path(f"/proc/{alcedo.process.pid}/io").read_text()
        return int(re.search(r"^write_bytes: (\d+)", text, re.M).group(1))


if __name__ == "__main__":
    main()
