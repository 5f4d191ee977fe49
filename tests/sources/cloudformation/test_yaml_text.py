from __future__ import annotations

import pytest

from bastide.sources.cloudformation.limits import MAX_DEPTH
from bastide.sources.cloudformation.nodes import Call, Map, Node, Seq, TemplateError
from bastide.sources.cloudformation.yaml_text import plain, read_yaml


def _read(text: str) -> Node:
    return read_yaml(text.encode())[0]


def test_values_and_the_line_of_every_key_and_item() -> None:
    root = _read("# top\nA:\n  - 1\n  - B: |\n      text\n    C: {D: x,\n      E: y}\nF: 'true'\n")
    assert root == {"A": [1, {"B": "text\n", "C": {"D": "x", "E": "y"}}], "F": "true"}
    assert root.lines == [2, 8]
    assert root["A"].lines == [3, 4]
    assert root["A"][1].lines == [4, 6]
    assert root["A"][1]["C"].lines == [6, 7]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("No", False),
        ("ON", True),
        ("~", None),
        ("null", None),
        ("22", 22),
        ("-1", -1),
        ("0.5", 0.5),
        ("5.10", "5.10"),
        ("2012-10-17", "2012-10-17"),
        ("012345678901", "012345678901"),
        ("0755", "0755"),
        ("0x1F", "0x1F"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("1234567890123456789", "1234567890123456789"),
        ("arn:aws:s3:::b", "arn:aws:s3:::b"),
        ("yesterday", "yesterday"),
    ],
)
def test_plain_scalars_are_typed_as_cloudformation_needs_them(written: str, value: object) -> None:
    assert plain(written) == value
    assert type(plain(written)) is type(value)
    assert _read(f"A: {written}") == {"A": value}


def test_quoted_and_tagged_scalars() -> None:
    assert _read("""{A: "22", B: !!str 22, C: !!int "22", D: !!binary aGk=}""") == {
        "A": "22",
        "B": "22",
        "C": 22,
        "D": "aGk=",
    }


def test_keys_are_text_as_written() -> None:
    assert list(_read("true: 1\n22: 2\non: 3\n")) == ["true", "22", "on"]


@pytest.mark.parametrize(
    ("written", "name", "argument"),
    [
        ("!Ref A", "Ref", "A"),
        ("{Ref: A}", "Ref", "A"),
        ("!GetAtt A.Arn", "Fn::GetAtt", "A.Arn"),
        ("!GetAtt [A, Arn]", "Fn::GetAtt", ["A", "Arn"]),
        ("!Condition C", "Condition", "C"),
        ("!Sub 22", "Fn::Sub", "22"),
        ("!If [C, 1, 2]", "Fn::If", ["C", 1, 2]),
        ("!Transform {Name: M}", "Fn::Transform", {"Name": "M"}),
        ("!GetAZs ''", "Fn::GetAZs", ""),
        ("{'Fn::Base64': x}", "Fn::Base64", "x"),
    ],
)
def test_every_form_of_a_function_is_a_call(written: str, name: str, argument: object) -> None:
    call = _read(f"\nA: {written}")["A"]
    assert (type(call), call.name, call.argument, call.line) == (Call, name, argument, 2)


def test_functions_within_functions() -> None:
    call = _read("A: !Join ['', [!Ref B, Fn::Sub: !GetAtt C.D]]")["A"]
    inner = call.argument[1]
    assert [inner[0].argument, inner[1].name, inner[1].argument.name] == ["B", "Fn::Sub", "Fn::GetAtt"]


def test_a_condition_of_a_policy_is_no_function() -> None:
    assert type(_read("A: {Condition: {Bool: {x: y}}}")["A"]) is Map


def test_the_last_of_duplicate_keys_counts() -> None:
    root, duplicates, _ = read_yaml(b"A: 1\nB: 2\nA: 3\n")
    assert (root, root.lines, duplicates) == ({"B": 2, "A": 3}, [2, 3], [("A", 3, 1)])


