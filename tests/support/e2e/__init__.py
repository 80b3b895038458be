"""Harness of the end-to-end tests: a real dockerd, a real Traefik, real git, in a sandbox of their own.

Standard library only. One noun per file: sandbox (engine and proxy), alcedo (the daemon and its client),
repository (git), manifest (what is committed), load (requests and their evidence), remains (what a test
must not leave behind), sampler (what is asked for again and again), failpoints, kill and made (ended at every point, and what
must be the same), fault_proxy (an engine that answers badly), service (as systemd starts it), case (the unittest base).
"""

from .alcedo import Alcedo, Timeline
from .case import SandboxCase, main
from .load import Load
from .manifest import Manifest
from .remains import Remains
from .repository import Repository
from .sandbox import Sandbox

__all__ = ["Alcedo", "Load", "Manifest", "Remains", "Repository", "Sandbox", "SandboxCase", "Timeline", "main"]
