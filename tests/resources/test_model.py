"""Marks in a property tree become rows; places are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.resources.model import (
    ABSENT,
    Link,
    Origin,
    Perhaps,
    Reference,
    Resource,
    Sensitive,
    Unresolved,
    parent,
    settle,
    without_positions,
)


def test_settle() -> None:
    tree = {
        "A": Unresolved("var.a", "variable without a value"),
        "B": [Unresolved("var.b"), ABSENT, None, {"C": Reference("${k.arn}", (("k", "arn"),))}],
        "D": Sensitive(),
        "H": Sensitive(written=True),
        "I": [Perhaps("var.i", "why", {"J": Unresolved("var.j"), "K": 1}), Perhaps("var.k", "why")],
        "L": Perhaps("var.l", "why", {"M": 1}),
        "E": None,
        "F": {"G": ABSENT},
    }
    perhaps: list[str] = []
    plain, unresolved, links = settle(tree, perhaps)
    assert plain == {
        "B": [None, {"C": "${k.arn}"}],
        "D": "(sensitive)",
        "F": {},
        "H": "(sensitive, in the source)",
        "I": [{"K": 1}, None],
    }
    assert unresolved == {
        "A": "var.a: variable without a value",
        "B[0]": "var.b: not known before deployment",
        "I[0]": "var.i: why",
        "I[0].J": "var.j: not known before deployment",
        "I[1]": "var.k: why",
        "L": "var.l: why",
    }
    assert perhaps == ["I[0]"]
    assert settle(tree) == (plain, unresolved, links)
    assert links == [Link("B[1].C", "k", "arn")]


def test_settle_of_a_whole_that_is_not_known() -> None:
    assert settle(Unresolved("x", "y")) == ({}, {"": "x: y"}, [])


@pytest.mark.parametrize(
    ("path", "above"), [("A.B[0].C", "A.B[0]"), ("A.B[0]", "A.B"), ("A", ""), ("", ""), ("A.b]", "A"), ("A.b]c", "A")]
)
def test_parent(path: str, above: str) -> None:
    assert parent(path) == above


def test_without_positions() -> None:
    assert without_positions("A[0].B[12].C") == "A.B.C"


def test_locate_finds_the_nearest_written_ancestor(tmp_path: Path) -> None:
    file = tmp_path / "main.tf"
    file.write_text('resource "x" "y" {\n  a = 1\n  block {\n    deep_name = 2\n  }\n}\n')
    path = str(file)
    origins = {"A": Origin(path, 1, 6, "a"), "B": Origin(path, 3, 5), "B.Deep": Origin(path, 3, 5, "deep_name")}
    resource = Resource("T", "y", "u", "terraform", path, 1, 6, {}, origins=origins)
    assert resource.locate("A") == (path, 2)
    assert resource.locate("B.Deep.More[0].X") == (path, 4)
    assert resource.locate("B.Other") == (path, 3)
    assert resource.locate("Nothing") == (path, 1)
    assert resource.id == "u#y"


def test_a_file_that_is_gone_still_has_a_place() -> None:
    resource = Resource("T", "y", "u", "terraform", "gone.tf", 1, 6, {}, origins={"A": Origin("gone.tf", 3, 5, "a")})
    assert resource.locate("A") == ("gone.tf", 3)


def test_a_resource_goes_through_a_pipe_unchanged() -> None:
    import pickle

    plain, unresolved, links = settle(
        {"A": [1, 2.5, True, "ü", Unresolved("x")], "B": Reference("${k}", (("k", "Ref"),))}
    )
    resource = Resource(
        "T",
        "a",
        "u",
        "plan",
        "p",
        1,
        2,
        plain,
        "n",
        unresolved,
        links,
        {"A": Origin("p", 3, 4, "a")},
        ("c",),
        {"m": "v"},
    )
    again = pickle.loads(pickle.dumps(resource))
    assert again == resource
    assert repr(again) == repr(resource)
    twice = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(resource))))
    assert twice.locate("A") == ("p", 3)
    again.metadata["m"] = "w"
    assert again != resource
