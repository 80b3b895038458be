"""The cost of a pass that has nothing to do (tests/bench/passes.cpp)."""

import json
import os
import subprocess

from ground import row


def measure(options):
    sizes = [1, 100] if options.quick else [size for size in (1, 100, 1000) if size <= options.up_to]
    done = subprocess.run([os.environ["BENCH_PASSES"], *map(str, sizes)], text=True, stdout=subprocess.PIPE, check=True)
    figures = [json.loads(line) for line in done.stdout.splitlines()]
    rows = []
    for one in figures:
        rows.append(row(f"planning an app, one of {one['apps']}", one["planning_us"], "µs", "<= 50 µs", **one))
        if one["apps"] > 1:  # of one app alone it would be the cost of everything else that goes on meanwhile
            rows.append(row(f"a whole pass, one of {one['apps']}", one["pass_us"], "µs CPU"))
    ratio = figures[-1]["planning_us"] / figures[0]["planning_us"]
    rows.append(row(f"planning one of {figures[-1]['apps']} against one of 1", round(ratio, 2), "", "about 1 (linear)"))
    return rows
