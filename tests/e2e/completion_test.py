"""Tab in a real bash on a terminal; zsh and fish too where they are installed, else said. No engine needed."""

import json
import os
import pathlib
import pty
import re
import select
import shutil
import socketserver
import subprocess
import tempfile
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler

from e2e import main

BINARY = os.environ["ALCEDO_BINARY"]


class Daemon(socketserver.ThreadingUnixStreamServer):
    """What the client asks at a Tab: the list of apps."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            items = [{"metadata": {"name": name}} for name in ("music", "shop")]
            body = json.dumps({"items": items}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self):
            return "unix"

        def log_message(self, *_):
            pass

    def __init__(self, path):
        super().__init__(str(path), self.Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Terminal:
    """A shell on a terminal of its own; type() answers what the screen shows until it is quiet."""

    def __init__(self, arguments, environment):
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            os.execvpe(arguments[0], arguments, environment)
        self.read(2)

    def read(self, quiet):
        text, deadline = b"", time.monotonic() + 20
        while time.monotonic() < deadline and select.select([self.screen], [], [], quiet)[0]:
            try:
                text += os.read(self.screen, 4096)
            except OSError:
                break
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.decode(errors="replace"))

    def type(self, text, quiet=1.5):
        os.write(self.screen, text.encode())
        return self.read(quiet)

    def end(self):
        os.close(self.screen)
        os.waitpid(self.pid, 0)


class CompletionTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="alcedo-completion-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "alcedo").symlink_to(BINARY)
        (self.folder / "shop.yaml").touch()
        daemon = Daemon(self.folder / "alcedo.sock")
        self.addCleanup(daemon.server_close)
        self.addCleanup(daemon.shutdown)
        self.environment = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}", "HOME": str(self.folder),
                            "ALCEDO_SOCKET": str(self.folder / "alcedo.sock"), "TERM": "dumb", "PS1": "> "}

    def script(self, shell):
        done = subprocess.run([BINARY, "completion", shell], text=True, stdout=subprocess.PIPE, check=True)
        return done.stdout

    def test_bash(self):
        os.chdir(self.folder)
        (self.folder / "rc").write_text(self.script("bash") + "PS1='> '\n")
        bash = Terminal(["bash", "--noprofile", "--rcfile", str(self.folder / "rc"), "-i"], self.environment)
        self.addCleanup(bash.end)
        for typed, shown in (("alcedo wat\t", "alcedo watch "), ("mu\t", "music "), ("--unt\t", "--until "),
                             ("h\t", "held "), ("--no\t", "--no-color ")):
            self.assertIn(shown.rpartition(" ")[0].rpartition(" ")[2], bash.type(typed), typed)
        bash.type("\x15")  # the line is cleared
        self.assertIn("alcedo get --output=json", bash.type("alcedo get --output=j\t"))
        bash.type("\x15")
        self.assertIn("alcedo validate shop.yaml", bash.type("alcedo validate sh\t"))
        bash.type("\x15")
        listed = bash.type("alcedo describe \t\t")
        self.assertIn("music", listed)
        self.assertIn("shop", listed)

    def other_shell(self, shell, *check):
        if not shutil.which(shell):
            self.skipTest(f"{shell} is not installed here: its script is not tried")
        path = self.folder / f"alcedo.{shell}"
        path.write_text(self.script(shell))
        done = subprocess.run([shell, *check, str(path)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_zsh_reads_its_script(self):
        self.other_shell("zsh", "-n")

    def test_fish_reads_its_script(self):
        self.other_shell("fish", "--no-execute")


if __name__ == "__main__":
    main()
