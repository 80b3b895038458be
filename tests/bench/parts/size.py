"""The binary, and what building costs."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from ground import row

TREE = pathlib.Path(__file__).resolve().parents[3]


def seconds(*command, **environment):
    began = time.monotonic()
    subprocess.run(command, cwd=TREE, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env={**os.environ, **environment})
    return round(time.monotonic() - began, 1)


def build_times():
    """A debug build from nothing, without a cache; then a rule is touched and its unit tests run."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="alcedo-build-"))
    try:
        cold = {"CCACHE_DISABLE": "1"}
        seconds("cmake", "--preset", "dev", "-B", str(folder))
        full = seconds("ninja", "-C", str(folder), "alcedo", **cold)
        seconds("ninja", "-C", str(folder), "unit_blue_green", **cold)
        rule = TREE / "reconcilers" / "blue_green" / "rules_repair.cpp"
        os.utime(rule)
        build = seconds("ninja", "-C", str(folder), "unit_blue_green", **cold)
        run = seconds(str(folder / "tests" / "unit" / "unit_blue_green"))
        return [row("full debug build of the daemon, no cache", full, "s", "< 90 s"),
                row("a rule touched until its unit tests have run", round(build + run, 1), "s", "< 5 s")]
    finally:
        shutil.rmtree(folder)


def measure(options):
    binary = pathlib.Path(os.environ["ALCEDO_BINARY"])
    with tempfile.NamedTemporaryFile() as stripped:
        subprocess.run(["strip", "-o", stripped.name, str(binary)], check=True)
        size = os.path.getsize(stripped.name)
    rows = [row("binary", round(binary.stat().st_size / 1e6, 1), "MB"), row("stripped", round(size / 1e6, 1), "MB")]
    return rows + (build_times() if options.build_times else [])
