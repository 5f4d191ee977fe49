"""YAML with offsets: every node stands where it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.fix.draft import NotFixable
from bastide.fix.yamltree import read_tree

TEXT = """# é comment 🙂
Resources:
  A: &x
    Type: AWS::S3::Bucket # after
    Properties: {Name: "é", Tags: [a, 'b']}
  B:
    Body: |
      line: one
      line: two

    Ref: !Ref A
    If:
      Fn::If: [C, 1, 2]
    Same: *x
    Empty:
"""


def at(*path: str) -> str:
    node = read_tree(TEXT)
    for name in path:
        entry = node.get(name)
        assert entry is not None
        node = entry.value
    return TEXT[node.start : node.last]


def test_offsets() -> None:
    assert at("Resources", "A", "Type") == "AWS::S3::Bucket"
    assert at("Resources", "A", "Properties", "Name") == '"é"'
    assert at("Resources", "A", "Properties", "Tags") == "[a, 'b']"
    assert at("Resources", "B", "Body") == "|\n      line: one\n      line: two"
    assert at("Resources", "B", "Empty") == ""


@pytest.mark.parametrize(("name", "words"), [("Ref", "!Ref A"), ("If", "Fn::If: [C, 1, 2]"), ("Same", "*x")])
def test_what_is_computed_is_opaque(name: str, words: str) -> None:
    resources = read_tree(TEXT).get("Resources")
    assert resources is not None
    other = resources.value.get("B")
    assert other is not None
    found = other.value.get(name)
    assert found is not None
    assert (found.value.kind, found.value.words) == ("opaque", words)


def test_an_anchor_is_told() -> None:
    resources = read_tree(TEXT).get("Resources")
    assert resources is not None
    assert [entry.value.shared for entry in resources.value.entries] == [True, False]


def test_json_is_read_as_json() -> None:
    found = read_tree('{"A": {"Ref": "B"}, "C":\t1}')
    assert found.json
    assert [entry.value.kind for entry in found.entries] == ["opaque", "scalar"]


def test_yaml_may_begin_with_a_brace() -> None:
    assert read_tree("{A: 1}\n").plain() == {"A": 1}


@pytest.mark.parametrize("text", ["", "a: [", "\t- x", "a: " + "[" * 500])
def test_what_is_no_yaml_is_refused(text: str) -> None:
    with pytest.raises(NotFixable):
        read_tree(text)


@given(st.text("ab:-{}[],&*!|>'\"#\n \t\r\x85é", max_size=40))
def test_no_other_error_leaves(text: str) -> None:
    try:
        node = read_tree(text)
    except NotFixable:
        return
    assert 0 <= node.start <= node.end <= len(text)
