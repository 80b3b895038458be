"""The figures of the story that deploy/quickstart tells: what was seen, what was lost, one table.

    figures.py ready URL                           0 if URL answers 200
    figures.py observe ALCEDO SOCKET APP FILE      samples the app's status five times a second
    figures.py row RUN NUMBER COLOUR EXPECTED CODE BEGAN STATUS   judges one release, keeps its row
    figures.py table RUN                           prints the table
"""

import json
import pathlib
import signal
import subprocess
import sys
import time
import urllib.request

# What `alcedo watch` must have answered for each ending.
CODES = {"serving": 0, "rejected": 2, "reverted": 3}
COLUMNS = ("release", "colour", "outcome", "reason", "seconds", "requests sent", "requests lost")


def ready(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return 0 if answer.status == 200 else 1
    except OSError:
        return 1


def observe(alcedo, socket, app, file):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with open(file, "a", buffering=1, encoding="utf-8") as seen:
        while True:
            asked = time.time()
            done = subprocess.run([alcedo, "get", app, "-o", "json", "--socket", socket],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if done.returncode == 0:
                status = json.loads(done.stdout).get("status", {})
                sample = {"t": asked, "phase": status.get("phase"), "weights": status.get("weights")}
                seen.write(json.dumps(sample) + "\n")
            time.sleep(0.2)


def lines_of(path):
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]


def confirmed_since(run, colour, after):
    """When that colour was first seen with all of the traffic, confirmed, after a time; None if never."""
    for sample in lines_of(run / "seen.jsonl"):
        weights = sample["weights"] or {}
        if sample["t"] >= after and weights.get("confirmed") and weights.get(colour) == 100:
            return sample["t"]
    return None


def reason_of(status):
    if "hold" in status:
        return status["hold"].get("reason", "")
    ready_condition = next((one for one in status.get("conditions", []) if one["type"] == "Ready"), {})
    return ready_condition.get("reason", "")


def outcome_of(status):
    if "hold" in status:
        return status["hold"]["kind"]
    return "Serving" if status.get("phase") == "Idle" else status.get("phase", "unknown")


def complaints(run, number, colour, expected, code, began, status):
    """Why this release did not end as it must; nothing if it did."""
    found = []
    if code != CODES[expected]:
        found.append(f"alcedo watch ended with {code}, not {CODES[expected]}")
    if outcome_of(status).lower() != expected:
        found.append(f"it is {outcome_of(status)}, not {expected}")
    if expected == "serving" and status.get("activeColor") != colour:
        found.append(f"{status.get('activeColor')} serves, not {colour}")
    if expected != "serving" and status.get("activeColor") == colour:
        found.append(f"{colour} serves")
    lost = [one for one in lines_of(run / "requests.jsonl") if one["t"] >= began and "failure" in one]
    allowed = []
    if expected == "reverted":
        # Only what the bad version itself answered badly, and nothing once the revert was confirmed.
        other = "green" if colour == "blue" else "blue"
        bad = min((one["end"] for one in lost), default=None)
        back = confirmed_since(run, other, bad) if bad else None
        if bad is None:
            found.append("it never turned bad")
        elif back is None:
            found.append("the revert was never seen confirmed")
        else:
            allowed = [one for one in lost if one["version"] == str(number) and one["t"] < back]
            (run / "revert.json").write_text(json.dumps({
                "seconds": back - bad, "lost": len(lost),
                "after": sum(one["t"] >= back for one in lost)}))
    for one in [one for one in lost if one not in allowed][:5]:
        found.append(f"lost: request {one['n']} {one['kind']} {one['failure']} status {one['status']} "
                     f"version {one['version'] or '?'} {one['detail']}")
    return found


def row(run, number, colour, expected, code, began, app):
    ended = time.time()
    run, began = pathlib.Path(run), float(began)
    status = json.loads(app or "{}").get("status", {})
    found = complaints(run, int(number), colour, expected, int(code), began, status)
    # What the story's next release must not pay for is counted until now, in flight ones excepted.
    requests = [one for one in lines_of(run / "requests.jsonl") if began <= one["t"] <= ended]
    kept = {
        "release": f"version {number}", "colour": colour, "outcome": outcome_of(status),
        "reason": reason_of(status), "seconds": f"{ended - began:.1f}",
        "requests sent": str(len(requests)) if requests else "-",
        "requests lost": str(sum("failure" in one for one in requests)) if requests else "-",
    }
    with open(run / "rows.jsonl", "a", encoding="utf-8") as rows:
        rows.write(json.dumps(kept) + "\n")
    for one in found:
        print(f"  NOT AS IT MUST BE: {one}")
    return 1 if found else 0


def table(run):
    run = pathlib.Path(run)
    rows = [{name: name for name in COLUMNS}] + lines_of(run / "rows.jsonl")
    widths = {name: max(len(one[name]) for one in rows) for name in COLUMNS}
    numbers = ("seconds", "requests sent", "requests lost")
    for one in rows:
        cells = [one[name].rjust(widths[name]) if name in numbers else one[name].ljust(widths[name])
                 for name in COLUMNS]
        print("  " + "  ".join(cells).rstrip())
    requests = lines_of(run / "requests.jsonl")
    lost = sum("failure" in one for one in requests)
    print(f"\n  {len(requests)} requests in all, {lost} lost.", end="")
    if not (run / "revert.json").exists():
        print()
        return 1
    revert = json.loads((run / "revert.json").read_text())
    print(f" All of them are version 4's own bad answers: {revert['seconds']:.1f} s from the first\n"
          f"  to the confirmed revert, {revert['after']} lost after it.")
    return 0 if lost == revert["lost"] and revert["after"] == 0 else 1


COMMANDS = {"ready": ready, "observe": observe, "row": row, "table": table}

if __name__ == "__main__":
    sys.exit(COMMANDS[sys.argv[1]](*sys.argv[2:]))
