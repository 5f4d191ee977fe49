"""Files of AWS Config as accounts: the newest item of each resource, and what nothing was read of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bastide.errors import UsageError
from bastide.resources.estate import READ
from bastide.resources.model import Problem, Resource
from bastide.sources.aws.calls import LedgerRow
from bastide.sources.aws.engine import Live
from bastide.sources.config_snapshot.item import GONE, ConfigItem, read_item
from bastide.sources.config_snapshot.make import NOT_SELECTED, Made
from bastide.sources.config_snapshot.stream import BadFile, elements
from bastide.sources.limits import MAX_FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bastide.sources.aws.collectors import Collectors
    from bastide.sources.config_snapshot.make import Makers

LISTS = ("", "configurationItems", "baseConfigurationItems", "BaseConfigurationItems", "configurationItem", "Results")
ENDINGS = (".json", ".json.gz", ".jsonl", ".jsonl.gz")
MAX_BAD = 1_000
"""Elements of a file that are no items, after which it is left."""
MAX_RESOURCES = 3_000_000

PARTLY = "what was read is a choice of items, no snapshot: there may be more"
NONE_THERE = "the snapshot has none there: AWS Config may not record the type"
REMEDY = "have AWS Config's recorder record the type"


@dataclass(slots=True)
class _Kept:
    """The newest item of one resource so far: what it gave, and when and where it was seen; gone ones gave nothing."""

    time: float
    made: Made
    whole: bool


@dataclass(slots=True)
class _Account:
    kept: dict[tuple[str, str, str, str], _Kept] = field(default_factory=dict)
    snapshots: set[str] = field(default_factory=set)
    """Regions of which a whole snapshot was read."""
    regions: set[str] = field(default_factory=set)
    left_out: set[tuple[str, str]] = field(default_factory=set)
    """Types and regions of which the recorder says that it leaves them out."""


@dataclass(slots=True)
class _File:
    """What one file had: `fields` are those that a query asked for, `bad` its elements that are no items."""

    bad: int = 0
    items: int = 0
    snapshot: bool = False
    fields: set[str] = field(default_factory=set)
    kept: list[_Kept] = field(default_factory=list)
    places: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class Recording:
    """Everything that files gave: accounts, problems that are no account's, and the files."""

    accounts: list[Live] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class Reader:
    """Reads files, one after the other; `recording` is what they came to."""

    def __init__(self, makers: Makers, library: Collectors) -> None:
        self._makers, self._library = makers, library
        self._accounts: dict[str, _Account] = {}
        self._found = Recording()
        self._resources = 0

    def read(self, path: str, *, named: bool = True) -> None:
        """Read one file. `named`: somebody asked for this very file, so that one without items is a problem."""
        file = _File()
        problems = self._found.problems
        try:
            for name, value in elements(path):
                if name in LISTS:
                    self._element(file, value)
                else:
                    file.snapshot = file.snapshot or name == "configSnapshotId"
                    file.fields |= _selected(name, value)
        except BadFile as error:
            problems.append(Problem("unreadable", path, 0, str(error)))
            file.snapshot = False
        if file.bad:
            few = "is no configuration item" if file.bad == 1 else "are no configuration items"
            problems.append(Problem("partial", path, 0, f"{file.bad} of its elements {few}"))
        elif not file.items and named and not (file.snapshot or file.fields):
            problems.append(Problem("unreadable", path, 0, "it has no configuration items"))
        if file.items or named:
            self._found.files.append(path)
        _narrow(file.kept, file.fields)
        for account, region in file.places if file.snapshot else ():
            self._accounts[account].snapshots.add(region)

    def _element(self, file: _File, value: Any) -> None:
        item = read_item(value, self._makers.is_wanted)
        if item is not None:
            file.items += 1
            file.places.add((item.account, item.region))
            if kept := self._take(item):
                file.kept.append(kept)
            return
        file.bad += 1
        if file.bad > MAX_BAD:
            raise BadFile(f"more than {MAX_BAD} of its elements are no configuration items")

    def _take(self, item: ConfigItem) -> _Kept | None:
        account = self._accounts.setdefault(item.account, _Account())
        account.regions.add(item.region)
        if not self._makers.is_wanted(item.type):
            return None
        known = account.kept.get(item.key)
        if known is not None and known.time > item.time:
            return None
        if item.status == "ResourceNotRecorded":
            account.left_out.add((self._makers.type_of(item.type), item.region))
        gone = item.status in GONE
        if not gone and self._resources >= MAX_RESOURCES:
            raise BadFile(f"there are more than {MAX_RESOURCES} resources")
        kept = _Kept(item.time, Made() if gone else self._makers.make(item), not gone)
        self._resources += len(kept.made.resources) - (len(known.made.resources) if known else 0)
        account.kept[item.key] = kept
        return kept

    @property
    def recording(self) -> Recording:
        """What was read."""
        self._found.accounts = [self._live(name, account) for name, account in sorted(self._accounts.items())]
        return self._found

    def _live(self, name: str, account: _Account) -> Live:
        live = Live(name)
        unread: dict[str, dict[str, str]] = {}
        seen: Counter[tuple[str, str]] = Counter()
        addresses: set[str] = set()
        for (_, region, _, _), kept in account.kept.items():
            for one in kept.made.resources:
                if one.id not in addresses:
                    addresses.add(one.id)
                    live.resources.append(one)
            if kept.whole:
                seen.update((kind, self._region_of(kind, region)) for kind in kept.made.types)
            for kind, why in kept.made.unread.items():
                unread.setdefault(kind, {}).setdefault(self._region_of(kind, region), why)
        kinds = {kind for kind, _ in seen} & self._makers.types
        regions = sorted(account.regions - {"global"})
        for kind in sorted(kinds):
            self._gaps(kind, regions, account, seen, unread.setdefault(kind, {}))
        live.resources.sort(key=lambda one: (one.path, one.type, one.address))
        live.marks.append(self._mark(name, kinds, {kind: why for kind, why in unread.items() if why}, regions))
        live.ledger = [*_rows(name, seen, live.resources), *self._skipped(name, kinds)]
        live.problems = self._notes(name, account, kinds, unread)
        return live

    def _region_of(self, kind: str, region: str) -> str:
        return "global" if self._scope(kind) == "global" else region

    def _scope(self, kind: str) -> str:
        return next((entry.scope for entry in self._library.by_type().get(kind, ())), "region")

    def _gaps(
        self, kind: str, regions: list[str], account: _Account, seen: Counter[tuple[str, str]], unread: dict[str, str]
    ) -> None:
        """Say in which regions there may be more of a type."""
        for region in ["global"] if self._scope(kind) == "global" else regions:
            if not account.snapshots or (region != "global" and region not in account.snapshots):
                unread.setdefault(region, PARTLY)
            elif not seen[kind, region] or (kind, region) in account.left_out:
                unread.setdefault(region, NONE_THERE)

    def _mark(self, name: str, kinds: set[str], unread: dict[str, dict[str, str]], regions: list[str]) -> Resource:
        read = {**dict.fromkeys(self._library.part_of, "global"), **{kind: self._scope(kind) for kind in kinds}}
        properties = {"types": read, "unread": unread, "regions": regions, "complete": False}
        unit = f"aws:{name}"
        return Resource(READ, f"{unit}/read", unit, "aws", unit, 0, 0, properties)

    def _skipped(self, name: str, kinds: set[str]) -> Iterator[LedgerRow]:
        for kind in sorted(self._makers.types - kinds - self._library.part_of.keys()):
            yield LedgerRow(name, "*", "config", kind, "skipped", code="none recorded", remedy=REMEDY)

    def _notes(self, name: str, account: _Account, kinds: set[str], unread: dict[str, dict[str, str]]) -> list[Problem]:
        unit = f"aws:{name}"
        missing = sorted(self._makers.types - kinds - self._library.part_of.keys())
        notes = []
        if missing:
            text = f"nothing is recorded of {len(missing)} types that were asked for (see the ledger)"
            notes.append(Problem("note", unit, 0, text))
        if not account.snapshots:
            notes.append(Problem("note", unit, 0, PARTLY))
        unsaid = sorted(kind for kind, why in unread.items() if NOT_SELECTED in why.values())
        notes += [Problem("note", unit, 0, f"{kind}: {NOT_SELECTED}") for kind in unsaid]
        return notes


