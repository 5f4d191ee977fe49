"""Every finding on the patterns has a reason, every reason is needed, and the patterns are what is said of them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from bastide.controls.verdict import Verdict
from scripts import reference

patterns = reference.coverage.patterns


@pytest.fixture
def stated() -> dict[str, Any]:
    return copy.deepcopy(patterns.declared())


def test_every_finding_is_explained_and_every_explanation_needed(stated: dict[str, Any]) -> None:
    assert patterns.mistakes(patterns.judged(), stated) == []


def test_a_finding_without_a_reason_is_a_mistake(stated: dict[str, Any]) -> None:
    gone = stated["explained"].pop()
    found = patterns.mistakes(patterns.judged(), stated)
    assert found
    assert all(gone["control"] in one and "no reason is given" in one for one in found)


def test_a_reason_that_nothing_needs_is_a_mistake(stated: dict[str, Any]) -> None:
    stated["explained"].append({"control": "s3.bucket-has-no-public-acl", "where": ["table"], "because": "no"})
    at = len(stated["explained"]) - 1
    assert patterns.mistakes(patterns.judged(), stated) == [f"explained[{at}] is needed no more for table"]


def test_what_is_worse_than_unknown_is_not_excused_by_its_reason(stated: dict[str, Any]) -> None:
    unknown = next(one for one in patterns.judged() if one.status == "unknown")
    failed = Verdict(unknown.control, "fail", unknown.resource, unknown.evidence)
    found = patterns.mistakes([*patterns.judged(), failed], stated)
    assert found == [f"{unknown.control.id} fail of {unknown.resource.id}: no reason is given"]


def test_an_unknown_for_another_reason_is_a_mistake(stated: dict[str, Any]) -> None:
    for entry in stated["unknown"]:
        entry["reason"] = "not read"
    found = patterns.mistakes(patterns.judged(), stated)
    assert any(" unknown of " in one for one in found)


def test_patterns_are_the_folders_and_have_twins() -> None:
    folders = {path.name for path in patterns.FOLDER.iterdir() if path.is_dir()}
    assert folders == set(patterns.declared()["patterns"])
    seen = {patterns.place(verdict) for verdict in patterns.judged()}
    assert {pattern for pattern, language in seen if language == "terraform"} == folders
    assert len({pattern for pattern, language in seen if language == "cloudformation"}) >= 5


def test_the_page_has_each_pattern_and_each_finding_that_is_left() -> None:
    text = "\n".join(patterns.section())
    for name in patterns.declared()["patterns"]:
        assert f"| `{name}`: " in text
    for verdict in patterns.judged():
        if verdict.status == "fail":
            assert f"- `{verdict.control.id}` ({verdict.control.severity}) in " in text
