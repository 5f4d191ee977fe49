"""Frameworks as data: what is read, what follows what, and what the linter says of an entry that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls.frameworks import (
    ATTACK,
    CONCERN,
    Crosswalk,
    complaints_of,
    follows,
    framework,
    framework_names,
    parse_framework,
)
from bastide.errors import UsageError
from tests.controls.conftest import control


def tagged(id_: str, **frameworks: list[str]) -> Any:
    return control("true", id=id_, frameworks={name.replace("_", "-"): ids for name, ids in frameworks.items()})


def entry(**fields: Any) -> dict[str, Any]:
    sound = {
        "id": "own",
        "name": "Own",
        "version": "1",
        "publisher": "Us",
        "basis": "judgement",
        "about": "Made for a test.",
        "groups": [{"id": "1", "name": "one"}],
        "requirements": [requirement()],
    }
    return {**sound, **fields}


def requirement(**fields: Any) -> dict[str, Any]:
    return {"id": "1.1", "name": "what holds", "group": "1", "kind": "technical", **fields}


# Reading


def test_a_framework_by_name() -> None:
    found = framework("fedramp-moderate-r5")
    assert (found.basis, len(found.requirements)) == ("publisher", 323)
    assert found.requirements["AC-6"].sources == {"nist-800-53-r5": ("AC-6",)}
    assert found.requirements["AT-1"].kind == "procedural"
    assert found.groups["AC"] == "Access control"


@pytest.mark.parametrize("name", ["iso-27001-202", "../x", "", "NIST"])
def test_a_framework_that_is_not_there(name: str) -> None:
    with pytest.raises(UsageError, match="no framework is called") as error:
        framework(name)
    assert error.value.remedy
    if name == "iso-27001-202":
        assert "iso-27001-2022" in error.value.remedy


def test_an_entry_without_from_and_without() -> None:
    found = parse_framework(entry()).requirements["1.1"]
    assert (found.sources, found.without) == ({}, "")


# Which controls serve what


def test_tags_serve_what_they_name_and_what_follows_it() -> None:
    crosswalk = Crosswalk([tagged("a.one", nist_800_53_r5=["AC-6"]), tagged("a.two", nist_800_53_r5=["SC-28(1)"])])
    assert crosswalk.serving("nist-800-53-r5", "AC-6") == {"a.one"}
    assert crosswalk.serving("fedramp-moderate-r5", "AC-6") == {"a.one"}
    assert crosswalk.serving("fedramp-moderate-r5", "SC-28(1)") == {"a.two"}
    assert crosswalk.serving("fedramp-moderate-r5", "AC-2") == frozenset()
    assert crosswalk.tagged("nist-800-53-r5", "AC-6") == {"a.one"}
    assert crosswalk.tagged("fedramp-moderate-r5", "AC-6") == frozenset()


def test_what_follows_a_requirement_that_follows_another() -> None:
    assert framework("iso-27017").requirements["9.4.1"].sources == {"iso-27001-2022": ("A.8.3",)}
    assert "nist-800-53-r5" in framework("iso-27001-2022").requirements["A.8.3"].sources
    crosswalk = Crosswalk([tagged("a.one", nist_800_53_r5=["AC-3"])])
    assert crosswalk.serving("iso-27017", "9.4.1") == {"a.one"}


def test_concerns_and_techniques_are_tags_too() -> None:
    one = control("true", id="a.keys", concern="keys", frameworks={}, attack=["T1530"])
    crosswalk = Crosswalk([one, control("true", id="a.other", concern="network", frameworks={})])
    assert crosswalk.serving(CONCERN, "keys") == {"a.keys"}
    assert crosswalk.serving("c5-2020", "CRY-04") == {"a.keys"}
    assert crosswalk.serving(ATTACK, "T1530") == {"a.keys"}


def test_what_a_control_serves_in_all() -> None:
    crosswalk = Crosswalk([control("true", id="a.one", frameworks={"cis-aws-5.0": ["2.1.4"]}, concern="recovery")])
    served = crosswalk.requirements_of("a.one")
    assert served["cis-aws-5.0"] == ["2.1.4"]
    assert served["cis-aws-6.0"] == ["3.1.4"]
    assert served["essential-eight"] == ["8"]
    assert "cis-aws-3.0" not in served
    assert crosswalk.requirements_of("a.one", ["cis-aws-6.0"]) == {"cis-aws-6.0": ["3.1.4"]}
    assert crosswalk.of("cis-aws-6.0") == {"a.one"}
    assert crosswalk.of("cis-aws-3.0") == frozenset()


def test_a_requirement_that_is_not_there_is_served_by_nothing() -> None:
    assert Crosswalk([tagged("a.one", fsbp=["S3.1"])]).serving("iso-27001-2022", "A.9.9") == frozenset()


def test_who_follows_whom() -> None:
    assert follows("iso-27017", "nist-800-53-r5")
    assert not follows("nist-800-53-r5", "iso-27017")
    assert not any(follows(name, name) for name in framework_names())


# The linter


def test_a_sound_entry_has_no_complaints() -> None:
    assert list(complaints_of(entry(), "own")) == []
    source = {"nist-800-53-r5": ["AC-6"], CONCERN: ["keys"]}
    assert list(complaints_of(entry(requirements=[requirement(**{"from": source}, without="x")]), "own")) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"id": "other"}, "the id is `other`"),
        ({"more": 1}, "has the fields"),
        ({"about": " "}, "`about` is text"),
        ({"version": 4.0}, "`version` is text"),
        ({"basis": "hearsay"}, "a basis is one of tags, publisher, judgement"),
        ({"groups": [{"id": "1", "name": "a"}, {"id": "1", "name": "b"}]}, "group `1` stands twice"),
        ({"groups": [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}]}, "group `2` has no requirement"),
        ({"requirements": [requirement(), requirement()]}, "requirement `1.1` stands twice"),
    ],
)
def test_complaints_about_a_framework(fields: dict[str, Any], said: str) -> None:
    assert any(said in text for text in complaints_of(entry(**fields), "own"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"groups": 3}, "`groups` is a list"),
        ({"groups": [{"id": "1"}]}, "`groups` is a list"),
        ({"groups": [{"id": "1", "name": "\x1b[31m"}]}, "`groups` is a list"),
        ({"requirements": None}, "`requirements` is a list"),
        ({"requirements": ["1.1"]}, "`requirements` is a list"),
        ({"requirements": [{}]}, "an `id` that is text"),
        ({"requirements": [{"id": ["1"]}]}, "an `id` that is text"),
        ({"requirements": [requirement(name="bell\x07bell")]}, "has `id`, `name`"),
        ({"requirements": [requirement(**{"from": ["keys"]})]}, "`from` is a mapping"),
        ({"requirements": [requirement(**{"from": {"concern": [{}]}})]}, "a list of ids under `concern`"),
        ({"requirements": [requirement(without=1)]}, "`without` is text"),
        ({"basis": []}, "a basis is one of"),
        ({"about": "\x1b]0;x"}, "`about` is text"),
    ],
)
def test_what_has_another_shape_is_told(fields: dict[str, Any], said: str) -> None:
    assert any(said in text for text in complaints_of(entry(**fields), "own"))


@pytest.mark.parametrize("name", ["service", "concern", "Own", "../own", "a" * 64])
def test_names_that_mean_something_else_or_nothing(name: str) -> None:
    (found,) = complaints_of(entry(id=name), name)
    assert "is no id of a framework" in found


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"name": "a sentence."}, "no full stop"),
        ({"group": "9"}, "`9` is no group"),
        ({"kind": "magic"}, "a kind is one of"),
        ({"level": 1}, "may have `from` and `without`"),
        ({"id": 1.1}, "an `id` that is text"),
        ({"kind": "procedural", "from": {"concern": ["keys"]}}, "served by no control"),
        ({"from": {"concern": []}}, "a list of ids"),
        ({"from": {"concern": ["luck"]}}, "`luck`, which is not in concern"),
        ({"from": {"own": ["1.1"]}}, "no other framework"),
        ({"from": {"gone": ["1.1"]}}, "no other framework"),
        ({"from": {"nist-800-53-r5": ["AC-99"]}}, "`AC-99`, which is not in nist-800-53-r5"),
    ],
)
def test_complaints_about_a_requirement(fields: dict[str, Any], said: str) -> None:
    found = list(complaints_of(entry(requirements=[requirement(**fields)]), "own"))
    assert any(said in text for text in found), found


def test_what_rests_on_tags_follows_nothing() -> None:
    following = entry(basis="tags", requirements=[requirement(**{"from": {"concern": ["keys"]}})])
    assert any("basis is tags" in text for text in complaints_of(following, "own"))


def test_a_circle_is_told() -> None:
    circle = entry(id="nist-800-53-r5", requirements=[requirement(**{"from": {"iso-27001-2022": ["A.8.3"]}})])
    assert any("which follows it" in text for text in complaints_of(circle, "nist-800-53-r5"))
