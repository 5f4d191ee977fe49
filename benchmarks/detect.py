"""Detection measured: rules over a lake of made CloudTrail; events a second, CPU seconds and memory.

`python -m benchmarks.detect [EVENTS] [--rules DIR …] [--more N] [--jobs N] [--lake DIR]` prints one line of figures
for each set of rules: those of the library (and of DIR), then those with N copies that name other operations.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from benchmarks.trail import write_trail

COPY = """title: copy {number}
id: {id}
logsource: {{product: aws, service: cloudtrail}}
detection:
  call: {{eventSource: {service}.amazonaws.com, eventName: [{verb}Thing{number}, Get{verb}{number}]}}
  how: {{requestParameters.name|contains: x{number}}}
  refused: {{errorCode|exists: true}}
  condition: call and how and not refused
level: low
"""


def lake_of(events: int, folder: Path) -> Path:
    """A lake with so many made events; one that is there already is taken as it is.

    It is made by another process: ingest leaves native threads behind, and then nothing is judged side by side.
    """
    from bastide.lake.store import Lake

    lake = folder / "lake"
    if not Lake(lake).exists():
        write_trail(folder / "logs", events)
        command = [sys.executable, "-m", "bastide", "ingest", str(folder / "logs"), "--lake", str(lake)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return lake


def copies(folder: Path, number: int) -> Path:
    """A folder with so many rules that name operations which nobody calls."""
    folder.mkdir(parents=True, exist_ok=True)
    for at in range(number):
        text = COPY.format(
            number=at, id=uuid.uuid4(), service=f"service{at % 40}", verb=("Put", "Delete", "Run")[at % 3]
        )
        (folder / f"copy-{at}.yml").write_text(text)
    return folder


def measure(lake: Path, rules: list[str], jobs: int | None = None) -> dict[str, Any]:
    """One run over everything in the lake."""
    from bastide.detect.run import Detections
    from bastide.lake.store import Lake

    begun, before = time.perf_counter(), _cpu()
    detections = Detections(rules)
    loaded, after_load = time.perf_counter(), _cpu()
    judged, _ = detections.since(Lake(lake), 0, jobs)
    seconds, cpu = time.perf_counter() - loaded, _cpu() - after_load
    return {
        "rules": judged.rules,
        "events": judged.events,
        "matches": len(judged.matches),
        "load_s": round(loaded - begun, 2),
        "load_cpu_s": round(after_load - before, 2),
        "seconds": round(seconds, 2),
        "cpu_s": round(cpu, 2),
        "events_per_s": round(judged.events / seconds),
        "events_per_cpu_s": round(judged.events / cpu),
        "largest_process_mb": round(_memory() / 1024),
    }


def _cpu() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


def _memory() -> int:
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main() -> None:
    """Measure, with the library's rules and with more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", nargs="?", type=int, default=500_000)
    parser.add_argument("--rules", action="append", default=[])
    parser.add_argument("--more", type=int, default=500)
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--lake", help="a folder to keep the lake in, for the next run")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(arguments.lake or place)
        lake = lake_of(arguments.events, folder)
        rules = ["library", *arguments.rules]
        print(json.dumps(measure(lake, rules, arguments.jobs)))
        if not arguments.more:
            return
        more = [*rules, str(copies(Path(place) / "copies", arguments.more))]
        print(json.dumps(measure(lake, more, arguments.jobs)))


if __name__ == "__main__":
    main()
