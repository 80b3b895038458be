"""`alcedo run` as its systemd unit starts it: an ordinary user without a capability, a NOTIFY_SOCKET."""

import os
import pathlib
import re
import shutil
import socket
import threading
import time

from .alcedo import Alcedo
from .sandbox import TREE

UNIT = TREE / "deploy" / "systemd" / "alcedo.service"
USER, DOCKER_GROUP = 64321, 64322  # nobody's


class Manager:
    """systemd's side of sd_notify(3): every datagram with when it came."""

    def __init__(self, folder):
        self.path = folder / "notify"
        self.heard = []  # (monotonic seconds, text)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        os.chmod(self.path, 0o666)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                text = self.socket.recv(4096).decode()
            except OSError:
                return
            self.heard.append((time.monotonic(), text))

    def close(self):
        self.socket.close()

    def times(self, text, since=0.0):
        return [at for at, said in list(self.heard) if said.startswith(text) and at >= since]

    def wait_for(self, text, timeout, since=0.0):
        deadline = time.monotonic() + timeout
        while not self.times(text, since):
            if time.monotonic() > deadline:
                raise AssertionError(f"no {text} within {timeout} s: {[said for _, said in self.heard]}")
            time.sleep(0.05)
        return self.times(text, since)[0]

    def status(self):
        said = [text for _, text in self.heard if text.startswith("STATUS=")]
        return said[-1].removeprefix("STATUS=") if said else ""


class Service(Alcedo):
    """The sandbox lends its engine's socket and Traefik's folder to that user, as an installation would."""

    def __init__(self, box, folder, sources, manager, watchdog, **keywords):
        super().__init__(box, folder, sources, **keywords)
        self.manager = manager
        self.environment = {**os.environ, "NOTIFY_SOCKET": str(manager.path),
                            "WATCHDOG_USEC": str(int(watchdog * 1e6)), "HOME": str(self.state)}
        copied = folder / "alcedo"  # where that user may read it
        shutil.copy2(self.binary, copied)
        self.program = copied
        for above in (folder, *folder.parents[:2]):
            if str(above).startswith("/tmp/alcedo-e2e-"):
                os.chmod(above, 0o755)
        os.chown(folder, USER, USER)
        docker = box.folder / "docker.sock"
        os.chown(docker, 0, DOCKER_GROUP)
        os.chmod(docker, 0o660)
        traefik = pathlib.Path(box.env["TRAEFIK_DIR"])
        for path in (traefik / "staging", traefik / "dynamic", *traefik.rglob("*")):
            path.mkdir(exist_ok=True) if not path.exists() else None
            os.chown(path, USER, USER)

    def as_user(self, *command):
        return ("setpriv", f"--reuid={USER}", f"--regid={USER}", f"--groups={DOCKER_GROUP}", "--inh-caps=-all",
                "--bounding-set=-all", "--no-new-privs", *command)

    def start(self, ready=True, timeout=30):
        with open(self.log, "ab") as log:
            self.process = self.box.start(*self.as_user(self.program, *self.arguments), stdout=log, stderr=log,
                                          env=self.environment)
        if ready:
            self.manager.wait_for("READY=1", timeout)
        return self


def unit_text(program):
    """The unit with a program that is there, for tools that look."""
    return re.sub(r"^ExecStart=\S+", f"ExecStart={program}", UNIT.read_text(), flags=re.M)
