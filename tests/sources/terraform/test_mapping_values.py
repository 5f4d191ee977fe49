"""Values as the schema's types: what is coerced, what stays, and what passes through."""

from typing import Any

import pytest

from bastide.resources.model import ABSENT, Reference, Sensitive, Unresolved
from bastide.sources.terraform.mapping_policy import Documents
from bastide.sources.terraform.mapping_values import (
    Context,
    boolean,
    by_key,
    by_name,
    document,
    free,
    inverted,
    list_of,
    mapping_of,
    number,
    string,
    switched,
    translated,
)

CONTEXT = Context(None, Documents(lambda _: None), {})
UNKNOWN = Unresolved("var.x", "why")
MARKS = [UNKNOWN, Reference("${a.b.c}", (("a.b", "c"),)), Sensitive()]


@pytest.mark.parametrize(
    ("convert", "value", "expected"),
    [
        (string, "a", "a"),
        (string, "", ABSENT),
        (string, True, "true"),
        (string, 7, "7"),
        (string, 7.0, "7"),
        (string, 0.5, "0.5"),
        (string, ["a"], "a"),
        (string, [], ABSENT),
        (string, ["a", "b"], ["a", "b"]),
        (boolean, "true", True),
        (boolean, "False", False),
        (boolean, "0", False),
        (boolean, 1, True),
        (boolean, 2, 2),
        (boolean, [True], True),
        (boolean, "", ABSENT),
        (boolean, "maybe", "maybe"),
        (number, "12", 12),
        (number, "1.5", 1.5),
        (number, 3.0, 3),
        (number, "", ABSENT),
        (number, "many", "many"),
        (number, "9" * 50, "9" * 50),
        (number, "nan", "nan"),
        (number, "inf", "inf"),
        (number, [4], 4),
        (free, '{"a": 1}', {"a": 1}),
        (free, "text", "text"),
        (free, "  ", ABSENT),
        (free, [{}], {}),
        (free, [1, 2], [1, 2]),
        (document, '{"a": 1}', {"a": 1}),
        (document, "", ABSENT),
        (document, [{"a": 1}], {"a": 1}),
        (list_of(string), "a", ["a"]),
        (list_of(string), ["a", None, 1], ["a", "1"]),
        (list_of(string), "", ABSENT),
        (list_of(string), [{"items": ["a", "b"]}], ["a", "b"]),
        (mapping_of(string), {"a": 1, "b": None}, {"a": "1"}),
        (mapping_of(string), [{"name": "a", "value": 1}], {"a": "1"}),
        (mapping_of(string), [{"a": "b"}], {"a": "b"}),
        (mapping_of(string), [], ABSENT),
        (mapping_of(string, "k=v"), [{"k": "a", "v": 1}, {"k": "b", "v": 2}], {"a": "1", "b": "2"}),
        (inverted(boolean), "true", False),
        (inverted(boolean), UNKNOWN, UNKNOWN),
        (translated({"true": "On", "false": "Off"}, string), True, "On"),
        (translated({"a": None}, string), "a", ABSENT),
        (translated({"a": "A"}, string), "b", "b"),
        (translated({"a": "A", "*": None}, string), "b", ABSENT),
        (translated({"a": "A"}, list_of(string)), ["a", "b"], ["A", "b"]),
        (switched("on", free), [{"on": False, "a": 1}], ABSENT),
        (switched("on", free), {"on": "false"}, ABSENT),
        (switched("on", free), {"on": UNKNOWN}, UNKNOWN),
        (switched("on", free), {"a": 1}, {"a": 1}),
    ],
)
def test_conversion(convert: Any, value: Any, expected: Any) -> None:
    assert convert(value, CONTEXT) == expected


@pytest.mark.parametrize("convert", [string, boolean, number, free, document, list_of(string), mapping_of(string)])
@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: type(mark).__name__)
def test_marks_pass_through(convert: Any, mark: Any) -> None:
    assert convert(mark, CONTEXT) is mark


def test_text_that_is_no_document_is_not_known() -> None:
    assert isinstance(document("hello", CONTEXT), Unresolved)
    assert free("{broken", CONTEXT) == "{broken"
    yaml = Reference("{a: ${aws_a.a.arn}}", (("aws_a.a", "arn"),))
    assert free(yaml, CONTEXT) is yaml


def test_blocks_by_key_are_known_only_with_their_key() -> None:
    assert by_key([{"k": "a", "x": 1}], "k") == {"a": {"x": 1}}
    assert isinstance(by_key([{"k": UNKNOWN}], "k"), Unresolved)
    assert by_key([UNKNOWN], "k") is UNKNOWN


def test_blocks_by_name_need_a_value_each() -> None:
    assert by_name([{"name": "a", "value": 1}, {"name": "b"}]) == [{"name": "a", "value": 1}, {"name": "b"}]
