"""Replicas 1, 3, 2 on the serving colour; two routes of one app; twenty apps on one host, each switched under load."""

import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.alcedo import condition, confirmed
from e2e.case import say

APPS = 20


class SizesTest(SandboxCase):
    def ready(self, alcedo, name, count, colour="blue"):
        return alcedo.wait_for(
            name, f"ready with {count} of {colour}",
            lambda s: s["phase"] == "Idle" and s["replicas"][colour] == {"desired": count, "ready": count} and
            condition(s, "Ready").get("status") == "True" and confirmed(s) is not None, timeout=90)

    def test_replicas_and_two_routes(self):
        repository = Repository(self.folder / "git")
        manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2").set("watch.window", "3s")
        manifest.spec["traffic"]["routes"].append(
            {"name": "admin", "service": "web", "port": 8080, "rule": "Host(`admin.example.com`) && PathPrefix(`/`)"})
        web = manifest.spec["services"]["web"]
        web["deploy"] = {"replicas": 1}
        alcedo = self.daemon([repository.source()])
        repository.commit("One", {"shop.yaml": str(manifest)})
        alcedo.start()
        self.ready(alcedo, "shop", 1)
        revision = alcedo.status("shop")["revisions"]["blue"]
        loads = [self.load(host, f"{host}.example.com", rate=40).start().wait_for_answers(10) for host in ("shop", "admin")]
        for count in (3, 2):
            web["deploy"]["replicas"] = count
            repository.commit(f"{count} replicas", {"shop.yaml": str(manifest)})
            alcedo.wait_for("shop", "told of it", lambda s: s["replicas"]["blue"]["desired"] == count)
            status = self.ready(alcedo, "shop", count)
            self.assertEqual(status["revisions"]["blue"], revision, "a count is no part of a revision")
            deadline = time.monotonic() + 30  # one too many is drained before it is stopped
            while len(self.box.running(name="shop", color="blue")) != count:
                self.assertLess(time.monotonic(), deadline, f"never {count}")
                time.sleep(0.3)
            self.assertEqual(self.document()["alcedo.yaml"][0].count(b"http://shop-blue-web"), 2 * count)
        there = repository.commit("Ship version 2", {"shop.yaml": str(manifest.active("green"))})
        self.assert_watch(alcedo.watch("shop", there), 0)
        self.ready(alcedo, "shop", 2, "green")
        for load in loads:
            self.assert_none_lost(load, load.stop())
            self.assertEqual(load.records()[-1]["version"], "2")

    def test_twenty_apps(self):
        repository = Repository(self.folder / "git")
        apps = {}
        for number in range(APPS):
            name = f"app{number:02}"
            manifest = Manifest(name=name, host=f"{name}.example.com").colour("blue", "demo:1").colour("green", "demo:2")
            manifest.set("traffic.steps", []).set("watch.window", "3s").set("standby", {"for": "3s", "then": "Remove"})
            apps[name] = manifest.set("health.interval", "2s").set("health.timeout", "90s")
        alcedo = self.daemon([repository.source()])

        def commit(message):
            return repository.commit(message, {f"{name}.yaml": str(one) for name, one in apps.items()})

        first = commit("Twenty apps")
        alcedo.start()
        began = time.monotonic()
        for name in apps:
            self.assert_watch(alcedo.watch(name, first, timeout=240), 0)
        say(f"{APPS} apps up after {time.monotonic() - began:.0f} s")
        loads = [self.load(name, f"{name}.example.com", rate=4).start() for name in list(apps)[::5]]
        for manifest in apps.values():
            manifest.active("green")
        second = commit("Ship version 2 of all of them")
        began = time.monotonic()
        for name in apps:
            self.assert_watch(alcedo.watch(name, second, timeout=300), 0)
        say(f"{APPS} apps switched after {time.monotonic() - began:.0f} s")
        for load in loads:
            self.assert_none_lost(load, load.stop())
        for name in apps:
            self.assertEqual(alcedo.status(name)["activeColor"], "green")
        say(f"the daemon holds {alcedo.resident_bytes() / 1e6:.1f} MB")
        self.assertFalse([one for one in alcedo.log.read_text().splitlines() if "Violation" in one])


if __name__ == "__main__":
    main()
