"""A control's SQL as a program that `bastide.controls.direct` runs without a database, where it can.

A program is plain nested lists, so that it is cached as JSON: `[operation, operand, …]`. Names are resolved, macros
are opened and types are known, so that nothing is looked up and nothing is converted when it runs. Whatever SQL could
mean by a rule that is not written down here is left to DuckDB: then there is no program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.controls.compiled import Program
from bastide.controls.macros import macros
from bastide.controls.signatures import (
    GENERAL,
    JSON,
    MAP,
    NOTHING,
    NUMBER,
    PATTERNS,
    TEXT,
    TRUTH,
    TYPED,
    WHOLE,
    Unsupported,
    common,
    comparable,
    member_of,
    need,
    pattern_call,
)
from bastide.controls.syntax import arguments, lambda_names, names_of

if TYPE_CHECKING:
    from bastide.controls.shape import Shape
    from bastide.controls.syntax import Node, Syntax

Variables = dict[str, tuple[Program, "Shape"]]
"""What names other than columns stand for, and its type."""

MAX_SIZE = 4_000
"""Operations of one program: macros in macros could make it very long."""

_LARGE = 1 << 63
"""From here on an integer is of a type that no property has."""
_WHOLES, _NUMBERS = ("INTEGER", "INT", "INT4", "SIGNED"), ("DOUBLE", "FLOAT8")
_COMPARISONS = {
    "COMPARE_EQUAL": "eq",
    "COMPARE_NOTEQUAL": "ne",
    "COMPARE_LESSTHAN": "lt",
    "COMPARE_LESSTHANOREQUALTO": "le",
    "COMPARE_GREATERTHAN": "gt",
    "COMPARE_GREATERTHANOREQUALTO": "ge",
}
_QUANTIFIERS = {"any_of", "all_of", "none_of"}


class Translator:
    """Translates the expressions of one control; `shape` has the types of its columns."""

    def __init__(self, syntax: Syntax, shape: dict[str, Any]) -> None:
        self._syntax = syntax
        self._shape = shape
        self._names: dict[int, frozenset[str]] = {}  # by slot, what the SQL calls that which the slot is made of

    def condition(self, node: Node, variables: Variables | None = None, slot: int = 1) -> Program | None:
        """The program of a condition, None where there is none; variables are at slots below `slot`."""
        return self._program(node, variables or {}, slot, (TRUTH, NOTHING))

    def conditions(self, node: Node, variables: Variables, slot: int) -> Program | None:
        """The program of a list of conditions, None where there is none."""
        return self._program(node, variables, slot, ([TRUTH], [NOTHING]))

    def listed(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape] | None:
        """The program of a list, and the type of its elements; None where there is none."""
        try:
            program, kind = self._translate(node, variables, slot)
        except (Unsupported, RecursionError):
            return None
        return (program, kind[0]) if isinstance(kind, list) else None

    def _program(self, node: Node, variables: Variables, slot: int, wanted: tuple[Shape, ...]) -> Program | None:
        try:
            program, kind = self._translate(node, variables, slot)
        except (Unsupported, RecursionError):
            return None
        return program if kind in wanted and _count(program) <= MAX_SIZE else None

    def _translate(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        translate = _BY_CLASS.get(node.get("class", ""))
        if translate is None:
            raise Unsupported
        return translate(self, node, variables, slot)

    def _all(self, nodes: list[Node], variables: Variables, slot: int) -> tuple[list[Program], list[Shape]]:
        pairs = [self._translate(node, variables, slot) for node in nodes]
        return [program for program, _ in pairs], [kind for _, kind in pairs]

    def _column(self, node: Node, variables: Variables, _: int) -> tuple[Program, Shape]:
        head, *rest = node["column_names"]
        if (bound := variables.get(head.lower())) is not None:
            program, kind = bound
        else:
            name, kind = member_of(self._shape, head)
            program = ["column", name]
        for step in rest:
            name, kind = member_of(kind, step)
            program = ["member", program, name]
        return program, kind

    def _constant(self, node: Node, _: Variables, __: int) -> tuple[Program, Shape]:
        kind, text = node["literal"]["kind"], node["literal"]["text"]
        if kind == "STRING":
            return ["constant", text], TEXT
        if kind == "INTEGER" and abs(int(text)) < _LARGE:
            return ["constant", int(text)], WHOLE
        if kind == "BOOLEAN":
            return ["constant", text == "true"], TRUTH
        if kind == "NULL_LITERAL":
            return ["constant", None], NOTHING
        raise Unsupported

    def _conjunction(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        programs, kinds = self._all(node["children"], variables, slot)
        need(TRUTH, *kinds)
        return ["and" if node["type"] == "CONJUNCTION_AND" else "or", *programs], TRUTH

    def _comparison(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        operation = _COMPARISONS.get(node["type"])
        programs, kinds = self._all([node["left"], node["right"]], variables, slot)
        comparable(*kinds)
        if operation is None:
            raise Unsupported
        return [operation, *programs], TRUTH

    def _between(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        (value, low, high), kinds = self._all([node["input"], node["lower"], node["upper"]], variables, slot)
        comparable(*kinds)
        return ["and", ["ge", value, low], ["le", value, high]], TRUTH

    def _operator(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        programs, kinds = self._all(node["children"], variables, slot)
        kind = node["type"]
        if kind == "OPERATOR_NOT":
            need(TRUTH, *kinds)
            return ["not", *programs], TRUTH
        if kind in ("OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"):
            return ["absent" if kind == "OPERATOR_IS_NULL" else "present", *programs], TRUTH
        if kind in ("COMPARE_IN", "COMPARE_NOT_IN"):
            comparable(*kinds)
            if any(program[0] != "constant" or program[1] is None for program in programs[1:]):
                raise Unsupported
            words = [program[1] for program in programs[1:]]
            return ["in" if kind == "COMPARE_IN" else "not in", programs[0], words], TRUTH
        if kind == "OPERATOR_COALESCE":
            return ["coalesce", *programs], common(kinds)
        if kind == "OPERATOR_TRY":
            return ["try", *programs], kinds[0]
        if kind == "STRUCT_EXTRACT" and programs[1][0] == "constant" and isinstance(programs[1][1], str):
            name, member = member_of(kinds[0], programs[1][1])
            return ["member", programs[0], name], member
        raise Unsupported

    def _case(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        branches, kinds = [], []
        for item in node["case_checks"]:
            (when, then), (condition, kind) = self._all([item["when_expr"], item["then_expr"]], variables, slot)
            need(TRUTH, condition)
            branches.append([when, then])
            kinds.append(kind)
        otherwise: Program = ["constant", None]
        if node.get("else_expr"):
            otherwise, kind = self._translate(node["else_expr"], variables, slot)
            kinds.append(kind)
        return ["case", branches, otherwise], common(kinds)

    def _cast(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        program, kind = self._translate(node["child"], variables, slot)
        wanted, *parts = [one["type_name"].upper() for one in (node["type_expr"], *node["type_expr"]["children"])]
        if node["try_cast"] and kind == TEXT and wanted in _WHOLES:
            return ["whole", program], WHOLE
        if node["try_cast"] and kind == TEXT and wanted in _NUMBERS:
            return ["number", program], NUMBER
        if node["try_cast"] and kind == JSON and (wanted, parts) == ("MAP", ["VARCHAR", "VARCHAR"]):
            return ["texts", program], MAP
        raise Unsupported

    def _function(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        name, children = node["function_name"].lower(), arguments(node)
        if name in macros() and name not in TYPED:
            return self._macro(name, children, variables, slot)
        if name in ("list_apply", "list_transform", "list_filter"):
            return self._walk(name, children, variables, slot)
        programs, kinds = self._all(children, variables, slot)
        if name in TYPED and (types := TYPED[name]) and kinds[:1] != [MAP] and not isinstance(kinds[0], list):
            if len(types[0]) != len(kinds):
                raise Unsupported
            for kind, wanted in zip(kinds, types[0], strict=True):
                need(wanted, kind)
            return ["call", name, *programs], types[1]
        if name in PATTERNS:
            return pattern_call(name, programs, kinds)
        if name == "struct_pack":
            names = names_of(node)
            return ["struct", names, *programs], dict(zip(names, kinds, strict=True))
        if name not in GENERAL:
            raise Unsupported
        return GENERAL[name](programs, kinds)

    def _walk(self, name: str, children: list[Node], variables: Variables, slot: int) -> tuple[Program, Shape]:
        items, kind = self._translate(children[0], variables, slot)
        function = children[1]
        plain = function.get("class") == "LAMBDA" and "column_names" in function["lhs"]
        if not plain or len(children) != 2 or not isinstance(kind, list):
            raise Unsupported
        variable = function["lhs"]["column_names"][0].lower()
        if any(variable == column.lower() for column in self._shape):
            raise Unsupported  # DuckDB takes the column for the element
        inner = {**variables, variable: (["slot", slot], kind[0])}
        self._names[slot] = frozenset([variable])
        body, given = self._translate(function["expr"], inner, slot + 1)
        if name == "list_filter":
            need(TRUTH, given)
            return ["filter", items, slot, body], kind
        return ["each", items, slot, body], [given]

    def _macro(self, name: str, children: list[Node], variables: Variables, slot: int) -> tuple[Program, Shape]:
        programs, kinds = self._all(children, variables, slot)
        if name in _QUANTIFIERS:
            if not isinstance(kinds[0], list):
                raise Unsupported
            need(TRUTH, kinds[0][0])
            return [name, programs[0]], TRUTH
        parameters = [parameter.lower() for parameter in macros()[name].parameters]
        if len(parameters) != len(children):
            raise Unsupported
        tree = self._syntax.body(name)
        if self._free(programs) & lambda_names(tree):
            raise Unsupported  # a comprehension inside the macro would catch the caller's name
        given: list[tuple[int, Program]] = []
        bound: Variables = {}
        for parameter, program, kind in zip(parameters, programs, kinds, strict=True):
            if program[0] in ("slot", "constant", "column"):
                bound[parameter] = (program, kind)
            else:
                bound[parameter] = (["slot", slot], kind)
                given.append((slot, program))
                self._names[slot] = self._free(program)
                slot += 1
        body, result = self._translate(tree, bound, slot)
        for place, program in reversed(given):
            body = ["let", place, program, body]
        return body, result

    def _free(self, program: Any) -> frozenset[str]:
        """The names that a program was written with."""
        if not isinstance(program, list):
            return frozenset()
        if program[:1] == ["slot"]:
            return self._names.get(program[1], frozenset())
        if program[:1] == ["column"]:
            return frozenset([program[1].lower()])
        return frozenset().union(*map(self._free, program))


_BY_CLASS = {
    "COLUMN_REF": Translator._column,  # noqa: SLF001
    "CONSTANT": Translator._constant,  # noqa: SLF001
    "CONJUNCTION": Translator._conjunction,  # noqa: SLF001
    "COMPARISON": Translator._comparison,  # noqa: SLF001
    "BETWEEN": Translator._between,  # noqa: SLF001
    "OPERATOR": Translator._operator,  # noqa: SLF001
    "CASE": Translator._case,  # noqa: SLF001
    "CAST": Translator._cast,  # noqa: SLF001
    "FUNCTION": Translator._function,  # noqa: SLF001
}


def _count(program: Any) -> int:
    return 1 + sum(_count(item) for item in program) if isinstance(program, list) else 0
