"""How loaders are fuzzed: a fast profile in the suite, a deep one with `BASTIDE_FUZZ=deep`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

DEEP = os.environ.get("BASTIDE_FUZZ") == "deep"


def fuzz(examples: int = 100) -> settings:
    """So many examples, the same ones each time; 5,000 others in the deep profile. Nothing is written down."""
    return settings(
        max_examples=5_000 if DEEP else examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=not DEEP,
        database=None,
    )
