"""The load client, and what its records prove."""

import collections
import json
import os
import signal
import time


class Load:
    """Requests at a fixed rate through the entry point `web`, from start() to stop()."""

    def __init__(self, box, folder, name, host, rate=60, path="/", slow=(), websockets=(), timeout="10s",
                 connections="both"):
        self.box = box
        self.lines = folder / f"{name}.jsonl"
        self.summary_file = folder / f"{name}.json"
        self.errors = folder / f"{name}.log"
        self.arguments = ["--target", f"{box.env['TRAEFIK_ADDRESS']}:80", "--host", host, "--rate", rate,
                          "--path", path, "--timeout", timeout, "--connections", connections, "--out", self.lines,
                          "--summary", self.summary_file]
        for seconds in slow:
            self.arguments += ["--slow", seconds]
        for seconds in websockets:
            self.arguments += ["--websocket", seconds]
        self.process = None

    def start(self):
        with open(self.errors, "wb") as errors:
            self.process = self.box.start(os.environ["DEMO_LOAD"], *self.arguments, stderr=errors)
        return self

    def stop(self, timeout=120):
        """Ends the schedule, waits for what is in flight (long ones too), returns the summary."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout)
        return json.loads(self.summary_file.read_text())

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def records(self):
        if not self.lines.exists():
            return []
        return [json.loads(line) for line in self.lines.read_text().splitlines() if line.endswith("}")]

    def failures(self):
        return [record for record in self.records() if "failure" in record]

    def short(self, begin, end):
        """Short requests that started and ended between two times of day."""
        return [record for record in self.records()
                if record["kind"] not in ("slow", "websocket") and record["t"] >= begin and record["end"] <= end]

    def versions(self, begin, end):
        return collections.Counter(record["version"] for record in self.short(begin, end))

    def wait_for_answers(self, count, timeout=15):
        deadline = time.monotonic() + timeout
        while len(self.records()) < count:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError(f"no answers: {self.errors.read_text()}")
            time.sleep(0.1)
        return self


def show(failures, limit=10):
    """Failures as text for an assertion's message."""
    lines = [f"{len(failures)} failed requests"]
    for one in failures[:limit]:
        at = time.strftime("%H:%M:%S", time.localtime(one["end"])) + f"{one['end'] % 1:.3f}"[1:]
        lines.append(f"  {at} n={one['n']} {one['kind']} {one['failure']} status {one['status']} "
                     f"version {one['version'] or '?'} after {one['ms']:.0f} ms: {one['detail']}")
    return "\n".join(lines)


def chi_square(counts, expected_shares):
    """Pearson's statistic of observed counts against shares; one degree of freedom for two colours.

    Above 10.83 the shares are wrong with 99.9 % certainty.
    """
    total = sum(counts.get(name, 0) for name in expected_shares)
    statistic = 0.0
    for name, share in expected_shares.items():
        expected = total * share
        statistic += (counts.get(name, 0) - expected) ** 2 / expected
    return statistic
