"""The parts of RESULTS.md about the lake: ingest, detection and the watch, beside zargunlite and pypanther."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import Any

from harness.tables import Table, figure, middle, ratio, spread, table

INGEST_RATE, DETECT_RATE = 150_000, 2_000_000
"""Events a second that ingest and detection must reach on two cores."""
TIMES = {"zargunlite": 12, "pypanther": 20}
"""How many times as fast as each peer bastide must be from files to matches."""
MEMORY_MIB, MEMORY_WORDS = 1e9 / 2**20, "< 1 GB (954 MiB)"
WATCH_SECONDS = 2.0
LINEAR = 1.25
"""What an event may cost at the last step of growth, against the step before, to be called linear."""

Result = dict[str, Any]


def lake_targets(results: Result) -> Table:
    """What ingest, detection and the watch must reach, and whether they do; the last size is what counts."""
    if not (found := results.get("lake")):
        return []
    last = found["sizes"][-1]
    events = f"{last['events']:,} events"
    ingest, command, judged = (_rate(last, what) for what in ("ingest", "detect", "judged"))
    rows = [
        _least(f"Ingest of {events}", INGEST_RATE, ingest),
        _least(f"Detection in {events}, rules loaded", DETECT_RATE, judged),
        _least(f"Detection in {events}, the whole command", DETECT_RATE, command),
    ]
    for what, name in (("ingest", "Ingest"), ("detect", "Detection")):
        for field, whose in (("largest", "largest process"), ("memory", "all processes together")):
            value = max((middle(size[what]["weighed"], field) or 0.0) for size in found["sizes"])
            rows.append([f"{name}, peak memory, {whose}", MEMORY_WORDS, f"{value:.0f} MiB", _met(value < MEMORY_MIB)])
    for what, name in (("ingest", "Ingest"), ("judged", "Detection, rules loaded")):
        if costs := _steps(found["sizes"], what)[-2:]:
            grows = costs[-1] / max(costs[0], 1e-9)
            must = f"≤ {LINEAR} times what it cost before"
            rows.append([f"{name}, one more event at the last step", must, f"{grows:.2f} times", _met(grows <= LINEAR)])
    return rows + _peer_targets(found) + _watch_target(found)


def _peer_targets(found: Result) -> Table:
    """Against each peer: on its own events, and with bastide's rate at the last size, where its start counts less."""
    rows: Table = []
    own, last = found["peers"].get("bastide"), found["sizes"][-1]
    for peer, times in TIMES.items():
        must, theirs = f"> {times} times as fast", found["peers"].get(peer)
        if theirs is None or own is None:
            rows.append([f"From files to matches, against {peer}", must, "not measured", ""])
            continue
        same = ratio(middle(theirs["timed"], "seconds"), middle(own["timed"], "seconds")) or 0.0
        rate = last["events"] / _whole(last)
        large = rate * (middle(theirs["timed"], "seconds") or 0.0) / theirs["events"]
        for where, is_ in (
            (f"the same {own['events']:,} events", same),
            (f"bastide with {last['events']:,}, {peer} with {theirs['events']:,}, by rate", large),
        ):
            rows.append(
                [f"From files to matches, against {peer}: {where}", must, f"{is_:.1f} times", _met(is_ > times)]
            )
    return rows


def _watch_target(found: Result) -> Table:
    seconds = found["watch"]["seconds"]
    if not seconds:
        return [["The watch, from a new file to its alert", f"< {WATCH_SECONDS:.0f} s", "not measured", ""]]
    shown = f"{median(seconds):.2f} s, at most {max(seconds):.2f} s"
    return [
        [
            "The watch, from a new file to its alert",
            f"< {WATCH_SECONDS:.0f} s",
            shown,
            _met(max(seconds) < WATCH_SECONDS),
        ]
    ]


def lake_part(results: Result) -> str:
    """The figures by size, the tools side by side, and how the watch was measured."""
    if not (found := results.get("lake")):
        return ""
    judged = found["sizes"][0]["judged"][0]
    parts = [_HEAD.format(rules=judged["rules"]), _growth(found["sizes"]), _side_by_side(found)]
    return "\n".join([*parts, _watch(found["watch"])])


def _growth(sizes: list[Result]) -> str:
    head = ["", *(f"{size['events']:,}" for size in sizes), "µs for one more event, by step"]
    rows: Table = [["packed MB", *(figure(size["kilobytes"] / 1000) for size in sizes), ""]]
    for what, name in (("ingest", "ingest"), ("judged", "detection, rules loaded"), ("detect", "`bastide detect`")):
        steps = ", ".join(figure(1e6 * step) for step in _steps(sizes, what))
        rows += [
            [f"{name}, events/s", *(f"{_rate(size, what):,.0f}" for size in sizes), ""],
            [f"{name}, wall s", *(spread(_seconds(size, what), "seconds") for size in sizes), steps],
            [f"{name}, CPU s", *(figure(middle(_seconds(size, what), "cpu")) for size in sizes), ""],
        ]
        if what != "judged":
            for field, whose in (("largest", "largest process"), ("memory", "all processes")):
                cells = (figure(middle(size[what]["weighed"], field)) for size in sizes)
                rows.append([f"{name}, peak MiB of {whose}", *cells, ""])
    rows.append(["loading the rules, s", *(figure(middle(size["judged"], "load_s")) for size in sizes), ""])
    rows.append(["loading the rules, CPU s", *(figure(middle(size["judged"], "load_cpu_s")) for size in sizes), ""])
    rows.append(["matches", *(f"{size['judged'][0]['matches']:,}" for size in sizes), ""])
    return table(head, rows)


