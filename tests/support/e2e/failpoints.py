"""Points before and after every effect and commit of the daemon (controller/wiring/failpoints), from outside."""

import os
import time


class Failpoints:
    """Every daemon started while this is open reaches them. `close()` lets later ones sleep again."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir()
        self.plans = 0
        os.mkfifo(self.folder / "release")
        os.environ["ALCEDO_FAILPOINTS"] = str(self.folder)

    def close(self):
        os.environ.pop("ALCEDO_FAILPOINTS", None)

    def plan(self, order=""):
        """From now on points count from 1; `order`: "kill after docker.create#1", "hold ..." or nothing."""
        self.plans += 1
        (self.folder / "reached").unlink(missing_ok=True)
        new = self.folder / "plan.new"
        new.write_text(f"{self.plans}\n{order}\n")
        new.rename(self.folder / "plan")

    def cancel(self):
        """Whatever was planned and not reached by now never happens."""
        (self.folder / "plan").unlink(missing_ok=True)
        self.release()

    def reached(self):
        path = self.folder / "reached"
        return path.read_text().splitlines() if path.exists() else []

    def wait_quiet(self, seconds):
        """Until no point was reached for that long."""
        before = None
        while before != (before := len(self.reached())):
            time.sleep(seconds)

    def wait_held(self, timeout):
        """Whether the daemon came to the point where it is held."""
        deadline = time.monotonic() + timeout
        while not (self.folder / "held").exists():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True

    def release(self):
        try:
            os.close(os.open(self.folder / "release", os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            pass  # nobody is held
