"""Runs the parts, prints one table, writes the JSON. Run by `run` beside it."""

import argparse
import importlib
import json
import os
import pathlib
import platform
import sys
import time

PARTS = ("rollout", "switches", "events", "passes", "idle", "memory", "size")


def table(rows):
    """Part, what, value, goal as a Markdown table, aligned to be read as it is."""
    cells = [("part", "what", "measured", "goal")]
    cells += [(row["part"], row["what"], f"{row['value']} {row['unit']}".strip(), row.get("goal", "")) for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(4)]
    cells.insert(1, tuple("-" * width for width in widths))
    return "".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |\n" for line in cells)


def machine():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    model = next((line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")), "")
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(), "load": os.getloadavg()[0]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=pathlib.Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--build-times", action="store_true")
    parser.add_argument("--up-to", type=int, default=1000, metavar="APPS")
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], metavar="PART")
    options = parser.parse_args()
    found = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "build": os.environ["BENCH_BUILD"],
             "quick": options.quick, "machine": machine(), "rows": []}
    failed = False
    for part in options.part or PARTS:
        began = time.monotonic()
        try:
            rows = importlib.import_module(f"parts.{part}").measure(options)
        except Exception as problem:  # one part must not cost the others' figures
            print(f"{part}: {type(problem).__name__}: {problem}", file=sys.stderr)
            failed = True
            continue
        found["rows"] += [{"part": part, **row} for row in rows]
        print(f"  {part}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    is_quick = " (--quick: a trial of the bench, no figures)" if options.quick else ""
    of = found["machine"]
    text = (f"{of['cpu']}, {of['cores']} cores, kernel {of['kernel']}, load {of['load']:.1f} at the start, "
            f"build/{found['build']}, {found['at']}{is_quick}\n\n{table(found['rows'])}")
    options.json.with_suffix(".md").write_text(text)
    print(f"\n{text}", end="")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
