"""What a rule's field is in a table of the lake, as SQL, in which a column or a part of one is named by its whole path.

A field has one value or, where it lies below a list or in JSON, any number of values; then one that fits is enough.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from bastide.detect import names
from bastide.detect.sql import literal
from bastide.detect.sql import name as quoted
from bastide.detect.walk import way_of
from bastide.errors import near_miss
from bastide.lake.classes import table as lake_table

if TYPE_CHECKING:
    from bastide.detect.sources import Source
    from bastide.lake.classes import Kind

OPERATION = "api.operation"
_JSON = ("data", "unmapped", "raw_data")
"""Columns whose text is JSON."""
_PLAIN = re.compile("[a-z0-9_.~-]+")
"""Keys that JSON and URLs write as they are, but for JSON's escapes by number."""
_PLAIN_TYPES = "('VARCHAR', 'BIGINT', 'UBIGINT', 'DOUBLE', 'BOOLEAN')"


class Unsupported(Exception):  # noqa: N818  it is caught and told with the rule's name
    """What a rule asks for and cannot have; the text says what and, where it is known, what to write instead."""


class Field(Struct, frozen=True):
    """`sql` is a VARCHAR, or a list of them when there may be `many`; `number` is the same as a number, if it is one.

    `reads` are the columns that are read, or the parts of them by path; `path` is the field's where a column has it.
    `counted` is the value by which correlations group and count, where it is not all that conditions look at.
    `words` are what the log calls some values, and what the column does. Of a `blank` one an
    empty text is NULL.
    """

    sql: str
    many: bool = False
    number: str = ""
    reads: frozenset[str] = frozenset()
    path: str = ""
    counted: str = ""
    words: tuple[tuple[str, str], ...] = ()
    blank: bool = False

    @property
    def kept(self) -> tuple[str, bool]:
        """The value by which correlations group and count, or a list of them and true."""
        return self.counted or self.sql, self.many and not self.counted


def is_json(path: str) -> bool:
    """Whether the column at this path is text that is JSON."""
    return path.rpartition(".")[2] in _JSON


def field_of(name: str, source: Source, table: str) -> Field:
    """The field of this name; `Unsupported` for one that no event of the source has."""
    if "[" in name or "]" in name:
        raise Unsupported(f"the field `{name}` names an element of a list; leave the index out, any element counts")
    if source.is_cloudtrail:
        name = names.cloudtrail_name(name)
        found = _followed(name) or _named(name, source, table) or _column(table, "", name)
        return found or _of_record(name)
    first = name.split(".", maxsplit=1)[0]
    if first in source.native:
        return _json("raw_data", name)
    if several := source.lists.get(name.lower()):
        words = source.words.get(name.lower(), ())
        return Field(several[0], many=True, reads=frozenset(several[2]), counted=several[1], words=words)
    if found := _named(name, source, table) or _column(table, "", name):
        return structs.replace(found, words=source.words.get(name.lower(), ()), blank=source.blank)
    if source.json and (not source.record or first.lower() in source.record):
        return _json("raw_data", name)
    hint = near_miss(name.lower(), [*source.names, *source.lists, *source.record])
    raise Unsupported(f"no event of {source.name} has a field `{name}`. {hint}".strip())


def _followed(name: str) -> Field | None:
    """A field of CloudTrail that follows from columns, or whose whole JSON a column is."""
    lowered = name.lower()
    if lowered in names.COMPUTED:
        sql, reads = names.COMPUTED[lowered]
        return Field(sql, reads=frozenset(reads))
    if lowered in names.JSON_COLUMNS:
        path = names.JSON_COLUMNS[lowered]
        return Field(f"jx_whole({quoted(path)})", many=True, reads=frozenset([path]))
    return None


def _named(name: str, source: Source, table: str) -> Field | None:
    """What the source's own names say, for the whole name or for its beginning with a path below."""
    for end in _ends(name):
        path = _known(source, name[:end].lower())
        if path and (found := _column(table, path, name[end + 1 :])):
            return found
    return None


