"""Measure ingest, detection and the watch on made CloudTrail, beside zargunlite and pypanther.

`python benchmarks/run.py --inputs lake` puts the figures on the page. All sizes are the first files of one trail.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import watching
from harness import tools
from harness.process import Run, timed, weighed
from trail import PER_FILE, write_trail

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SIZES = (100_000, 1_000_000, 2_400_000)
PEER_EVENTS = 60_000
"""How many the peers judge, which take a minute for them."""
BYTES = 400
"""The disk that an event needs while it is measured: some 115 bytes packed, 170 in the lake, and as much to spare."""
WATCHED = 5
"""How many new files the watch is measured with."""
RULES = tools.ROOT / "src" / "bastide" / "library" / "detections"
PEERS = Path(__file__).parent / "peers"
WHOLE = '"$0" ingest "$1" --lake "$2" && exec "$0" detect --since 2020-01-01 --lake "$2" --fail-on never'
"""From files to alerts, as a user does it."""

Result = dict[str, Any]


class Trail:
    """One trail with as many events as the largest size; a part of it are its first files."""

    def __init__(self, folder: Path, sizes: Sequence[int]) -> None:
        self.folder, self.per_file = folder, math.gcd(PER_FILE, *sizes)
        write_trail(folder / "all", max(sizes), per_file=self.per_file)
        self.files = sorted((folder / "all").rglob("*.json.gz"), key=lambda path: path.name.rpartition("_")[2])

    def part(self, events: int) -> Path:
        """A folder with so many events, whose files are links."""
        folder = self.folder / f"{events}"
        if not folder.exists():
            for path in self.files[: events // self.per_file]:
                link = folder / path.relative_to(self.folder / "all")
                link.parent.mkdir(parents=True, exist_ok=True)
                os.link(path, link)
        return folder


def measure(
    found: list[tools.Tool], refused: dict[str, str], sizes: Sequence[int], peer_events: int, repeat: int
) -> Result:
    """Everything about the lake; without bastide nothing. `refused` says why a peer is not there."""
    own = next((tool for tool in found if tool.name == "bastide"), None)
    if own is None:
        return {}
    refused = dict(refused)
    with tempfile.TemporaryDirectory(prefix="bastide-bench-lake-") as temporary:
        folder = Path(temporary)
        _room(folder, max(*sizes, peer_events))
        print(f"\nlake: making {max(*sizes, peer_events):,} events", flush=True)
        trail = Trail(folder, [*sizes, peer_events])
        growth = [_size(own, trail.part(size), size, repeat) for size in sizes]
        beside = _beside(found, refused, trail.part(peer_events), peer_events, repeat)
        watched = _watched(own, trail.part(min(sizes)), folder / "watched")
    return {
        "sizes": growth,
        "peers": beside,
        "refused": refused,
        "watch": {"events": watching.EVENTS, "before": min(sizes), **watched},
        "versions": {tool.name: tool.version for tool in found},
    }


def _room(folder: Path, events: int) -> None:
    """End at once where the disk would be full after an hour."""
    free, needed = shutil.disk_usage(folder).free, events * BYTES
    if free < needed:
        raise SystemExit(
            f"{events:,} events need {needed / 1e9:.1f} GB of disk at {folder.parent}, and {free / 1e9:.1f} are free: "
            "TMPDIR may name another place"
        )


def _watched(own: tools.Tool, folder: Path, place: Path) -> Result:
    """The seconds of each new file; none, and the reason, when an alert did not come: the rest was measured."""
    try:
        return {"seconds": watching.measure(own, folder, place, WATCHED)}
    except (TimeoutError, subprocess.CalledProcessError) as error:
        print(f"    the watch is left out: {error}", flush=True)
        return {"seconds": [], "reason": str(error)}


def _size(own: tools.Tool, folder: Path, events: int, repeat: int) -> Result:
    """Ingest into a new lake, then detection on it: as commands, and without loading rules and telling alerts."""
    place = folder.parent / "place"
    lake = place / "lake"
    print(f"  {events:,} events", flush=True)
    ingest = [str(own.binary), "ingest", str(folder), "--lake", str(lake)]
    detect = [str(own.binary), "detect", "--since", "2020-01-01", "--lake", str(lake), "--fail-on", "never"]
    return {
        "events": events,
        "kilobytes": sum(path.stat().st_size for path in folder.rglob("*.json.gz")) // 1000,
        "ingest": _runs("ingest", ingest, place, repeat, lambda: _emptied(place)),
        "detect": _runs("detect", detect, place, repeat, lambda: None),
        "judged": [_judged(own, place) for _ in range(repeat)],
    }


def _runs(name: str, command: list[str], place: Path, repeat: int, before: Callable[[], None]) -> Result:
    """One run whose memory is looked at, which warms the caches, then those that are timed."""
    before()
    runs: Result = {"weighed": [_checked(name, weighed(command, tools.environment(), place))], "timed": []}
    for _ in range(repeat):
        before()
        runs["timed"].append(_checked(name, timed(command, tools.environment(), place)))
    return runs


def _checked(name: str, run: Run) -> Result:
    if run.exit_code:
        raise SystemExit(f"{name} failed: exit {run.exit_code}")
    memory = f", {run.memory:.0f} MiB" if run.memory else f", {run.cpu:.2f} s CPU"
    print(f"    {name}: {run.seconds:.2f} s{memory}", flush=True)
    return asdict(run)


def _judged(own: tools.Tool, place: Path) -> Result:
    """What `benchmarks/detect.py` says of a lake, in bastide's environment: rules loaded first, then events judged."""
    command = [str(own.binary.parent / "python"), "-m", "benchmarks.detect", "--lake", str(place), "--more", "0"]
    said = subprocess.run(command, cwd=tools.ROOT, env=tools.environment(), check=True, capture_output=True, text=True)
    print(f"    {said.stdout.strip()}", flush=True)
    return dict(json.loads(said.stdout))


