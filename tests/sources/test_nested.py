"""Templates that are nested in others are judged there."""

from __future__ import annotations

import pytest

from bastide.resources.model import Loaded
from bastide.sources.nested import without_nested


def unit(name: str, file: str = "") -> Loaded:
    return Loaded(name, "cloudformation", files=[file or name])


@pytest.mark.parametrize(
    ("units", "kept"),
    [
        ([("a.yaml", ""), ("b.yaml", "")], ["a.yaml", "b.yaml"]),
        ([("a.yaml", ""), ("a.yaml#B", "b.yaml"), ("b.yaml", "")], ["a.yaml", "a.yaml#B"]),
        ([("b.yaml", ""), ("./b.yaml", ""), ("a.yaml", ""), ("a.yaml#B", "./b.yaml")], ["a.yaml", "a.yaml#B"]),
        (
            [
                *(("a.yaml", ""), ("a.yaml#B", "b.yaml"), ("a.yaml#B/C", "c.yaml")),
                *(("b.yaml", ""), ("b.yaml#C", "c.yaml"), ("c.yaml", "")),
            ],
            ["a.yaml", "a.yaml#B", "a.yaml#B/C"],
        ),
        (
            [("a.yaml", ""), ("a.yaml#B", "b.yaml"), ("b.yaml", ""), ("b.yaml#A", "a.yaml")],
            ["a.yaml", "a.yaml#B"],
        ),
        (
            [("a.yaml", ""), ("a.yaml#B", "b.yaml"), ("b.yaml", ""), ("b.yaml#C", "c.yaml"), ("c.yaml", "")],
            ["a.yaml", "a.yaml#B", "c.yaml"],
        ),
        ([("a.yaml#B", "b.yaml"), ("b.yaml", "")], ["a.yaml#B", "b.yaml"]),
    ],
)
def test_what_stays(units: list[tuple[str, str]], kept: list[str]) -> None:
    assert [one.unit for one in without_nested([unit(*one) for one in units])] == kept


def test_other_sources_stay() -> None:
    loaded = [Loaded("a", "terraform", files=["a/main.tf"]), Loaded("p.json", "plan", files=["p.json"])]
    assert without_nested(loaded) == loaded
