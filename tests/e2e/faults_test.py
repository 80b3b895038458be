"""A release while the engine's socket misbehaves: one endpoint, one fault, for a few seconds each.

Once the fault is over the release ends as without it: nothing is held against the revision, nothing that serves
is stopped, made twice or left behind, and no request is lost. What Docker's events say may be lost, doubled,
out of order or missing altogether for the whole release: the resync alone brings it home.

In CI a sample, another one each day (ALCEDO_KILL_SEED=N repeats a day). All, and a table: ALCEDO_FAULTS_ALL=1,
half an hour. ALCEDO_FAULTS_ONLY="create: dropped" for one (a pattern).
"""

import difflib
import os
import re
import sys
import time

from e2e import SandboxCase, main
from e2e.case import say
from e2e.fault_proxy import EVENT_FAULTS, FAULTS, NAMES, FaultProxy
from e2e.kill import Walk, until_reached
from e2e.load import show

ALL = bool(os.environ.get("ALCEDO_FAULTS_ALL"))
ONLY = os.environ.get("ALCEDO_FAULTS_ONLY", "")
SEED = int(os.environ.get("ALCEDO_KILL_SEED") or time.time() // 86400)
SAMPLE = 4
LASTS = 3  # seconds from the first spoiled answer


class FaultsTest(SandboxCase):
    def setUp(self):
        super().setUp()
        self.proxy = FaultProxy(self.folder / "faulty.sock", self.box.folder / "docker.sock").start()
        self.addCleanup(self.proxy.close)
        self.walk = Walk(self)
        arguments = self.walk.alcedo.arguments
        arguments[arguments.index("--docker") + 1] = f"unix://{self.proxy.listen}"
        self.walk.begin()

    def pairs(self):
        """(endpoint, fault) for everything that a release calls."""
        during = {*self.proxy.calls, "events"}  # that stream was opened before and stays open
        called = [name for name in NAMES if name in during]
        return [(name, fault) for name in called for fault in FAULTS + (EVENT_FAULTS if name == "events" else ())]

    def chosen(self):
        pairs = self.pairs()
        say(f"ALCEDO_KILL_SEED={SEED}, {len(pairs)} pairs" + (", all of them" if ALL or ONLY else ""))
        if ONLY:
            return [pair for pair in pairs if re.search(ONLY, "{}: {}".format(*pair))]
        # A stride with no common divisor walks through endpoints and faults alike.
        return pairs if ALL else [pairs[(SEED + number * 37) % len(pairs)] for number in range(SAMPLE)]

    def spoiled(self, endpoint, fault):
        def meanwhile(walk):
            self.proxy.spoil(endpoint, fault)
            called = until_reached(walk, lambda: self.proxy.hits)
            if endpoint != "events":
                time.sleep(LASTS)
                self.proxy.heal()
            return called
        return meanwhile

    def test_every_endpoint_and_fault(self):
        self.proxy.calls.clear()
        calm = self.walk.release("")
        self.assertEqual(self.walk.new_failures(), [])
        wrong = []
        for endpoint, fault in self.chosen():
            name = f"{endpoint}: {fault}"
            try:
                came = self.walk.release("", self.spoiled(endpoint, fault))
            except AssertionError as failed:
                raise AssertionError(f"{name}: {failed}") from failed
            finally:
                self.proxy.heal()
            lost = self.walk.new_failures()
            same = came["state"] == calm["state"]
            say(f"{name:26} {'' if came['happened'] else 'not called, '}{'same end' if same else 'ANOTHER END'}, "
                f"{len(lost)} lost, {self.proxy.hits} spoiled, {came['seconds']:.1f} s")
            if not same:
                print("\n".join(difflib.unified_diff(calm["state"].splitlines(), came["state"].splitlines(),
                                                     "undisturbed", name, lineterm="", n=2)), file=sys.stderr)
            if lost:
                print(show(lost), file=sys.stderr)
            if lost or not same:
                wrong.append(name)
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    main()
