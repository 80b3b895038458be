"""The sandbox as a Python object: made and ended by deploy/sandbox, asked over the engine's socket."""

import ctypes
import http.client
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import threading
import urllib.parse

TREE = pathlib.Path(__file__).resolve().parents[3]
TOOLS = TREE / "deploy" / "sandbox"
PROBE = '["/demo_service","probe","http://127.0.0.1:8080/healthz"]'
CLONE_NEWNET = 0x40000000


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class InsideConnection(http.client.HTTPConnection):
    """A TCP connection made inside the sandbox's network namespace.

    A socket belongs for ever to the namespace of the thread that made it, so one short-lived thread
    enters the namespace and makes it; the test itself stays outside.
    """

    def __init__(self, holder, host, port, timeout, tls_name=None):
        super().__init__(host, port, timeout=timeout)
        self.holder = holder
        self.tls_name = tls_name  # TLS for this name, with any certificate

    def connect(self):
        made = []

        def make():
            try:
                with open(f"/proc/{self.holder}/ns/net", "rb") as namespace:
                    libc = ctypes.CDLL(None, use_errno=True)
                    if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
                        raise OSError(ctypes.get_errno(), "setns")
                made.append(socket.create_connection((self.host, self.port), self.timeout))
            except OSError as error:
                made.append(error)

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        if isinstance(made[0], OSError):
            raise made[0]
        self.sock = made[0]
        if self.tls_name:
            context = ssl._create_unverified_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.tls_name)