def test_only_the_first_document_is_read() -> None:
    assert read_yaml(b"---\nA: 1\n---\n}broken{\n") == ({"A": 1}, [], 3)
    assert read_yaml(b"A: 1\n...\n") == ({"A": 1}, [], 0)


def test_empty_text_is_none() -> None:
    assert read_yaml(b"") == read_yaml(b"# only this\n") == (None, [], 0)


def test_aliases_and_merged_objects() -> None:
    root = _read(
        "A: &a {X: 1, Y: &y text}\nB: &b {Y: 3, Z: 4}\nC:\n  <<: [*a, *b]\n  X: 9\nD: *a\nE: {<<: *b}\n"
        "F: {*y : 1}\nG: [*y]\nH: &y other\nI: *y\n"
    )
    assert root["C"] == {"X": 9, "Y": "text", "Z": 4}
    assert root["D"] == {"X": 1, "Y": "text"}
    assert root["E"] == {"Y": 3, "Z": 4}
    assert (root["F"], root["G"], root["I"]) == ({"text": 1}, ["text"], "other")
    assert dict(zip(root["C"], root["C"].lines, strict=True)) == {"X": 5, "Y": 1, "Z": 2}


def test_where_a_resource_ends() -> None:
    root = _read("Resources:\n  A:\n    T: |\n      x\n      y\n\n  B: {T: [1,\n    2]}\n  C:\n    T: x\nOther: 1\n")
    ends = {name: node.end for name, node in root["Resources"].items()}
    assert ends == {"A": 6, "B": 8, "C": 10}


@pytest.mark.parametrize(
    ("text", "line", "column", "cause"),
    [
        (b"A: 1\nB: [1, 2\nC: 3\n", 3, 2, "expected"),
        (b"A: 1\n\tB: 2\n", 2, 1, "tab"),
        (b"A: b: c\n", 1, 5, "not allowed"),
        (b"A: 1\nB: \xff\xfe\n", 2, 4, "UTF-8"),
        (b"A: 1\nB: x\x07y\n", 2, 5, "control characters"),
        (b"A: *nowhere\n", 1, 4, "not defined"),
        (b"A: &a [1, *a]\n", 1, 11, "contains itself"),
        (b"A: &a {B: *a}\n", 1, 11, "contains itself"),
        (b"? [a, b]\n: 1\n", 1, 3, "key must be text"),
        (b"A: &a [1]\nB: {*a : 1}\n", 2, 5, "key must be text"),
        (b"A: {<<: 5}\n", 1, 1, "merged"),
        (b'A: "\\ud800"\n', 1, 7, "Unicode"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_place(text: bytes, line: int, column: int, cause: str) -> None:
    with pytest.raises(TemplateError, match=cause) as caught:
        read_yaml(text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_a_bomb_of_aliases_counts_as_what_it_stands_for() -> None:
    levels = ["a: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(TemplateError, match="more than 1000000 values, aliases included"):
        _read("\n".join(levels))


def test_aliases_count_only_when_they_are_many() -> None:
    assert len(_read("A: &a [1, 2]\nB: [" + "*a, " * 5000 + "*a]\n")["B"]) == 5001


@pytest.mark.parametrize(
    "text",
    [
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        "{a: " * (MAX_DEPTH + 1),
        "- " * 200_000 + "x",
        "[" * 200_000,
        "\n".join(" " * n + "a:" for n in range(MAX_DEPTH + 1)),
    ],
)
def test_depth_is_limited(text: str) -> None:
    with pytest.raises(TemplateError, match="deeper"):
        _read(text)


def test_depth_counts_through_aliases() -> None:
    levels = ["a: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 2 * MAX_DEPTH)]
    with pytest.raises(TemplateError, match="deeper"):
        _read("\n".join(levels))
    assert type(_read("\n".join(levels[: MAX_DEPTH - 2]))[f"a{MAX_DEPTH - 3}"]) is Seq
