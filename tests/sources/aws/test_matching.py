"""Elements by what they are told by: the same as a look at each, and one look for all items."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.sources.aws import matching
from bastide.sources.aws.expressions import find
from bastide.sources.aws.matching import Matching

ELEMENTS: list[Any] = [
    {"user": "a", "n": 1}, {"user": "b"}, {"user": "a", "n": 2}, {"user": None}, {}, {"user": 1}, {"user": True},
    {"user": ["a"]}, {"user": {"x": 1}}, "text", None,
]  # fmt: skip


@pytest.mark.parametrize("wanted", ["a", "b", "c", "", None, 1, True, 1.0, ["a"], {"x": 1}, [], {}], ids=repr)
def test_it_finds_what_a_look_at_each_finds(wanted: Any) -> None:
    slow = [one for one in ELEMENTS if find("user", one) == wanted]
    assert Matching("user", ELEMENTS).of(wanted) == slow


def test_what_one_item_keeps_is_no_other_s() -> None:
    found = Matching("user", ELEMENTS)
    found.of("a").clear()
    assert len(found.of("a")) == 2


def test_each_element_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(matching, "find", lambda text, element: seen.append(element) or find(text, element))
    found = Matching("user", [{"user": f"u{number}"} for number in range(500)])
    assert [len(found.of(f"u{number}")) for number in range(500)] == [1] * 500
    assert len(seen) == 500
