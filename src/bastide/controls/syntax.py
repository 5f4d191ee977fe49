"""What a control's SQL says, found by DuckDB's own parser: the formula, its atoms, and the properties they read.

The tree is that of `json_serialize_sql`. An atom is a part with no AND, OR or NOT at its top; a read is a
property path without list positions. `presence` reads ask only whether something is there, `walk` reads only go through
a list, `value` reads look at what it is, `macro` reads do so inside a macro, where a type may lack the property,
`written` reads inside a macro that asks for what the source says.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.controls.compiled import ASKING
from bastide.controls.macros import macros
from bastide.errors import ControlError

if TYPE_CHECKING:
    import duckdb

    from bastide.controls.compiled import Formula, Read

Node = dict[str, Any]
_WALKS = {"list_apply", "list_transform", "array_apply", "array_transform", "apply"}
_FILTERS = {"list_filter", "array_filter", "filter"}
_SAME_ELEMENTS = {
    "list_distinct",
    "list_sort",
    "list_reverse",
    "flatten",
    "list_concat",
    "array_concat",
    "list_cat",
    "coalesce",
}
_LENGTHS = {"len", "array_length", "length", "cardinality"}

_ALLOWED = {"FUNCTION", "OPERATOR", "CASE", "CONSTANT", "COMPARISON", "CONJUNCTION", "CAST", "BETWEEN", "LAMBDA"}


class Value(Struct):
    """What an expression may denote: properties (by path), or the parts of a packed struct."""

    paths: frozenset[tuple[str, ...]] = frozenset()
    parts: dict[str, Value] = field(default_factory=dict)
    entry: bool = False
    """An entry of a map, whose key and value are known as far as the map is."""

    def child(self, name: str) -> Value:
        """What a field of it denotes."""
        if self.parts:
            return next((part for key, part in self.parts.items() if key.lower() == name.lower()), NOTHING)
        return self if self.entry else Value(frozenset((*path, name) for path in self.paths))

    def union(self, other: Value) -> Value:
        """What either denotes."""
        return Value(self.paths | other.paths, self.parts or other.parts, self.entry or other.entry)


NOTHING = Value()
Scope = dict[str, Value]


class Syntax:
    """Parses expressions on one connection and remembers the bodies of macros."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._bodies: dict[str, Node] = {}

    def parse(self, sql: str) -> Node:
        """The tree of one expression; raises `ControlError` with DuckDB's words for anything else."""
        row = self._connection.execute("select json_serialize_sql($1)", ["select " + sql]).fetchone()
        tree = json.loads(row[0]) if row else {}
        if tree.get("error"):
            raise ControlError(f"not a SQL expression: {tree.get('error_message', '').strip()}")
        statements = tree["statements"]
        node = statements[0]["node"]
        expressions = node.get("select_list", [])
        plain = (
            len(statements) == 1
            and len(expressions) == 1
            and node["type"] == "SELECT_NODE"
            and node["from_table"]["type"] == "EMPTY"
            and not node.get("where_clause")
            and not node.get("modifiers")
        )
        if not plain:
            raise ControlError("one SQL expression is wanted, not a statement")
        return _with_cases(expressions[0])  # type: ignore[no-any-return]

    def text(self, node: Node) -> str:
        """The SQL of a tree."""
        empty = json.loads(self._connection.execute("select json_serialize_sql('select 1')").fetchone()[0])  # type: ignore[index]
        empty["statements"][0]["node"]["select_list"] = [node]
        row = self._connection.execute("select json_deserialize_sql($1)", [json.dumps(empty)]).fetchone()
        return str(row[0]).removeprefix("SELECT ") if row else ""

    def reads(self, node: Node, scope: Scope | None = None) -> set[Read]:
        """Every property that the expression reads; `scope` says what names other than columns denote."""
        found: set[Read] = set()
        _consume(self._value(node, scope or {}, found), found)
        return found

    def expanded(self, node: Node) -> Node:
        """A call of a macro made of AND, OR, NOT as the macro's body, so that its parts are atoms; else the node.

        Left alone where a name of the caller would be caught by a comprehension inside the macro.
        """
        if node.get("class") != "FUNCTION" or node["function_name"].lower() not in macros():
            return node
        name = node["function_name"].lower()
        body = self.body(name)
        if body["class"] != "CONJUNCTION" and body.get("type") != "OPERATOR_NOT":
            return node
        given = dict(zip((p.lower() for p in macros()[name].parameters), arguments(node), strict=False))
        bound = lambda_names(body)
        for argument in given.values():
            if (
                argument["class"] not in ("COLUMN_REF", "CONSTANT")
                or argument.get("column_names", [""])[0].lower() in bound
            ):
                return node
        return _substituted(body, given)  # type: ignore[no-any-return]

    def body(self, name: str) -> Node:
        if name not in self._bodies:
            self._bodies[name] = self.parse(macros()[name].sql)
        return self._bodies[name]

    def _value(self, node: Node, scope: Scope, found: set[Read]) -> Value:
        """What the expression denotes; properties that it uses up on the way are added to `found`."""
        kind = node.get("class", "")
        if kind == "COLUMN_REF":
            return column_value(node["column_names"], scope)
        if kind == "SUBQUERY":
            raise ControlError(
                "a sub-query is not allowed in a control",
                remedy="judge lists by comprehensions: none_of([… for x in List])",
            )
        if kind not in _ALLOWED:
            raise ControlError(f"a {kind.lower().replace('_', ' ')} has no place in a control")
        if kind == "OPERATOR":
            return self._operator(node, scope, found)
        if kind == "FUNCTION":
            return self._function(node, scope, found)
        if kind == "CASE":
            return self._case(node, scope, found)
        if kind == "CAST":
            return self._value(node["child"], scope, found)
        for child in _children(node):
            _consume(self._value(child, scope, found), found)
        return NOTHING

    def _operator(self, node: Node, scope: Scope, found: set[Read]) -> Value:
        children = node["children"]
        if node["type"] in ("STRUCT_EXTRACT", "ARRAY_EXTRACT"):
            base = self._value(children[0], scope, found)
            key = children[1].get("literal")
            return base.child(key["text"]) if key and key["kind"] == "STRING" else base
        if node["type"] == "OPERATOR_COALESCE":
            result = NOTHING
            for child in children:
                result = result.union(self._value(child, scope, found))
            return result
        presence = node["type"] in ("OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL")
        for child in children:
            _consume(self._value(child, scope, found), found, "presence" if presence else "value")
        return NOTHING

    def _function(self, node: Node, scope: Scope, found: set[Read]) -> Value:
        name, children = node["function_name"].lower(), arguments(node)
        if name in macros():
            given = [self._value(child, scope, found) for child in children]
            parameters = dict(zip((p.lower() for p in macros()[name].parameters), given, strict=False))
            inside: set[Read] = set()
            result = self._value(self.body(name), parameters, inside)
            direct = {path for value in given for path in map(".".join, value.paths)}
            for path, mode in inside:
                if macros()[name].written:
                    found.add((path, "walk" if mode == "walk" else "written"))
                else:
                    found.add((path, mode if mode in ASKING or path in direct else "macro"))
            return result
        if name in _WALKS | _FILTERS and len(children) >= 2 and children[1].get("class") == "LAMBDA":
            return self._walk(name, children, scope, found)
        if name == "struct_pack":
            parts = zip(names_of(node), children, strict=True)
            return Value(parts={part: self._value(child, scope, found) for part, child in parts})
        values = [self._value(child, scope, found) for child in children]
        if name == "map_entries" and values:
            return Value(values[0].paths, entry=True)
        if name in _SAME_ELEMENTS:
            result = NOTHING
            for value in values:
                result = result.union(value)
            return result
        for value in values:
            _consume(value, found, "presence" if name in _LENGTHS else "value")
        return NOTHING

    def _walk(self, name: str, children: list[Node], scope: Scope, found: set[Read]) -> Value:
        items = self._value(children[0], scope, found)
        found.update((".".join(path), "walk") for path in items.paths)
        function = children[1]
        lhs = function["lhs"]
        names = arguments(lhs) if lhs.get("class") == "FUNCTION" else [lhs]
        inner = {**scope, names[0]["column_names"][0].lower(): items}
        result = self._value(function["expr"], inner, found)
        if name in _FILTERS:
            _consume(result, found)
            return items
        return result

    def _case(self, node: Node, scope: Scope, found: set[Read]) -> Value:
        result = self._value(node["else_expr"], scope, found) if node.get("else_expr") else NOTHING
        for branch in node["case_checks"]:
            _consume(self._value(branch["when_expr"], scope, found), found)
            result = result.union(self._value(branch["then_expr"], scope, found))
        return result


