"""The functions and operators of SQL that a program may use: which types they take, and which they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bastide.controls.compiled import Program
    from bastide.controls.shape import Shape

TEXT, TRUTH, WHOLE, NUMBER, JSON, NOTHING = "VARCHAR", "BOOLEAN", "BIGINT", "DOUBLE", "JSON", "NULL"
MAP = "MAP(VARCHAR, VARCHAR)"
"""The types of columns, and that of NULL."""

TYPED: dict[str, tuple[tuple[str, ...], str]] = {
    "lower": ((TEXT,), TEXT),
    "upper": ((TEXT,), TEXT),
    "length": ((TEXT,), WHOLE),
    "ltrim": ((TEXT,), TEXT),
    "rtrim": ((TEXT,), TEXT),
    "trim": ((TEXT,), TEXT),
    "contains": ((TEXT, TEXT), TRUTH),
    "starts_with": ((TEXT, TEXT), TRUTH),
    "ends_with": ((TEXT, TEXT), TRUTH),
    "prefix": ((TEXT, TEXT), TRUTH),
    "suffix": ((TEXT, TEXT), TRUTH),
    "replace": ((TEXT, TEXT, TEXT), TEXT),
    "split_part": ((TEXT, TEXT, WHOLE), TEXT),
    "~~~": ((TEXT, TEXT), TRUTH),
    "||": ((TEXT, TEXT), TEXT),
    "days_since": ((TEXT,), WHOLE),
    "from_base64": ((TEXT,), "BLOB"),
    "decode": (("BLOB",), TEXT),
}
"""Functions of known types, by what they take and give; NULL for any argument that is NULL."""

PATTERNS: dict[str, tuple[int, Shape]] = {
    "regexp_matches": (2, TRUTH),
    "regexp_full_match": (2, TRUTH),
    "regexp_extract": (3, TEXT),
    "regexp_extract_all": (3, [TEXT]),
    "regexp_replace": (3, TEXT),
}
"""Functions with a pattern, by where their options stand, and what they give."""


class Unsupported(Exception):  # noqa: N818 (no error: the way to DuckDB)
    """The expression means something that only DuckDB is to say."""


def pattern_call(name: str, programs: list[Program], kinds: list[Shape]) -> tuple[Program, Shape]:
    """A pattern and its options are constants, so that they are compiled once; groups by number only."""
    at, result = PATTERNS[name]
    need(TEXT, kinds[0])
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


def _size(programs: list[Program], kinds: list[Shape]) -> tuple[Program, Shape]:
    if len(kinds) != 1 or not (isinstance(kinds[0], list) or kinds[0] == MAP):
        raise Unsupported
    return ["size", *programs], WHOLE


def _list(programs: list[Program], kinds: list[Shape]) -> tuple[Program, Shape]:
    return ["list", *programs], [common(kinds)]


def _field(programs: list[Program], kinds: list[Shape]) -> tuple[Program, Shape]:
    if programs[1][0] != "constant" or not isinstance(programs[1][1], str):
        raise Unsupported
    member, kind = member_of(kinds[0], programs[1][1])
    return ["member", programs[0], member], kind


def _has(programs: list[Program], kinds: list[Shape]) -> tuple[Program, Shape]:
    items, wanted = kinds
    if not isinstance(items, list):
        raise Unsupported
    comparable(items[0], wanted)
    return ["has", *programs], TRUTH


def _has_all(programs: list[Program], kinds: list[Shape]) -> tuple[Program, Shape]:
    items, wanted = kinds
    if not isinstance(items, list) or not isinstance(wanted, list):
        raise Unsupported
    comparable(items[0], wanted[0])
    return ["has all", *programs], TRUTH


def _entries(programs: list[Program], kinds: list[Shape]) -> tuple[Program, Shape]:
    if kinds[0] != MAP:
        raise Unsupported
    return ["entries", *programs], [{"key": TEXT, "value": TEXT}]


def _extract(programs: list[Program], kinds: list[Shape]) -> tuple[Program, Shape]:
    if kinds[0] != JSON or programs[1][0] != "constant":
        raise Unsupported
    return ["extract", programs[0], json_steps(programs[1][1])], TEXT


def _joined(programs: list[Program], kinds: list[Shape]) -> tuple[Program, Shape]:
    need(TEXT, *kinds)
    return ["joined", *programs], TEXT


def _letter(programs: list[Program], _: list[Shape]) -> tuple[Program, Shape]:
    if programs[0][0] != "constant" or not isinstance(programs[0][1], int):
        raise Unsupported
    return ["constant", chr(programs[0][1])], TEXT


def _sum(programs: list[Program], kinds: list[Shape]) -> tuple[Program, Shape]:
    if kinds != [WHOLE, WHOLE]:
        raise Unsupported
    return ["plus", *programs], WHOLE


def _product(programs: list[Program], kinds: list[Shape]) -> tuple[Program, Shape]:
    return ["times", *_sum(programs, kinds)[0][1:]], WHOLE


GENERAL = {
    "len": _size,
    "array_length": _size,
    "length": _size,
    "cardinality": _size,
    "list_value": _list,
    "struct_extract": _field,
    "list_contains": _has,
    "list_has_all": _has_all,
    "map_entries": _entries,
    "->>": _extract,
    "concat_ws": _joined,
    "chr": _letter,
    "+": _sum,
    "*": _product,
}
"""Functions whose types depend on what they are given."""


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


def member_of(kind: Shape, name: str) -> tuple[str, Shape]:
    """The member of a struct that SQL means by a name, whatever its case."""
    if not isinstance(kind, dict):
        raise Unsupported
    if name in kind:
        return name, kind[name]
    found = [key for key in kind if key.lower() == name.lower()]
    if len(found) != 1:
        raise Unsupported
    return found[0], kind[found[0]]


def need(wanted: str, *kinds: Shape) -> None:
    """Raises `Unsupported` unless all are of that type or NULL."""
    if any(kind not in (wanted, NOTHING) for kind in kinds):
        raise Unsupported


_FAMILIES = {TEXT: TEXT, TRUTH: TRUTH, WHOLE: NUMBER, NUMBER: NUMBER}


def comparable(*kinds: Shape) -> None:
    """Values that Python compares as DuckDB does, without a cast."""
    families = {_FAMILIES.get(kind) if isinstance(kind, str) else None for kind in kinds if kind != NOTHING}
    if None in families or len(families) > 1:
        raise Unsupported


def common(kinds: list[Shape]) -> Shape:
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
