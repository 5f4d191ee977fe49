"""What an expression reads, and how it falls into atoms."""

from __future__ import annotations

import pytest

from bastide.controls.engine import connect
from bastide.controls.syntax import Syntax, formula
from bastide.errors import ControlError


@pytest.fixture(scope="module")
def syntax() -> Syntax:
    return Syntax(connect())


@pytest.mark.parametrize(
    ("sql", "reads"),
    [
        ("A.B = 1 and C", {("A.B", "value"), ("C", "value")}),
        ("A is not null", {("A", "presence")}),
        ("coalesce(A, B) = 1", {("A", "value"), ("B", "value")}),
        ("len(A) > 0", {("A", "presence")}),
        ("A[1].B = 'x'", {("A.B", "value")}),
        ("A['B'] = 'x'", {("A.B", "value")}),
        ("none_of([r.X = 1 for r in A.B])", {("A.B", "walk"), ("A.B.X", "value")}),
        ("none_of([r.X = 1 for r in A if r.Y])", {("A", "walk"), ("A.X", "value"), ("A.Y", "value")}),
        (
            "any_of([any_of([s.Z = 1 for s in r.Y]) for r in A])",
            {("A", "walk"), ("A.Y", "walk"), ("A.Y.Z", "value")},
        ),
        ("any_of([e.key = 'a' and e.value = 'b' for e in map_entries(A.B)])", {("A.B", "walk"), ("A.B", "value")}),
        ("len(map_entries(A))", {("A", "presence")}),
        ("is_plain_text(A)", {("A", "written")}),
        ("is_plain_text(A) and A <> 'x'", {("A", "written"), ("A", "value")}),
        ("is_plain_text(try_cast(A as varchar))", {("A", "written")}),
        ("has_a_secret(user_data_text(A.B))", {("A.B", "written")}),
        ("none_of([holds_a_secret(e.key, e.value) for e in map_entries(A)])", {("A", "walk"), ("A", "written")}),
        ("is_public(A)", {("A.CidrIp", "macro"), ("A.CidrIpv6", "macro")}),
        ("case when A then B else C end = 1", {("A", "value"), ("B", "value"), ("C", "value")}),
        ("list_contains([r.X for r in A], 'x')", {("A", "walk"), ("A.X", "value")}),
        (
            "any_of([x.K = 1 for x in list_concat(A, B)])",
            {("A", "walk"), ("B", "walk"), ("A.K", "value"), ("B.K", "value")},
        ),
        ("J->>'$.a' = 'b'", {("J", "value")}),
        ("A between B and C", {("A", "value"), ("B", "value"), ("C", "value")}),
        ("A in (B, 'c')", {("A", "value"), ("B", "value")}),
    ],
)
def test_reads(syntax: Syntax, sql: str, reads: set[tuple[str, str]]) -> None:
    assert syntax.reads(syntax.parse(sql)) == reads


@pytest.mark.parametrize(
    ("sql", "wanted", "atoms"),
    [
        ("A", ["atom", 0, False], 1),
        ("A and B and C", ["and", ["atom", 0, False], ["atom", 1, False], ["atom", 2, False]], 3),
        ("not (A and B)", ["or", ["atom", 0, True], ["atom", 1, True]], 2),
        ("not not A", ["atom", 0, False], 1),
        ("A or (B and A)", ["or", ["atom", 0, False], ["and", ["atom", 1, False], ["atom", 0, False]]], 2),
        ("is_public(A)", ["or", ["atom", 0, False], ["atom", 1, False]], 2),
    ],
)
def test_formula(syntax: Syntax, sql: str, wanted: list[object], atoms: int) -> None:
    nodes: list[dict[str, object]] = []
    assert formula(syntax.parse(sql), nodes, syntax) == wanted
    assert len(nodes) == atoms


@pytest.mark.parametrize("sql", ["select 1", "A; B", "1 from t", "A where B", "", "A, B", "A order by B", "(", "*"])
def test_only_one_expression_is_a_control(syntax: Syntax, sql: str) -> None:
    with pytest.raises(ControlError):
        syntax.reads(syntax.parse(sql))


@pytest.mark.parametrize(
    "sql", ["exists (select 1)", "A in (select 1)", "(select 1) = 1", "any_of([(select 1) = 1 for r in A])"]
)
def test_sub_queries_are_refused(syntax: Syntax, sql: str) -> None:
    with pytest.raises(ControlError, match="sub-query"):
        syntax.reads(syntax.parse(sql))


def test_a_macro_is_not_opened_where_a_name_would_be_caught(syntax: Syntax) -> None:
    """`p` is bound inside `has_anyone`: opening it for a caller's `p` would change what it means."""
    node = syntax.parse("has_anyone(p)")
    assert syntax.expanded(node) is node
    assert syntax.expanded(syntax.parse("has_anyone(s)"))["class"] == "CONJUNCTION"


def test_text_round_trips(syntax: Syntax) -> None:
    node = syntax.parse("none_of([is_public(r) for r in A])")
    assert syntax.reads(syntax.parse(syntax.text(node))) == syntax.reads(node)
