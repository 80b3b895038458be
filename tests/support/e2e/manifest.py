"""What a test commits: one BlueGreen document as a value, printed as YAML."""

import copy
import json


def to_yaml(value, indent=0):
    """Block style; every scalar is JSON text, which is YAML too, so nothing needs guessing."""
    pad = "  " * indent
    if isinstance(value, dict) and value:
        lines = []
        for key, inner in value.items():
            nested = isinstance(inner, (dict, list)) and inner
            text = "\n" + to_yaml(inner, indent + 1) if nested else " " + to_yaml(inner).strip()
            lines.append(f"{pad}{key}:{text}")
        return "\n".join(lines)
    if isinstance(value, list) and value:
        return "\n".join(f"{pad}- {json.dumps(inner)}" for inner in value)
    return pad + json.dumps(value)


class Manifest:
    """An app with one routed service `web` (the demo service), both colours and short times.

    Methods change this value and return it; `str()` is the file's text.
    """

    def __init__(self, name="shop", host="shop.example.com", image="demo:1", environment=None):
        self.name = name
        self.host = host
        web = {"image": image, "stop_grace_period": "30s"}
        if environment:
            web["environment"] = dict(environment)
        self.document = {
            "apiVersion": "alcedo.dev/v1alpha1",
            "kind": "BlueGreen",
            "metadata": {"name": name},
            "spec": {
                "activeColor": "blue",
                "services": {"web": web},
                "colors": {"blue": {}, "green": {}},
                "traffic": {
                    "routes": [
                        {"name": "web", "service": "web", "port": 8080, "rule": f"Host(`{host}`)",
                         "entryPoints": ["web"]}
                    ],
                    "steps": [{"weight": 50, "hold": "10s"}],
                    "drain": {"grace": "1s", "timeout": "60s"},
                },
                "health": {
                    "timeout": "30s", "interval": "1s", "minReady": "1s",
                    "checks": [
                        {"name": "answers", "http": {"service": "web", "port": 8080, "path": "/healthz"}}
                    ],
                },
                "watch": {"window": "10s", "failureThreshold": 3, "onFailure": "Revert"},
                "standby": {"for": "15s", "then": "Stop"},
            },
        }

    @property
    def spec(self):
        return self.document["spec"]

    def active(self, colour):
        self.spec["activeColor"] = colour
        return self

    def colour(self, colour, image, environment=None):
        """What this colour runs instead of the services' own."""
        web = {"image": image}
        if environment:
            web["environment"] = dict(environment)
        self.spec["colors"][colour] = {"services": {"web": web}}
        return self

    def set(self, path, value):
        """`set("watch.window", "20s")` below spec; a value of None removes the key."""
        *parents, last = path.split(".")
        at = self.spec
        for parent in parents:
            at = at.setdefault(parent, {})
        if value is None:
            at.pop(last, None)
        else:
            at[last] = value
        return self

    def copy(self):
        return copy.deepcopy(self)

    def __str__(self):
        return to_yaml(self.document) + "\n"
