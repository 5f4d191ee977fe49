from __future__ import annotations

import pytest

from bastide.sources.cloudformation.json_text import read_json
from bastide.sources.cloudformation.limits import MAX_DEPTH
from bastide.sources.cloudformation.nodes import Call, Map, TemplateError


def test_values_and_the_line_of_every_key_and_item() -> None:
    root, duplicates = read_json(
        '{\n "A": [1,\n  {"B": "x: {\\"y\\": 1}"}, true],\n\n "C": {\n  "D": null, "E": 1.5}\n}\n'
    )
    assert root == {"A": [1, {"B": 'x: {"y": 1}'}, True], "C": {"D": None, "E": 1.5}}
    assert root.lines == [2, 5]
    assert root.end == 7
    assert root["A"].lines == [2, 3, 3]
    assert root["A"][1].lines == [3]
    assert root["C"].lines == [6, 6]
    assert duplicates == []


def test_functions_are_calls() -> None:
    root, _ = read_json('{"A": {"Fn::Join": ["", [{"Ref": "B"}]]},\n"C": {"Ref": "D", "E": 1}}')
    join = root["A"]
    assert (type(join), join.name, join.line) == (Call, "Fn::Join", 1)
    assert join.argument[1][0].argument == "B"
    assert type(root["C"]) is Map


def test_the_last_of_duplicate_keys_counts() -> None:
    root, duplicates = read_json('{"A": 1,\n"B": 2,\n"A": 3}')
    assert (root, root.lines) == ({"B": 2, "A": 3}, [2, 3])
    assert duplicates == [("A", 3, 1)]


def test_numbers_that_would_not_print_as_written_stay_text() -> None:
    root, _ = read_json('{"A": 1.10, "B": 1e999, "C": 123456789012345678901234567890, "D": 0.5, "E": -3}')
    assert root == {"A": "1.10", "B": "1e999", "C": "123456789012345678901234567890", "D": 0.5, "E": -3}


def test_lone_surrogates_are_replaced_and_pairs_are_not() -> None:
    root, _ = read_json('{"A": "\\ud800", "\\udc00": "\\ud83d\\ude00"}')
    assert root == {"A": "\ufffd", "\ufffd": "\U0001f600"}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [('{"A": 1,}', 1, 9), ('{\n "A": tru\n}', 2, 7), ('{"A": NaN}', 1, 1), ('{"A": "\n"}', 1, 8), ("{", 1, 2)],
)
def test_what_is_no_json_is_told_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(TemplateError, match="not JSON") as caught:
        read_json(text)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 200_000])
def test_depth_is_limited(depth: int) -> None:
    with pytest.raises(TemplateError, match="deeper"):
        read_json('{"A":' * depth + "1" + "}" * depth)


def test_the_number_of_values_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bastide.sources.cloudformation.json_text.MAX_NODES", 10)
    assert read_json('{"A": [1, 2, 3]}')[0] == {"A": [1, 2, 3]}
    with pytest.raises(TemplateError, match="more than 10 values"):
        read_json('{"A": [' + "1," * 30 + "1]}")
