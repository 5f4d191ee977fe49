"""Property paths: what they address, and what happens to what is there already."""

from typing import Any

import pytest

from bastide.resources.model import ABSENT, Reference, Unresolved
from bastide.resources.schema import schema_for
from bastide.sources.terraform.mapping_paths import get, listed, plain, put, steps_of, type_at

UNKNOWN = Unresolved("var.x")


@pytest.mark.parametrize(
    ("tree", "path", "value", "expected"),
    [
        ({}, "A", 1, {"A": 1}),
        ({}, "A.B", 1, {"A": {"B": 1}}),
        ({"A": {"C": 2}}, "A.B", 1, {"A": {"C": 2, "B": 1}}),
        ({"A": {"C": 2}}, "A", {"B": 1}, {"A": {"C": 2, "B": 1}}),
        ({"A": [1]}, "A", [2], {"A": [1, 2]}),
        ({"A": 1}, "A", 2, {"A": 2}),
        ({}, "A[]", 1, {"A": [1]}),
        ({"A": [1]}, "A[]", [2, 3], {"A": [1, 2, 3]}),
        ({}, "A[].B", 1, {"A": [{"B": 1}]}),
        ({"A": [{"B": 1}]}, "A[].B", 2, {"A": [{"B": 1}, {"B": 2}]}),
        ({}, "A[0].B", 1, {"A": [{"B": 1}]}),
        ({"A": [{"B": 1}, {"B": 2}]}, "A[0].C", 3, {"A": [{"B": 1, "C": 3}, {"B": 2}]}),
        ({}, "A[K=x].V", 1, {"A": [{"K": "x", "V": 1}]}),
        ({"A": [{"K": "x", "V": 1}]}, "A[K=x].W", 2, {"A": [{"K": "x", "V": 1, "W": 2}]}),
        ({"A": [{"K": "y"}]}, "A[K=x.y.z].V", 2, {"A": [{"K": "y"}, {"K": "x.y.z", "V": 2}]}),
        ({"A": UNKNOWN}, "A.B", 1, {"A": UNKNOWN}),
        ({"A": UNKNOWN}, "A[]", 1, {"A": [UNKNOWN, 1]}),
        ({"A": 1}, "A", ABSENT, {"A": 1}),
    ],
)
def test_put(tree: dict[str, Any], path: str, value: Any, expected: dict[str, Any]) -> None:
    put(tree, steps_of(path), value)
    assert tree == expected


def test_put_leaves_the_input_alone() -> None:
    given_list, given_object = [1], {"B": 1}
    tree: dict[str, Any] = {"A": given_list, "O": given_object}
    put(tree, steps_of("A[]"), 2)
    put(tree, steps_of("O.C"), 2)
    assert (given_list, given_object) == ([1], {"B": 1})


def test_plain_ends_at_the_first_element() -> None:
    assert plain(steps_of("A.B[K=v].C")) == "A.B"
    assert plain(steps_of("A.B.C")) == "A.B.C"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("BucketName", "string"),
        ("LifecycleConfiguration.Rules[].Status", "string"),
        ("LifecycleConfiguration.Rules[0].Status", "string"),
        ("LifecycleConfiguration.Rules[Id=x]", "#Rule"),
        ("BucketName[].X", "None"),
        ("Nothing", "None"),
        ("BucketName.X", "None"),
    ],
)
def test_type_at(path: str, expected: str) -> None:
    schema = schema_for("AWS::S3::Bucket")
    assert schema is not None
    assert repr(type_at(schema.properties, steps_of(path))) == expected


def test_get_stops_at_marks_and_ends() -> None:
    reference = Reference("${a}")
    assert get({"A": {"B": 1}}, "A.B") == 1
    assert get({"A": UNKNOWN}, "A.B") is UNKNOWN
    assert get({"A": reference}, "A.B") is reference
    assert get({"A": 1}, "A.B") is None
    assert get({"A": 1}, "") == {"A": 1}


def test_listed_gives_a_list_of_its_own() -> None:
    items = [1]
    assert listed(items) == [1]
    assert listed(items) is not items
    assert listed(None) == []
    assert listed(ABSENT) == []
    assert listed({"a": 1}) == [{"a": 1}]
