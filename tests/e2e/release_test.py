"""A commit flips the line: green up, checks, 50/50, 100, drained, blue warm, Idle. And back again.

Requests on kept and new connections, GET and POST, a 25 s and a 45 s response and a WebSocket are open
across the switch; each must live to its own end. Lost requests allowed: none.
"""

from e2e import Manifest, Repository, SandboxCase, Timeline, main
from e2e.alcedo import confirmed
from e2e.case import say
from e2e.load import chi_square


class ReleaseTest(SandboxCase):
    def test_flip_the_line_and_back_again_without_a_lost_request(self):
        repository = Repository(self.folder / "git")
        # The old colour stays warm past the 45 s response, so that "back again" finds it running.
        manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2").set("standby.for", "120s")
        alcedo = self.daemon([repository.source()])
        first = repository.commit("Shop, version 1", {"shop.yaml": str(manifest)})
        alcedo.start()
        self.assert_watch(alcedo.watch("shop", first), 0)
        blue = self.identities(name="shop", color="blue")
        self.assertEqual(len(blue), 1)

        there = repository.commit("Ship version 2", {"shop.yaml": str(manifest.active("green"))})
        self.switch(alcedo, there, "green", slow=[25, 45], websocket=50)
        self.assertEqual(self.identities(name="shop", color="blue"), blue, "blue is warm and untouched")

        back = repository.commit("Back to version 1", {"shop.yaml": str(manifest.active("blue"))})
        self.switch(alcedo, back, "blue", slow=[25], websocket=30)
        self.assertEqual(self.identities(name="shop", color="blue"), blue, "blue was never restarted")

        code, seconds = alcedo.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 10)

    def switch(self, alcedo, commit, colour, slow, websocket):
        """The load begins before Alcedo can have seen the commit, or with it; it ends after Idle."""
        load = self.load(f"to-{colour}", "shop.example.com", slow=slow, websockets=[websocket, 0])
        load.start().wait_for_answers(20)
        with Timeline(alcedo, "shop") as seen:
            self.assert_watch(alcedo.watch("shop", commit, timeout=150), 0)
        self.assert_none_lost(load, load.stop())
        status = alcedo.status("shop")
        self.assertEqual((status["phase"], status["activeColor"]), ("Idle", colour))
        self.assertEqual(confirmed(status), (100, 0) if colour == "blue" else (0, 100))
        for phase in ("Shifting", "Draining"):
            self.assertIn(phase, seen.phases())
        self.assert_halves(load, seen)

    def assert_halves(self, load, seen):
        """While 50/50 is confirmed the client sees 50/50: Pearson's test, not a guess."""
        span = seen.span(lambda status: confirmed(status) == (50, 50))
        self.assertIsNotNone(span, f"50/50 was never seen: {seen.phases()}")
        counts = load.versions(*span)
        statistic = chi_square(counts, {"1": 0.5, "2": 0.5})
        say(f"50/50 confirmed for {span[1] - span[0]:.1f} s: {dict(counts)}, chi-square {statistic:.2f}")
        self.assertGreater(sum(counts.values()), 200)
        self.assertLess(statistic, 10.83)


if __name__ == "__main__":
    main()
