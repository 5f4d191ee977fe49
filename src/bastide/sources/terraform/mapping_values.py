"""A provider's value as a property of the schema's type. Marks pass through: they stand for a value of any type."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from bastide.resources.model import ABSENT, Absent, Reference, Sensitive, Unresolved
from bastide.sources.terraform.mapping import plain_key
from bastide.sources.terraform.mapping_policy import NO_JSON
from bastide.sources.terraform.render import hidden

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.schema import PropertyType
    from bastide.sources.terraform.mapping_policy import Documents

MARKS = (Unresolved, Reference, Sensitive, Absent)
TRUTHS = {"true": True, "false": False, "1": True, "0": False, 1: True, 0: False}


class Context:
    """What a conversion knows beside the attributes: `own` is the resource itself, for rules that name it.

    `documents` renders policy documents, `root` is the resource's property tree, `spread` says into how many
    elements each block of a list was taken apart, by attribute path.
    """

    __slots__ = ("documents", "own", "root", "spread")

    def __init__(self, own: Any, documents: Documents, root: dict[str, Any]) -> None:
        self.own = own
        self.documents = documents
        self.root = root
        self.spread: dict[str, list[int]] = {}


if TYPE_CHECKING:
    Convert = Callable[[Any, Context], Any]


def string(value: Any, context: Context) -> Any:
    """Text. The empty string is how the provider writes "not set"."""
    kind = type(value)
    if kind is str:
        return value or ABSENT
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if kind is float:
        return str(int(value)) if value.is_integer() else repr(value)
    if kind is dict:
        return written(value)
    return single(value, string, context) if kind is list else value


def written(document: dict[str, Any]) -> Any:
    """The text of a JSON document that is known in part: `${…}` stands in it for what is not."""
    targets: list[tuple[str, str]] = []
    marked = False

    def mark(value: Any) -> str:
        nonlocal marked
        marked = True
        if isinstance(value, Reference):
            targets.extend(value.targets)
            return value.text
        return f"${{{value.expression}}}" if isinstance(value, Unresolved) else hidden(value)

    text = json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=False, default=mark)
    return Reference(text, tuple(dict.fromkeys(targets))) if marked else text


def boolean(value: Any, context: Context) -> Any:
    """A truth value, also from its words; what is neither stays as it is."""
    if type(value) is bool:
        return value
    if isinstance(value, str):
        return TRUTHS.get(value.strip().lower(), value) if value else ABSENT
    if isinstance(value, (int, float)):
        return TRUTHS.get(value, value)
    return single(value, boolean, context) if isinstance(value, list) else value


def number(value: Any, context: Context) -> Any:
    """A number, whole where it can be, also from its digits; what is none stays as it is."""
    if type(value) is int:
        return value
    if isinstance(value, str):
        return parsed_number(value) if value else ABSENT
    if isinstance(value, float):
        return parsed_number(repr(value))
    return single(value, number, context) if isinstance(value, list) else value


def parsed_number(text: str) -> Any:
    """The number that `text` writes, else the text."""
    if len(text) > 40:
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    return int(value) if value.is_integer() else value


def single(items: list[Any], convert: Convert, context: Context) -> Any:
    """The one item of a list where the schema wants none; more than one stays a list."""
    if len(items) == 1 and type(items[0]) is not list:
        return convert(items[0], context)
    return items or ABSENT


def free(value: Any, context: Context) -> Any:
    """Anything: a JSON document given as text becomes what it says, an empty block an empty object.

    Other text stays: it may be YAML, which can begin like JSON.
    """
    if type(value) is str:
        head = value.lstrip()[:1]
        found = (context.documents.parse(value) if head in ("{", "[") else value) if head else ABSENT
        return value if found is NO_JSON else found
    if type(value) is Reference:
        found = context.documents.follow(value)
        return value if found is NO_JSON else found
    return {} if value == [{}] else value


def document(value: Any, context: Context) -> Any:
    """A JSON document: text that is none is not known, a list of one block is the block."""
    if type(value) is str:
        return context.documents.parse(value) if value.strip() else ABSENT
    if type(value) is Reference:
        return context.documents.follow(value)
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    return value


SCALARS: dict[str, Convert] = {
    "string": string,
    "boolean": boolean,
    "integer": number,
    "number": number,
    "json": free,
}


def mapping_of(item: Convert, key: str = "") -> Convert:
    """Into a map: from a map, a list of one, or blocks: of a name and a value, or each under its `key`."""

    def convert(value: Any, context: Context) -> Any:
        if isinstance(value, list):
            value = by_key(value, key) if key else by_name(value)
        if isinstance(value, dict):
            return {str(name): item(one, context) for name, one in value.items() if one is not None}
        return value

    return convert


def by_key(blocks: list[Any], key: str) -> Any:
    """The blocks by what their attribute `key` says; not known if one of them does not say it.

    With a key like `name=value`, only what their attribute `value` says.
    """
    name_at, _, value_at = key.partition("=")
    found: dict[str, Any] = {}
    for block in blocks:
        if isinstance(block, Unresolved):
            return block
        name = block.get(name_at) if isinstance(block, dict) else None
        if not isinstance(name, str):
            return Unresolved("", f"a block whose {name_at} is not known")
        others = {other: value for other, value in block.items() if other != name_at}
        found[name] = block.get(value_at) if value_at else others
    return found


def by_name(blocks: list[Any]) -> Any:
    """Blocks of a name and a value as a map; a list of one as that one."""
    named = {
        str(block.get("name", block.get("key", block.get("parameter_name")))): block["value"]
        for block in blocks
        if isinstance(block, dict) and "value" in block
    }
    if blocks and len(named) == len(blocks):
        return named
    if len(blocks) == 1:
        return blocks[0]
    return blocks or ABSENT


def list_of(item: Convert) -> Convert:
    """Into a list: item by item, or one value as a list of one."""

    def convert(value: Any, context: Context) -> Any:
        if isinstance(value, list):
            if len(value) == 1 and isinstance(value[0], dict) and isinstance(value[0].get("items"), list):
                value = value[0]["items"]  # a block around nothing but its items
            return [item(one, context) for one in value if one is not None]
        if isinstance(value, (Unresolved, Reference, Sensitive)):
            return value
        one = item(value, context)
        return one if one is ABSENT else [one]

    return convert


def row_of(value: Any, context: Context) -> Any:
    """One row of a list of lists: a block around nothing but its blocks is the list of these, spelled as AWS does."""
    blocks = next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(blocks, list):
        return free(value, context)
    return [
        {name.title().replace("_", ""): one for name, one in block.items() if one not in (None, "")}
        if isinstance(block, dict)
        else block
        for block in blocks
    ]


def translated(table: dict[str, Any], inner: Convert) -> Convert:
    """The words of the provider into the words of AWS before anything else; `*` is every other word."""

    def one(value: Any) -> Any:
        if isinstance(value, (dict, list, *MARKS)):
            return value
        found = table.get(plain_key(value), table.get("*", value))
        return ABSENT if found is None else found

    def convert(value: Any, context: Context) -> Any:
        found = [one(item) for item in value] if isinstance(value, list) else one(value)
        return found if found is ABSENT else inner(found, context)

    return convert


def inverted(inner: Convert) -> Convert:
    """The opposite truth value."""

    def convert(value: Any, context: Context) -> Any:
        truth = boolean(value, context)
        return inner(not truth if isinstance(truth, bool) else truth, context)

    return convert


def switched(name: str, inner: Convert) -> Convert:
    """Nothing for a block that its own attribute `name` turns off; not known where that is not."""

    def convert(value: Any, context: Context) -> Any:
        block = value[0] if isinstance(value, list) and len(value) == 1 else value
        if isinstance(block, dict):
            on = boolean(block.get(name), context)
            if isinstance(on, Unresolved):
                return on
            if on is False:
                return ABSENT
        return inner(value, context)

    return convert


def is_pairs(kind: PropertyType) -> tuple[str, str] | None:
    """The two members of an object that stands for one entry of a map (`Key`, `Value`), None if it is no such."""
    members = kind.members
    for name in ("Key", "Name"):
        if name in members and "Value" in members:
            return name, "Value"
    return None
