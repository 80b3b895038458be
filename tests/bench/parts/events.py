"""From what happened in Docker to the end of the pass that it caused: the warm colour is killed and started.

Both times are this machine's clock: the engine's own timeNano of the event, and the line of the daemon's log
(debug) when the pass was over.
"""

import json
import time
import urllib.parse

from e2e import Manifest
from ground import Ground, quick_switch, said, summary


def event_times(box, since, until, actions):
    query = urllib.parse.urlencode({"since": f"{since:.3f}", "until": f"{until:.3f}",
                                    "filters": json.dumps({"type": ["container"], "event": actions})})
    _, text = box.engine("GET", f"/events?{query}")
    lines = text.splitlines() if isinstance(text, str) else [json.dumps(text)]
    return sorted(json.loads(line)["timeNano"] / 1e9 for line in lines if line)


def measure(options):
    rounds = 5 if options.quick else 50
    with Ground() as ground:
        manifest = quick_switch(Manifest().colour("blue", "demo:1").colour("green", "demo:2"))
        manifest.set("standby", {"for": "1s", "then": "Keep"})
        ground.write(manifest)
        alcedo = ground.daemon(resync="60s", extra=["--log-level", "debug"])
        ground.idle(alcedo)
        ground.write(manifest.active("green"))
        ground.idle(alcedo, weights=(0, 100))
        warm = next(iter(ground.box.containers(name="shop", color="blue")))
        began = time.time()
        for _ in range(rounds):
            time.sleep(1)
            ground.box.engine("POST", f"/containers/{warm}/kill")
            time.sleep(1)
            ground.box.engine("POST", f"/containers/{warm}/start")
        time.sleep(2)
        happened = event_times(ground.box, began, time.time(), ["die", "start"])
        passes = [at for at, app, reason, _ in said(alcedo, began) if reason == "PassFinished" and app == "shop"]
        alcedo.stop()
    took = [1000 * (min(at for at in passes if at >= event - 0.001) - event) for event in happened
            if any(at >= event - 0.001 for at in passes)]
    return summary("Docker event to the end of its pass", [max(0.0, one) for one in took], "ms", digits=1)
