"""Fields below JSON: as the plain reading has them, whatever the text is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.detect.walk import texts_at, way_of
from tests.detect.reference import texts
from tests.fuzzing import fuzz

LEAF = st.one_of(st.text(max_size=4), st.integers(), st.booleans(), st.none(), st.just('say "hi"'))
NODE = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "A", "b", "é", "a/b", "a.b", "b.A.b"]), inner, max_size=3),
        st.builds(json.dumps, st.dictionaries(st.sampled_from(["a", "B"]), inner, max_size=2)),
        st.just("%7B%22a%22%3A%5B1%2C%22%C3%A9%22%5D%7D"),
    ),
    max_leaves=10,
)


@fuzz(300)
@given(
    event=st.dictionaries(st.sampled_from(["a", "B", "é"]), NODE, max_size=3),
    keys=st.lists(st.sampled_from(["a", "B", "É", "A/B", "none"]), min_size=1, max_size=4),
)
def test_as_the_plain_reading(event: dict[str, Any], keys: list[str]) -> None:
    found = texts_at(json.dumps(event), way_of(keys))
    assert sorted(set(found)) == sorted(set(texts(".".join(keys), event)))


@pytest.mark.parametrize(
    "name", ["annotations.authorization.k8s.io/decision", "Annotations.Authorization.K8s.io/Decision"]
)
def test_dots_within_a_key(name: str) -> None:
    """As Kubernetes calls annotations and labels."""
    event = {"annotations": {"authorization.k8s.io/decision": "allow", "authorization": {"k8s": {"io/decision": "x"}}}}
    assert sorted(texts_at(json.dumps(event), way_of(name.split(".")))) == ["allow", "x"]


@fuzz(300)
@given(text=st.text('{}[]":,a1\\%7B25D ', max_size=20))
def test_any_text_is_walked(text: str) -> None:
    assert all(isinstance(one, str) for one in texts_at(text, "a.b"))


@pytest.mark.parametrize("text", ["", "{broken", "[" * 100_000, '{"a": ' * 50_000, '"\\ud800"', "NaN"])
def test_what_is_no_json_has_no_fields(text: str) -> None:
    assert texts_at(text, "a") == []


def test_a_text_within_that_is_no_json_is_a_text() -> None:
    assert texts_at(json.dumps({"a": "{x", "A": "[" * 100_000}), "a") == ["{x", "[" * 100_000]
    assert texts_at(json.dumps({"a": "{x"}), "a.b") == []
