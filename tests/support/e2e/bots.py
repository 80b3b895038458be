"""The containers of a service that must never run twice, asked for as fast as the engine answers."""

import json
import time
import typing
import urllib.parse

from .sampler import Sampler

BOT = urllib.parse.quote(json.dumps({"label": ["alcedo.dev/service=bot"]}))
REHEARSAL = "alcedo.dev/rehearsal"


class Bot(typing.NamedTuple):
    colour: str
    rehearses: bool
    state: str


class Bots(Sampler):
    """The service `bot` over time: `with Bots(box) as seen:`."""

    def __init__(self, box):
        super().__init__(every=0.005)
        self.box = box
        self.samples = 0
        self.changes = []  # (time of day, {name: Bot}), when it differs from the one before

    def sample(self):
        try:
            _, listed = self.box.engine("GET", f"/containers/json?all=1&filters={BOT}")
        except OSError:
            return
        self.samples += 1
        there = {one["Names"][0].lstrip("/"): self.seen(one) for one in listed if one["Names"]}
        if not self.changes or self.changes[-1][1] != there:
            self.changes.append((time.time(), there))

    @staticmethod
    def seen(one):
        labels = one["Labels"]
        return Bot(labels["alcedo.dev/color"], REHEARSAL in labels, one["State"])

    def now(self):
        return self.changes[-1][1] if self.changes else {}

    def twice(self):
        """Every set of containers in which two are the real one."""
        return [there for _, there in self.changes if sum(not bot.rehearses for bot in there.values()) > 1]
