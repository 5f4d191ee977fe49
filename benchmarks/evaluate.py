"""Measure evaluation alone: synthetic resources straight into the engine, without any source.

`resources` makes what an organization's accounts hold: common types by how common they are, each resource with
properties of its own.
"""

from __future__ import annotations

import json
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Any

from corpus.properties import MAKERS, distinct

if TYPE_CHECKING:
    from collections.abc import Iterator

POOL = 2000
"""Different property sets of each type; resources repeat them."""


def resources(n: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """`n` resources as type and properties, the same for the same seed.

    Every resource gets objects of its own (parsed from text), as it would from a source: nothing is shared.
    """
    random = Random(f"resources {seed}")
    pools = {name: distinct(make, min(POOL, n), random) for name, (_, make) in MAKERS.items()}
    names = list(MAKERS)
    weights = list(accumulate(weight for weight, _ in MAKERS.values()))
    parse, pick = json.loads, random.random
    for name in random.choices(names, cum_weights=weights, k=n):
        pool = pools[name]
        yield name, parse(pool[int(pick() * len(pool))])
