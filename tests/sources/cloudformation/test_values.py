from __future__ import annotations

import pytest

from bastide.resources.model import ABSENT, Reference, Sensitive, Unresolved
from bastide.sources.cloudformation.values import (
    Secret,
    as_text,
    concatenate,
    derived,
    interleave,
    shown,
    size,
    unknown_in,
)

_KEY = Reference("${Key.Arn}", (("Key", "Arn"),))
_NAME = Unresolved("Name", "parameter without a default")


@pytest.mark.parametrize(
    ("value", "text"), [("a", "a"), (True, "true"), (3, "3"), (0.5, "0.5"), (None, None), ([], None)]
)
def test_scalars_as_text(value: object, text: str | None) -> None:
    assert as_text(value) == text


def test_known_parts_make_a_text() -> None:
    assert concatenate(["a-", 1, "-", True, ABSENT, ["x", 2]]) == "a-1-truex,2"
    assert concatenate([]) == ""


def test_a_single_part_stays_what_it_is() -> None:
    assert concatenate([_NAME]) is _NAME
    assert concatenate([_KEY]) is _KEY
    assert concatenate([5]) == "5"


def test_unknown_parts_make_a_reference_with_each_target_once() -> None:
    secret = Secret(False, "Password")
    joined = concatenate(["k=", _KEY, ";", _KEY, ";n=", _NAME, ";p=", secret])
    assert joined == Reference("k=${Key.Arn};${Key.Arn};n=${Name};p=${Password}", (("Key", "Arn"),))


def test_a_secret_that_is_written_stands_in_a_text_as_its_mark() -> None:
    assert concatenate(["p=", Secret(True, "Password")]) == "p=(sensitive, in the source)"


def test_lists_within_texts_keep_their_unknown_items() -> None:
    assert concatenate(["a:", ["x", _KEY]]) == Reference("a:x,${Key.Arn}", (("Key", "Arn"),))


def test_interleave() -> None:
    assert interleave(["a", "b", "c"], "-") == ["a", "-", "b", "-", "c"]
    assert interleave(["a"], "-") == ["a"]
    assert interleave(["a", "b"], "") == ["a", "b"]


def test_what_is_derived_from_unresolved_or_secret_values_is_unresolved() -> None:
    assert derived("Fn::Split", _KEY, _NAME) is _NAME
    assert derived("Fn::Split", Sensitive()) == Unresolved("Fn::Split", "depends on a parameter with NoEcho")
    assert derived("Fn::Split", "a", _KEY, _KEY) == Reference("${Fn::Split}", (("Key", "Arn"),))


def test_the_first_unknown() -> None:
    assert unknown_in("a", 1, _KEY, _NAME) is _KEY
    assert unknown_in("a", None, ABSENT, []) is None


def test_no_text_is_shown() -> None:
    values = [True, 5, 0.5, ABSENT, _KEY, _NAME, "hunter2", ["hunter2"], {"a": "hunter2"}, Secret(True, "P")]
    texts = [shown(value) for value in values]
    assert texts[:5] == ["true", "5", "0.5", "absent", "${Key.Arn}"]
    assert "hunter2" not in " ".join(texts)


def test_the_size_of_a_value_is_its_own_text() -> None:
    assert [size(value) for value in ("abc", _KEY, _NAME, 5, ["abc"], None)] == [3, 10, 31, 0, 0, 0]
