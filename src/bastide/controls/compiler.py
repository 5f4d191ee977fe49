"""A control turned into what the engine runs: atoms in SQL, the formula over them, and the columns they read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from bastide.controls.compiled import Atom, Compiled, Over, reads_of
from bastide.controls.engine import connect
from bastide.controls.program import Translator
from bastide.controls.query import query_for
from bastide.controls.shape import STATEMENT, merged, shape_of
from bastide.controls.syntax import Node, Scope, Syntax, arguments, column_value, formula
from bastide.errors import ControlError, near_miss
from bastide.resources.policies import has_policies
from bastide.resources.schema import schema_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.controls.compiled import Formula, Read
    from bastide.controls.entry import Control, Related
    from bastide.controls.program import Variables
    from bastide.resources.schema import TypeSchema

MAX_SPREAD = 8
"""Parts of an AND inside an OR that are taken apart."""


def compile_controls(controls: Iterable[Control]) -> tuple[list[Compiled], dict[str, ControlError]]:
    """Those that cohere, and why the others do not, by id."""
    connection = connect()
    syntax = Syntax(connection)
    done: list[Compiled] = []
    broken: dict[str, ControlError] = {}
    for control in controls:
        try:
            done.append(compile_control(control, syntax))
            for one in (done[-1], *done[-1].layers):
                _bind(one, connection)
        except ControlError as error:
            broken[control.id] = ControlError(error.cause, place=control.place, remedy=error.remedy)
            done = [item for item in done if item.id != control.id]
    connection.close()
    return done, broken


def compile_control(control: Control, syntax: Syntax) -> Compiled:
    """Raises `ControlError` for SQL that does not parse, or reads what is not there."""
    atoms: list[Node] = []
    require = _spread(formula(syntax.parse(control.require), atoms, syntax))
    when = formula(syntax.parse(control.when), atoms, syntax) if control.when.strip() else None
    compiled = [_atom(node, syntax, {}) for node in atoms]
    shape = _shape(control, {read for atom in compiled for read in atom.reads})
    _add_programs(compiled, syntax, Translator(syntax, shape), {}, 1)
    related = [asdict(item) for item in control.related]
    layers = [compile_control(one, syntax) for one in control.layer_controls()]
    done = Compiled(
        control.id, control.resource, compiled, require, when, shape, related, live=control.live, layers=layers
    )
    done.shown = [_shown(reads_of(done, part)) for part in done.conjuncts]
    return done


_STATEMENT = re.compile(r"^((?:\w+\.)?statements)\..*$")


def _shown(reads: Iterable[Read]) -> list[str]:
    """The paths that are not above another one; of the statements of a policy the whole statement is shown."""
    paths = sorted({_STATEMENT.sub(r"\1", path) for path, _ in reads})
    return [path for path in paths if not any(other.startswith(f"{path}.") for other in paths)]


def _add_programs(atoms: list[Atom], syntax: Syntax, translator: Translator, variables: Variables, slot: int) -> None:
    """Say of every atom, and of the elements that it quantifies over, what it means without a database."""
    for atom in atoms:
        over = atom.over
        atom.program = translator.condition(syntax.parse(atom.sql), variables, slot)
        if over and (listed := translator.listed(syntax.parse(over.sql), variables, slot)):
            over.listed, element = listed
            over.conditions = translator.conditions(syntax.parse(over.items), variables, slot)
            inner = {**variables, over.name.lower(): (["slot", slot], element)}
            _add_programs(over.atoms, syntax, translator, inner, slot + 1)
            atom.over = over


def _spread(tree: Formula) -> Formula:
    """`a or (b and c)` as `(a or b) and (a or c)`, so that evidence names what fails of `b` and `c`."""
    if tree[0] == "and":
        parts = [_spread(part) for part in tree[1:]]
        return ["and", *(inner for part in parts for inner in (part[1:] if part[0] == "and" else [part]))]
    ands = [part for part in tree[1:] if tree[0] == "or" and part[0] == "and"]
    if len(ands) != 1 or len(ands[0]) > MAX_SPREAD + 1:
        return tree
    rest = [part for part in tree[1:] if part is not ands[0]]
    return ["and", *(["or", *rest, *(part[1:] if part[0] == "or" else [part])] for part in ands[0][1:])]


def _shape(control: Control, reads: set[Read]) -> dict[str, Any]:
    schema = schema_for(control.resource)
    if schema is None:
        raise ControlError(f"`{control.resource}` is no CloudFormation type")
    related = {item.name: item for item in control.related}
    if unused := set(related) - {path.split(".")[0] for path, _ in reads}:
        raise ControlError(f"`related` names `{min(unused)}`, which the SQL does not read")
    groups: dict[str, set[Read]] = {}
    own: set[Read] = set()
    shape: dict[str, Any] = {}
    for path, mode in reads:
        head, _, rest = path.partition(".")
        if head in related:
            groups.setdefault(head, set())
            if rest:
                groups[head].add((rest, mode))
        elif head == "statements":
            if not has_policies(control.resource):
                raise ControlError(f"{control.resource} has no policy documents, so no `statements`")
            shape["statements"] = [STATEMENT]
        else:
            own.add((path, mode))
    _need_live(control, schema, own)
    shape.update(shape_of(own, schema))
    for name, inner in groups.items():
        shape[name] = [_related_shape(related[name], inner, control)]
    return shape


def _need_live(control: Control, schema: TypeSchema, reads: set[Read]) -> None:
    asked = {path.split(".")[0] for path, _ in reads} & schema.live
    if not control.live and asked:
        raise ControlError(f"only a live account knows `{min(asked)}` of {schema.name}", remedy="say `live: true`")


def _related_shape(related: Related, reads: set[Read], control: Control) -> dict[str, Any]:
    schema = schema_for(related.type)
    if schema is None:
        raise ControlError(f"`{related.type}` is no CloudFormation type", remedy="see `related`")
    _need_live(control, schema, reads)
    holder = schema_for(control.resource) if related.by else schema
    if not related.beside and (holder is None or not holder.property(related.by or related.to)):
        known = list(holder.properties) if holder else []
        raise ControlError(
            f"`{related.by or related.to}` is no property to relate by",
            remedy=near_miss(related.by or related.to, known),
        )
    shape: dict[str, Any] = {"address": "VARCHAR"}
    if any(path.split(".")[0] == "statements" for path, _ in reads):
        shape["statements"] = [STATEMENT]
    plain = {(path, mode) for path, mode in reads if path.split(".")[0] not in ("statements", "address")}
    return merged(shape, shape_of(plain, schema))  # type: ignore[return-value]  # two structs make a struct


_QUANTIFIERS = ("none_of", "any_of", "all_of")


def _atom(node: Node, syntax: Syntax, scope: Scope) -> Atom:
    atom = Atom(syntax.text(node), sorted(syntax.reads(node, scope)))
    if over := _over(node, syntax, scope):
        atom.over = over
    return atom


def _over(node: Node, syntax: Syntax, scope: Scope) -> Over | None:
    """How an atom quantifies over a list, if it does so plainly: a comprehension over one property, no filter."""
    if node.get("class") != "FUNCTION" or node["function_name"].lower() not in _QUANTIFIERS:
        return None
    items = arguments(node)[0]
    if items.get("class") != "FUNCTION" or items["function_name"].lower() not in ("list_apply", "list_transform"):
        return None
    source, function = arguments(items)[:2]
    keyed = source.get("class") == "FUNCTION" and source["function_name"].lower() == "map_entries"
    column = arguments(source)[0] if keyed else source
    if (
        column.get("class") != "COLUMN_REF"
        or function.get("class") != "LAMBDA"
        or "column_names" not in function["lhs"]
    ):
        return None
    value = column_value(column["column_names"], scope)
    if len(value.paths) != 1:
        return None
    (steps,) = value.paths
    path, name = ".".join(steps), function["lhs"]["column_names"][0]
    nodes: list[Node] = []
    body = formula(function["expr"], nodes, syntax)
    atoms = [_atom(item, syntax, {**scope, name.lower(): value}) for item in nodes]
    if any(read != path and not read.startswith(f"{path}.") for atom in atoms for read, _ in atom.reads):
        return None
    sql = syntax.text(source)
    return Over(node["function_name"].lower(), path, sql, name, syntax.text(items), body, atoms, keyed)


def _bind(compiled: Compiled, connection: Any) -> None:
    """Have DuckDB bind the query over no rows: names, types and functions are checked, nothing is run."""
    import duckdb  # the compiler runs only when the cache is cold

    try:
        connection.execute(query_for([compiled], frozenset(), frozenset()).sql, ["[]"]).fetchall()
    except duckdb.Error as error:
        raise ControlError(f"DuckDB refuses it: {str(error).splitlines()[0]}") from None
