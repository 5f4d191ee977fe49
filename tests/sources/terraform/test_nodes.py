"""Expressions: what each kind of node makes of values that are known, and of those that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Reference, Unresolved
from bastide.sources.terraform import nodes

if TYPE_CHECKING:
    from collections.abc import Callable

UNSET = 'variable "u" {}\n'
NO_VALUE = "variable without a value"


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("local.o.a.b[1]", 2),
        ('local.o["a"].b.0', 1),
        ("local.l[*].n", ["x", "y"]),
        ("local.l.*.n", ["x", "y"]),
        ('[for k, v in { b = 2, a = 1 } : "${k}${v}"]', ["a1", "b2"]),
        ("[for i, v in [5, 6] : i + v]", [5, 7]),
        ("{ for v in local.l : v.n => v.m if v.m > 1 }", {"y": 2}),
        ('{ for v in ["a", "b", "a"] : v => 1... }', {"a": [1, 1], "b": [1]}),
        ("true ? 1 : 2", 1),
        ('"true" ? 1 : 2', 1),
        ("{ (local.k) = 1, b = null }", {"key": 1, "b": None}),
        ("local.l[1].m == 2 && !false", True),
        ('try(local.o.none, local.o["no"], "given")', "given"),
        ("max([1, 5, 3]...)", 5),
        ("local.one[*].n", ["z"]),
        ("local.nothing[*].n", []),
        ("({ a = 1 }).a", 1),
    ],
)
def test_known(value: Callable[..., Any], expression: str, wanted: Any) -> None:
    declared = """locals {
      o = { a = { b = [1, 2] } }
      l = [{ n = "x", m = 1 }, { n = "y", m = 2 }]
      k = "key"
      one = { n = "z" }
      nothing = null
    }"""
    assert value(expression, declared) == wanted


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("var.u", "var.u"),
        ("var.u.a.b[0]", "var.u.a.b[0]"),
        ("!var.u", "!var.u"),
        ("var.u ? 1 : 2", "var.u ? 1 : 2"),
        ("var.u * 2", "var.u * 2"),
        ("var.u == 1", "var.u == 1"),
        ("[for x in var.u : x]", "[for x in var.u : x]"),
        ("[for x in [1] : x if var.u]", "[for x in [1] : x if var.u]"),
        ("var.u[*].id", "var.u[*].id"),
        ("{ (var.u) = 1 }", "{ (var.u) = 1 }"),
        ("upper(var.u)", "upper(var.u)"),
        ("max(var.u...)", "max(var.u...)"),
    ],
)
def test_unknown_says_the_expression_and_why(value: Callable[..., Any], expression: str, words: str) -> None:
    assert value(expression, UNSET) == Unresolved(words, NO_VALUE)


def test_unknown_stays_at_the_leaf(value: Callable[..., Any]) -> None:
    unset = Unresolved("var.u", NO_VALUE)
    assert value('{ a = [1, var.u], b = "c" }', UNSET) == {"a": [1, unset], "b": "c"}


def test_a_condition_that_is_not_known_is_decided_by_equal_sides(value: Callable[..., Any]) -> None:
    assert value('var.u ? "a" : "a"', UNSET) == "a"
    assert value("false && var.u", UNSET) is False
    assert value("true || var.u", UNSET) is True


def test_a_condition_that_is_not_known_over_two_references_has_some_value(value: Callable[..., Any]) -> None:
    keys = UNSET + 'resource "aws_kms_key" "a" {}\nresource "aws_kms_key" "b" {}\n'
    found = value("var.u ? aws_kms_key.a.arn : aws_kms_key.b.arn", keys)
    assert isinstance(found, Reference)
    assert found.targets == (("aws_kms_key.a", "arn"), ("aws_kms_key.b", "arn"))


def test_words_are_cut_and_on_one_line(value: Callable[..., Any]) -> None:
    found = value("[for x in var.u :\n  x" + " + 1" * 100 + "]", UNSET)
    assert len(found.expression) == 160
    assert "\n" not in found.expression


def test_words_hide_what_might_be_a_secret(value: Callable[..., Any]) -> None:
    found = value('var.u ? "hunter2!" : "esc\\"aped" ', UNSET)
    assert found.expression == 'var.u ? "…" : "…"'
    assert value('lookup(var.u, "key")', UNSET).expression == 'lookup(var.u, "key")'
    assert value('[for x in var.u : "${x}-hunter2"]', UNSET).expression == '[for x in var.u : "${x}…"]'
    long = value('var.u ? "' + "x" * 5000 + '" : 1', UNSET)
    assert long.expression == 'var.u ? "…"'


def test_a_reference_goes_on_through_steps_and_functions(value: Callable[..., Any]) -> None:
    declared = 'resource "aws_eks_cluster" "c" {}\n'
    found = value('replace(aws_eks_cluster.c.identity[0].oidc[0].issuer, "https://", "")', declared)
    assert found.text.startswith("${replace(aws_eks_cluster.c.identity[0]")
    assert found.targets == (("aws_eks_cluster.c", "identity[0].oidc[0].issuer"),)


def test_a_key_of_which_the_end_is_known_is_one(value: Callable[..., Any]) -> None:
    declared = UNSET + 'resource "aws_eks_cluster" "c" {}\nlocals {\n  m = { "${var.u}:sub" = "a" }\n}\n'
    assert value("local.m", declared) == {"${var.u}:sub": "a"}
    key = "${aws_eks_cluster.c.identity[0].issuer}:aud"
    assert value(f'{{ "{key}" = "a" }}', declared) == {key: "a"}
    assert isinstance(value('local.m["x:sub"]', declared), Unresolved)
    assert isinstance(value('{ "kubernetes.io/${var.u}" = 1 }', declared), Unresolved)
    assert isinstance(value('{ "aws:${var.u}" = 1 }', declared), Unresolved)
    assert isinstance(value('try(local.m["x:sub"], "b")', declared), Unresolved)


def test_what_is_not_declared_is_unresolved(value: Callable[..., Any]) -> None:
    assert value("aws_x.gone.arn") == Unresolved("aws_x.gone.arn", "not declared in this configuration")
    assert value("nonsense") == Unresolved("nonsense", "it means nothing here")


def test_keys_of_any_kind() -> None:
    assert nodes.plain_key(5) == "5"
    assert nodes.plain_key(True) == "true"
    assert isinstance(nodes.plain_key(["a"]), Unresolved)
    assert isinstance(nodes.pairs_of("text"), Unresolved)
