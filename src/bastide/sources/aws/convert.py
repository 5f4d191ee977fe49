"""Values of AWS answers as properties of a CloudFormation type: by name and kind, and by a collector's own lines.

Names match whatever their case (`kmsKeyId`, `KMSKeyID`); values take the kind that the schema says. What does not fit
the kind is `Unresolved`, never bent; text without a character counts as absent outside of tags and maps.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from bastide.resources.model import ABSENT, REDACTED, REDACTED_WRITTEN, Unresolved
from bastide.sources.aws.collectors import Rule
from bastide.sources.aws.expressions import find, json_value, tags_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bastide.resources.schema import PropertyType, TypeSchema
    from bastide.sources.aws.collectors import Properties

MAX_DEPTH = 24
RESERVED = ("context", "parent")
"""Names in an item that are the engine's and no answer's."""
MAX_ITEMS = 100_000
_TRUTH = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


class Lines:
    """The lines of a collector about properties: of a type's own, and below each the lines about its members.

    A dotted key is about a member; its expression is evaluated on the object of the answer that encloses it.
    """

    __slots__ = ("members", "rule")

    def __init__(self) -> None:
        self.rule: Rule | None = None
        self.members: dict[str, Lines] = {}

    @classmethod
    def of(cls, properties: Properties) -> Lines:
        """The lines by path, as a tree."""
        top = cls()
        for path, rule in properties.items():
            at = top
            for name in path.split("."):
                at = at.members.setdefault(name, cls())
            at.rule = Rule(rule) if isinstance(rule, str) else rule
        return top


_NONE = Lines()


def fill(schema: TypeSchema, lines: Lines, answer: Any, *, by_rule: bool) -> dict[str, Any]:
    """The properties that lines, and names of the answer, give; a tree with marks for `settle`."""
    return _members(schema.properties, answer, lines, 0, by_rule=by_rule)


def inside(properties: Properties) -> dict[str, Rule]:
    """The lines about members of properties that the same lines do not fill: about what stands there already."""
    return {
        path: Rule(rule) if isinstance(rule, str) else rule
        for path, rule in properties.items()
        if "." in path and not any(path.startswith(f"{name}.") for name in properties)
    }


def member(schema: TypeSchema, path: str, rule: Rule, answer: Any) -> Any:
    """What one line gives for the member at a path, of the schema's kind; the whole answer is what it sees."""
    kind = schema.property(path)
    return ABSENT if kind is None else convert(_by_line(rule, answer), kind, depth=path.count(".") + 1)


