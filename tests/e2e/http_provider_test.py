"""Traefik polls its document instead of watching a folder: a release under load, Alcedo killed in between.

Traefik gets the line that pre-flight prints, as an operator would paste it. Lost requests allowed: none.
"""

import pathlib
import re
import shutil
import subprocess
import time

from e2e import Manifest, Repository, SandboxCase, Timeline, main
from e2e.alcedo import condition, confirmed
from e2e.case import say

PORT = 9645


class HttpProviderTest(SandboxCase):
    def test_a_release_over_polls_without_a_lost_request(self):
        repository = Repository(self.folder / "git")
        manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2")
        first = repository.commit("Shop, version 1", {"shop.yaml": str(manifest)})
        listen = f"{self.box.gateway()}:{PORT}"
        provider = ("--traefik-provider", "http", "--traefik-http-listen", listen)
        alcedo = self.daemon([repository.source()], provider=provider).start(ready=False)
        self.mend_as_told(alcedo)
        self.assert_watch(alcedo.watch("shop", first), 0)

        load = self.load("release", "shop.example.com", slow=[15], websockets=[20, 0]).start().wait_for_answers(20)
        second = repository.commit("Ship version 2", {"shop.yaml": str(manifest.active("green"))})
        with Timeline(alcedo, "shop") as seen:
            self.assert_watch(alcedo.watch("shop", second, timeout=150), 0)
        self.assertIsNotNone(seen.span(lambda status: confirmed(status) == (50, 50)), seen.phases())
        # Idle, and the warm blue is let go with it: that document waits for Traefik's next poll, too.
        alcedo.wait_for("shop", "confirmed without blue", lambda s: confirmed(s) == (0, 100), timeout=20)

        # Nobody answers Traefik's polls for a while; it keeps what it has.
        alcedo.kill()
        time.sleep(4)
        alcedo.start(timeout=40)
        self.assertEqual(alcedo.status("shop")["phase"], "Idle")
        self.assertEqual(confirmed(alcedo.status("shop")), (0, 100))
        self.lose_state_and_document(alcedo)
        self.assert_none_lost(load, load.stop())

        self.assert_second_daemon_is_refused(alcedo, provider)
        self.assert_token_is_kept(alcedo)
        names = sorted(path.name for path in (pathlib.Path(self.box.env["TRAEFIK_DIR"]) / "dynamic").iterdir())
        self.assertEqual(names, ["default-certificate.yaml"], "nothing is written where Traefik watches")
        code, seconds = alcedo.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 10)

    def lose_state_and_document(self, alcedo):
        """All but the token in Traefik's command: an empty document would drop the route, so none is given out."""
        alcedo.stop()
        for one in alcedo.state.iterdir():
            if one.name not in ("ack-token", "key"):
                shutil.rmtree(one) if one.is_dir() else one.unlink()
        alcedo.start(ready=False)
        status = alcedo.wait_for(
            "shop", "confirmed again", lambda s: confirmed(s) == (0, 100) and
            condition(s, "TrafficApplied").get("status") == "True", timeout=60)
        self.assertIn("RecordRebuilt", [event["reason"] for event in status["events"]])
        said = re.findall(r'traefik_calls_total\{code="(\d+)",op="poll"\}', self.box.http("http://127.0.0.1:9644/metrics")[1])
        self.assertEqual(sorted(said), ["200", "503"], "Traefik asked meanwhile, and was told to keep what it has")

    def mend_as_told(self, alcedo):
        """Pre-flight says that nobody polls, and what Traefik's command lacks; with it Traefik is ready."""
        deadline = time.monotonic() + 20
        while not (point := alcedo.points().get("polled")):
            self.assertLess(time.monotonic(), deadline, alcedo.log_tail())
            time.sleep(0.1)
        self.assertFalse(point["ok"])
        say(f"polled: {point['message']}: {point['fix']}")
        told = subprocess.run(["bash", "-c", f"printf '%s\\n' {point['fix']}"], stdout=subprocess.PIPE, text=True,
                              check=True).stdout.split()
        self.assertEqual(told[0], "traefik")
        self.box.replace_traefik(*told[1:])
        while not alcedo.ready():
            self.assertLess(time.monotonic(), deadline + 40, alcedo.log_tail())
            time.sleep(0.1)
        self.assertTrue(alcedo.points()["polled"]["ok"])

    def assert_second_daemon_is_refused(self, alcedo, provider):
        folder = self.folder / "second"
        folder.mkdir()
        arguments = [str(one).replace(str(self.folder), str(folder)) if one in (alcedo.state, alcedo.socket) else one
                     for one in alcedo.arguments]
        arguments[arguments.index("--listen") + 1] = "127.0.0.1:9646"
        done = self.box.run(alcedo.binary, *arguments, "--instance", "second")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f"--traefik-http-listen: listen on {provider[-1]}: another process already listens there",
                      done.stderr)

    def assert_token_is_kept(self, alcedo):
        token = (alcedo.state / "ack-token").read_text().strip()
        self.assertEqual(len(token), 64)
        shown = [alcedo.log.read_text(errors="replace"), alcedo.client("describe", "shop").stdout,
                 str(alcedo.points()), self.box.http("http://127.0.0.1:9644/metrics")[1]]
        for text in shown:
            self.assertNotIn(token, text)
        url = f"http://{self.box.gateway()}:{PORT}"
        self.assertEqual(self.box.http(f"{url}/{token}/alcedo.json")[0], 200)
        self.assertEqual(self.box.http(f"{url}/{token[:-1]}/alcedo.json")[0], 404)


if __name__ == "__main__":
    main()
