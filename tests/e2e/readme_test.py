"""README's "Your own host, in six steps": its shell blocks, as they are printed, in a sandbox."""

import os
import re
import subprocess
import time

from e2e import SandboxCase, main
from e2e.case import say
from e2e.sandbox import TOOLS, TREE

STEPS = 6
BUILT = TREE / "build" / "release" / "alcedo"
# What the section takes for granted: a Docker host, its images within reach, somebody who commits.
GROUND = """
mount -t tmpfs -o mode=755 tmpfs /srv
mount -t tmpfs -o mode=755 tmpfs /usr/local/bin
ln -s "$SANDBOX_DIR/docker.sock" /run/docker.sock
"""


def steps():
    section = re.search(r"^## Your own host, in six steps\n(.*?)^## ", (TREE / "README.md").read_text(), re.M | re.S)
    return re.findall(r"^```sh\n(.*?)^```$", section.group(1), re.M | re.S)


class ReadmeTest(SandboxCase):
    def setUp(self):
        super().setUp()
        self.box._tool("fetch", "compose")
        self.docker("compose", "version")
        self.docker("rm", "--force", "--volumes", "traefik")
        self.docker("network", "rm", "alcedo")
        (traefik,) = re.findall(r"alcedo-traefik:\S+", self.docker("images", "--format", "{{.Repository}}:{{.Tag}}"))
        self.docker("tag", traefik, "traefik:v3.7")
        for version in ("4", "5"):
            self.docker("tag", f"demo:{int(version) - 3}", f"ghcr.io/acme/shop:1.{version}.0")
        self.bash(GROUND)

    def docker(self, *arguments):
        return self.box._tool("docker", self.box.folder, *arguments)

    def bash(self, text, timeout=1800):
        """Inside, with the engine's CLI in PATH and a state folder that is not the machine's own."""
        (engine,) = (TREE / "build" / "sandbox").glob(f"engine-{self.box.chosen.partition('+')[0]}")
        environment = {**os.environ, "PATH": f"/usr/local/bin:{os.environ['PATH']}:{engine}/bin",
                       "ALCEDO_STATE_DIR": str(self.folder / "state"), "NO_COLOR": "1",
                       "GIT_AUTHOR_NAME": "Erin", "GIT_AUTHOR_EMAIL": "erin@example.com",
                       "GIT_COMMITTER_NAME": "Erin", "GIT_COMMITTER_EMAIL": "erin@example.com"}
        return subprocess.run(self.box.command("bash", "-euo", "pipefail", "-c", text), cwd=TREE, env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=timeout)

    def test_the_six_steps_as_printed(self):
        blocks = steps()
        self.assertEqual(len(blocks), STEPS)
        for number, block in enumerate(blocks, 1):
            if number == 1 and not (BUILT.exists() or os.environ.get("ALCEDO_QUICKSTART")):
                say("step 1 builds a release for many minutes: set ALCEDO_QUICKSTART=1; the tested binary instead")
                block = f"install -m 755 '{os.environ['ALCEDO_BINARY']}' /usr/local/bin/alcedo"
            began = time.monotonic()
            done = self.bash(block)
            say(f"step {number}: exit {done.returncode}, {time.monotonic() - began:.1f} s")
            self.assertEqual(done.returncode, 0, f"step {number}:\n{block}\n{done.stdout}\n{self.log()}")
        self.assertIn("green", done.stdout)
        answer = self.bash("exec 3<>/dev/tcp/127.0.0.1/80; printf 'GET / HTTP/1.0\\r\\nHost: shop.example.com\\r\\n\\r\\n'"
                           " >&3; cat <&3")
        self.assertIn('"version":"2"', answer.stdout)

    def log(self):
        return self.bash("tail -n 30 /srv/alcedo.log || true").stdout


if __name__ == "__main__":
    main()
