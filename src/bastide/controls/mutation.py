"""Mutation testing of controls: would an example notice if the expression said something slightly different?

Each mutant is the control with one small change to the SQL of `require` or `when`: a clause left out, AND for OR, a
comparison turned round or moved by its boundary, a NOT taken away, another quantifier, a comprehension without its
filter. It is judged over the control's own examples; where every verdict stays as it was, nobody noticed.
"""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from bastide.controls.compiler import compile_control
from bastide.controls.engine import connect
from bastide.controls.evaluate import Evaluation
from bastide.controls.examples import load_examples
from bastide.controls.syntax import Syntax, arguments
from bastide.errors import ControlError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bastide.controls.entry import Control
    from bastide.controls.syntax import Node
    from bastide.resources.model import Resource

_TURNED = {
    "COMPARE_EQUAL": ("COMPARE_NOTEQUAL",),
    "COMPARE_NOTEQUAL": ("COMPARE_EQUAL",),
    "COMPARE_LESSTHAN": ("COMPARE_GREATERTHANOREQUALTO", "COMPARE_LESSTHANOREQUALTO"),
    "COMPARE_LESSTHANOREQUALTO": ("COMPARE_GREATERTHAN", "COMPARE_LESSTHAN"),
    "COMPARE_GREATERTHAN": ("COMPARE_LESSTHANOREQUALTO", "COMPARE_GREATERTHANOREQUALTO"),
    "COMPARE_GREATERTHANOREQUALTO": ("COMPARE_LESSTHAN", "COMPARE_GREATERTHAN"),
    "COMPARE_IN": ("COMPARE_NOT_IN",),
    "COMPARE_NOT_IN": ("COMPARE_IN",),
    "OPERATOR_IS_NULL": ("OPERATOR_IS_NOT_NULL",),
    "OPERATOR_IS_NOT_NULL": ("OPERATOR_IS_NULL",),
    "CONJUNCTION_AND": ("CONJUNCTION_OR",),
    "CONJUNCTION_OR": ("CONJUNCTION_AND",),
}
_QUANTIFIERS = {"any_of": "all_of", "all_of": "any_of", "none_of": "any_of"}
_WORDS = {
    "COMPARE_EQUAL": "=", "COMPARE_NOTEQUAL": "!=", "COMPARE_LESSTHAN": "<", "COMPARE_LESSTHANOREQUALTO": "<=",
    "COMPARE_GREATERTHAN": ">", "COMPARE_GREATERTHANOREQUALTO": ">=", "COMPARE_IN": "in", "COMPARE_NOT_IN": "not in",
    "OPERATOR_IS_NULL": "is null", "OPERATOR_IS_NOT_NULL": "is not null", "CONJUNCTION_AND": "and",
    "CONJUNCTION_OR": "or",
}  # fmt: skip


class Mutant(Struct, frozen=True):
    """One change to a control: `field` (`require` or `when`), what was changed, and whether an example noticed."""

    control: str
    field: str
    change: str
    noticed: bool


def mutants(controls: Sequence[Control]) -> Iterator[Mutant]:
    """Every mutant of these controls, in their order; controls that do not compile have none."""
    connection = connect()
    syntax = Syntax(connection)
    try:
        for control in controls:
            with tempfile.TemporaryDirectory(prefix="bastide-mutants-") as folder:
                loaded = load_examples([control], Path(folder))
            yield from _of(control, [r for _, units in loaded for unit in units for r in unit.resources], syntax)
    finally:
        connection.close()


def _of(control: Control, resources: list[Resource], syntax: Syntax) -> Iterator[Mutant]:
    said = _said(control, resources, syntax)
    if said is None:
        return
    for field in ("require", "when"):
        sql = getattr(control, field)
        for change, text in changes(sql, syntax) if sql.strip() else ():
            changed = replace(control, require=text) if field == "require" else replace(control, when=text)
            yield Mutant(control.id, field, change, _said(changed, resources, syntax) != said)
        if field == "when" and sql.strip():
            yield Mutant(control.id, field, "left out", _said(replace(control, when=""), resources, syntax) != said)


def _said(control: Control, resources: list[Resource], syntax: Syntax) -> dict[tuple[str, str], str] | None:
    """The status by unit and address; None for a control that cannot be run."""
    try:
        compiled = compile_control(replace(control, compensated=[]), syntax)
    except ControlError:
        return None
    evaluation = Evaluation([control], [compiled])
    verdicts = evaluation.verdicts(resources, jobs=1)
    evaluation.close()
    return None if evaluation.broken else {(v.resource.unit, v.resource.address): v.status for v in verdicts}


def changes(sql: str, syntax: Syntax) -> Iterator[tuple[str, str]]:
    """Each small change to an expression: in words, and the SQL that it leads to."""
    tree = syntax.parse(sql)
    for path, node in _nodes(tree, ()):
        for words, changed in _variants(node, syntax):
            yield words, syntax.text(_put(tree, path, changed))


def _nodes(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    if isinstance(value, dict):
        if "class" in value:
            yield path, value
        for key, item in value.items():
            yield from _nodes(item, (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _nodes(item, (*path, at))


def _variants(node: Node, syntax: Syntax) -> Iterator[tuple[str, Node]]:
    kind, children = node.get("type", ""), node.get("children", [])
    if node["class"] == "CONJUNCTION":
        for at, child in enumerate(children):
            rest = [*children[:at], *children[at + 1 :]]
            yield f"without `{syntax.text(child)}`", rest[0] if len(rest) == 1 else {**node, "children": rest}
    if kind == "OPERATOR_NOT":
        yield f"without NOT before `{syntax.text(children[0])}`", children[0]
    for other in _TURNED.get(kind, ()):
        yield f"`{_WORDS[other]}` for `{_WORDS[kind]}` in `{syntax.text(node)}`", {**node, "type": other}
    name = node.get("function_name", "").lower() if node["class"] == "FUNCTION" else ""
    if name in _QUANTIFIERS:
        yield f"`{_QUANTIFIERS[name]}` for `{name}`", _called(node, _QUANTIFIERS[name])
    if name in ("list_filter", "filter", "array_filter"):
        yield f"without the filter in `{syntax.text(node)}`", arguments(node)[0]


def _called(node: Node, name: str) -> Node:
    """The call of another function."""
    return {**node, "function_name": name, "qualified_name": {"path": [name]}}


def _put(tree: Node, path: tuple[str | int, ...], node: Node) -> Node:
    if not path:
        return node
    changed = copy.deepcopy(tree)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = node
    return changed
