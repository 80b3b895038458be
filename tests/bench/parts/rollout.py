"""A whole rollout without holds, and the same create + start + healthy + stop + remove by hand, in pairs.

Both start one container of the same image and wait for Docker's own verdict; both stop and remove the old
one. Alcedo's side is read off its log and the engine's events: accepted until 100 % is confirmed, plus stop
until the container is gone. What lies between the two was asked for (the window) or is a floor (the grace).
By hand nobody is asked whether the proxy reaches the new container, and no traffic is moved: the try router and
the weights, each a document that Traefik confirms, are in Alcedo's side only. The second comes a few
milliseconds after the first, so Traefik applies it when its own throttle (200 ms in the sandbox) is over.
The rows without a goal say where the time goes.
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
    started = time.monotonic() - began
    while True:
        _, seen = box.engine("GET", f"/containers/{name}/json")
        if seen["State"]["Health"]["Status"] == "healthy":
            break
        time.sleep(0.01)
    ready = time.monotonic() - began
    if old:
        box.engine("POST", f"/containers/{old}/stop?t=10")
        box.engine("DELETE", f"/containers/{old}")
    whole = time.monotonic() - began
    return name, {"all": whole, "ready": ready, "started": started, "healthy": ready - started,
                  "removed": whole - ready}


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
    old = events_of(ground.box, began - 1, gone + 1, f"shop-{other}-")
    new = events_of(ground.box, began - 1, gone + 1, f"shop-{colour}-")
    ground.idle(alcedo)
    removed = old["destroy"] - old["kill"]
    return {"all": served - accepted + removed, "ready": served - accepted, "whole": gone - began,
            "started": new["start"] - accepted, "healthy": new["health_status"] - new["start"],
            "switched": served - new["health_status"], "removed": removed}


def measure(options):
    pairs = 3 if options.quick else 20
    hand, mine = [], []
    with Ground() as ground:
        manifest = quick_switch(Manifest().colour("blue", "demo:1").colour("green", "demo:2"))
        manifest.spec["services"]["web"]["healthcheck"] = CHECK
        manifest.set("standby", {"for": "1s", "then": "Remove"})
        ground.write(manifest)
        alcedo = ground.daemon(resync="30s")
        ground.idle(alcedo)
        old, _ = by_hand(ground.box, "demo:1", None)
        for number in range(pairs):
            old, took = by_hand(ground.box, f"demo:{2 - number % 2}", old)
            hand.append(took)
            mine.append(by_alcedo(ground, alcedo, manifest, "blue" if number % 2 else "green"))
        alcedo.stop()

    def of(side, what):
        return statistics.median(one[what] for one in side)

    def more(what, by_hand_too=None):
        return statistics.median(ours[what] - theirs[by_hand_too or what] for ours, theirs in zip(mine, hand))

    def step(what, key, by_hand_too=True):
        return row(what, f"{of(mine, key):.2f}" + (f" ({of(hand, key):.2f})" if by_hand_too else ""), "s")

    return [
        row(f"by hand: create, start, healthy, stop, remove; median of {pairs}", f"{of(hand, 'all'):.2f}", "s", all=hand),
        row("Alcedo, the same steps, try router and switch", f"{of(mine, 'all'):.2f}", "s", all=mine),
        row("Alcedo over by hand, median of the pairs", f"{more('all'):+.2f}", "s", "<= +0.2 s"),
        step("accepted until started (by hand)", "started"),
        step("started until healthy (by hand)", "healthy"),
        step("healthy until all traffic is confirmed", "switched", False),
        step("stop until removed (by hand)", "removed"),
        row("new version serves: over by hand's healthy", f"{more('ready'):+.2f}", "s"),
        row("file renamed until the old one is gone (1 s settling, 1 s window, 0.5 s grace)",
            f"{of(mine, 'whole'):.2f}", "s"),
    ]
