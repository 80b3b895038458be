"""Apps that end in three hard ways, released and stopped under load: none may lose a request.

`drains` closes its port at SIGTERM and takes 20 s to go; `hurries` is gone at once and has requests of
2 s in flight; `plain` brings no Docker health check at all. The old colour is really stopped while the
load goes on: that is where each of them would lose something.
"""

import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.case import say

APPS = {
    "drains": ("demo", {"TERM_DRAIN": "20s"}, "/"),
    "hurries": ("demo", {"TERM_EXIT": "now", "WORK": "2s"}, "/work"),
    "plain": ("plain", {}, "/"),
}


class ShutdownsTest(SandboxCase):
    def test_the_old_colour_ends_under_load(self):
        repository = Repository(self.folder / "git")
        manifests = {}
        for name, (image, environment, _) in APPS.items():
            manifest = Manifest(name=name, host=f"{name}.example.com", environment=environment)
            manifests[name] = manifest.colour("blue", f"{image}:1").colour("green", f"{image}:2")
        alcedo = self.daemon([repository.source()])
        first = repository.commit("Three apps", self.files(manifests))
        alcedo.start()
        for name in APPS:
            self.assert_watch(alcedo.watch(name, first), 0)

        for name, (_, _, path) in APPS.items():
            self.load(name, f"{name}.example.com", rate=30, path=path).start()
        for load in self.loads:
            load.wait_for_answers(10)
        for manifest in manifests.values():
            manifest.active("green")
        second = repository.commit("Ship version 2 of all three", self.files(manifests))
        for name in APPS:
            self.assert_watch(alcedo.watch(name, second, timeout=150), 0)
        for name in APPS:
            self.wait_for_stop(name)
        time.sleep(2)
        for load in self.loads:
            summary = load.stop()
            self.assert_none_lost(load, summary)
            say(f"{load.lines.stem}: {summary['sent']} requests, {summary['versions']}, 0 lost")
            self.assertGreater(summary["versions"]["2"], 100)

    @staticmethod
    def files(manifests):
        return {f"{name}.yaml": str(manifest) for name, manifest in manifests.items()}

    def wait_for_stop(self, name, timeout=90):
        deadline = time.monotonic() + timeout
        while self.box.running(name=name, color="blue"):
            self.assertLess(time.monotonic(), deadline, f"{name}: blue is never stopped")
            time.sleep(0.5)


if __name__ == "__main__":
    main()
