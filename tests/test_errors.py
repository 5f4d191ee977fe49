"""Errors say place, cause and remedy."""

from __future__ import annotations

from bastide.errors import BastideError, near_miss


def test_text_leaves_out_what_is_empty() -> None:
    assert str(BastideError("cause")) == "cause"
    assert str(BastideError("cause", place="a.tf:3", remedy="do it")) == "a.tf:3: cause. Do it"


def test_near_miss() -> None:
    assert near_miss("sevrity", ["severity", "title"]) == "did you mean `severity`?"
    assert near_miss("zzz", ["severity"]) == ""
