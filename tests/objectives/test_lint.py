"""Contradictions in objectives are told, each with what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls.library import load_library
from bastide.objectives.lint import complaints_of, lint_objectives
from tests.objectives.test_catalogue import control

GOOD: dict[str, Any] = {"id": "data.x", "title": "It holds", "why": "So", "controls": [{"concern": ["keys"]}]}


def test_a_good_entry_has_no_complaint() -> None:
    assert list(complaints_of([GOOD, {**GOOD, "controls": [{"id": ["*"], "except": [{"attack": ["T1530"]}]}]}])) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"id": "nothing.x"}, "`nothing` is no area"),
        ({"title": "It holds."}, "no full stop"),
        ({"title": ""}, "are text"),
        ({"extra": 1}, "an objective has id"),
        ({"procedural": "people"}, "either `controls` or `procedural`"),
        ({"controls": [{"concern": ["nothing"]}]}, "`nothing` means no concern"),
        ({"controls": [{"well-architected": ["SEC99-BP01"]}]}, "`SEC99-BP01` means no well-architected"),
        ({"controls": [{"attack": ["T9999"]}]}, "`T9999` means no attack"),
        ({"controls": [{"control": ["s3.a"]}]}, "`control` is nothing to choose controls by"),
        ({"controls": [{"concern": "keys"}]}, "has a list of patterns"),
        ({"controls": [{"except": [{"concern": ["keys"]}]}]}, "a choice is a mapping"),
        ({"controls": [{"id": ["*"], "except": [{"x": ["y"]}]}]}, "`x` is nothing to choose"),
    ],
)
def test_what_is_wrong_with_an_entry(change: dict[str, Any], complaint: str) -> None:
    (found,) = complaints_of([{**GOOD, **change}])
    assert complaint in found


def test_a_file_is_a_list() -> None:
    assert list(complaints_of({})) == ["a file of objectives is a list"]


def test_controls_that_serve_nothing_or_name_what_is_not_there() -> None:
    summaries = [*load_library().summaries, control("own.lonely", concern="", place="own.yaml:1"),
                 control("own.lost", objectives=["data.nowhere"], place="own.yaml:2")]  # fmt: skip
    assert lint_objectives(summaries) == [
        "own.yaml:1: own.lonely serves no objective",
        "own.yaml:2: own.lost serves no objective",
        "own.yaml:2: own.lost names `data.nowhere`, which is no objective",
    ]


def test_objectives_without_controls_and_choices_that_take_none() -> None:
    found = lint_objectives([one for one in load_library().summaries if one.service != "cloudtrail"])
    assert any("logging" in text and "`service: cloudtrail` takes no control" in text for text in found)
    assert any(
        "identity.root-is-locked-away has no control" in text
        for text in lint_objectives([one for one in load_library().summaries if one.service != "root"])
    )
