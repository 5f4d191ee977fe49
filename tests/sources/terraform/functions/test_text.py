"""Functions over strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Reference, Unresolved

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ('lower("AbC")', "abc"),
        ('upper("abc")', "ABC"),
        ('title("hello big world")', "Hello Big World"),
        ('trimspace("  a ")', "a"),
        ('chomp("a\\n\\n")', "a"),
        ('trim("?!a?!", "!?")', "a"),
        ('trimprefix("hello", "he")', "llo"),
        ('trimsuffix("hello", "lo")', "hel"),
        ('startswith("hello", "he")', True),
        ('endswith("hello", "he")', False),
        ('strcontains("hello", "ell")', True),
        ('strrev("abc")', "cba"),
        ('substr("hello", 1, 2)', "el"),
        ('substr("hello", -3, -1)', "llo"),
        ('split(",", "a,b,c")', ["a", "b", "c"]),
        ('split("", "ab")', ["a", "b"]),
        ('join("-", ["a", "b"], ["c"])', "a-b-c"),
        ('join(",", [1, true])', "1,true"),
        ('indent(2, "a\\nb")', "a\n  b"),
        ('replace("a.b.c", ".", "-")', "a-b-c"),
        ('replace("a1b2", "/[0-9]/", "")', "ab"),
        ('replace("key=value", "/(\\\\w+)=(\\\\w+)/", "$2=$1")', "value=key"),
        ('regex("[a-z]+", "12abc34")', "abc"),
        ('regex("(\\\\d)(\\\\d)", "x12")', ["1", "2"]),
        ('regex("(?P<n>\\\\d)", "x1")', {"n": "1"}),
        ('regexall("\\\\d", "1a2")', ["1", "2"]),
        ('format("%s-%d-%05.1f-%q-%%", "a", 5, 2.25, "b")', 'a-5-002.2-"b"-%'),
        ('format("%[2]s %[1]s %5s|%-5s|", "a", "b", "c", "d")', "b a     b|c    |"),
        ('format("%v %t %03d %x", true, false, 7, 255)', "true false 007 ff"),
        ('formatlist("%s:%s", ["a", "b"], "c")', ["a:c", "b:c"]),
        ('formatlist("x%s", "a")', ["xa"]),
    ],
)
def test_known(value: Callable[..., Any], expression: str, wanted: Any) -> None:
    assert value(expression) == wanted


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ('regex("z", "a")', "the pattern does not match"),
        ('regex("(a+)+b", "aaa")', "the regular expression is too costly to try"),
        ('regex("[", "a")', "the regular expression is not understood: unterminated character set"),
        ('format("%s")', "the arguments do not fit"),
        ('format("%d", "x")', "the arguments do not fit"),
        ('formatlist("%s%s", ["a"], ["b", "c"])', "the lists differ in length"),
        ('indent(5000, "a")', "the text is too long"),
        ("upper([])", "a string is wanted"),
        ("upper()", "the arguments do not fit"),
    ],
)
def test_refused(value: Callable[..., Any], expression: str, reason: str) -> None:
    found = value(expression)
    assert isinstance(found, Unresolved)
    assert found.reason == reason


DECLARED = 'variable "u" {}\nresource "aws_b" "b" {}\n'
LINK = (("aws_b.b", "arn"),)


def test_format_and_join_keep_what_is_not_known_in_the_text(value: Callable[..., Any]) -> None:
    assert value('format("%s/*", aws_b.b.arn)', DECLARED) == Reference("${aws_b.b.arn}/*", LINK)
    assert value('format("x-%s", var.u)', DECLARED) == Reference("x-${var.u}", ())
    assert value('join(",", [aws_b.b.arn, "c"])', DECLARED) == Reference("${aws_b.b.arn},c", LINK)
    unset = Unresolved('format(var.u, "a")', "variable without a value")
    assert value('format(var.u, "a")', DECLARED) == unset


def test_a_text_that_would_grow_is_refused(value: Callable[..., Any]) -> None:
    grow = 'locals {\n  a = join("", [for i in range(1000) : "0123456789"])\n}\n'
    found = value('replace(local.a, "0", local.a)', grow)
    assert found.reason == "the text is too long"
