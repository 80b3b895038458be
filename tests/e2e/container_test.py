"""Alcedo itself in a container, as deploy/compose.yaml runs it, in an image made from nothing by deploy/image.

It drives releases without a lost request. With the host's proc mounted the end of the last connection
ends the drain; without it nobody can count, and drain.timeout decides.
"""

import json
import os
import subprocess
import time

from e2e import Manifest, Repository, SandboxCase, Timeline, main
from e2e.alcedo import Alcedo
from e2e.case import say
from e2e.sandbox import TOOLS, TREE

COMPOSE = TREE / "deploy" / "compose.yaml"


class Contained(Alcedo):
    """The daemon in a container; its client speaks through the socket that the override mounts."""

    def __init__(self, box, folder):
        self.box, self.binary = box, os.environ["ALCEDO_BINARY"]
        self.socket, self.log = folder / "run" / "alcedo.sock", folder / "alcedo.log"

    def kill(self):
        self.log.write_text(self.docker("logs", "alcedo").stdout)

    def docker(self, *arguments, **environment):
        return subprocess.run([str(TOOLS / "docker"), str(self.box.folder), *map(str, arguments)], text=True,
                              env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)


class ContainerTest(SandboxCase):
    def setUp(self):
        super().setUp()
        self.box._tool("fetch", "compose")
        self.repository = Repository(self.folder / "git")
        self.alcedo = Contained(self.box, self.folder)
        self.daemons.append(self.alcedo)
        # The sandbox's own Traefik and network make room for those of the compose file.
        self.docker("rm", "--force", "--volumes", "traefik")
        self.docker("network", "rm", "alcedo")
        done = subprocess.run([str(TREE / "deploy" / "image"), "--binary", self.alcedo.binary, "alcedo:latest"],
                              env={**os.environ, "DOCKER": f"{TOOLS / 'docker'} {self.box.folder}"},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)
        say(done.stdout.strip())

    def docker(self, *arguments, **environment):
        done = self.alcedo.docker(*arguments, **environment)
        self.assertEqual(done.returncode, 0, f"docker {arguments}: {done.stdout}")
        return done.stdout

    def up(self, **changes):
        """deploy/compose.yaml, and what only a test wants: its repository, and the socket outside."""
        alcedo = {"volumes": [f"{self.repository.bare}:/deploy.git:ro", f"{self.folder}/run:/run/alcedo"], **changes}
        override = self.folder / "override.yaml"
        override.write_text(json.dumps({"services": {"alcedo": alcedo}}))
        self.docker("compose", "-f", COMPOSE, "-f", override, "up", "--detach",
                    TRAEFIK_IMAGE=next(one for one in self.images() if one.startswith("alcedo-traefik")),
                    TRAEFIK_DIR=str(self.folder / "traefik"), DOCKER_SOCKET=f"{self.box.folder}/docker.sock",
                    ALCEDO_SOURCE="git+file:///deploy.git?ref=main&every=1s")
        self.wait_healthy()
        (network,) = self.box.containers()["traefik"]["NetworkSettings"]["Networks"].values()
        self.box.env["TRAEFIK_ADDRESS"] = network["IPAddress"]

    def images(self):
        return [tag for image in self.box.engine("GET", "/images/json")[1] for tag in image["RepoTags"] or []]

    def wait_healthy(self):
        deadline = time.monotonic() + 60
        while self.box.containers()["alcedo"]["State"].get("Health", {}).get("Status") != "healthy":
            self.assertLess(time.monotonic(), deadline, self.docker("logs", "alcedo"))
            time.sleep(0.5)

    def release(self, manifest, colour):
        """Flips under load with a 10 s response open; how long it drained."""
        commit = self.repository.commit(f"Ship on {colour}", {"shop.yaml": str(manifest.active(colour))})
        load = self.load(f"to-{colour}", "shop.example.com", slow=[10]).start().wait_for_answers(20)
        with Timeline(self.alcedo, "shop") as seen:
            self.assert_watch(self.alcedo.watch("shop", commit, timeout=150), 0)
        self.assert_none_lost(load, load.stop())
        begin, end = seen.span(lambda status: status["phase"] == "Draining")
        say(f"{colour}: drained for {end - begin:.1f} s")
        return end - begin

    def assert_git_speaks(self):
        """There is no way out of here, but what is missing in the image would say so before it tried."""
        for url in ("https://127.0.0.1:9/deploy.git", "ssh://127.0.0.1:9/deploy.git"):
            asked = self.alcedo.docker("run", "--rm", "--entrypoint", "git", "alcedo:latest", "ls-remote", url)
            self.assertRegex(asked.stdout, "(?i)connection refused|failed to connect|could not connect")

    def test_a_release_by_a_container(self):
        self.assert_git_speaks()
        manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2")
        manifest.set("traffic.drain", {"grace": "1s", "timeout": "60s"})
        manifest.set("traffic.steps", [{"weight": 50, "hold": "3s"}])
        first = self.repository.commit("Shop, version 1", {"shop.yaml": str(manifest)})
        self.up()
        self.assert_watch(self.alcedo.watch("shop", first), 0)
        self.assertLess(self.release(manifest, "green"), 25, "counted, not waited for")

        # The same without the host's proc; the new container finds what the old one left.
        command = self.box.containers()["alcedo"]["Config"]["Cmd"]
        manifest.set("traffic.drain", {"grace": "1s", "timeout": "20s"})
        self.up(command=[word for word in command if not word.startswith("--proc")])
        self.assertGreater(self.release(manifest, "blue"), 18, "nobody can count: drain.timeout decides")


if __name__ == "__main__":
    main()