def _side_by_side(found: Result) -> str:
    peers, own = found["peers"], found["peers"].get("bastide")
    head = ["", "wall s", "ratio", "CPU s", "ratio", "events/s", "peak MiB", "rules", "matches", "runs"]
    rows = []
    for name, runs in peers.items():
        row = [name]
        for field in ("seconds", "cpu"):
            value = middle(runs["timed"], field)
            times = ratio(value, middle(own["timed"], field)) if own else None
            row += [spread(runs["timed"], field) if field == "seconds" else figure(value)]
            row += [f"{times:.1f}" if times else ""]
        rate = runs["events"] / (middle(runs["timed"], "seconds") or 1.0)
        row += [f"{rate:,.0f}", figure(middle(runs["weighed"], "memory"))]
        rows.append([*row, f"{runs['rules']:,}", f"{runs['matches']:,}", str(len(runs["timed"]))])
    events = next((runs["events"] for runs in peers.values()), 0)
    told = "\n".join(filter(None, (_rules_of(name, peers, found["refused"]) for name in TIMES)))
    return f"### From files to matches\n\n{_BESIDE.format(events=events)}\n{table(head, rows)}\n{told}\n"


def _rules_of(name: str, peers: Result, refused: dict[str, str]) -> str:
    """Which rules a peer had, which it could not take, and what failed; or why it is not there."""
    if name in refused:
        return f"- {name} could not be measured: {refused[name]}"
    if name not in peers:
        return ""
    runs = peers[name]
    said = []
    if name == "zargunlite":
        refusals, failed = len(runs["not_compiled"]), len(runs["failed"])
        every = runs["rules"] + failed + refusals
        said += [
            f"{runs['rules']:,} of the {every:,} rules of the library that are for CloudTrail and no correlations",
            f"{refusals:,} could not be compiled, {failed:,} not be run",
        ]
    else:
        said += [f"{runs['rules']:,} of its own enabled rules for CloudTrail"]
        said += [f"{len(runs['left_out']):,} were left out, which need a table of Panther's in AWS"]
        said += [f"{sum(runs['failed'].values()):,} times a rule failed over an event"]
    return f"- {name} had {'; '.join(said)}."


def _watch(found: Result) -> str:
    shown = ", ".join(figure(second) for second in found["seconds"]) or f"none, for: {found['reason']}"
    return _WATCH.format(seconds=shown, **{key: f"{found[key]:,}" for key in ("events", "before")})


def _seconds(size: Result, what: str) -> list[Result]:
    """The timed runs; those without the loading of rules have other names."""
    if what != "judged":
        return list(size[what]["timed"])
    return [{"seconds": run["seconds"], "cpu": run["cpu_s"]} for run in size["judged"]]


def _rate(size: Result, what: str) -> float:
    return size["events"] / (middle(_seconds(size, what), "seconds") or 1.0)


def _whole(size: Result) -> float:
    """Seconds of ingest and detection together."""
    return sum(middle(size[what]["timed"], "seconds") or 0.0 for what in ("ingest", "detect"))


def _steps(sizes: list[Result], what: str) -> list[float]:
    """Seconds that one more event costs, from each size to the next, the first from nothing; none of a single size."""
    points = [(0, 0.0), *((size["events"], middle(_seconds(size, what), "seconds") or 0.0) for size in sizes)]
    if len(sizes) < 2:
        return []
    return [(t2 - t1) / (n2 - n1) for (n1, t1), (n2, t2) in pairwise(points)]


def _least(name: str, least: float, value: float) -> list[str]:
    return [name, f"≥ {least:,} events/s", f"{value:,.0f} events/s", _met(value >= least)]


def _met(is_: bool) -> str:  # noqa: FBT001
    return "met" if is_ else "**missed**"


_HEAD = """\
## The lake

CloudTrail made by `benchmarks/trail.py`, 1.3 kB an event before packing, in files of at most 20,000 events; each size
is the first files of the same trail. `bastide ingest` brings it into a new lake; `bastide detect --since 2020-01-01`
starts, loads all {rules:,} rules of the library, judges everything in the lake and prints alerts. "Rules loaded" is the
judging alone. Memory comes from runs of its own, and is the most of all sizes where it is held against a figure.
"""
_BESIDE = """\
The same {events:,} events, from packed files to matches, each tool from its start. bastide is `bastide ingest` into a
new lake and then `bastide detect`, and judges all its rules, those of other logs and correlations too, on all cores.
zargunlite and pypanther are libraries and use one core; scripts in `benchmarks/peers` call them.
zargunlite's rules are compiled before (not counted), and only those fields are loaded that a rule names, which spares
it time; correlations are left out: it would run each as one query, without the indexes that the compiler foresees.
All judge fewer events here than above since the peers are slow. On so few, much of bastide's time is its start, and
little of theirs; so both are told above: the ratio on these events, and that of the rates, bastide's at its largest
size.
"""
_WATCH = """\
### The watch

`bastide detect --watch` runs on a lake with {before} events. A file of {events} events, one of which silences a trail,
is moved into the trail's folder, which `bastide ingest --watch` looks at. Measured is from the move to the line with
the alert.
Seconds of each file: {seconds}. What must be reached is held against the slowest.
"""
