"""A colour's own network is the first free /27 of --network-pool. A pool without room is the host's trouble: the
release waits, nothing is held, and it goes on when there is room. Lost requests allowed: none."""

import time

from e2e import Manifest, Repository, SandboxCase, main

POOL = "10.77.0.0/26"  # room for two


class NetworkPoolTest(SandboxCase):
    def test_a_full_pool_is_waited_for(self):
        self.make_foreign("foreign-a", "10.77.0.0/27")
        repository = Repository(self.folder / "git")
        manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2").set("watch.window", "3s")
        manifest.spec["services"]["worker"] = {"image": "demo:1"}
        manifest.set("health.timeout", "10s").set("health.minReady", "1s").set("standby", {"for": "3s", "then": "Remove"})
        alcedo = self.daemon([repository.source()], extra=["--network-pool", POOL])
        first = repository.commit("Shop and its worker", {"shop.yaml": str(manifest)})
        alcedo.start()
        self.assert_watch(alcedo.watch("shop", first), 0)
        self.assertEqual(self.subnet("shop-blue"), "10.77.0.32/27", "the first free one")
        load = self.load("load", "shop.example.com").start().wait_for_answers(20)

        there = repository.commit("Ship version 2", {"shop.yaml": str(manifest.active("green"))})
        status = alcedo.wait_for("shop", "short of a network",
                                 lambda s: "no free /27 is left" in s.get("waitingFor", ""), timeout=30)
        self.assertIn(f"--network-pool {POOL}", status["waitingFor"])
        time.sleep(12)  # longer than health.timeout
        status = alcedo.status("shop")
        self.assertEqual(status["phase"], "Starting")
        self.assertNotIn("hold", status)
        self.box.engine("DELETE", "/networks/foreign-a")
        self.assert_watch(alcedo.watch("shop", there, timeout=120), 0)
        self.assertEqual(self.subnet("shop-green"), "10.77.0.0/27")
        self.assert_none_lost(load, load.stop())

        # The old colour's network goes with its last container.
        deadline = time.monotonic() + 40
        while self.subnet("shop-blue"):
            self.assertLess(time.monotonic(), deadline, "blue's network is still there")
            time.sleep(0.5)

    def make_foreign(self, name, subnet):
        body = {"Name": name, "IPAM": {"Config": [{"Subnet": subnet}]}}
        status, answer = self.box.engine("POST", "/networks/create", body)
        self.assertEqual(status, 201, answer)
        self.addCleanup(self.box.engine, "DELETE", f"/networks/{name}")

    def subnet(self, name):
        status, found = self.box.engine("GET", f"/networks/{name}")
        return found["IPAM"]["Config"][0]["Subnet"] if status == 200 else ""


if __name__ == "__main__":
    main()
