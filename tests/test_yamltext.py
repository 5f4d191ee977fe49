"""YAML that people write: values, their lines, and errors that name the place."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.errors import UsageError
from bastide.yamltext import MAX_BYTES, read_yaml


def test_values_and_lines() -> None:
    value, lines = read_yaml("a: 1\nb:\n  - x\n  - c: yes\n", "f.yaml")
    assert value == {"a": 1, "b": ["x", {"c": True}]}
    assert (lines["a",], lines["b", 0], lines["b", 1, "c"]) == (1, 3, 4)


def test_dates_stay_as_they_were_written() -> None:
    assert read_yaml("until: 2027-03-01\n", "f.yaml")[0] == {"until": "2027-03-01"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1", "f.yaml:2:1: not YAML"),
        ("a: 1\na: 2\n", "f.yaml:2: `a` stands here twice"),
        ("- &x [1]\n- *y\n", "f.yaml:2:3: not YAML"),
        ("a\0b", "f.yaml: not YAML"),
        ("[" * 200, "f.yaml"),
        ("[" * 100 + "]" * 100, "f.yaml:1: nested too deeply"),
        ("--- 1\n--- 2\n", "f.yaml:2"),
        ("x" * (MAX_BYTES + 1), "f.yaml: larger than"),
        ("&a [*a]", "f.yaml"),
    ],
)
def test_mistakes_name_the_place(text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        read_yaml(text, "f.yaml")
    assert str(error.value).startswith(said)


def test_a_tag_makes_no_object() -> None:
    assert read_yaml("a: !!python/object/apply:os.system [x]\n", "f.yaml")[0] == {"a": ["x"]}


@given(st.text(alphabet="ab:-[]{}&*!|>'\" \n#,\t0", max_size=60))
def test_any_text_is_a_value_or_a_usage_error(text: str) -> None:
    with contextlib.suppress(UsageError):
        read_yaml(text, "f.yaml")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{a: " * 50_000, "\n" + "- " * 3000 + "a", "a: " + "[" * 80 + "]" * 80]
)
def test_deep_nesting_is_refused_before_it_costs_a_stack(text: str) -> None:
    with pytest.raises(UsageError, match="nested too deeply") as caught:
        read_yaml(text, "x.yaml")
    assert caught.value.place in ("x.yaml:1", "x.yaml:2")
