"""The grammar: what is read from files and expressions, and what is refused, with its place."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.sources.terraform import nodes
from bastide.sources.terraform.parser import parse_body, parse_expression, parse_template
from bastide.sources.terraform.syntax import Body, SyntaxFault, Text


def body_of(text: str) -> Body:
    return parse_body(Text("main.tf", text))


def attributes(text: str) -> dict[str, Any]:
    return {name: value for name, (value, _, _) in body_of(text).attributes.items()}


def test_attributes_of_every_common_form() -> None:
    text = """
    a = "text" # a comment
    b = true // another
    c = null
    d = -1.5
    e = 10 /* and
      another */
    f = ["x", 1, [true]]
    g = { h = 1, "i j" : [2], k = { l = "m" } }
    n = "a $ b % c $${no} %%{no} \\"q\\" \\u00e9 \\n"
    o = (1)
    """
    assert attributes(text) == {
        "a": "text",
        "b": True,
        "c": None,
        "d": -1.5,
        "e": 10,
        "f": ["x", 1, [True]],
        "g": {"h": 1, "i j": [2], "k": {"l": "m"}},
        "n": 'a $ b % c ${no} %{no} "q" é \n',
        "o": 1,
    }


def test_blocks_with_labels_and_lines() -> None:
    body = body_of('\nresource "aws_a" b {\n  x {\n    y = 1\n  }\n  x {}\n}\ndata "c" "d" { e = 1 }\n')
    first, second = body.blocks
    assert (first.type, first.labels, first.line, first.end_line) == ("resource", ("aws_a", "b"), 2, 7)
    assert [(inside.type, inside.line, inside.end_line) for inside in first.body.blocks] == [
        ("x", 3, 5),
        ("x", 6, 6),
    ]
    assert second.body.attributes["e"][0] == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a.b.c", nodes.Traversal),
        ("a.b[0]", nodes.Index),
        ("a[*].b", nodes.Splat),
        ("a.*.b", nodes.Splat),
        ("!a", nodes.Unary),
        ("-a", nodes.Unary),
        ("a + b * c", nodes.Binary),
        ("a ? b : c", nodes.Conditional),
        ("[a]", nodes.Items),
        ("{ a = b }", nodes.Entries),
        ("[for a in b : c]", nodes.For),
        ("{ for a, b in c : d => e... if f }", nodes.For),
        ("f(a, b...)", nodes.Call),
        ("provider::aws::f(a)", nodes.Call),
        ("f (a)", nodes.Call),
    ],
)
def test_expressions(text: str, kind: type) -> None:
    found = parse_expression(text)
    assert type(found) is kind
    assert found.words == text or kind in (nodes.Traversal, nodes.Binary)


def test_precedence() -> None:
    found = parse_expression("a || b && c == d + e * -f")
    shape = []
    while isinstance(found, nodes.Binary):
        shape.append(found.operator)
        found = found.right
    assert shape == ["||", "&&", "==", "+", "*"]


def test_operators_of_one_rank_are_taken_from_the_left() -> None:
    found = parse_expression("a - b - c")
    assert isinstance(found.left, nodes.Binary)


def test_brackets_hold_new_lines_and_comments() -> None:
    found = attributes("a = f(\n  1, # one\n  [\n    2,\n  ],\n)\nb = (\n  c\n  + d\n)\n")
    assert isinstance(found["a"], nodes.Call)
    assert found["a"].arguments == [1, [2]]
    assert isinstance(found["b"], nodes.Binary)


def test_identifiers_may_have_dashes() -> None:
    assert parse_expression("a-b.c-d").steps == ("c-d",)


def test_a_parenthesis_makes_a_key_an_expression() -> None:
    assert parse_expression("{ a = b }").entries[0][0] == "a"
    assert isinstance(parse_expression("{ (a) = b }").entries[0][0], nodes.Traversal)


@pytest.mark.parametrize(
    ("text", "cause", "line", "column"),
    [
        ("a = \n", "an expression is wanted here", 1, 5),
        ("a = 1 2\n", "a new line is wanted after an attribute", 1, 7),
        ("a = 1\na = 2\n", "a is set twice", 2, 1),
        ("a = 1\nx {\n", "the block is not closed", 2, 1),
        ("}\n", "a brace too many", 1, 1),
        ('a = "b\n', "the string is not closed", 1, 5),
        ("a = [1 2]\n", "a comma or a closing bracket is wanted here", 1, 8),
        ("a = { b 1 }\n", "= is wanted after a key", 1, 9),
        ("a = { b = 1 c = 2 }\n", "a comma or a new line is wanted after an entry", 1, 13),
        ("a = f(1\n", "a comma or a closing bracket is wanted here", 2, 1),
        ("a = <<E\nb\n", "the text up to E is not closed", 1, 5),
        ("a = b ? c\n", ": is wanted here", 1, 10),
        ('a = "${b"\n', "} is wanted at the end of an interpolation", 1, 9),
        ('a = "%{ while }"\n', "if, else, endif, for or endfor is wanted here", 1, 8),
        ('a = "\\q"\n', "\\q is no escape sequence", 1, 8),
        ("?\n", "an attribute or a block is wanted here", 1, 1),
        ("a = 1e999\n", "the number is too large", 1, 10),
        ("a = [for x in y]\n", ": is wanted here", 1, 16),
        ("a = { for x in y : x }\n", "=> is wanted here", 1, 22),
        ("a = b[1\n", "] is wanted here", 2, 1),
    ],
)
def test_faults_name_the_place(text: str, cause: str, line: int, column: int) -> None:
    source = Text("main.tf", text)
    with pytest.raises(SyntaxFault) as fault:
        parse_body(source)
    at = fault.value.at
    assert (fault.value.cause, source.line(at), source.column(at)) == (cause, line, column)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 500 + "]" * 500,
        "a = " + "(" * 500 + "1" + ")" * 500,
        "a = " + "!" * 500 + "true",
        "a = " + "-" * 5000 + "1",
        "a = " + '"${' * 500 + "1" + '}"' * 500,
        "a = " + "f(" * 500 + ")" * 500,
        "a = " + "b ? c : " * 5000 + "d",
        "a {\n" * 500 + "}\n" * 500,
        "a = " + "{ b = " * 500 + "1" + " }" * 500,
        "a = " + "[for a in b : " * 500 + "c" + "]" * 500,
    ],
)
def test_nesting_has_a_limit(text: str) -> None:
    with pytest.raises(SyntaxFault, match="nested too deep"):
        body_of(text + "\n")


@pytest.mark.parametrize(
    "text",
    [
        " " * 200_000 + "?",
        "/*" * 100_000,
        'a = "' + "$" * 200_000,
        "a = b /" + "*" * 100_000,
        "a = " + "b." * 50_000,
    ],
)
def test_long_texts_that_repeat_a_sign_are_refused_and_take_no_long_time(text: str) -> None:
    with pytest.raises(SyntaxFault):
        body_of(text)


def test_long_texts_that_are_well_formed() -> None:
    assert body_of("#" * 200_000).attributes == {}
    assert len(attributes("a = b" + ".c" * 50_000)["a"].steps) == 50_000


def test_a_text_as_a_template() -> None:
    assert parse_template("plain") == "plain"
    assert isinstance(parse_template("${a}"), nodes.Traversal)
    with pytest.raises(SyntaxFault, match="nested too deep"):
        parse_template('${"' * 500)
    with pytest.raises(SyntaxFault, match="should end here"):
        parse_expression("a b")