def arguments(call: Node) -> list[Node]:
    """What a function is called with."""
    return [argument["expression"] for argument in call["arguments"]]


def names_of(call: Node) -> list[str]:
    """How a function's arguments are named, as the parts of a struct are; empty for one that is not."""
    return [argument["name"] for argument in call["arguments"]]


def column_value(names: list[str], scope: Scope) -> Value:
    """What a name with fields denotes, where `scope` says what names other than columns are."""
    if (value := scope.get(names[0].lower())) is not None:
        for name in names[1:]:
            value = value.child(name)
        return value
    return Value(frozenset([tuple(names)]))


def _consume(value: Value, found: set[Read], mode: str = "value") -> None:
    found.update((".".join(path), mode) for path in value.paths)
    for part in value.parts.values():
        _consume(part, found, mode)


def _children(node: Node) -> list[Node]:
    """Every expression directly below this one, whatever the node calls it."""
    found: list[Node] = []
    for item in node.values():
        if isinstance(item, dict) and "class" in item:
            found.append(item)
        elif isinstance(item, list):
            found.extend(child for child in item if isinstance(child, dict) and "class" in child)
    return found


def formula(node: Node, atoms: list[Node], syntax: Syntax, *, negated: bool = False) -> Formula:
    """The expression over its atoms, which are appended to `atoms`."""
    node = syntax.expanded(node)
    if node["class"] == "OPERATOR" and node["type"] == "OPERATOR_NOT":
        return formula(node["children"][0], atoms, syntax, negated=not negated)
    if node["class"] == "CONJUNCTION":
        conjunction = (node["type"] == "CONJUNCTION_AND") != negated
        parts: Formula = ["and" if conjunction else "or"]
        for child in node["children"]:
            part = formula(child, atoms, syntax, negated=negated)
            parts.extend(part[1:] if part[0] == parts[0] else [part])
        return parts
    for index, known in enumerate(atoms):
        if _same(known, node):
            return ["atom", index, negated]
    atoms.append(node)
    return ["atom", len(atoms) - 1, negated]


