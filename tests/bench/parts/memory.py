"""Resident memory at rest by number of apps."""

import pathlib
import re
import time

from ground import Ground, plain_app, resident_kb, row

GOALS = {1: 15, 20: 17, 200: 24}


def anonymous_kb(pid):
    return int(re.search(r"^RssAnon:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M).group(1))


def measure(options):
    sizes = [1, 5] if options.quick else [size for size in GOALS if size <= options.up_to]
    rows = []
    if not sizes:
        return rows
    with Ground() as ground:
        alcedo, there = None, 0
        for size in sizes:
            apps = [plain_app(number) for number in range(there, size)]
            for app in apps:
                # All at once: how long an engine takes for 200 containers is not asked here.
                ground.write(app.set("health.timeout", "15m"))
            there = size
            if alcedo is None:
                alcedo = ground.daemon(resync="30s")
            for app in apps:
                ground.idle(alcedo, app.name, timeout=900)
            alcedo.stop()  # what the rollouts themselves needed is another figure
            alcedo.start(timeout=120)
            time.sleep(40)
            pid = alcedo.process.pid
            rows.append(row(f"resident, {size} app{'' if size == 1 else 's'}", round(resident_kb(pid) / 1024, 1), "MB",
                            f"<= {GOALS[size]} MB" if size in GOALS else "", anonymous_kb=anonymous_kb(pid)))
        alcedo.stop()
    return rows
