"""Switches back and forth under load, both colours warm: requests lost, and how soon a rename arrives.

The rename is seen by inotify on Traefik's folder, the confirmation in the daemon's log, the first answer of
the new version in the load's own records (open loop, 250 requests a second: 4 ms apart).
"""

import ctypes
import json
import os
import pathlib
import struct
import threading
import time

from e2e import Load, Manifest
from ground import Ground, quick_switch, row, summary, wait_for_line

IN_MOVED_TO = 0x80


class Renames:
    """[(time of day, percent of green)] of every document that was renamed into the folder."""

    def __init__(self, folder):
        self.seen = []
        self.folder = folder
        libc = ctypes.CDLL(None, use_errno=True)
        self.watch = libc.inotify_init1(os.O_CLOEXEC)
        if self.watch < 0 or libc.inotify_add_watch(self.watch, str(folder).encode(), IN_MOVED_TO) < 0:
            raise OSError(ctypes.get_errno(), "inotify")
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self):
        while True:
            data = os.read(self.watch, 4096)
            at = time.time()
            name = data[16:16 + struct.unpack("iIII", data[:16])[3]].rstrip(b"\0").decode()
            if name == "alcedo.yaml":
                self.seen.append((at, green_percent(json.loads((self.folder / name).read_text()))))

    def first(self, since, percent):
        return next((at for at, green in self.seen if at >= since and green == percent), None)


def green_percent(document):
    for name, service in document["http"]["services"].items():
        children = service.get("weighted", {}).get("services", [])
        if name == "shop_web" and children:
            green = sum(child["weight"] for child in children if "_green_" in child["name"])
            return round(100 * green / sum(child["weight"] for child in children))
    return None


def switch(ground, alcedo, manifest, colour, renames):
    began = time.time()
    percent = 100 if colour == "green" else 0
    ground.write(manifest.active(colour))
    at = wait_for_line(alcedo, began, lambda app, reason, text: reason == "Serving" and "confirmed" in text)
    ground.idle(alcedo, weights=(100 - percent, percent))
    return renames.first(began, percent), at


def measure(options):
    count = 6 if options.quick else 100
    with Ground() as ground:
        manifest = quick_switch(Manifest().colour("blue", "demo:1").colour("green", "demo:2"))
        manifest.set("standby", {"for": "1s", "then": "Keep"})
        ground.write(manifest)
        alcedo = ground.daemon()
        ground.idle(alcedo)
        renames = Renames(pathlib.Path(ground.box.env["TRAEFIK_DIR"]) / "dynamic")
        switch(ground, alcedo, manifest, "green", renames)  # both colours are warm from here on
        load = Load(ground.box, ground.root, "load", "shop.example.com", rate=250).start().wait_for_answers(50)
        moves = []
        for number in range(count):
            colour = "green" if number % 2 else "blue"
            moves.append((colour, *switch(ground, alcedo, manifest, colour, renames)))
        time.sleep(1)
        load.stop()
        alcedo.stop()
        records = [one for one in load.records() if one["version"]]
        sent, lost = len(load.records()), len(load.failures())
    to_confirmed, to_answer = [], []
    for colour, renamed, at in moves:
        version = "2" if colour == "green" else "1"
        first = min(one["end"] for one in records if one["version"] == version and one["end"] >= renamed)
        to_confirmed.append(1000 * (at - renamed))
        to_answer.append(1000 * (first - renamed))
    return [
        *summary("rename to confirmed weights", to_confirmed, "ms"),
        *summary("rename to the first answer of the new version", to_answer, "ms"),
        row(f"{count} switches under load, sent", sent),
        row(f"{count} switches under load, lost", lost, "", "0"),
    ]