def _known(source: Source, name: str) -> str:
    if source.is_cloudtrail:
        return names.CLOUDTRAIL.get(name) or names.JSON_COLUMNS.get(name) or ""
    return source.names.get(name, "")


def _ends(name: str) -> list[int]:
    """Where the beginnings of a dotted name end, the whole name first."""
    return [len(name), *(at for at in range(len(name) - 1, 0, -1) if name[at] == ".")]


def _of_record(name: str) -> Field:
    first = name.split(".", maxsplit=1)[0].lower()
    if first not in names.RECORD:
        known = [*names.RECORD]
        raise Unsupported(f"CloudTrail's events have no field `{name}`. {near_miss(first, known)}".strip())
    return _json("unmapped" if first in names.UNMAPPED else "raw_data", name)


def _column(table: str, path: str, rest: str) -> Field | None:
    """The field at a path of the table's columns, and a path in JSON or in lists below it; None when there is none."""
    parts = [*path.replace("[]", "").split("."), *rest.split(".")]
    parts = [part for part in parts if part]
    kinds = lake_table(table).columns
    column = next((one for one in kinds if one.lower() == parts[0].lower()), "") if parts else ""
    if not column:
        return None
    return _walk("", kinds[column], parts[1:], column)


def _walk(inside: str, kind: Kind, parts: list[str], path: str) -> Field | None:
    """What a path leads to; `inside` is the SQL of an element of a list, empty outside of one."""
    sql = inside or quoted(path)
    if isinstance(kind, list):
        inner = _walk("x", kind[0], parts, path)
        if inner is None:
            return None
        mapped = f"[{inner.sql} for x in {sql}]" if inner.sql != "x" else sql
        texts = f"flatten({mapped})" if inner.many else f"[y for y in {mapped} if y is not null]"
        return Field(texts, many=True, reads=frozenset([path]))
    if isinstance(kind, dict):
        if not parts:
            return Field(f"to_json({sql})::varchar", reads=frozenset([path]))
        key = next((one for one in kind if one.lower() == parts[0].lower()), "")
        below = f"{inside}.{quoted(key)}" if inside else ""
        return _walk(below, kind[key], parts[1:], f"{path}.{key}") if key else None
    if parts:
        return _json_at(sql, parts, path) if kind == "text" and is_json(path) else None
    return _leaf(sql, kind, path)


def _leaf(sql: str, kind: Any, path: str) -> Field:
    reads = frozenset([path])
    if kind == "text":
        return Field(sql, reads=reads, path=path)
    if kind in ("integer", "long", "number"):
        return Field(f"({sql})::varchar", number=sql, reads=reads, path=path)
    return Field(f"({sql})::varchar", reads=reads, path=path)


def _json(column: str, name: str) -> Field:
    return _json_at(quoted(column), name.split("."), column)


def _json_at(sql: str, parts: list[str], path: str) -> Field:
    """The texts at a path in JSON.

    Walking costs, so that two cases are told apart before: the last key is nowhere in the text, or it is there once and
    the path as the rule writes it leads to a plain value. Escapes by number could write any key.
    """
    way = way_of(parts)
    walked = f"jx({sql}, {literal(way)})"
    last = way.rpartition(".")[2]
    if _PLAIN.fullmatch(last):
        low, exact = f"lower({sql})", literal("".join(f"/{_pointer(part)}" for part in parts))
        once = f"len(string_split({low}, {literal(json.dumps(last))})) = 2"
        hidden = " or ".join(f"contains({low}, {literal(text)})" for text in (f'{last}\\"', f"%22{last}"))
        walked = (
            f"case when contains({sql}, '\\u') then {walked} when not contains({low}, {literal(last)}) then null "
            f"when {once} and not ({hidden}) and try(json_type({sql}, {exact})) in {_PLAIN_TYPES} "
            f"then [json_extract_string({sql}, {exact})] else {walked} end"
        )
    return Field(walked, many=True, reads=frozenset([path]))


def _pointer(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
