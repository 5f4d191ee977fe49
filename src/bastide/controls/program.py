"""A control's SQL as a program that `bastide.controls.direct` runs without a database, where it can.

A program is plain nested lists, so that it is cached as JSON: `[operation, operand, …]`. Names are resolved, macros
are opened and types are known, so that nothing is looked up and nothing is converted when it runs. Whatever SQL could mean
by a rule that is not written down here is left to DuckDB: then there is no program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.controls.macros import macros
from bastide.controls.syntax import lambda_names

if TYPE_CHECKING:
    from bastide.controls.shape import Shape
    from bastide.controls.syntax import Node, Syntax

Program = list[Any]
Variables = dict[str, tuple[Program, "Shape"]]
"""What names other than columns stand for, and its type."""

MAX_SIZE = 4_000
"""Operations of one program: macros in macros could make it very long."""

TEXT, TRUTH, WHOLE, NUMBER, JSON, NOTHING = "VARCHAR", "BOOLEAN", "BIGINT", "DOUBLE", "JSON", "NULL"
MAP = "MAP(VARCHAR, VARCHAR)"
_CONSTANTS = {"VARCHAR": TEXT, "INTEGER": WHOLE, "BIGINT": WHOLE, "BOOLEAN": TRUTH, "NULL": NOTHING}
_COMPARISONS = {
    "COMPARE_EQUAL": "eq",
    "COMPARE_NOTEQUAL": "ne",
    "COMPARE_LESSTHAN": "lt",
    "COMPARE_LESSTHANOREQUALTO": "le",
    "COMPARE_GREATERTHAN": "gt",
    "COMPARE_GREATERTHANOREQUALTO": "ge",
}
_QUANTIFIERS = {"any_of", "all_of", "none_of"}

_FUNCTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "lower": ((TEXT,), TEXT),
    "upper": ((TEXT,), TEXT),
    "length": ((TEXT,), WHOLE),
    "ltrim": ((TEXT,), TEXT),
    "contains": ((TEXT, TEXT), TRUTH),
    "starts_with": ((TEXT, TEXT), TRUTH),
    "ends_with": ((TEXT, TEXT), TRUTH),
    "prefix": ((TEXT, TEXT), TRUTH),
    "suffix": ((TEXT, TEXT), TRUTH),
    "replace": ((TEXT, TEXT, TEXT), TEXT),
    "split_part": ((TEXT, TEXT, WHOLE), TEXT),
    "~~~": ((TEXT, TEXT), TRUTH),
    "||": ((TEXT, TEXT), TEXT),
    "from_base64": ((TEXT,), "BLOB"),
    "decode": (("BLOB",), TEXT),
}
"""Functions of known types, by what they take and give; NULL for any argument that is NULL."""

_PATTERNS: dict[str, tuple[int, Shape]] = {
    "regexp_matches": (2, TRUTH),
    "regexp_full_match": (2, TRUTH),
    "regexp_extract": (3, TEXT),
    "regexp_extract_all": (3, [TEXT]),
    "regexp_replace": (3, TEXT),
}
"""Functions with a pattern, by where their options stand, and what they give."""


class Unsupported(Exception):  # noqa: N818 (no error: the way to DuckDB)
    """The expression means something that only DuckDB is to say."""


class Translator:
    """Translates the expressions of one control; `shape` has the types of its columns."""

    def __init__(self, syntax: Syntax, shape: dict[str, Any]) -> None:
        self._syntax = syntax
        self._shape = shape
        self._names: dict[int, frozenset[str]] = {}  # by slot, what the SQL calls that which the slot is made of

    def program(self, node: Node, variables: Variables | None = None, slot: int = 1) -> Program | None:
        """The program of an expression, None where there is none; variables are at slots below `slot`."""
        try:
            program, _ = self._translate(node, variables or {}, slot)
        except (Unsupported, RecursionError):
            return None
        return program if _size(program) <= MAX_SIZE else None

    def element(self, node: Node, variables: Variables) -> Shape | None:
        """The type of the elements of a list, None where it is not known."""
        try:
            _, kind = self._translate(node, variables, 1)
        except (Unsupported, RecursionError):
            return None
        return kind[0] if isinstance(kind, list) else None

    def _translate(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        translate = _BY_CLASS.get(node.get("class", ""))
        if translate is None:
            raise Unsupported
        return translate(self, node, variables, slot)

    def _all(self, nodes: list[Node], variables: Variables, slot: int) -> tuple[list[Program], list[Shape]]:
        pairs = [self._translate(node, variables, slot) for node in nodes]
        return [program for program, _ in pairs], [kind for _, kind in pairs]

    def _column(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        head, *rest = node["column_names"]
        if (bound := variables.get(head.lower())) is not None:
            program, kind = bound
        else:
            name, kind = _member(self._shape, head)
            program = ["column", name]
        for step in rest:
            name, kind = _member(kind, step)
            program = ["member", program, name]
        return program, kind

    def _constant(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        value = node["value"]
        kind = _CONSTANTS.get(value["type"]["id"])
        if kind is None:
            raise Unsupported
        return ["constant", None if value["is_null"] else value["value"]], kind

    def _conjunction(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        programs, kinds = self._all(node["children"], variables, slot)
        _need(TRUTH, *kinds)
        return ["and" if node["type"] == "CONJUNCTION_AND" else "or", *programs], TRUTH

    def _comparison(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        operation = _COMPARISONS.get(node["type"])
        programs, kinds = self._all([node["left"], node["right"]], variables, slot)
        _comparable(*kinds)
        if operation is None:
            raise Unsupported
        return [operation, *programs], TRUTH

    def _operator(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        programs, kinds = self._all(node["children"], variables, slot)
        kind = node["type"]
        if kind == "OPERATOR_NOT":
            _need(TRUTH, *kinds)
            return ["not", *programs], TRUTH
        if kind in ("OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"):
            return ["absent" if kind == "OPERATOR_IS_NULL" else "present", *programs], TRUTH
        if kind in ("COMPARE_IN", "COMPARE_NOT_IN"):
            _comparable(*kinds)
            if any(program[0] != "constant" or program[1] is None for program in programs[1:]):
                raise Unsupported
            words = [program[1] for program in programs[1:]]
            return ["in" if kind == "COMPARE_IN" else "not in", programs[0], words], TRUTH
        if kind == "OPERATOR_COALESCE":
            return ["coalesce", *programs], _common(kinds)
        if kind == "OPERATOR_TRY":
            return ["try", *programs], kinds[0]
        if kind == "STRUCT_EXTRACT" and programs[1][0] == "constant" and isinstance(programs[1][1], str):
            name, member = _member(kinds[0], programs[1][1])
            return ["member", programs[0], name], member
        raise Unsupported

    def _case(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        branches, kinds = [], []
        for item in node["case_checks"]:
            (when, then), (condition, kind) = self._all([item["when_expr"], item["then_expr"]], variables, slot)
            _need(TRUTH, condition)
            branches.append([when, then])
            kinds.append(kind)
        otherwise: Program = ["constant", None]
        if node.get("else_expr"):
            otherwise, kind = self._translate(node["else_expr"], variables, slot)
            kinds.append(kind)
        return ["case", branches, otherwise], _common(kinds)

    def _cast(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        program, kind = self._translate(node["child"], variables, slot)
        wanted = node["cast_type"]["id"]
        if wanted == "BOOLEAN" and program[0] == "constant" and program[1] in ("t", "f", True, False):
            return ["constant", program[1] in ("t", True)], TRUTH
        if node["try_cast"] and kind == TEXT and wanted in ("INTEGER", "DOUBLE"):
            return ["whole" if wanted == "INTEGER" else "number", program], WHOLE if wanted == "INTEGER" else NUMBER
        if node["try_cast"] and kind == JSON and wanted == "MAP":
            return ["texts", program], MAP
        raise Unsupported

    def _function(self, node: Node, variables: Variables, slot: int) -> tuple[Program, Shape]:
        name, children = node["function_name"].lower(), node["children"]
        if name in macros():
            return self._macro(name, children, variables, slot)
        if name in ("list_apply", "list_transform", "list_filter"):
            return self._walk(name, children, variables, slot)
        programs, kinds = self._all(children, variables, slot)
        if name in _FUNCTIONS and (types := _FUNCTIONS[name]) and len(types[0]) == len(kinds):
            for kind, wanted in zip(kinds, types[0], strict=True):
                _need(wanted, kind)
            return ["call", name, *programs], types[1]
        if name in _PATTERNS:
            return _pattern(name, programs, kinds)
        return _general(name, children, programs, kinds)

    def _walk(self, name: str, children: list[Node], variables: Variables, slot: int) -> tuple[Program, Shape]:
        items, kind = self._translate(children[0], variables, slot)
        function = children[1]
        plain = function.get("class") == "LAMBDA" and "column_names" in function["lhs"]
        if not plain or len(children) != 2 or not isinstance(kind, list):
            raise Unsupported
        variable = function["lhs"]["column_names"][0].lower()
        inner = {**variables, variable: (["slot", slot], kind[0])}
        self._names[slot] = frozenset([variable])
        body, given = self._translate(function["expr"], inner, slot + 1)
        if name == "list_filter":
            _need(TRUTH, given)
            return ["filter", items, slot, body], kind
        return ["each", items, slot, body], [given]

    def _macro(self, name: str, children: list[Node], variables: Variables, slot: int) -> tuple[Program, Shape]:
        programs, kinds = self._all(children, variables, slot)
        if name in _QUANTIFIERS:
            if not isinstance(kinds[0], list):
                raise Unsupported
            _need(TRUTH, kinds[0][0])
            return [name, programs[0]], TRUTH
        parameters = [parameter.lower() for parameter in macros()[name].parameters]
        if len(parameters) != len(children):
            raise Unsupported
        tree = self._syntax.body(name)
        if self._free(programs) & lambda_names(tree):
            raise Unsupported  # a comprehension inside the macro would catch the caller's name
        given, bound = [], {}
        for parameter, program, kind in zip(parameters, programs, kinds, strict=True):
            if program[0] in ("slot", "constant", "column"):
                bound[parameter] = (program, kind)
            else:
                bound[parameter] = (["slot", slot], kind)
                given.append([slot, program])
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
    "OPERATOR": Translator._operator,  # noqa: SLF001
    "CASE": Translator._case,  # noqa: SLF001
    "CAST": Translator._cast,  # noqa: SLF001
    "FUNCTION": Translator._function,  # noqa: SLF001
}


def _pattern(name: str, programs: list[Program], kinds: list[Shape]) -> tuple[Program, Shape]:
    """A pattern and its options are constants, so that they are compiled once; groups by number only."""
    at, result = _PATTERNS[name]
    _need(TEXT, kinds[0])
    pattern, *rest = programs[1:]
    if pattern[0] != "constant" or not isinstance(pattern[1], str) or any(item[0] != "constant" for item in rest):
        raise Unsupported
    words = [item[1] for item in rest]
    options = words[at - 2] if len(words) > at - 2 else ""
    extra = words[: at - 2]
    if not isinstance(options, str) or set(options) - {"i", "g"} or len(words) > at - 1:
        raise Unsupported
    if at == 3 and name != "regexp_replace":
        extra = extra or [0]
    if len(extra) != at - 2 or (name == "regexp_replace" and (not isinstance(extra[0], str) or "\\" in extra[0])):
        raise Unsupported
    if name in ("regexp_extract", "regexp_extract_all") and not isinstance(extra[0], int):
        raise Unsupported
    return [name, programs[0], pattern[1], options, *extra], result


def _general(name: str, children: list[Node], programs: list[Program], kinds: list[Shape]) -> tuple[Program, Shape]:
    """Functions whose types depend on what they are given."""
    first = kinds[0] if kinds else NOTHING
    if name in ("len", "array_length", "length") and len(kinds) == 1 and isinstance(first, list):
        return ["size", *programs], WHOLE
    if name == "cardinality" and first == MAP:
        return ["size", *programs], WHOLE
    if name == "list_value":
        return ["list", *programs], [_common(kinds)]
    if name == "struct_pack":
        names = [child["alias"] for child in children]
        return ["struct", names, *programs], dict(zip(names, kinds, strict=True))
    if name == "list_contains" and isinstance(first, list):
        _comparable(first[0], kinds[1])
        return ["has", *programs], TRUTH
    if name == "list_has_all" and isinstance(first, list) and isinstance(kinds[1], list):
        _comparable(first[0], kinds[1][0])
        return ["has all", *programs], TRUTH
    if name == "map_entries" and first == MAP:
        return ["entries", *programs], [{"key": TEXT, "value": TEXT}]
    if name == "->>" and first == JSON and programs[1][0] == "constant":
        return ["extract", programs[0], json_steps(programs[1][1])], TEXT
    if name == "concat_ws" and all(kind in (TEXT, NOTHING) for kind in kinds):
        return ["joined", *programs], TEXT
    if name == "chr" and programs[0][0] == "constant" and isinstance(programs[0][1], int):
        return ["constant", chr(programs[0][1])], TEXT
    if name in ("+", "*") and kinds == [WHOLE, WHOLE]:
        return ["plus" if name == "+" else "times", *programs], WHOLE
    raise Unsupported


def json_steps(path: Any) -> list[str]:
    """The names of a JSON path without positions and wildcards: `$.a."b.c"`."""
    if not isinstance(path, str) or path[:1] != "$":
        raise Unsupported
    steps, rest = [], path[1:]
    while rest:
        if not rest.startswith("."):
            raise Unsupported
        rest = rest[1:]
        if rest.startswith('"'):
            name, quote, rest = rest[1:].partition('"')
            if not quote:
                raise Unsupported
        else:
            name, dot, rest = rest.partition(".")
            rest = dot + rest
        if not name or set(name) & set('*[]\\"#'):
            raise Unsupported
        steps.append(name)
    return steps


def _member(kind: Shape, name: str) -> tuple[str, Shape]:
    """The member of a struct that SQL means by a name, whatever its case."""
    if not isinstance(kind, dict):
        raise Unsupported
    if name in kind:
        return name, kind[name]
    found = [key for key in kind if key.lower() == name.lower()]
    if len(found) != 1:
        raise Unsupported
    return found[0], kind[found[0]]


def _need(wanted: str, *kinds: Shape) -> None:
    if any(kind not in (wanted, NOTHING) for kind in kinds):
        raise Unsupported


_FAMILIES = {TEXT: TEXT, TRUTH: TRUTH, WHOLE: NUMBER, NUMBER: NUMBER}


def _comparable(*kinds: Shape) -> None:
    """Values that Python compares as DuckDB does, without a cast."""
    families = {_FAMILIES.get(kind) if isinstance(kind, str) else None for kind in kinds if kind != NOTHING}
    if None in families or len(families) > 1:
        raise Unsupported


def _common(kinds: list[Shape]) -> Shape:
    """The one type of several expressions."""
    known = [kind for kind in kinds if kind != NOTHING]
    if not known:
        return NOTHING
    if set(map(str, known)) <= {WHOLE, NUMBER}:
        return NUMBER if NUMBER in known else WHOLE
    known = [kind for kind in known if kind != [NOTHING]] or known[:1]
    first, *rest = known
    if any(kind != first for kind in rest):
        raise Unsupported
    return first


def _size(program: Any) -> int:
    return 1 + sum(_size(item) for item in program) if isinstance(program, list) else 0
