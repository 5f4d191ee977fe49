"""What a kind of log is, as data: how it is recognised and read, and how its fields become OCSF's.

One file of `library/sources` each; the language is told in `docs/lake.md`. Expressions are SQL over the fields that
the file declares, and are compiled to one query for all tables that the source gives (`sql`).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from bastide.cache import compiled
from bastide.errors import UsageError, near_miss
from bastide.lake.classes import table, tables
from bastide.library import FOLDER

if TYPE_CHECKING:
    from collections.abc import Container

    from bastide.lake.classes import Kind, Table

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class Recognise(Struct, frozen=True, forbid_unknown_fields=True):
    """How a source is known: by a file's path, by fields that an event has all of, by the first line of a text.

    `others` are more such sets of fields, for events of another form.
    """

    path: str = ""
    fields: tuple[str, ...] = ()
    others: tuple[tuple[str, ...], ...] = ()
    where: dict[str, str] = {}
    line: str = ""

    def fitting(self, names: Container[str]) -> int:
        """How many fields make an event with these names (in lower case) one of this source; 0 when it is none."""
        sets = [one for one in (self.fields, *self.others) if one and all(field.lower() in names for field in one)]
        return max(map(len, sets), default=0)


class Refuse(Struct, frozen=True, forbid_unknown_fields=True):
    """Events that go to the quarantine, and why."""

    when: str
    reason: str


class Apart(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines that come with a log and are no events of it: they are counted under the title and not kept."""

    line: str
    title: str


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """The events of a source that go to one table. Without `when` it takes what the tables before it left."""

    activity: str
    when: str = ""
    activity_name: str = ""
    columns: dict[str, str] = {}
    unmapped: tuple[str, ...] = ()


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of log. `time` is in milliseconds; `fields` is the shape that is read of each event."""

    id: str
    title: str
    product: dict[str, str]
    reader: Literal["json", "text", "ocsf"]
    recognise: Recognise
    tables: dict[str, Part]
    time: str
    fields: dict[str, Any] = {}
    columns: dict[str, str] = {}
    unmapped: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    place: str = ""
    uid: str = ""
    account: str = ""
    region: str = ""
    shared: bool = False
    """Whether files have events of other accounts than the one in whose folder they lie; else such are refused."""
    odd: str = ""
    """True for an event that lacks what every one has: maybe only names are in another case."""
    refuse: tuple[Refuse, ...] = ()
    apart: Apart | None = None
    separator: str = " "
    header: str = ""
    default: tuple[str, ...] = ()
    quoted: bool = False
    nothing: tuple[str, ...] = ("-",)

    def place_of(self, path: str) -> tuple[str | None, str | None]:
        """Account and region that the path of a file tells, where it does."""
        found = _compiled(self.place).search(path) if self.place else None
        named = found.groupdict() if found else {}
        return named.get("account"), named.get("region")


_more: list[str] = []
"""Folders with sources of one's own."""


def use(folder: str) -> None:
    """Know the sources of a folder, too, in this process; `UsageError` when there is none or one does not cohere."""
    if folder and folder not in _more:
        if not any(Path(folder).glob("*.yaml")):
            raise UsageError("there is no source in this folder", place=folder, remedy="a source is a .yaml file")
        _more.append(folder)
        sources.cache_clear()
        sources()


@cache
def sources() -> dict[str, Source]:
    """All sources by id: one's own, those of the library, and events that are OCSF already, one for each class."""
    own = [load(path) for folder in _more for path in sorted(Path(folder).glob("*.yaml"))]
    found: dict[str, Source] = {}
    for one in [*own, *_of_library(), *map(_ocsf, tables().values())]:
        if one.id in found:
            raise UsageError(f"two sources are called `{one.id}`", remedy="give yours another id")
        found[one.id] = one
    return found


def _of_library() -> list[Source]:
    """Those of the library, from the cache."""
    files = sorted((FOLDER / "sources").glob("*.yaml"))
    made: list[Source] = compiled(
        "log-sources", [*files, Path(__file__)], lambda: [load(file) for file in files], kind=list[Source]
    )
    return made


def _ocsf(one: Table) -> Source:
    """Events of a class as they are: every column is the field of its name, `raw_data` the event itself."""
    left_out = ("time_dt", "activity_id", "activity_name", "type_uid", "type_name", "raw_data", "unmapped")
    fields = {name: kind for name, kind in one.columns.items() if name not in left_out}
    leaves = [leaf for name, kind in fields.items() for leaf in _plain_leaves(name, kind)]
    known = ("time", "metadata.uid", "cloud.account.uid", "cloud.region")
    columns = {leaf: ".".join(f'"{part}"' for part in leaf.split(".")) for leaf in leaves if leaf not in known}
    return Source(
        id=f"ocsf-{one.name.replace('_', '-')}",
        title=f"OCSF {one.title}",
        product={},
        reader="ocsf",
        recognise=Recognise(fields=("class_uid", "category_uid", "metadata"), where={"class_uid": f"^{one.uid}$"}),
        tables={one.name: Part(activity="activity_id", activity_name="activity_name")},
        time='"time"',
        fields={**fields, "activity_id": "integer", "activity_name": "text", "unmapped": "json"},
        columns={**columns, "unmapped": "unmapped"},
        uid="metadata.uid",
        account="cloud.account.uid",
        region="cloud.region",
    )


def _plain_leaves(path: str, kind: Kind) -> list[str]:
    if isinstance(kind, dict):
        return [leaf for name, inner in kind.items() for leaf in _plain_leaves(f"{path}.{name}", inner)]
    return [path]


def source(name: str) -> Source:
    """The source with this id; `UsageError` for one that there is not."""
    known = sources()
    if name in known:
        return known[name]
    hint = near_miss(name, list(known)) or f"sources are {', '.join(known)}"
    raise UsageError(f"there is no source `{name[:80]}`", remedy=hint)


def load(path: Path) -> Source:
    """The source that a file describes; `UsageError` names the file and what is wrong in it."""
    from bastide.yamltext import read_yaml  # only what is not in the cache is read

    value, _ = read_yaml(path.read_text("utf-8"), path.name)
    try:
        found = msgspec.convert(value, Source, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"not a source: {error}", place=path.name, remedy="docs/lake.md tells what one has") from None
    _look_over(found, path.name)
    return found


def _look_over(found: Source, place: str) -> None:
    """Columns are OCSF's and fields have plain names: a slip is told when the file is read, not when logs are."""
    for name, part in found.tables.items():
        known = table(name)
        for column in (*found.columns, *part.columns):
            kind = known.kind(column)
            if isinstance(kind, dict) or (kind is None and column in part.columns):
                raise UsageError(f"`{column}` is no field of {name}", place=place)
    for column in found.columns:
        if all(table(name).kind(column) is None for name in found.tables):
            raise UsageError(f"`{column}` is no field of any of its tables", place=place)
    for field in found.fields:
        if not _NAME.fullmatch(field):
            raise UsageError(f"`{field}` is no name of a field", place=place)
    if [part.when for part in found.tables.values()].count("") != 1 or list(found.tables.values())[-1].when:
        raise UsageError("the last table has no `when`, all others have one", place=place)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
