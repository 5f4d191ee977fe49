"""Quoted strings, heredocs, directives and trimming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.sources.terraform.parser import parse_template
from bastide.sources.terraform.syntax import SyntaxFault

if TYPE_CHECKING:
    from collections.abc import Callable

LOCALS = 'locals {\n  l = ["a", "b"]\n  m = { k = 1 }\n  yes = true\n  n = "x"\n}\n'


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ('"${local.n}"', "x"),
        ('"${local.l}"', ["a", "b"]),
        ('"<${local.n}-${1 + 1}-${true}>"', "<x-2-true>"),
        ('"${"in ${"side"}"}"', "in side"),
        ('"$${local.n} %%{if}"', "${local.n} %{if}"),
        ('"a  ${~ local.n ~}  b"', "axb"),
        ('"%{ if local.yes }y%{ else }n%{ endif }"', "y"),
        ('"%{ if !local.yes }y%{ endif }."', "."),
        ('"%{ for v in local.l }${v},%{ endfor }"', "a,b,"),
        ('"%{ for k, v in local.m ~}  ${k}=${v}  %{~ endfor }"', "k=1"),
        ("<<E\n  a ${local.n}\nb\nE", "  a x\nb\n"),
        ("<<-E\n    a\n      ${local.n}\n    E", "a\n  x\n"),
        ("<<-E\n\n    a\n\n    E", "\na\n\n"),
        ('<<E\n"quoted" \\n $${n}\nE', '"quoted" \\n ${n}\n'),
        ("upper(<<E\na\nE\n)", "A\n"),
        ("<<E\nE", ""),
        ('"line\\n\\ttab"', "line\n\ttab"),
    ],
)
def test_known(value: Callable[..., Any], expression: str, wanted: Any) -> None:
    assert value(expression, LOCALS) == wanted


def test_a_directive_that_hangs_on_what_is_unknown_is_part_of_the_text(value: Callable[..., Any]) -> None:
    found = value('"a%{ if var.u }b%{ endif }c"', 'variable "u" {}\n')
    assert found.text.startswith("a${%{ if var.u }")
    assert found.text.endswith("}c")


@pytest.mark.parametrize("text", ["%{ if a }", "%{ for x in y }z", "%{ endif }", "%{ else }", "%{ for 1 in y }"])
def test_directives_that_do_not_fit(text: str) -> None:
    with pytest.raises(SyntaxFault):
        parse_template(text)


def test_a_fault_in_a_heredoc_is_told_at_its_line(configuration: Callable[..., Any]) -> None:
    found = configuration('resource "aws_a" "a" {\n  v = <<E\n  one\n  ${ [ }\nE\n}\n')
    assert found.told() == ["unreadable main.tf:4 an expression is wanted here (column 8)"]