def _beside(
    found: list[tools.Tool], refused: dict[str, str], folder: Path, events: int, repeat: int
) -> dict[str, Result]:
    """The tools' runs from the same files to matches, alternating; who cannot do it is put into `refused`."""
    print(f"  {events:,} events, side by side", flush=True)
    place = folder.parent / "beside"
    runs: dict[str, Result] = {}
    commands: dict[str, list[str]] = {}
    for tool in found:
        try:
            commands[tool.name], facts = _prepared(tool, folder, _emptied(place / tool.name))
            runs[tool.name] = {
                "events": events,
                "timed": [],
                **facts,
                **_first(tool, commands[tool.name], place, events),
            }
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            refused[tool.name] = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1]
            print(f"    {tool.name} is left out: {refused[tool.name]}", flush=True)
    for _ in range(repeat):
        for name in runs:
            shutil.rmtree(place / name / "lake", ignore_errors=True)
            run = timed(commands[name], tools.environment(), place / name)
            runs[name]["timed"].append(_checked(name, run))
    return runs


def _prepared(tool: tools.Tool, folder: Path, place: Path) -> tuple[list[str], Result]:
    """The command line from the files to matches, and what is known of the tool's rules before it ran."""
    out = str(place / "out.json")
    if tool.name == "bastide":
        return ["/bin/sh", "-c", WHOLE, str(tool.binary), str(folder), str(place / "lake")], {}
    if tool.name == "pypanther":
        return [str(tool.binary), str(PEERS / "pypanther_events.py"), str(folder), out], {}
    rules = place / "rules.json"
    compiling = [str(tool.binary), str(PEERS / "zargunlite_rules.py"), str(RULES), str(rules)]
    subprocess.run(compiling, env=tools.environment(), check=True, capture_output=True, text=True)
    facts = {"not_compiled": json.loads(rules.read_text("utf-8"))["refused"]}
    return [str(tool.binary), str(PEERS / "zargunlite_events.py"), str(rules), str(folder), out], facts


def _first(tool: tools.Tool, command: list[str], place: Path, events: int) -> Result:
    """A run whose memory is looked at, and what came of it; `ValueError` when it did not judge all events."""
    own = place / tool.name
    run = weighed(command, tools.environment(), own)
    if run.exit_code:
        raise ValueError(f"exit {run.exit_code}")
    said = _judged(tool, own) if tool.name == "bastide" else json.loads((own / "out.json").read_text("utf-8"))
    if said["events"] != events:
        raise ValueError(f"{said['events']:,} of {events:,} events were judged")
    facts = {key: said[key] for key in ("rules", "matches", "failed", "left_out") if key in said}
    return {"weighed": [_checked(tool.name, run)], **facts}


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
