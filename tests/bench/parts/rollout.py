"""A whole rollout without holds, and the same create + start + healthy + stop + remove by hand, in pairs.

Both start one container of the same image and wait for Docker's own verdict; both stop and remove the old
one. Alcedo's side is read off its log and the engine's events: accepted until 100 % is confirmed, plus stop
until the container is gone. What lies between the two was asked for (the window) or is a floor (the grace).
"""

import json
import statistics
import time
import urllib.parse

from e2e import Manifest
from ground import Ground, quick_switch, row, wait_for_line

CHECK = {"test": ["CMD", "/demo_service", "probe", "http://127.0.0.1:8080/healthz"], "interval": "1s",
         "timeout": "2s", "retries": 3}


def events_of(box, since, until, name_part):
    """{action: time of day} of that container, the first of each."""
    query = urllib.parse.urlencode({"since": f"{since:.3f}", "until": f"{until:.3f}",
                                    "filters": json.dumps({"type": ["container"]})})
    _, text = box.engine("GET", f"/events?{query}")
    lines = text.splitlines() if isinstance(text, str) else [json.dumps(text)]
    out = {}
    for line in lines:
        event = json.loads(line)
        if name_part in event["Actor"]["Attributes"].get("name", ""):
            out.setdefault(event["Action"].split(":")[0], event["timeNano"] / 1e9)
    return out


def by_hand(box, image, old):
    """Seconds until the new one is healthy and the old one gone; the new one's name."""
    name = f"hand-{time.monotonic_ns()}"
    body = {"Image": image, "HostConfig": {"NetworkMode": box.env["SANDBOX_NETWORK"]}}
    began = time.monotonic()
    box.engine("POST", f"/containers/create?name={name}", body)
    box.engine("POST", f"/containers/{name}/start")
    while True:
        _, seen = box.engine("GET", f"/containers/{name}/json")
        if seen["State"]["Health"]["Status"] == "healthy":
            break
        time.sleep(0.01)
    ready = time.monotonic() - began
    if old:
        box.engine("POST", f"/containers/{old}/stop?t=10")
        box.engine("DELETE", f"/containers/{old}")
    return name, ready, time.monotonic() - began


def by_alcedo(ground, alcedo, manifest, colour):
    began = time.time()
    other = "blue" if colour == "green" else "green"
    ground.write(manifest.active(colour))
    accepted = wait_for_line(alcedo, began, lambda app, reason, _: reason == "NewGeneration")
    served = wait_for_line(alcedo, accepted, lambda app, reason, text: reason == "Serving" and "confirmed" in text)
    deadline = time.monotonic() + 60
    while ground.box.containers(name="shop", color=other):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{other} is never removed\n{alcedo.log_tail()}")
        time.sleep(0.02)
    gone = time.time()
    seen = events_of(ground.box, began - 1, gone + 1, f"shop-{other}-")
    ground.idle(alcedo)
    removed = seen["destroy"] - seen["kill"]
    return served - accepted, served - accepted + removed, gone - began


def measure(options):
    pairs = 3 if options.quick else 20
    hand, mine, ready_by_hand, ready, all_in_all = [], [], [], [], []
    with Ground() as ground:
        manifest = quick_switch(Manifest().colour("blue", "demo:1").colour("green", "demo:2"))
        manifest.spec["services"]["web"]["healthcheck"] = CHECK
        manifest.set("standby", {"for": "1s", "then": "Remove"})
        ground.write(manifest)
        alcedo = ground.daemon()
        ground.idle(alcedo)
        old, _, _ = by_hand(ground.box, "demo:1", None)
        for number in range(pairs):
            image = f"demo:{2 - number % 2}"
            old, seconds_ready, seconds = by_hand(ground.box, image, old)
            ready_by_hand.append(seconds_ready)
            hand.append(seconds)
            switched, seconds, whole = by_alcedo(ground, alcedo, manifest, "blue" if number % 2 else "green")
            ready.append(switched)
            mine.append(seconds)
            all_in_all.append(whole)
        alcedo.stop()
    more = [ours - theirs for ours, theirs in zip(mine, hand)]
    return [
        row(f"by hand, median of {pairs}", round(statistics.median(hand), 2), "s", all=hand),
        row("Alcedo, the same steps", round(statistics.median(mine), 2), "s", all=mine),
        row("Alcedo over by hand, median of the pairs", f"{statistics.median(more):+.2f}", "s", "<= +0.2 s", all=more),
        row("new version serves: over by hand's healthy",
            f"{statistics.median(ready) - statistics.median(ready_by_hand):+.2f}", "s"),
        row("file renamed until the old one is gone (1 s settling, 1 s window, 0.5 s grace)",
            round(statistics.median(all_in_all), 2), "s"),
    ]
