"""Ingest measured: realistic CloudTrail is made, then brought into a lake; events a second, CPU seconds and memory.

`python -m benchmarks.ingest [EVENTS] [--jobs N] [--folder DIR]` prints one line of figures.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.trail import write_trail


def measure(folder: Path, lake: Path, jobs: int | None = None) -> dict[str, float]:
    """Seconds and CPU seconds of `bastide ingest`, and the memory of its largest process in MB."""
    command = [sys.executable, "-m", "bastide", "ingest", str(folder), "--lake", str(lake)]
    command += ["--jobs", str(jobs)] if jobs else []
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "cpu_seconds": cpu, "largest_mb": after.ru_maxrss / 1024}


def main() -> None:
    """Make the events, bring them in, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("events", type=int, nargs="?", default=600_000)
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--folder", type=Path, help="keep the events here, and use those that are there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bastide-ingest-") as scratch:
        folder = arguments.folder or Path(scratch) / "trail"
        if not folder.exists():
            size = write_trail(folder, arguments.events)
            print(f"{arguments.events} events, {size / arguments.events:.0f} bytes each", file=sys.stderr)
        found = measure(folder, Path(scratch) / "lake", arguments.jobs)
    rate, cpu_rate = (arguments.events / found[key] for key in ("seconds", "cpu_seconds"))
    print(
        f"{arguments.events} events: {found['seconds']:.2f} s, {rate:,.0f} events/s; {found['cpu_seconds']:.2f} CPU "
        f"seconds, {cpu_rate:,.0f} events a CPU second; largest process {found['largest_mb']:.0f} MB"
    )


if __name__ == "__main__":
    main()
