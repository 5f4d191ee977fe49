"""Edits of JSON and YAML: no more than what changes, and what they change reads as it should."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.controls.fixes import Change
from bastide.fix.draft import Draft, NotFixable
from bastide.fix.treeedit import TreeEditor, built, enough, listed_of, same
from bastide.fix.yamltree import read_tree


def changed(text: str, verb: Any, path: str, value: Any = None) -> str:
    draft = Draft("t", text.encode())
    change = Change(verb, path, value)
    draft.apply(TreeEditor(draft.text, "t").change(read_tree(draft.text), change.steps, change))
    return draft.text


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("A: 1 # one\n", ("set", "A", 2), "A: 2 # one\n"),
        ("A: 'true'\n", ("set", "A", True), "A: 'true'\n"),
        ("A: 1\n# end", ("set", "B.C", "x"), "A: 1\nB:\n  C: x\n# end"),
        ("A: {B: 1}\n", ("set", "A.C", "x"), "A: {B: 1, C: x}\n"),
        ("A: {}\n", ("set", "A.C", "x"), "A: {C: x}\n"),
        ("A:\n  B: 1", ("set", "A.C", True), "A:\n  B: 1\n  C: true"),
        ("A:\nB: 1\n", ("set", "A.C", True), "A:\n  C: true\nB: 1\n"),
        ("A: null\n", ("set", "A", 7), "A: 7\n"),
        ("A: ~ # none\n", ("set", "A", 7), "A: 7 # none\n"),
        ("A: !Ref AWS::NoValue # none\n", ("set", "A", 7), "A: 7 # none\n"),
        ("A: {B: !Ref 'AWS::NoValue', C: 1}\n", ("set", "A.B.D", 7), "A: {B: {D: 7}, C: 1}\n"),
        ("A: {Ref: AWS::NoValue}\nB: 1\n", ("set", "A.C", 7), "A:\n  C: 7\nB: 1\n"),
        ('{"A": {"Ref": "AWS::NoValue"}}', ("set", "A.B", True), '{"A": {"B": true}}'),
        ("A: !Ref AWS::NoValue\nB: 1\n", ("take", "A", ["x"]), "A: !Ref AWS::NoValue\nB: 1\n"),
        ("A: !Ref AWS::NoValue\nB: 1\n", ("remove", "A"), "B: 1\n"),
        (
            "A: {\n  B: 1, # one\n  C: 2 # two\n}\n",
            ("set", "A.D", 3),
            "A: {\n  B: 1, # one\n  C: 2, # two\n  D: 3\n}\n",
        ),
        ("A: 5\n", ("at_least", "A", 7), "A: 7\n"),
        ("A: '30'\n", ("at_least", "A", 7), "A: '30'\n"),
        ("A: [x]\n", ("add", "A", ["x", "y"]), "A: [x, y]\n"),
        ("A:\n- x # x\n", ("add", "A", ["y"]), "A:\n- x # x\n- y\n"),
        ("B: 1\n", ("add", "A", ["y"]), "B: 1\nA: [y]\n"),
        ("A: [x, y, z]\n", ("take", "A", ["y"]), "A: [x, z]\n"),
        ("A:\n  - x\n  - z\nB: 1\n", ("take", "A", ["z"]), "A: [x]\nB: 1\n"),
        ("A: 1\nB: 2 # two\nC: 3\n", ("remove", "B"), "A: 1\nC: 3\n"),
        ("A: {B: 1, C: 2}\n", ("remove", "A.C"), "A: {B: 1}\n"),
        ("A: {B: 1, C: 2}\n", ("remove", "A.B"), "A: {C: 2}\n"),
        ("A: 1\nB:\n  C: !Ref X\n", ("remove", "B.C"), "A: 1\n"),
        ("L:\n- N: a\n  V: 1\n- N: b\n", ("set", "L[N=b].V", 2), "L:\n- N: a\n  V: 1\n- N: b\n  V: 2\n"),
        ("L:\n- N: a\n", ("set", "L[N=b].V", 2), "L:\n- N: a\n- N: b\n  V: 2\n"),
        ("L: [{N: a}, {N: b}]\n", ("set", "L[*].V", 2), "L: [{N: a, V: 2}, {N: b, V: 2}]\n"),
        ("A: 1\n", ("set", "L[*].V", 2), "A: 1\n"),
        ("A: 1\n", ("set", "L[+].V", 2), "A: 1\nL:\n  - V: 2\n"),
        ("A: 1\n", ("set", "B?.V", 2), "A: 1\n"),
        ("B: {C: 1}\n", ("set", "B?.V", 2), "B: {C: 1, V: 2}\n"),
        ('{"A": {}}', ("set", "A.B", True), '{"A": {"B": true}}'),
        ('{\n  "A": 1\n}\n', ("set", "B.C", "x"), '{\n  "A": 1,\n  "B": {\n    "C": "x"\n  }\n}\n'),
        ('{\n  "A": {}\n}\n', ("set", "A.C", "x"), '{\n  "A": {\n    "C": "x"\n  }\n}\n'),
    ],
)
def test_changes(before: str, change: tuple[Any, ...], after: str) -> None:
    assert changed(before, *change) == after
    assert changed(after, *change) == after


@pytest.mark.parametrize(
    ("text", "change", "reason"),
    [
        ("A: !Ref X\n", ("set", "A", 1), r"A comes from `!Ref X` \(t:1\)"),
        ("B: 1\nA:\n  Fn::If: [C, 1, 2]\n", ("set", "A.B", 1), "comes from `Fn::If"),
        ("A: &x {B: 1}\nC: *x\n", ("set", "A.B", 2), "anchor"),
        ("D: &x {B: 1}\nA:\n  <<: *x\n", ("set", "A.C", 2), "merged"),
        ("A: [!Ref X]\n", ("set", "A[*].B", 2), "comes from"),
        ("A: [x]\n", ("set", "A[*].B", 2), "no list of objects"),
        ("A: [{N: !Ref X}]\n", ("set", "A[N=a].B", 2), "comes from"),
        ("A: 1\n", ("set", "A.B", 2), "no object"),
        ("A: [x]\n", ("take", "A", ["x"]), "nothing would be left"),
        ("A: 1\n", ("remove", "A"), "nothing would be left"),
        ("A:\n- x # why\n- y\n", ("take", "A", ["y"]), "comment"),
        ("A:\n  B: 1\n  # why\n  C: 2\nD: 1\n", ("remove", "A"), "comment"),
    ],
)
def test_refusals(text: str, change: tuple[Any, ...], reason: str) -> None:
    with pytest.raises(NotFixable, match=reason):
        changed(text, *change)


SIMPLE = st.recursive(
    st.one_of(st.booleans(), st.integers(0, 99), st.sampled_from(["x", "y z", "1"])),
    lambda inner: st.dictionaries(st.sampled_from("ABCD"), inner, min_size=1, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from("ABCD"), SIMPLE, min_size=1, max_size=4),
    st.sampled_from(["A", "A.B", "A.B.C", "D"]),
)
def test_a_document_reads_as_before_but_for_the_change(tree: dict[str, Any], path: str) -> None:
    text = json.dumps(tree, indent=2)
    try:
        after = changed(text, "set", path, "new")
    except NotFixable:
        return
    expected: Any = json.loads(text)
    *above, last = path.split(".")
    inside = expected
    for name in above:
        inside = inside.setdefault(name, {})
    inside[last] = "new"
    assert json.loads(after) == expected
    assert changed(after, "set", path, "new") == after


def test_values_that_mean_the_same() -> None:
    assert same("True", True)
    assert same("7", 7)
    assert same(["1"], [1])
    assert not same(["1"], [1, 2])
    assert not same({}, [])
    assert enough("8", 7)
    assert not enough("x", 7)
    assert listed_of("x") == ["x"]
    assert built("any", (("A", None),), 1) == [{"A": 1}]
