"""A real systemd in namespaces of its own, and Alcedo installed in it as its unit says."""

import os
import pathlib
import shutil
import subprocess
import time

from .alcedo import Alcedo, LISTEN
from .service import DOCKER_GROUP, UNIT, USER

BOOT = pathlib.Path(__file__).with_name("boot_systemd.sh")
SYSTEMD = pathlib.Path("/lib/systemd/systemd")


def cgroups():
    """Where the one hierarchy of cgroups v2 is mounted; None if nowhere."""
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        _, where, kind, _ = line.split(maxsplit=3)
        if kind == "cgroup2":
            return pathlib.Path(where)
    return None


def why_no_systemd():
    if not SYSTEMD.exists():
        return f"{SYSTEMD} is not there: apt-get install systemd"
    if cgroups() is None:
        return "no cgroup2 is mounted here, and systemd needs one"
    if "overlay" not in pathlib.Path("/proc/filesystems").read_text():
        return "this kernel has no overlay file system, which systemd's root is made of"
    return None


class Booted(Alcedo):
    """`systemctl start alcedo`, with what is beside it bound to where an installation has it."""

    def __init__(self, box, folder, repository):
        super().__init__(box, folder, [])
        self.folder = folder
        self.repository = repository
        self.cgroup = cgroups() / f"alcedo-e2e-{os.getpid()}-{folder.name[-20:]}"
        self.traefik = pathlib.Path(box.env["TRAEFIK_DIR"])
        self.log = folder / "systemd.log"
        self.init = None

    def boot(self):
        binds = (f"{self.box.folder}/docker.sock:/run/docker.sock", f"{self.traefik}:/srv/traefik",
                 f"{self.repository.bare}:/srv/deploy.git")
        with open(self.log, "ab") as log:
            self.process = self.box.start(BOOT, self.folder / "machine", self.cgroup, *binds, stdout=log, stderr=log)
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        deadline = time.monotonic() + 20
        while not (self.init and "running" in self.systemctl("is-system-running", check=False)):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"systemd does not come up:\n{super().log_tail()}")
            time.sleep(0.1)
            found = children.read_text().split()
            self.init = int(found[0]) if found else None
        self.root = pathlib.Path(f"/proc/{self.init}/root")
        self.socket = self.root / "run/alcedo/alcedo.sock"
        return self

    def install(self):
        """As the unit's own head says, with a watchdog that a test can wait for."""
        self.run("groupadd", "--force", "--gid", DOCKER_GROUP, "docker")
        self.run("useradd", "--system", "--uid", USER, "--home-dir", "/var/lib/alcedo", "--shell",
                 "/usr/sbin/nologin", "alcedo")
        self.run("chown", "root:docker", "/run/docker.sock")
        self.run("chmod", "660", "/run/docker.sock")
        self.run("install", "-d", "-o", "alcedo", "-g", "alcedo", "/srv/traefik/dynamic", "/srv/traefik/staging")
        self.run("chown", "-R", "alcedo:alcedo", "/srv/traefik")
        shutil.copy2(self.binary, self.root / "usr/local/bin/alcedo")
        units = self.root / "etc/systemd/system"
        shutil.copy(UNIT, units)
        (units / "alcedo.service.d").mkdir()
        (units / "alcedo.service.d/soon.conf").write_text("[Service]\nWatchdogSec=8\nRestartSec=1\n")
        (self.root / "etc/alcedo").mkdir()
        (self.root / "etc/alcedo/alcedo.yaml").write_text("\n".join((
            "source: ['git+file:///srv/deploy.git?ref=main&every=1s']", "traefik-dir: /srv/traefik",
            f"traefik-api: {self.box.env['TRAEFIK_API']}",
            f"traefik-entrypoint: [web={self.box.env['ENTRYPOINT_WEB']}]",
            f"network: {self.box.env['SANDBOX_NETWORK']}", f"listen: {LISTEN}", "resync: 2s",
            # The engine is outside: so are the processes whose connections are counted.
            "proc: /host-proc", "")))
        self.systemctl("daemon-reload")
        return self

    def run(self, *command, check=True):
        done = subprocess.run(
            ["nsenter", "--target", str(self.init), "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--root", "--wd",
             *map(str, command)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}")
        return done.stdout

    def systemctl(self, *arguments, check=True):
        return self.run("systemctl", *arguments, check=check)

    def show(self, *properties):
        """{property: value} of the service."""
        said = self.systemctl("show", "alcedo", *(f"--property={one}" for one in properties))
        return dict(line.split("=", 1) for line in said.splitlines())

    def journal(self):
        return self.run("journalctl", "--no-pager", "--lines=60", "--unit=alcedo", check=False)

    def log_tail(self, lines=40):
        said = super().log_tail(lines)
        if self.init:
            said += "\n" + self.systemctl("status", "alcedo", "--no-pager", f"--lines={lines}", check=False)
        return said

    def kill(self):
        super().kill()
        # Processes of a namespace that is gone leave their cgroups in their own time.
        deadline = time.monotonic() + 10
        while self.cgroup.exists() and time.monotonic() < deadline:
            for folder, _, _ in os.walk(self.cgroup, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    time.sleep(0.1)
