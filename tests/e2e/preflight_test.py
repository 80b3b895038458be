"""Broken ground, as an operator meets it: one line a point, and at its end the command that mends it."""

import json
import re
import signal
import subprocess
import time

from e2e import Alcedo, Manifest, SandboxCase, main
from e2e.case import say

SECONDS = 5


class PreflightTest(SandboxCase):
    def lines(self, *changes, drop=(), kind="console"):
        """What `alcedo run` prints within a few seconds with these settings instead of the usual ones."""
        (self.folder / "apps").mkdir(exist_ok=True)
        (self.folder / "apps" / "shop.yaml").write_text(str(Manifest()))
        (self.folder / "state").mkdir(exist_ok=True)
        alcedo = Alcedo(self.box, self.folder, [f"dir:{self.folder}/apps"])
        arguments = list(map(str, alcedo.arguments)) + ["--traefik-deadline", "1s", "--log-format", kind]
        for flag in drop:
            at = arguments.index(flag)
            del arguments[at:at + 2]
        for flag, value in zip(changes[::2], changes[1::2]):
            if flag in arguments:
                arguments[arguments.index(flag) + 1] = value
            else:
                arguments += [flag, value]
        process = self.box.start(alcedo.binary, *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        time.sleep(SECONDS)
        process.send_signal(signal.SIGTERM)
        text, _ = process.communicate(timeout=15)
        self.assertEqual(process.returncode, 0, text)
        return text.splitlines()

    def failing(self, *changes, **keywords):
        """{point: rest of its line}; each point that fails does so on exactly one line, with its mend."""
        found = {}
        for line in self.lines(*changes, **keywords):
            if not line.startswith("FAIL  "):
                continue
            # A name fills its column and has blanks in it; a source's is longer than the column.
            name, rest = re.match(r"FAIL  (source \S+|.+?(?=  )) +(.*)", line).groups()
            self.assertNotIn(name, found, line)
            self.assertIn("; fix: ", line)
            found[name] = rest.strip()
        return found

    def assert_mends(self, found, first, mend):
        self.assertTrue(found, "everything is said to be in order")
        name, rest = next(iter(found.items()))
        say(f"{name}: {rest}")
        self.assertEqual(name, first, found)
        self.assertIn(f"; fix: {mend}", rest)

    def test_all_in_order(self):
        lines = self.lines()
        for name in ("engine", "network", "rename", "traefik", "proxy", "entry point web", "events", "document",
                     "marker", f"source dir:{self.folder}/apps"):
            self.assertEqual(sum(line.startswith(f"ok    {name} ") for line in lines), 1, f"{name}\n{lines}")
        self.assertFalse([line for line in lines if line.startswith("FAIL")])

    def test_the_engine(self):
        found = self.failing("--docker", f"unix://{self.folder}/none.sock")
        self.assert_mends(found, "engine", "systemctl start docker")
        self.assertEqual(set(found), {"engine", "events"})

    def test_the_api(self):
        address = self.box.env["TRAEFIK_ADDRESS"]
        found = self.failing("--traefik-api", f"http://{address}:80")
        self.assert_mends(found, "traefik", "traefik --api=true --api.insecure=true")
        self.assertEqual(set(found), {"traefik"})
        found = self.failing("--traefik-api", f"http://{address}:8081")
        self.assert_mends(found, "traefik", "docker start TRAEFIK, or --traefik-api http://$(docker inspect -f ")

    def test_the_entry_point(self):
        address = self.box.env["TRAEFIK_ADDRESS"]
        found = self.failing("--traefik-entrypoint", f"web=http://{address}:81")
        self.assert_mends(found, "entry point web", f"--traefik-entrypoint web=http://{address}:80")
        self.assertIn("what mends `traefik` and the entry points", found["marker"])
        found = self.failing("--traefik-entrypoint", f"wep=http://{address}:80")
        self.assert_mends(found, "entry point wep", "traefik --entrypoints.wep.address=:PORT")
        # Another program's answers: the API can tell what is applied, and it is said where to look.
        lines = self.lines("--traefik-entrypoint", f"web=http://{address}:8080")
        self.assertFalse([line for line in lines if line.startswith("FAIL")], lines)

    def test_a_folder_that_traefik_does_not_watch(self):
        other = self.folder / "traefik"
        (other / "dynamic").mkdir(parents=True)
        found = self.failing("--traefik-dir", str(other))
        self.assert_mends(found, "entry point web", f"docker run --volume {other}/dynamic:/dynamic:ro TRAEFIK "
                                                    "--providers.file.directory=/dynamic")
        self.assertEqual(set(found), {"entry point web", "marker"})

    def test_two_mounts(self):
        """Also of one filesystem: a rename from one bind mount to another fails."""
        other = self.folder / "traefik"
        (other / "dynamic").mkdir(parents=True)
        (other / "staging").mkdir()
        self.assertEqual(self.box.run("mount", "--bind", other / "dynamic", other / "dynamic").returncode, 0)
        found = self.failing("--traefik-dir", str(other))
        self.assertEqual(self.box.run("umount", other / "dynamic").returncode, 0)
        self.assert_mends(found, "rename", f"umount {other}/dynamic")
        self.assertIn("`document` comes first", found["events"])

    def test_the_source(self):
        found = self.failing("--source", f"dir:{self.folder}/nowhere")
        self.assert_mends(found, next(iter(found)), f"mkdir -p {self.folder}/nowhere, or --source dir:PATH")
        self.assertEqual(len(found), 1)
        found = self.failing("--source", f"git+file://{self.folder}/none.git?ref=main")
        self.assert_mends(found, next(iter(found)), f"git ls-remote file://{self.folder}/none.git ")
        self.assertEqual(len(found), 1)
        (self.folder / "empty").mkdir()
        found = self.failing("--source", f"dir:{self.folder}/empty")
        self.assert_mends(found, next(iter(found)), f"cp shop.yaml {self.folder}/empty")

    def test_polls(self):
        provider = ("--traefik-provider", "http", "--traefik-http-listen")
        found = self.failing(*provider, "127.0.0.1:9645", drop=["--traefik-dir"])
        self.assert_mends(found, "polled", "--traefik-http-listen $(docker inspect -f ")
        found = self.failing(*provider, "192.0.2.1:9645", drop=["--traefik-dir"])
        self.assert_mends(found, "polled", "--traefik-http-listen $(docker inspect -f ")

    def test_json(self):
        lines = [json.loads(line) for line in self.lines("--source", f"dir:{self.folder}/nowhere", kind="json")]
        said = [line["fields"] for line in lines if line["reason"] == "PreFlight"]
        names = [one["point"] for one in said]
        self.assertEqual(len(names), len(set(names)), names)
        (failed,) = [one for one in said if not one["ok"]]
        self.assertEqual(failed["point"], f"source dir:{self.folder}/nowhere")
        self.assertTrue(failed["fix"].startswith(f"mkdir -p {self.folder}/nowhere"))


if __name__ == "__main__":
    main()
