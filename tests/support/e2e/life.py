"""An app from its first release to its removal, beside one that serves under load; one of the two is disturbed."""

import json
import subprocess
import time

from .kill import HOST, NAME, Walk, quick, without_revisions

CONFIRMED_AFTER = 4  # seconds: two looks, two resyncs of a second apart, until it is sure that nothing names it


class Life(Walk):
    def __init__(self, case, part):
        super().__init__(case)
        self.part, self.is_leaving = part, False

    def begin(self):
        self.traffic = None
        super().release("", lambda walk: walk.alcedo.start())
        self.traffic = self.case.load("kill", HOST, rate=50).start().wait_for_answers(10)

    def release(self, order, meanwhile=None):
        self.name, self.serving = f"guest{self.round:03}", "green"
        self.manifest = quick(self.name, f"{self.name}.example.com")
        arrival = super().release(*((order, meanwhile) if self.part == "arrival" else ("", None)))
        removal = self.remove(*((order, meanwhile) if self.part == "removal" else ("", None)))
        state = without_revisions(f"{arrival['state']}\n{removal['state']}").replace(self.name, "guest")
        self.name = NAME
        return {**(arrival if self.part == "arrival" else removal), "state": state}

    def remove(self, order, meanwhile):
        receipts, began = len(self.history()), time.time()
        self.repository.commit(f"Without {self.name}", {f"{self.name}.yaml": None})
        self.alcedo.wait_for(self.name, "named by nobody", lambda s: "ManifestMissing" in json.dumps(s["conditions"]))
        time.sleep(CONFIRMED_AFTER)
        self.points.plan(order)
        self.made_before, self.is_leaving = len(self.made.lines), True
        # Beside us: the daemon may die before it answers.
        asked = subprocess.Popen([self.alcedo.binary, "delete", self.name, "--socket", self.alcedo.socket],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        happened = meanwhile(self) if meanwhile else True
        asked.wait(30)
        self.ask_until_gone()
        self.points.wait_quiet(0.7)
        self.points.cancel()
        self.is_leaving = False
        return {"happened": happened, "state": self.remains(len(self.history()) - receipts),
                "points": self.points.reached(), "seconds": time.time() - began}

    def ask_until_gone(self):
        """As an operator does who got no answer. Said twice, it happens once."""
        deadline = time.monotonic() + 60
        while not self.seems_over():
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.name} is not removed:\n{self.alcedo.log_tail()}")
            self.alcedo.client("delete", self.name, timeout=20)
            time.sleep(0.5)

    def seems_over(self):
        if not self.is_leaving:
            return super().seems_over()
        try:
            done = self.alcedo.client("get", self.name, timeout=2)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 1 and "not found" in done.stderr

    def remains(self, receipts):
        words = {
            "containers": sorted(self.box.containers(name=self.name)),
            "networks": [one["Name"] for one in self.box.engine("GET", "/networks")[1]
                         if (one["Labels"] or {}).get("alcedo.dev/name") == self.name],
            "made and removed": sorted(self.made.lines[self.made_before:]),
            "document": self.routes(),
            "receipts": receipts,
        }
        return json.dumps(words, indent=1, sort_keys=True)