def _members(
    members: Mapping[str, PropertyType], answer: Any, lines: Lines, depth: int, *, by_rule: bool = True
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    names = _names(answer) if by_rule and isinstance(answer, dict) else {}
    if not depth:
        names = {name: key for name, key in names.items() if key not in RESERVED}
    for name, kind in members.items():
        own = lines.members.get(name)
        if own is not None and own.rule is not None:
            value = _by_line(own.rule, answer)
        elif (key := names.get(name.lower())) is not None:
            value = answer[key]
        else:
            continue
        made = convert(value, kind, own or _NONE, depth + 1)
        if made is not ABSENT:
            found[name] = made
    return found


def _names(answer: dict[Any, Any]) -> dict[str, Any]:
    """The answer's own names by their lower case; an exact one is not needed: two never differ by case alone."""
    return {key.lower(): key for key in answer if isinstance(key, str)}


def _by_line(rule: Rule, answer: Any) -> Any:
    value = find(rule.source, answer)
    if rule.values:
        value = [_word(item, rule.values) for item in value] if isinstance(value, list) else _word(value, rule.values)
    if rule.capitals:
        value = _capitals(value, 0)
    return rule.default if value is None else value


def _word(value: Any, values: dict[str, Any]) -> Any:
    if isinstance(value, bool):
        value = str(value).lower()
    key = "" if value is None else str(value)
    return values.get(key, values.get("*", value) if value is not None else None)


def _capitals(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, dict):
        return {f"{key[:1].upper()}{key[1:]}": _capitals(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_capitals(item, depth + 1) for item in value]
    return value


def convert(value: Any, kind: PropertyType, lines: Lines = _NONE, depth: int = 0) -> Any:
    """A value of an answer as the schema's kind: plain, ABSENT, or `Unresolved` when it does not fit."""
    if value is None:
        return ABSENT
    if depth > MAX_DEPTH:
        return Unresolved("", "nested too deeply in the answer")
    if kind.kind in ("list", "map", "object"):
        return {"list": _list, "map": _map, "object": _object}[kind.kind](value, kind, lines, depth)
    return _json(value) if kind.kind == "json" else _scalar(value, kind.kind)


def _list(value: Any, kind: PropertyType, lines: Lines, depth: int) -> Any:
    assert kind.item is not None
    if isinstance(value, dict):
        if "Quantity" in value or set(value) == {"Items"}:  # how CloudFront wraps a list
            value = value.get("Items") or []
        elif pairs := _pair_names(kind.item):
            value = [dict(zip(pairs, item, strict=True)) for item in value.items()]
        else:
            value = [value]
    elif not isinstance(value, list):
        value = [value]
    if len(value) > MAX_ITEMS:
        return Unresolved("", f"more than {MAX_ITEMS} elements in the answer")
    if (pairs := _pair_names(kind.item)) and (mapped := tags_map(value)) is not None:
        value = [dict(zip(pairs, item, strict=True)) for item in mapped.items()]
        return [{key: _text(item) for key, item in pair.items()} for pair in value]
    return _present(convert(item, kind.item, lines, depth + 1) for item in value)


def _present(items: Iterable[Any]) -> list[Any]:
    return [item for item in items if item is not ABSENT]


@cache
def _pair_names(kind: PropertyType) -> tuple[str, str] | None:
    """The two members of an object that is one tag or one entry of a map; None if it is no such."""
    members = kind.members
    if len(members) == 2 and "Value" in members:
        return next(((name, "Value") for name in ("Key", "Name") if name in members), None)
    return None


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value if value is not None else "")


def _map(value: Any, kind: PropertyType, _: Lines, depth: int) -> Any:
    assert kind.item is not None
    mapped = tags_map(value)
    if mapped is None:
        return _misfit(value, "a map")
    if kind.item.kind == "string":
        return {str(key): item if isinstance(item, str) else _text(item) for key, item in mapped.items()}
    made = {str(key): convert(item, kind.item, _NONE, depth + 1) for key, item in mapped.items()}
    return {key: item for key, item in made.items() if item is not ABSENT}


def _object(value: Any, kind: PropertyType, lines: Lines, depth: int) -> Any:
    if value == "":
        return ABSENT
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = json_value(value)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        return _misfit(value, "an object")
    return _members(kind.members, value, lines, depth)


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        mapped = tags_map(value) if isinstance(value, list) and value and _is_tags(value) else None
        return value if mapped is None else mapped
    if value == "":
        return ABSENT
    found = json_value(value)
    return value if found is None else found


def _is_tags(value: list[Any]) -> bool:
    return all(
        isinstance(item, dict) and len(item) == 2 and {str(key).lower() for key in item} in _PAIRS for item in value
    )


_PAIRS = ({"key", "value"}, {"tagkey", "tagvalue"})


def _scalar(value: Any, kind: str) -> Any:
    if isinstance(value, (dict, list)):
        return _misfit(value, f"a {kind}")
    if value == "":
        return ABSENT
    if kind == "string":
        return value if isinstance(value, str) else _text(value)
    if value in (REDACTED, REDACTED_WRITTEN) and isinstance(value, str):
        return value
    if kind == "boolean":
        truth = value if isinstance(value, bool) else _TRUTH.get(str(value).lower())
        return _misfit(value, "true or false") if truth is None else truth
    return _number(value, whole=kind == "integer")


def _number(value: Any, *, whole: bool) -> Any:
    if isinstance(value, bool):
        return _misfit(value, "a number")
    try:
        number = float(value)
        if whole or number.is_integer():
            number = int(value) if isinstance(value, (int, str)) and str(value).lstrip("-").isdigit() else int(number)
    except (ValueError, OverflowError):
        return _misfit(value, "a number")
    return number


def _misfit(value: Any, wanted: str) -> Unresolved:
    return Unresolved("", f"the answer has {type(value).__name__} where {wanted} is expected")