class Sandbox:
    """`with Sandbox(folder) as box:` - up on entry, down on exit; folder/log stays.

    `options` is added to the engine that SANDBOX_ENGINE names: "+live-restore".
    """

    def __init__(self, folder, options=""):
        self.folder = pathlib.Path(folder)
        self.env = {}
        self.chosen = os.environ.get("SANDBOX_ENGINE", "20.10") + options

    def __enter__(self):
        return self.up()

    def __exit__(self, *_):
        self.down()

    def up(self):
        self._tool("up", self.folder, env={**os.environ, "SANDBOX_ENGINE": self.chosen})
        text = (self.folder / "env").read_text()
        self.env = dict(re.findall(r"^export ([A-Z_]+)='(.*)'$", text, re.M))
        return self

    def down(self):
        self._tool("down", self.folder)

    @staticmethod
    def _tool(name, *arguments, **keywords):
        command = [str(TOOLS / name), *map(str, arguments)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **keywords)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    # -- programs inside -------------------------------------------------------------------------

    def command(self, *arguments):
        return [str(TOOLS / "in"), str(self.folder), *map(str, arguments)]

    def start(self, *arguments, **keywords):
        """A program inside. The process *is* the program: its pid and signals are the program's."""
        return subprocess.Popen(self.command(*arguments), stdin=subprocess.DEVNULL, **keywords)

    def run(self, *arguments, timeout=60, **keywords):
        return subprocess.run(
            self.command(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, timeout=timeout, **keywords,
        )

    def http(self, url, headers=None, timeout=5):
        """(status, body) of a GET sent from inside."""
        return self.fetch(url, headers, timeout)[:2]

    def fetch(self, url, headers=None, timeout=5):
        """(status, body, headers) of a GET sent from inside; https takes any certificate."""
        parts = urllib.parse.urlsplit(url)
        headers = headers or {}
        secure = parts.scheme == "https"
        connection = InsideConnection(
            self.env["SANDBOX_HOLDER"], parts.hostname, parts.port or (443 if secure else 80), timeout,
            headers.get("Host", parts.hostname) if secure else None,
        )
        try:
            path = parts.path or "/"
            connection.request("GET", path + (f"?{parts.query}" if parts.query else ""), headers=headers)
            response = connection.getresponse()
            return response.status, response.read().decode(), response.headers
        finally:
            connection.close()

    # -- the engine ------------------------------------------------------------------------------

    def end_engine(self, how):
        """dockerd is told to end ("stop") or killed ("kill"); returns when it is gone."""
        self._tool("engine", self.folder, how)

    def start_engine(self):
        """Returns when it answers."""
        self._tool("engine", self.folder, "start")

    def engine(self, method, path, body=None, timeout=60):
        """(status, parsed JSON or text) of a call to the sandbox's own dockerd."""
        connection = UnixConnection(str(self.folder / "docker.sock"), timeout)
        try:
            headers = {"Content-Type": "application/json"} if body is not None else {}
            dialect = "/v1.41" if self.chosen.startswith("20.10") else "/v1.44"
            connection.request(method, dialect + path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            text = response.read().decode()
            try:
                return response.status, json.loads(text)
            except ValueError:
                return response.status, text
        finally:
            connection.close()

    def containers(self, **labels):
        """Full inspections of all containers, running or not, with these alcedo.dev/ labels, by name."""
        wanted = json.dumps({"label": [f"alcedo.dev/{key}={value}" for key, value in labels.items()]})
        _, listed = self.engine("GET", f"/containers/json?all=1&filters={urllib.parse.quote(wanted)}")
        found = {}
        for entry in listed:
            status, inspected = self.engine("GET", f"/containers/{entry['Id']}/json")
            if status == 200:
                found[inspected["Name"].lstrip("/")] = inspected
        return found

    def clear(self):
        """What an earlier test of the class left: every container and network of Alcedo's, and its document."""
        for name in self.containers(instance="alcedo"):
            self.engine("DELETE", f"/containers/{name}?force=1")
        for network in self.engine("GET", "/networks")[1]:
            if "alcedo.dev/name" in network["Labels"]:
                self.engine("DELETE", f"/networks/{network['Id']}")
        (pathlib.Path(self.env["TRAEFIK_DIR"]) / "dynamic" / "alcedo.yaml").unlink(missing_ok=True)

    def running(self, **labels):
        return {name: one for name, one in self.containers(**labels).items() if one["State"]["Running"]}

    def gateway(self):
        """This side's address on the shared network: where containers reach the namespace's own programs."""
        _, traefik = self.engine("GET", "/containers/traefik/json")
        return traefik["NetworkSettings"]["Networks"][self.env["SANDBOX_NETWORK"]]["Gateway"]

    def replace_traefik(self, *options, binds=()):
        """Traefik anew, in its place, with these options and mounts besides the ones it had."""
        _, was = self.engine("GET", "/containers/traefik/json")
        address = {"IPAMConfig": {"IPv4Address": self.env["TRAEFIK_ADDRESS"]}}
        host = {**was["HostConfig"], "Binds": [*(was["HostConfig"].get("Binds") or []), *binds]}
        body = {"Image": was["Config"]["Image"], "Cmd": [*was["Config"]["Cmd"], *options], "HostConfig": host,
                "NetworkingConfig": {"EndpointsConfig": {self.env["SANDBOX_NETWORK"]: address}}}
        for method, path, sent in (("DELETE", "/containers/traefik?force=1", None),
                                   ("POST", "/containers/create?name=traefik", body),
                                   ("POST", "/containers/traefik/start", None)):
            status, answer = self.engine(method, path, sent)
            if status >= 300:
                raise RuntimeError(f"{method} {path}: {status} {answer}")

    def engine_calls(self, since=0):
        """(method, path) of every call dockerd logged, from that byte of its log on."""
        with open(self.folder / "log" / "dockerd.log", "rb") as log:
            log.seek(since)
            text = log.read().decode(errors="replace")
        called = re.findall(r'msg="Calling ([A-Z]+) ([^ "]+)', text)
        # Engine 28 says it in fields: msg="handling GET request" method=GET ... request-url=/_ping
        return called + re.findall(r'msg="handling [A-Z]+ request".* method=([A-Z]+) .*request-url="?([^ "]+)', text)

    def engine_log_size(self):
        return (self.folder / "log" / "dockerd.log").stat().st_size

    def image(self, reference, *changes, health=True):
        """The demo service as an image from scratch; with `health`, the image brings a health check."""
        check = [f"HEALTHCHECK --interval=1s --timeout=2s --retries=3 CMD {PROBE}"] if health else []
        self._tool("image", self.folder, os.environ["DEMO_SERVICE"], reference, *changes, *check)

    def demo_images(self):
        """demo:1..3 and plain:1..2; the plain ones have no health check."""
        for version in (1, 2, 3):
            self.image(f"demo:{version}", f"ENV VERSION={version}")
        for version in (1, 2):
            self.image(f"plain:{version}", f"ENV VERSION={version}", health=False)
