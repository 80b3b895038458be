"""Nothing to do, 20 apps: what the daemon still does. The kernel's own counters, then strace for the calls."""

import pathlib
import re
import shutil
import subprocess
import time

from ground import Ground, plain_app, resident_kb, row, tasks

APPS = 20


def counters(pid):
    """CPU in nanoseconds, wake-ups, bytes sent to disk."""
    nanoseconds = sum(int((task / "schedstat").read_text().split()[0]) for task in tasks(pid))
    woken = sum(int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", (task / "status").read_text(), re.M).group(1))
                for task in tasks(pid))
    written = int(re.search(r"^write_bytes: (\d+)", pathlib.Path(f"/proc/{pid}/io").read_text(), re.M).group(1))
    return nanoseconds, woken, written


def calls(pid, seconds, folder):
    """System calls in that time by name, or why not."""
    if not shutil.which("strace"):
        return "strace is not installed"
    report = folder / "strace"
    tracer = subprocess.Popen(["strace", "-f", "-c", "-p", str(pid), "-o", str(report)], stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    tracer.terminate()
    tracer.wait(10)
    found = {}
    for line in report.read_text().splitlines():
        columns = line.split()
        if len(columns) >= 5 and columns[3].isdigit():
            found[columns[-1]] = int(columns[3])
    found.pop("total", None)
    return found or "strace could not attach"


def measure(options):
    span, traced = (20, 15) if options.quick else (300, 120)
    with Ground() as ground:
        apps = [plain_app(number) for number in range(APPS)]
        for app in apps:
            ground.write(app)
        alcedo = ground.daemon(resync="30s")
        for app in apps:
            ground.idle(alcedo, app.name, timeout=300)
        time.sleep(35)
        pid = alcedo.process.pid
        before, began = counters(pid), time.monotonic()
        time.sleep(span)
        after, lasted = counters(pid), time.monotonic() - began
        nanoseconds, woken, written = (b - a for a, b in zip(before, after))
        resident = resident_kb(pid) / 1024
        by_name = calls(pid, traced, ground.root)
        alcedo.stop()
    minutes = lasted / 60
    shown = round(sum(by_name.values()) / traced * 60) if isinstance(by_name, dict) else by_name
    return [
        row(f"{APPS} apps, {lasted:.0f} s: bytes written", written, "", "0"),
        row("CPU", round(nanoseconds / 1e6 / minutes, 1), "ms a minute", total_ms=nanoseconds / 1e6),
        row("wake-ups (voluntary switches, all threads)", round(woken / minutes), "a minute"),
        row("system calls", shown, "a minute", by_name=by_name),
        row("resident", round(resident, 1), "MB", "<= 15 MB"),
    ]
