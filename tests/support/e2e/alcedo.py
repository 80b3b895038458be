"""The daemon under test and its own client."""

import json
import os
import re
import signal
import subprocess
import time

from .sampler import Sampler
from .sandbox import UnixConnection

LISTEN = "127.0.0.1:9644"


class Alcedo:
    """`alcedo run` inside the sandbox, with the flags of a usual installation."""

    def __init__(self, box, folder, sources, resync="2s", extra=(), provider=None):
        self.box = box
        self.binary = os.environ["ALCEDO_BINARY"]
        self.state = folder / "state"
        self.socket = folder / "alcedo.sock"
        self.log = folder / "alcedo.log"
        self.process = None
        self.arguments = [
            "run", "--docker", box.env["DOCKER_HOST"], *(provider or ("--traefik-dir", box.env["TRAEFIK_DIR"])),
            "--traefik-api", box.env["TRAEFIK_API"], "--traefik-entrypoint", f"web={box.env['ENTRYPOINT_WEB']}",
            "--network", box.env["SANDBOX_NETWORK"], "--state-dir", self.state, "--socket", self.socket,
            "--listen", LISTEN, "--resync", resync, *extra,
        ]
        for source in sources:
            self.arguments += ["--source", source]

    def start(self, ready=True, timeout=30):
        with open(self.log, "ab") as log:
            self.process = self.box.start(self.binary, *self.arguments, stdout=log, stderr=log)
        deadline = time.monotonic() + timeout
        while ready and not self.ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"alcedo run is not ready:\n{self.log_tail()}")
            time.sleep(0.1)
        return self

    def ready(self):
        try:
            return self.box.http(f"http://{LISTEN}/readyz")[0] == 200
        except OSError:
            return False

    def points(self):
        """The points of pre-flight by name; {} while nobody answers."""
        connection = UnixConnection(str(self.socket), 5)
        try:
            connection.request("GET", "/v1/ready")
            return {point["name"]: point for point in json.loads(connection.getresponse().read())["points"]}
        except OSError:
            return {}
        finally:
            connection.close()

    def stop(self, timeout=15):
        """SIGTERM; returns (exit code, seconds it took)."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout)
        return code, time.monotonic() - began

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def log_tail(self, lines=40):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    # -- the client; it needs the socket only, so it runs outside of the namespace -----------------

    def client(self, *arguments, timeout=300):
        return subprocess.run(
            [self.binary, *map(str, arguments), "--socket", str(self.socket)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout,
        )

    def get(self, name):
        """The app as `get -o json` prints it, None if the daemon does not know it."""
        done = self.client("get", name, "-o", "json", timeout=20)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def status(self, name):
        return (self.get(name) or {}).get("status", {})

    def watch(self, name, commit, until="idle", timeout=120):
        """`alcedo watch` until that commit was judged; its CompletedProcess (0 Idle, 2, 3, 4, 5)."""
        return self.client("watch", name, "--until", until, "--commit", commit, "--timeout", f"{timeout}s",
                           timeout=timeout + 20)

    def wait_for(self, name, what, predicate, timeout=60):
        """Polls the status until predicate(status); returns it."""
        deadline = time.monotonic() + timeout
        while True:
            status = self.status(name)
            if status and predicate(status):
                return status
            if time.monotonic() > deadline:
                raise AssertionError(f"{name}: not {what} within {timeout} s: {json.dumps(status, indent=1)}")
            time.sleep(0.2)

    def metrics(self):
        """{'name{labels}': value}"""
        _, text = self.box.http(f"http://{LISTEN}/metrics")
        return {key: float(value) for key, value in re.findall(r"^([^#\s]\S*(?:\{.*\})?) (\S+)$", text, re.M)}

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"^VmRSS:\s+(\d+) kB", status.read(), re.M).group(1)) * 1024


def condition(status, kind):
    """The condition of that type, {} if absent."""
    return next((one for one in status.get("conditions", []) if one["type"] == kind), {})


def confirmed(status):
    """(blue, green) in percent, if Traefik has confirmed what is promised; else None."""
    weights = status.get("weights")
    if not weights or weights["confirmed"] is not True:
        return None
    return weights["blue"], weights["green"]


class Timeline(Sampler):
    """The status of one app over time: `with Timeline(alcedo, "shop") as seen:`."""

    def __init__(self, alcedo, name, every=0.2):
        super().__init__(every)
        self.alcedo, self.name = alcedo, name
        self.samples = []  # (time of day before the question, after the answer, status)

    def sample(self):
        asked = time.time()
        try:
            status = self.alcedo.status(self.name)
        except (OSError, ValueError, subprocess.SubprocessError):
            return
        if status:
            self.samples.append((asked, time.time(), status))

    def phases(self):
        seen = []
        for _, _, status in self.samples:
            if not seen or seen[-1] != status.get("phase"):
                seen.append(status.get("phase"))
        return seen

    def span(self, predicate):
        """(begin, end): from when an answer first said so until the last question that still got it."""
        good = [(asked, answered) for asked, answered, status in self.samples if predicate(status)]
        return (good[0][1], good[-1][0]) if good else None
