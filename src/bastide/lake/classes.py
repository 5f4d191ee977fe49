"""The lake's tables: one for each class of OCSF, with the same columns in every lake (`library/ocsf/classes.yaml`).

The version of OCSF is 1.5.0. A table's columns are those of all events, then its own, then `unmapped` and `raw_data`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.cache import compiled
from bastide.errors import UsageError
from bastide.library import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

OTHER, UNKNOWN = 99, 0
"""`activity_id` of an activity that the class has no id for, and of one that is not known."""

SEVERITIES = {
    0: "Unknown",
    1: "Informational",
    2: "Low",
    3: "Medium",
    4: "High",
    5: "Critical",
    6: "Fatal",
    99: "Other",
}
STATUSES = {0: "Unknown", 1: "Success", 2: "Failure", 99: "Other"}

_SQL = {
    "text": "VARCHAR",
    "integer": "INTEGER",
    "long": "BIGINT",
    "number": "DOUBLE",
    "flag": "BOOLEAN",
    "moment": "TIMESTAMP",
}

Kind = str | dict[str, Any] | list[Any]
"""`text` and the like, an object as its fields' kinds, or a list with the kind of its items as the only element."""


class Table(Struct, frozen=True):
    """One class of OCSF as a table; `columns` in their order, with their kinds."""

    name: str
    uid: int
    title: str
    category_uid: int
    category: str
    activities: dict[int, str]
    columns: dict[str, Kind]

    def type_uid(self, activity_id: int) -> int:
        """OCSF's id of class and activity together."""
        return self.uid * 100 + activity_id

    def sql_types(self) -> dict[str, str]:
        """Each column's type as DuckDB writes it: `STRUCT("uid" VARCHAR, …)[]`."""
        return {name: sql_type(kind) for name, kind in self.columns.items()}

    def leaves(self) -> list[str]:
        """Every field that has no fields of its own, `actor.user.name`; a list is marked `resources[].uid`."""
        return [leaf for name, kind in self.columns.items() for leaf in _leaves(name, kind)]

    def kind(self, path: str) -> Kind | None:
        """The kind of `actor.user.name` or `resources[].uid`, None when the table has no such field."""
        found: Any = self.columns
        for part in path.split("."):
            name = part.removesuffix("[]")
            found = found.get(name) if isinstance(found, dict) else None
            if part.endswith("[]"):
                found = found[0] if isinstance(found, list) else None
        return found  # type: ignore[no-any-return]

    def arrow(self) -> pa.Schema:
        """The columns as an Arrow schema; its file's columns are exactly these."""
        return _arrow(self.name)


@cache
def tables() -> dict[str, Table]:
    """All tables by name, `api_activity` and the others."""
    document = _document()
    return {name: _table(name, entry, document) for name, entry in document["classes"].items()}


def table(name: str) -> Table:
    """The table of this name; `UsageError` for one that there is not."""
    if found := tables().get(name):
        return found
    raise UsageError(f"the lake has no table `{name[:80]}`", remedy=f"tables are {', '.join(tables())}")


@cache
def ocsf_version() -> str:
    """The version of OCSF that events are written in."""
    return str(_document()["version"])


def sql_type(kind: Kind) -> str:
    """A kind as DuckDB's type."""
    if isinstance(kind, list):
        return f"{sql_type(kind[0])}[]"
    if isinstance(kind, dict):
        fields = [f'"{name}" {sql_type(inner)}' for name, inner in kind.items()]
        return f"STRUCT({', '.join(fields)})"
    return _SQL[kind]


@cache
def _document() -> Any:
    path = FOLDER / "ocsf" / "classes.yaml"
    return compiled("ocsf-classes", [path], lambda: _read(path))


def _read(path: Path) -> Any:
    from bastide.yamltext import read_yaml  # only when the cache is cold

    return read_yaml(path.read_text("utf-8"), path.name)[0]


def _table(name: str, entry: dict[str, Any], document: dict[str, Any]) -> Table:
    ((category_uid, category),) = entry["category"].items()
    columns = {**document["columns"], **entry["columns"], **document["last"]}
    return Table(
        name=name,
        uid=entry["uid"],
        title=entry["name"],
        category_uid=int(category_uid),
        category=category,
        activities={
            UNKNOWN: "Unknown", **{int(key): text for key, text in entry["activities"].items()}, OTHER: "Other"
        },
        columns={column: _kind(word, document["objects"]) for column, word in columns.items()},
    )  # fmt: skip


def _kind(word: str, objects: dict[str, dict[str, str]]) -> Kind:
    if word.startswith("["):
        return [_kind(word[1:-1], objects)]
    if word in _SQL:
        return word
    return {name: _kind(inner, objects) for name, inner in objects[word].items()}


def _leaves(path: str, kind: Kind) -> list[str]:
    if isinstance(kind, list):
        return _leaves(f"{path}[]", kind[0])
    if isinstance(kind, dict):
        return [leaf for name, inner in kind.items() for leaf in _leaves(f"{path}.{name}", inner)]
    return [path]


@cache
def _arrow(name: str) -> pa.Schema:
    import pyarrow as pa

    plain = {
        "text": pa.string(),
        "integer": pa.int32(),
        "long": pa.int64(),
        "number": pa.float64(),
        "flag": pa.bool_(),
        "moment": pa.timestamp("us"),
    }

    def of(kind: Kind) -> pa.DataType:
        if isinstance(kind, list):
            return pa.list_(of(kind[0]))
        if isinstance(kind, dict):
            return pa.struct([pa.field(inner, of(what)) for inner, what in kind.items()])
        return plain[kind]

    return pa.schema([pa.field(column, of(kind)) for column, kind in table(name).columns.items()])
