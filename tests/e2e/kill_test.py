"""The daemon, Traefik and dockerd killed and frozen before and after every effect and every commit.

A first release, undisturbed, lists the points. Then a release per point: whatever is killed there is started
again, and in the end everything is as it was after the undisturbed one: containers by name and state, what
dockerd says was made and removed, networks, the document, the status, one receipt; `alcedo watch` says how it
ended, and no request was lost.

In CI a sample: every k-th point, from another one each day (ALCEDO_KILL_SEED=N repeats a day). All of them, and
a table: ALCEDO_KILL_ALL=1, which takes an hour.
"""

import difflib
import os
import re
import sys
import time

from e2e import SandboxCase, main
from e2e.case import say
from e2e.kill import HAPPENINGS, Walk
from e2e.life import Life
from e2e.load import show

ALL = bool(os.environ.get("ALCEDO_KILL_ALL"))
ONLY = os.environ.get("ALCEDO_KILL_ONLY", "")  # a pattern: "daemon killed: after docker.create#1$"
SEED = int(os.environ.get("ALCEDO_KILL_SEED") or time.time() // 86400)
DAEMON, NEIGHBOURS, LIFE = 4, 1, 2  # points of a sample for each that is killed; of the neighbours, two a day


def sample(points, count, start):
    """Every k-th of the points, from one that the start decides; at most `count`."""
    if ALL or ONLY or not points:
        return points
    step = -(-len(points) // count)
    return points[start % step::step]


class KillTest(SandboxCase):
    engine_options = "+live-restore"

    def walk(self, walk, happenings, most=DAEMON):
        say(f"ALCEDO_KILL_SEED={SEED}" + (", all points" if ALL else ""))
        walk.begin()
        calm = walk.release("")
        self.assertEqual(walk.new_failures(), [])
        points = list(dict.fromkeys(calm["points"]))
        say(f"{len(points)} points, undisturbed {calm['seconds']:.1f} s")
        wrong = []
        for number, happening in enumerate(happenings):
            chosen = sample(points, most if happening == "daemon killed" else NEIGHBOURS, SEED + 7 * number)
            for point in chosen:
                if re.search(ONLY, f"{happening}: {point}"):
                    wrong += self.one(walk, happening, point, calm["state"])
        self.assertEqual(wrong, [])

    def one(self, walk, happening, point, calm):
        order, meanwhile = HAPPENINGS[happening]
        try:
            came = walk.release(f"{order} {point}", meanwhile)
        except AssertionError as wrong:
            raise AssertionError(f"{happening}: {point}: {wrong}") from wrong
        lost = walk.new_failures()
        excused = walk.excused(happening, lost) if came["happened"] else []
        strangers = [one for one in lost if one not in excused]
        same = came["state"] == calm
        say(f"{happening:15} {point:32} {'' if came['happened'] else 'not reached, '}"
            f"{'same end' if same else 'ANOTHER END'}, {len(strangers)} lost"
            f"{f' ({len(excused)} while it was away)' if excused else ''}, {came['seconds']:.1f} s")
        if not same:
            print("\n".join(difflib.unified_diff(calm.splitlines(), came["state"].splitlines(), "undisturbed",
                                                 f"{happening} {point}", lineterm="", n=2)), file=sys.stderr)
        if strangers:
            print(show(strangers), file=sys.stderr)
        return [] if same and not strangers else [f"{happening}: {point}"]

    def test_a_release(self):
        daemon, *neighbours = HAPPENINGS
        today = neighbours if ALL or ONLY else [neighbours[(SEED + n) % len(neighbours)] for n in range(2)]
        self.walk(Walk(self), [daemon, *today])

    def test_a_first_release(self):
        self.walk(Life(self, "arrival"), ["daemon killed"], LIFE)

    def test_a_removal(self):
        self.walk(Life(self, "removal"), ["daemon killed"], LIFE)

    def test_one_that_goes_back(self):
        if not (ALL or ONLY):
            self.skipTest("the release that works is tried always; this one with ALCEDO_KILL_ALL=1")
        self.walk(Walk(self, bad=True), ["daemon killed"])


if __name__ == "__main__":
    main()
