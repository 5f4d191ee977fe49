"""Functions that encode, decode and hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Reference, Sensitive, Unresolved
from bastide.sources.terraform.functions.encoding import digest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ('jsonencode({ b = [1, 2.5, true, null], a = "é" })', '{"a":"é","b":[1,2.5,true,null]}'),
        ('jsondecode("{\\"a\\": [1]}")', {"a": [1]}),
        ('yamldecode("a: [1, x]\\nb: 2024-01-01")', {"a": [1, "x"], "b": "2024-01-01"}),
        ('csvdecode("a,b\\n1,2\\n")', [{"a": "1", "b": "2"}]),
        ('base64encode("abc")', "YWJj"),
        ('base64decode("YWJj")', "abc"),
        ('urlencode("a b&c")', "a+b%26c"),
        ('urldecode("a+b%26c")', "a b&c"),
        ('md5("abc")', "900150983cd24fb0d6963f7d28e17f72"),
        ('sha1("abc")', "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ('base64sha256("abc")', "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    ],
)
def test_known(value: Callable[..., Any], expression: str, wanted: Any) -> None:
    assert value(expression) == wanted


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ('jsondecode("{")', "the arguments do not fit"),
        ('yamldecode("a: &x [1]\\nb: *x")', "aliases are not followed"),
        ('yamldecode("a: [")', "it is no YAML"),
        ('yamldecode("!!python/object:os.system {}")', "it is no YAML"),
        ('base64decode("?")', "the arguments do not fit"),
    ],
)
def test_refused(value: Callable[..., Any], expression: str, reason: str) -> None:
    found = value(expression)
    assert isinstance(found, Unresolved)
    assert found.reason == reason


def test_a_text_that_is_known_in_part_stands_for_its_base64(value: Callable[..., Any]) -> None:
    declared = 'resource "aws_b" "b" {\n  name = "n"\n}\nvariable "u" {}\nvariable "s" {\n  sensitive = true\n}\n'
    made = Reference("export A=1 ${aws_b.b.id}", (("aws_b.b", "id"),))
    assert value('base64encode("export A=1 ${aws_b.b.id}")', declared) == made
    assert value("base64encode(aws_b.b.name)", declared) == Reference("bg==", (("aws_b.b", "name"),))
    assert value("base64encode(var.u)", declared) == Unresolved("base64encode(var.u)", "variable without a value")
    assert value("base64encode(var.s)", declared) == Sensitive()
    assert value('base64encode(sensitive("a"))') == Sensitive(written=True)


def test_deep_json_is_refused(value: Callable[..., Any]) -> None:
    deep = 'locals {\n  d = join("", [for i in range(1024) : "[[[[[[[[[["])\n}\n'
    assert value("jsondecode(local.d)", deep).reason in ("it is nested too deep", "the arguments do not fit")


def test_what_is_made_at_deployment_is_there(value: Callable[..., Any]) -> None:
    assert value("timestamp()") == Reference("${timestamp()}", ())
    assert value('formatdate("YYYY", timestamp())') == Reference('${formatdate("YYYY", timestamp())}', ())


def test_digests() -> None:
    assert digest("sha256", b"abc").startswith("ba7816bf")
    assert digest("sha512", b"abc", based=True).startswith("3a81oZNherrM")
