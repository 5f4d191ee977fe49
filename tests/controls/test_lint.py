"""The linter, on one entry at a time, and on the whole library."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls.entry import Example
from bastide.controls.library import read_controls
from bastide.controls.lint import lint
from tests.controls.conftest import control

BOTH = {"terraform": "x", "cloudformation": "x"}
EXAMPLES = [Example("fail", BOTH), Example("pass", BOTH)]


def complaints(**fields: Any) -> list[str]:
    return lint([control("true", **{"examples": EXAMPLES, **fields})])


def test_a_sound_control_has_no_complaints() -> None:
    assert complaints() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"examples": EXAMPLES[:1]}, "no example that should pass"),
        ({"examples": [Example("fail", {"terraform": "x"}, ""), EXAMPLES[1]]}, "fail in cloudformation"),
        ({"frameworks": {}}, "no Well-Architected best practice"),
        ({"frameworks": {"well-architected": ["SEC99-BP99"]}}, "`SEC99-BP99` is no requirement"),
        ({"frameworks": {"well-architected": ["SEC08-BP02"], "../x": ["1"]}}, "`../x` is no framework"),
        (
            {"frameworks": {"well-architected": ["SEC08-BP02", "SEC01-BP07"]}},
            "`SEC01-BP07` of well-architected is said",
        ),
        (
            {"frameworks": {"well-architected": ["SEC08-BP02"], "attack-cloud": ["T1530"]}},
            "`attack-cloud` is no framework",
        ),
        ({"attack": ["T0000"]}, "no technique"),
        ({"attack": ["SEC08-BP02"]}, "no technique"),
        ({"concern": ""}, "no concern"),
        ({"title": "lower case"}, "a title starts"),
        ({"rationale": "Because."}, "says too little"),
        ({"remediation": {"terraform": "x", "cloudformation": "x"}}, "no remediation for cli"),
        ({"place": "library/controls/other.yaml:1"}, "stands in other.yaml"),
    ],
)
def test_complaints(fields: dict[str, Any], said: str) -> None:
    assert any(said in text for text in complaints(**fields))


def test_two_controls_with_one_meaning_or_one_id() -> None:
    one = control("A  and B", id="test.one", examples=EXAMPLES)
    assert any("means the same" in text for text in lint([one, control("A and\nB", id="test.two", examples=EXAMPLES)]))
    assert any("stands at" in text for text in lint([one, control("C", id="test.one", examples=EXAMPLES)]))


def test_the_library_is_sound() -> None:
    assert lint(read_controls()) == []
