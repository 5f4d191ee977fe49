"""Contradictions in objectives are told, each with what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bastide.controls.library import load_library
from bastide.controls.packs import use
from bastide.objectives.lint import complaints_of, lint_objectives, lint_own
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
        ({"controls": [{"id": ["*"], "except": 3}]}, "`except` is a list of choices"),
        ({"controls": 3}, "`controls` is a list of choices"),
        ({"controls": ["keys"]}, "a choice is a mapping"),
        ({"id": "data"}, "an id is an area, a dot"),
        ({"id": "data.X y"}, "an id is an area, a dot"),
        ({"why": "\x1b[31m"}, "characters that cannot be shown"),
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


def test_objectives_of_packs_have_controls_and_choices_that_take_some(tmp_path: Path) -> None:
    assert lint_own(load_library().summaries) == []
    own = [
        {**GOOD, "id": "data.idle", "controls": [{"id": ["own.nothing"]}]},
        {**GOOD, "id": "data.half", "controls": [{"concern": ["keys"]}, {"service": ["s3x"]}]},
        GOOD,
    ]
    (tmp_path / "objectives").mkdir()
    file = tmp_path / "objectives" / "data.yaml"
    file.write_text(json.dumps(own, indent=0))
    with use((str(tmp_path),)):
        found = lint_own(load_library().summaries)
        assert lint_own([*load_library().summaries, control("own.nothing")]) == found[3:]
    assert [text.rpartition(f"{file}:")[2].partition(" ")[2] for text in found] == [
        "data.idle has no control",
        "data.idle: a choice takes no control: {'id': ('own.nothing',)}",
        "data.idle: `id: own.nothing` takes no control",
        "data.half: a choice takes no control: {'service': ('s3x',)}",
        "data.half: `service: s3x` takes no control",
    ]
