"""Commits inside the watch window: back to what was stable, another fix on this colour, another on that one.

SPEC section 2, "What supersedes": (a), (b) and (c), each under load, each without a lost request.
"""

from e2e import Manifest, Repository, SandboxCase, Timeline, main
from e2e.alcedo import condition, confirmed
from e2e.case import say


class SecondThoughtsTest(SandboxCase):
    def setUp(self):
        super().setUp()
        self.repository = Repository(self.folder / "git")
        self.manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2")
        self.manifest.set("watch.window", "12s").set("standby.for", "30s").set("traffic.steps", [{"weight": 50, "hold": "2s"}])
        self.alcedo = self.daemon([self.repository.source()])
        first = self.repository.commit("Shop, version 1", {"shop.yaml": str(self.manifest)})
        self.alcedo.start()
        self.assert_watch(self.alcedo.watch("shop", first), 0)
        self.blue = self.identities(name="shop", color="blue")
        self.traffic = self.load("load", "shop.example.com").start().wait_for_answers(20)
        self.ship("Ship version 2", self.manifest.active("green"))
        self.in_window()

    def ship(self, message, manifest):
        return self.repository.commit(message, {"shop.yaml": str(manifest)})

    def in_window(self):
        return self.alcedo.wait_for("shop", "in its window", lambda s: s["phase"] == "Watching" and confirmed(s) == (0, 100))

    def assert_ends(self, colour, version):
        status = self.alcedo.status("shop")
        self.assertEqual((status["phase"], status["activeColor"], "hold" in status), ("Idle", colour, False), status)
        self.assert_none_lost(self.traffic, self.traffic.stop())
        self.assertEqual(self.traffic.records()[-1]["version"], version)
        self.assertEqual(self.box.http(self.box.env["ENTRYPOINT_WEB"], {"Host": "shop.example.com"})[0], 200)

    def test_a_back_to_stable(self):
        with Timeline(self.alcedo, "shop") as seen:
            back = self.repository.revert()
            self.assert_watch(self.alcedo.watch("shop", back), 0)
        shares = {confirmed(status) for _, _, status in seen.samples} - {None}
        self.assertIn((100, 0), shares)
        self.assertLessEqual(shares, {(0, 100), (100, 0)}, "one write, no steps")
        self.assertNotIn("Held", seen.phases())
        self.assertEqual(self.identities(name="shop", color="blue"), self.blue, "blue was warm all the time")
        self.assert_ends("blue", "1")

    def test_b_fix_forward(self):
        self.manifest.colour("green", "demo:3")
        with Timeline(self.alcedo, "shop") as seen:
            fix = self.ship("Fix it on green", self.manifest)
            self.assert_watch(self.alcedo.watch("shop", fix), 0)
        say(f"phases: {seen.phases()}")
        stable = seen.span(lambda status: confirmed(status) == (100, 0))
        self.assertIsNotNone(stable, "traffic went back to stable first")
        self.assertEqual(self.identities(name="shop", color="blue"), self.blue)
        running = self.box.running(name="shop", color="green")
        self.assertEqual([one["Config"]["Image"] and len(running) for one in running.values()], [1], "one green, the fixed one")
        self.assert_ends("green", "3")

    def test_c_on_the_colour_that_holds_stable(self):
        self.manifest.active("blue").colour("blue", "demo:3")
        fix = self.ship("Another version on blue", self.manifest)
        status = self.alcedo.wait_for("shop", "waiting for the window",
                                      lambda s: condition(s, "Reconciling").get("reason") == "WindowOpen")
        self.assertEqual((status["phase"], status["activeColor"]), ("Watching", "green"))
        self.assertIn("window", status["waitingFor"])
        self.assertTrue(status["deadline"])
        self.assertEqual(self.identities(name="shop", color="blue"), self.blue, "not touched before the window closes")
        self.assert_watch(self.alcedo.watch("shop", fix), 0)
        self.assert_ends("blue", "3")

    def test_labels_and_timers_in_the_middle(self):
        created = self.identities(name="shop")
        self.manifest.document["metadata"]["labels"] = {"team": "bots"}
        edited = self.ship("Another window, a label", self.manifest.set("watch.window", "6s"))
        self.assert_watch(self.alcedo.watch("shop", edited), 0)
        self.assertEqual({name: one[:2] for name, one in self.identities(name="shop").items()},
                         {name: one[:2] for name, one in created.items()})
        self.assert_ends("green", "2")


if __name__ == "__main__":
    main()