def _selected(name: str, value: Any) -> set[str]:
    """The fields that a query asked for, when a member says it."""
    if name != "QueryInfo" or not isinstance(value, dict):
        return set()
    fields = value.get("SelectFields")
    names = [one.get("Name") for one in fields if isinstance(one, dict)] if isinstance(fields, list) else []
    return {one for one in names if isinstance(one, str)}


def _narrow(mine: Iterable[_Kept], fields: set[str]) -> None:
    """A query for parts of the configuration: what they do not tell is not known."""
    if not fields or fields & {"*", "configuration"}:
        return
    from bastide.resources.schema import schema_for

    for kept in mine:
        for one in kept.made.resources:
            schema = schema_for(one.type)
            for name in schema.properties if schema else ():
                if name not in one.properties:
                    one.unresolved.setdefault(name, NOT_SELECTED)


def _rows(account: str, seen: Counter[tuple[str, str]], resources: Iterable[Resource]) -> Iterator[LedgerRow]:
    counts = Counter((one.type, one.metadata.get("region", "")) for one in resources)
    for kind, region in sorted({*counts, *(place for place in seen if place[0].startswith("AWS::"))}):
        if counts[kind, region]:
            yield LedgerRow(account, region, "config", kind, "read", items=counts[kind, region])


def files_of(targets: Sequence[str]) -> list[tuple[str, bool]]:
    """The files to read, and whether each was named: the JSON files below folders, in order. Raises `UsageError`."""
    found: list[tuple[str, bool]] = []
    for target in targets:
        place = Path(target)
        if place.is_dir():
            below = sorted(str(one) for one in place.rglob("*") if one.name.endswith(ENDINGS) and one.is_file())
            if not below:
                raise UsageError("the folder has no .json or .json.gz file", place=target)
            found += [(one, False) for one in below[:MAX_FILES]]
        elif place.exists():
            found.append((target, True))
        else:
            raise UsageError("there is no such file or folder", place=target)
    if not found:
        raise UsageError("no file is named", remedy="run `bastide scan config-snapshot FILE…`")
    return found


def read_files(
    targets: Sequence[str], makers: Makers, library: Collectors, told: Callable[[str, int, int], None]
) -> Recording:
    """Read what is at the targets. What cannot be read is a problem; only wrong use raises."""
    reader = Reader(makers, library)
    files = files_of(targets)
    for number, (path, named) in enumerate(files, 1):
        told("reading files of AWS Config", number, len(files))
        reader.read(path, named=named)
    return reader.recording
