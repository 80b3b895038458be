"""The unittest base: one sandbox per class, evidence on failure, a skip that says why."""

import os
import pathlib
import shutil
import sys
import tempfile
import unittest

from .sandbox import Sandbox

SKIPPED = 77  # CTest's SKIP_RETURN_CODE


def why_not(binaries):
    """Why these tests cannot run here; None if they can."""
    if os.geteuid() != 0:
        return "needs root: network namespaces and a dockerd of its own (run it with sudo)"
    for name in binaries:
        path = os.environ.get(name, "")
        if not path or not os.access(path, os.X_OK):
            return f"{name}={path or '(unset)'} is not there: build it first (tests/run does)"
    return None


class SandboxCase(unittest.TestCase):
    """Subclasses get `box` (a sandbox with the demo images) and `folder` (kept if a test failed)."""

    binaries = ("ALCEDO_BINARY", "DEMO_SERVICE", "DEMO_LOAD")
    engine_options = ""  # "+live-restore"

    @classmethod
    def setUpClass(cls):
        reason = why_not(cls.binaries)
        if reason:
            raise unittest.SkipTest(reason)
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="alcedo-e2e-"))
        cls.bad = False
        cls.box = Sandbox(cls.root / "sandbox", cls.engine_options)
        cls.addClassCleanup(cls._end)
        cls.box.up()
        cls.box.demo_images()

    @classmethod
    def _end(cls):
        try:
            cls.box.down()
        finally:
            if cls.bad:
                print(f"logs are in {cls.root}", file=sys.stderr)
            else:
                shutil.rmtree(cls.root, ignore_errors=True)

    def setUp(self):
        # Not in tearDown: the evidence of a failed test is shown after it.
        self.box.clear()
        self.folder = self.root / self.id().rpartition(".")[2]
        self.folder.mkdir()
        self.daemons = []
        self.loads = []
        self.addCleanup(self._kill)  # also if the setUp of a test fails

    def _kill(self):
        for one in self.loads + self.daemons:
            one.kill()

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            type(self).bad = True
            self.show_evidence()
        return result

    def show_evidence(self):
        for daemon in getattr(self, "daemons", []):
            print(f"--- {daemon.log}\n{daemon.log_tail()}", file=sys.stderr)
        try:
            for name, one in self.box.containers().items():
                state = one["State"]
                print(f"--- {name}: {state['Status']} exit {state['ExitCode']} "
                      f"health {state.get('Health', {}).get('Status', 'none')}", file=sys.stderr)
        except OSError as error:
            print(f"--- the engine does not answer: {error}", file=sys.stderr)
        document = pathlib.Path(self.box.env.get("TRAEFIK_DIR", "/nowhere")) / "dynamic"
        for path in sorted(document.glob("*.yaml")):
            print(f"--- {path.name}\n{path.read_text()[:4000]}", file=sys.stderr)

    # -- what several tests ask ------------------------------------------------------------------

    def daemon(self, *arguments, **keywords):
        from .alcedo import Alcedo

        one = Alcedo(self.box, self.folder, *arguments, **keywords)
        self.daemons.append(one)
        return one

    def load(self, name, host, **keywords):
        from .load import Load

        one = Load(self.box, self.folder, name, host, **keywords)
        self.loads.append(one)
        return one

    def assert_watch(self, done, code):
        self.assertEqual(done.returncode, code, f"alcedo watch\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}")

    def assert_none_lost(self, load, summary):
        from .load import show

        self.assertEqual(summary["failed"], 0, show(load.failures()))
        self.assertEqual(summary["sent"], summary["ended"])

    def identities(self, **labels):
        """What must stay the same if nobody touched these containers."""
        return {name: (one["Id"], one["State"]["StartedAt"], one["State"]["Running"])
                for name, one in self.box.containers(**labels).items()}

    def mutations(self, since):
        """Calls that change something, as dockerd logged them from that byte of its log on."""
        return [f"{method} {path}" for method, path in self.box.engine_calls(since) if method not in ("GET", "HEAD")]

    def document(self):
        """The documents Traefik reads, bytes and all."""
        folder = pathlib.Path(self.box.env["TRAEFIK_DIR"]) / "dynamic"
        return {path.name: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
                for path in folder.iterdir()}


def say(text):
    """A finding worth a line in the log of a good run."""
    print(f"    {text}", file=sys.stderr, flush=True)


def main():
    """unittest.main() with CTest's code for "skipped": every test of the file was, and said why."""
    program = unittest.main(module="__main__", argv=[sys.argv[0], "-v", *sys.argv[1:]], exit=False)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    if result.skipped and len(result.skipped) >= max(result.testsRun, 1):
        for _, reason in result.skipped:
            print(f"SKIPPED: {reason}")
        sys.exit(SKIPPED)


__all__ = ["SandboxCase", "main", "say", "why_not"]
