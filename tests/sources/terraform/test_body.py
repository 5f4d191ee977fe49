"""Bodies into attributes: nested and dynamic blocks, meta-arguments, and places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Origin, Unresolved
from bastide.sources.terraform.values import Maybe

if TYPE_CHECKING:
    from collections.abc import Callable


def block(text: str) -> str:
    return f'variable "u" {{}}\nresource "aws_a" "a" {{\n{text}\n}}\n'


def test_nested_blocks_are_lists_of_dicts(configuration: Callable[..., Any]) -> None:
    found = configuration(block("  a {\n    b { c = 1 }\n    b { c = 2 }\n  }\n  d {}"))
    assert found.of("aws_a.a") == {"a": [{"b": [{"c": 1}, {"c": 2}]}], "d": [{}]}


def test_what_is_terraforms_own_is_left_out(configuration: Callable[..., Any]) -> None:
    text = "  provider = aws.x\n  depends_on = [aws_b.b]\n  a = null\n  lifecycle { prevent_destroy = true }\n"
    text += '  provisioner "local-exec" { command = "x" }\n  connection { host = "x" }\n  nested {\n    count = 2\n  }'
    assert configuration(block(text)).of("aws_a.a") == {"nested": [{"count": 2}]}


@pytest.mark.parametrize(
    ("over", "wanted"),
    [
        ("[22, 80]", [{"p": 22, "k": 0}, {"p": 80, "k": 1}]),
        ("{ b = 2, a = 1 }", [{"p": 1, "k": "a"}, {"p": 2, "k": "b"}]),
        ("[]", None),
        ("var.u == var.u ? [] : []", None),
        ("[var.u]", [{"p": Unresolved("var.u", "variable without a value"), "k": 0}]),
    ],
)
def test_dynamic_blocks(configuration: Callable[..., Any], over: str, wanted: Any) -> None:
    text = (
        f'  dynamic "in" {{\n    for_each = {over}\n    content {{\n      p = in.value\n      k = in.key\n    }}\n  }}'
    )
    assert configuration(block(text)).of("aws_a.a").get("in") == wanted


def test_an_iterator_of_another_name_and_blocks_within(configuration: Callable[..., Any]) -> None:
    text = """  dynamic "rule" {
    for_each = [{ ports = [1, 2] }]
    iterator = r
    content {
      dynamic "port" {
        for_each = r.value.ports
        content { n = port.value + r.key }
      }
    }
  }"""
    assert configuration(block(text)).of("aws_a.a") == {"rule": [{"port": [{"n": 1}, {"n": 2}]}]}


DYNAMIC = '  dynamic "in" {\n    for_each = var.u\n    content { p = in.value }\n  }\n'
NO_VALUE = "variable without a value"
MARK = Maybe("var.u", NO_VALUE, {"p": Unresolved("in.value", NO_VALUE)})


def test_blocks_that_are_not_known_leave_a_mark(configuration: Callable[..., Any]) -> None:
    found = configuration(block(DYNAMIC))
    assert found.of("aws_a.a") == {"in": [MARK]}
    assert found.resources["aws_a.a"].origins == {
        "in": Origin("main.tf", 3, 6),
        "in[0]": Origin("main.tf", 3, 6),
        "in[0].p": Origin("main.tf", 5, 5),
    }


def test_the_blocks_that_are_known_stay(configuration: Callable[..., Any]) -> None:
    static = "  in { p = 22 }\n"
    assert configuration(block(static + DYNAMIC)).of("aws_a.a") == {"in": [{"p": 22}, MARK]}
    assert configuration(block(DYNAMIC + static)).of("aws_a.a") == {"in": [MARK, {"p": 22}]}
    some = DYNAMIC.replace("var.u\n", "concat([22], var.u)\n")
    assert configuration(block(some)).of("aws_a.a") == {"in": [{"p": 22}, MARK]}


def test_too_many_blocks(configuration: Callable[..., Any]) -> None:
    many = "for_each = flatten([for i in range(1000) : [1, 2]])"
    found = configuration(block(DYNAMIC.replace("for_each = var.u", many)))
    assert found.of("aws_a.a")["in"][0].reason.endswith("over 1000 blocks")


def test_places_of_attributes_and_blocks(configuration: Callable[..., Any]) -> None:
    text = '  a = 1\n  b {\n    c = [\n      "long enough that it is looked at",\n      2,\n    ]\n  }'
    origins = configuration(block(text)).resources["aws_a.a"].origins
    assert origins == {
        "a": Origin("main.tf", 3, 3),
        "b[0]": Origin("main.tf", 4, 9),
        "b[0].c": Origin("main.tf", 5, 8),
    }
