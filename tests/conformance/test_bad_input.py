"""Bad input, end to end: it is told with its place, it costs little, and it hides nothing of the rest."""

from __future__ import annotations

from tests.conformance.conftest import Place


def test_innocent(place: Place) -> None:
    done = place.scan()
    assert done.code == 1
    assert done.problems == []
