"""`count` and `for_each`: instances, addresses, and what is made of one that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Reference, Unresolved
from bastide.sources.terraform.expand import elements
from bastide.sources.terraform.values import Secret

if TYPE_CHECKING:
    from collections.abc import Callable


def counted(argument: str, more: str = "") -> str:
    return f'variable "u" {{}}\nresource "aws_a" "a" {{\n  {argument}\n  v = each.key\n}}\n{more}'


@pytest.mark.parametrize(
    ("argument", "keys"),
    [
        ("count = 0", []),
        ("count = 2", ["[0]", "[1]"]),
        ('count = "1"', ["[0]"]),
        ("count = true ? 1 : 0", ["[0]"]),
        ('for_each = toset(["b", "a"])', ['["a"]', '["b"]']),
        ("for_each = { x = 1, y = 2 }", ['["x"]', '["y"]']),
        ("for_each = {}", []),
        ("for_each = toset([])", []),
        ('for_each = { "a\\"b" = 1 }', ['["a\\"b"]']),
        ("count = var.u ? 1 : 0", ["[0]"]),
        ("count = null", ["[0]"]),
        ("for_each = var.u", ['["?"]']),
        ("for_each = toset([var.u])", ['["?"]']),
        ('for_each = "text"', ['["?"]']),
    ],
)
def test_addresses(configuration: Callable[..., Any], argument: str, keys: list[str]) -> None:
    assert list(configuration(counted(argument)).resources) == [f"aws_a.a{key}" for key in keys]


def test_an_instance_that_stands_for_all(configuration: Callable[..., Any]) -> None:
    found = configuration(counted("for_each = var.u"))
    assert found.of('aws_a.a["?"]')["v"] == Unresolved("each.key", "for_each is not known: var.u")
    assert found.told() == [
        "note main.tf:2 for_each of aws_a.a is not known: var.u (variable without a value); one instance stands for all"
    ]


@pytest.mark.parametrize("argument", ["count = 10000000", "for_each = toset([for i in range(1024) : tostring(i)])"])
def test_too_many_instances(configuration: Callable[..., Any], argument: str) -> None:
    found = configuration(counted(argument))
    assert len(found.resources) == 1
    assert [problem.kind for problem in found.problems] == ["partial"]
    assert "over the limit of 1000: one is judged" in found.problems[0].message


@pytest.mark.parametrize(
    ("argument", "reference", "target"),
    [
        ("count = 2", "aws_a.a[1].id", "aws_a.a[1]"),
        ("count = var.u ? 1 : 0", "aws_a.a[0].id", "aws_a.a[0]"),
        ("count = 2", "aws_a.a[*].id", "aws_a.a[0]"),
        ("count = 2", "aws_a.a.*.id", "aws_a.a[0]"),
        ("count = 1", "one(aws_a.a[*].id)", "aws_a.a[0]"),
        ('for_each = toset(["x"])', 'aws_a.a["x"].id', 'aws_a.a["x"]'),
        ('for_each = toset(["x"])', "values(aws_a.a)[*].id", 'aws_a.a["x"]'),
        ('for_each = toset(["x"])', "[for k, a in aws_a.a : a.id]", 'aws_a.a["x"]'),
        ("for_each = var.u", 'aws_a.a["k"].id', 'aws_a.a["?"]'),
        ("for_each = var.u", "aws_a.a[var.u].id", 'aws_a.a["?"]'),
    ],
)
def test_references_lead_to_instances(
    configuration: Callable[..., Any], argument: str, reference: str, target: str
) -> None:
    found = configuration(counted(argument, f'resource "aws_b" "b" {{\n  v = {reference}\n}}\n')).of("aws_b.b")["v"]
    first = found[0] if isinstance(found, list) else found
    assert first == Reference(f"${{{target}.id}}", ((target, "id"),))


def test_a_key_that_is_not_known_among_instances_that_are(configuration: Callable[..., Any]) -> None:
    more = 'resource "aws_b" "b" {\n  v = aws_a.a[var.u].id\n}\n'
    found = configuration(counted('for_each = toset(["x", "y"])', more))
    assert found.of("aws_b.b")["v"] == Reference("${aws_a.a[var.u].id}", ())


def test_two_resources_over_the_same_unknown_keys_belong_together(configuration: Callable[..., Any]) -> None:
    more = 'resource "aws_b" "b" {\n  for_each = aws_a.a\n  v = each.value.id\n  w = aws_a.a[each.key].id\n}\n'
    found = configuration(counted("for_each = var.u", more)).of('aws_b.b["?"]')
    link = Reference('${aws_a.a["?"].id}', (('aws_a.a["?"]', "id"),))
    assert found == {"v": link, "w": link}


@pytest.mark.parametrize(
    ("argument", "wanted"),
    [
        ("count = var.u ? 1 : 0", ("count = var.u ? 1 : 0",)),
        ("for_each = var.u", ("for_each = var.u",)),
        ("count = 2", ()),
        ("for_each = { a = var.u }", ()),
    ],
)
def test_an_instance_that_may_not_be_there_says_on_what_it_depends(
    configuration: Callable[..., Any], argument: str, wanted: tuple[str, ...]
) -> None:
    found = configuration(counted(argument, 'resource "aws_b" "b" {\n  for_each = aws_a.a\n}\n')).resources
    assert {one.conditions for address, one in found.items() if address.startswith("aws_a.a[")} == {wanted}
    if argument.startswith("for_each"):
        assert {one.conditions for address, one in found.items() if address.startswith("aws_b.b[")} == {wanted}


def test_what_is_in_a_module_depends_on_what_the_module_depends_on(configuration: Callable[..., Any]) -> None:
    root = 'variable "u" {}\nmodule "m" {\n  source = "./m"\n  count = var.u\n}\n'
    inner = 'variable "v" {}\nresource "aws_a" "a" {\n}\nresource "aws_b" "b" {\n  count = var.v\n}\n'
    found = configuration({"main.tf": root, "m/main.tf": inner}).resources
    assert found["module.m[0].aws_a.a"].conditions == ("count = var.u",)
    assert found["module.m[0].aws_b.b[0]"].conditions == ("count = var.u", "module.m[0]: count = var.v")


def test_an_instance_that_is_not_there(configuration: Callable[..., Any]) -> None:
    more = 'resource "aws_b" "b" {\n  v = aws_a.a[0].id\n  w = try(aws_a.a[0].id, "none")\n  x = length(aws_a.a)\n}\n'
    found = configuration(counted("count = 0", more)).of("aws_b.b")
    assert isinstance(found["v"], Unresolved)
    assert (found["w"], found["x"]) == ("none", 0)


def test_elements() -> None:
    assert elements(Secret({"a": 1})) == [("a", 1)]
    assert elements([Reference("known", ())]) == [("known", "known")]
    assert isinstance(elements(Reference("${x.y}", ())), Unresolved)
    assert isinstance(elements([[1]]), Unresolved)
    assert isinstance(elements(5), Unresolved)


@pytest.mark.parametrize(
    ("argument", "expression", "expected"),
    [
        ("for_each = {}", "values(aws_a.a)[*].id", []),
        ("for_each = {}", "keys(aws_a.a)", []),
        ("for_each = {}", "one(values(aws_a.a)[*].id)", None),
        ("for_each = toset([])", "merge({ x = 1 }, aws_a.a)", {"x": 1}),
        ("for_each = {}", 'lookup(aws_a.a, "x", "none")', "none"),
        ("count = 0", "concat(aws_a.a[*].id, [1])", [1]),
    ],
)
def test_no_instances_are_an_empty_map_or_list(
    configuration: Callable[..., Any], argument: str, expression: str, expected: Any
) -> None:
    found = configuration(counted(argument, f'resource "aws_b" "b" {{\n  v = {expression}\n}}\n'))
    assert found.of("aws_b.b").get("v") == expected
