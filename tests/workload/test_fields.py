"""Every mistake of a file at once, each with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.errors import UsageError
from bastide.workload.fields import Checker, Field, is_day
from bastide.yamltext import read_yaml

FIELDS = {
    "name": Field("a name", required=True),
    "days": Field("days off", "texts", pattern=r"\d{4}-\d\d-\d\d"),
    "until": Field("the end", "day"),
    "size": Field("how large", choices=("small", "large")),
    "parts": Field("parts", "objects", short="id", of={"id": Field("its id", required=True), "on": Field("", "flag")}),
    "box": Field("a box", "object", of={"width": Field("in metres", "number", required=True)}),
}


def checked(text: str) -> dict[str, object]:
    value, lines = read_yaml(text, "f.yaml")
    checker = Checker("f.yaml", lines)
    found = checker.object(value, FIELDS)
    checker.finish("the file")
    return found


def test_what_is_right_comes_back() -> None:
    text = "name: a\ndays: 2027-01-01\nuntil: 2027-02-28\nparts: [x, {id: y, on: true}]\nbox: {width: 2}\nsize:\n"
    assert checked(text) == {
        "name": "a",
        "days": ["2027-01-01"],
        "until": "2027-02-28",
        "parts": [{"id": "x"}, {"id": "y", "on": True}],
        "box": {"width": 2},
    }


def test_all_mistakes_are_told_by_line() -> None:
    text = (
        "nmae: a\ndays: [soon, 3]\nuntil: 2027-02-30\nsize: lage\nparts:\n  - {on: maybe}\n  - 7\nbox: {width: wide}\n"
    )
    with pytest.raises(UsageError) as told:
        checked(text)
    assert told.value.text().splitlines() == [
        "f.yaml: the file has 10 mistakes",
        "  f.yaml:1: `nmae` is no field of the file, did you mean `name`?",
        "  f.yaml:1: the file needs `name`: a name",
        "  f.yaml:2: `days` is text, or a list of texts: days off",
        "  f.yaml:2: `days`: `soon` is not days off",
        "  f.yaml:3: `until` is a day, as 2027-03-01: the end",
        "  f.yaml:4: `lage` is none of small, large, did you mean `large`?",
        "  f.yaml:6: `on` is true or false: ",
        "  f.yaml:6: `parts` needs `id`: its id",
        "  f.yaml:7: `parts` is a mapping with id, on",
        "  f.yaml:8: `width` is a number: in metres",
    ]


def test_one_mistake_is_a_plain_error() -> None:
    with pytest.raises(UsageError) as told:
        checked("name: a\nsize: huge\n")
    assert (told.value.place, told.value.cause) == ("f.yaml:2", "`huge` is none of small, large")


_TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*FIELDS, "x"]), inner, max_size=4),
    max_leaves=20,
)


@given(tree=_TREES)
def test_any_tree_is_taken_or_told(tree: object) -> None:
    checker = Checker("f.yaml", {(): 1})
    found = checker.object(tree, FIELDS)
    assert set(found) <= set(FIELDS)
    assert checker.mistakes or "name" in found


@pytest.mark.parametrize(
    ("text", "fits"),
    [("2027-03-01", True), ("2027-3-1", False), ("2027-02-29", False), ("20270301", False), ("", False)],
)
def test_days(text: str, *, fits: bool) -> None:
    assert is_day(text) is fits
