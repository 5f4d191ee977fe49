"""Measure evaluation alone: synthetic resources straight into the engine: `python benchmarks/evaluate.py`.

`resources` makes what an organization's accounts hold: common types by how common they are, each resource with
properties of its own. Needs an environment that has bastide; the figures go to benchmarks/.cache/evaluation.json,
from where `run.py` takes them.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time
from collections import Counter
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from corpus.properties import MAKERS, distinct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.controls.library import Library

POOL = 2000
"""Different property sets of each type; resources repeat them."""


@cache
def _pools() -> dict[str, list[str]]:
    return {name: distinct(make, POOL, Random(f"pool {name}")) for name, (_, make) in MAKERS.items()}


def resources(n: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """`n` resources as type and properties, the same for the same seed.

    Every resource gets objects of its own (parsed from text), as it would from a source: nothing is shared.
    """
    random, pools = Random(f"resources {seed}"), _pools()
    names = list(MAKERS)
    weights = list(accumulate(weight for weight, _ in MAKERS.values()))
    parse, pick = json.loads, random.random
    for name in random.choices(names, cum_weights=weights, k=n):
        pool = pools[name]
        yield name, parse(pool[int(pick() * len(pool))])


CHUNK = 25_000
"""Resources that are in memory at a time, in each process."""


@cache
def _library() -> Library:
    from bastide.controls.library import load_library

    return load_library()


def judge(task: tuple[int, int]) -> tuple[dict[str, int], int, float, float]:
    """Verdicts by status over one chunk, the peak of this process in KiB, seconds for making and for judging."""
    from bastide.controls.evaluate import Evaluation
    from bastide.resources.model import Resource

    count, seed = task
    started = time.perf_counter()
    made = [
        Resource(name, f"r{number}", f"unit-{seed}", "cloudformation", "bench.yaml", 1, 1, properties)
        for number, (name, properties) in enumerate(resources(count, seed))
    ]
    ready = time.perf_counter()
    library = _library()
    found = Counter[str](
        verdict.status for verdict in Evaluation(library.controls, library.compiled).verdicts(made, jobs=1)
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return dict(found), peak, ready - started, time.perf_counter() - ready


def main() -> int:
    """Judge a million resources on all cores; print and keep the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    starts = range(0, arguments.count, CHUNK)
    tasks = [(min(CHUNK, arguments.count - start), start // CHUNK) for start in starts]
    verdicts, peaks, making, judging = Counter[str](), [0], 0.0, 0.0
    started = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        for found, peak, made, judged in pool.imap_unordered(judge, tasks):
            verdicts.update(found)
            peaks.append(peak)
            making += made
            judging += judged
    wall = time.perf_counter() - started
    figures = {
        "resources": arguments.count,
        "controls": sum(control.resource in MAKERS for control in _library().compiled),
        "verdicts": verdicts.total(),
        "processes": arguments.processes,
        "wall seconds with making the resources": wall,
        "seconds": wall * judging / (judging + making),
        "peak MiB of one process": max(peaks) / 1024,
        **{f"verdicts: {status}": count for status, count in sorted(verdicts.items())},
    }
    kept = Path(__file__).parent / ".cache" / "evaluation.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