def lambda_names(node: Any) -> set[str]:
    """What the comprehensions in a tree call their elements."""
    if isinstance(node, list):
        return {name for item in node for name in lambda_names(item)}
    if not isinstance(node, dict):
        return set()
    found = {name for item in node.values() for name in lambda_names(item)}
    if node.get("class") == "LAMBDA":
        found.update(name.lower() for name in node["lhs"].get("column_names", ()))
    return found


def _with_cases(tree: Any) -> Any:
    """The tree with CASE for each call of `if`, which is a macro for that."""
    if isinstance(tree, list):
        return [_with_cases(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    node = {key: _with_cases(item) for key, item in tree.items()}
    if node.get("function_name", "").lower() != "if" or len(node["arguments"]) != 3:
        return node
    when, then, otherwise = arguments(node)
    kept = {key: node[key] for key in ("alias", "query_location", "query_location_length")}
    checks = [{"when_expr": when, "then_expr": then}]
    return {"class": "CASE", "type": "CASE_EXPR", **kept, "case_checks": checks, "else_expr": otherwise}


def _substituted(node: Any, arguments: dict[str, Node]) -> Any:
    """The tree with the macro's parameters replaced by what the caller gave."""
    if isinstance(node, list):
        return [_substituted(item, arguments) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("class") == "COLUMN_REF" and (given := arguments.get(node["column_names"][0].lower())):
        rest = node["column_names"][1:]
        return (
            {**given, "column_names": [*given["column_names"], *rest], "alias": node.get("alias", "")}
            if rest
            else given
        )
    return {key: _substituted(item, arguments) for key, item in node.items()}


def _same(one: Any, other: Any) -> bool:
    """Equal trees, wherever in the text they stand."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            key.startswith("query_location") or _same(value, other[key]) for key, value in one.items()
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)
