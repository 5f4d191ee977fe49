"""What files of AWS Config came to, account by account: the newest item of each resource, and what was not read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct, field

from bastide.resources.estate import READ
from bastide.resources.model import Problem, Resource
from bastide.sources.aws.calls import LedgerRow
from bastide.sources.aws.engine import Live
from bastide.sources.config_snapshot.item import GONE
from bastide.sources.config_snapshot.make import NOT_SELECTED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bastide.sources.aws.collectors import Collectors
    from bastide.sources.config_snapshot.item import ConfigItem
    from bastide.sources.config_snapshot.make import Made, Makers
    from bastide.sources.config_snapshot.spool import Record, Spool

PARTLY = "what was read is a choice of items, no snapshot: there may be more"
NONE_THERE = "the snapshot has none there: AWS Config may not record the type"
REMEDY = "have AWS Config's recorder record the type"


class Places(Struct):
    """Where in an account items were seen."""

    snapshots: set[str] = field(default_factory=set)
    """Regions of which a whole snapshot was read."""
    regions: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    """The types of items that are kept, as AWS Config calls them."""


class _Account(Struct):
    """One account while it is put together; `seen` counts items that are there by type and region."""

    name: str
    places: Places
    left_out: set[tuple[str, str]] = field(default_factory=set)
    """Types and regions of which the recorder says that it leaves them out."""
    unread: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)


class Recording:
    """Everything that files gave: accounts, problems that are no account's, and the files.

    No account is in memory: `account` reads it back. Forked processes may do that side by side.
    """

    def __init__(self, makers: Makers, library: Collectors, spool: Spool) -> None:
        self.problems: list[Problem] = []
        self.files: list[str] = []
        self.places: dict[str, Places] = {}
        self.fields: dict[int, set[str]] = {}
        """By the number of a file, the parts of the configuration that a query asked for; others asked for all."""
        self._makers, self._library, self._spool = makers, library, spool

    @property
    def names(self) -> list[str]:
        """The accounts, in order."""
        return sorted(self.places)

    @property
    def accounts(self) -> list[Live]:
        """All accounts, in memory: for who must see them side by side."""
        return [self.account(name) for name in self.names]

    def of_types(self, types: Collection[str]) -> tuple[list[Resource], list[Resource]]:
        """The resources of some types of all accounts, and the marks of accounts that may have any."""
        resources: list[Resource] = []
        marks: list[Resource] = []
        for name in self.names:
            if any(self._makers.gives(kind, types) for kind in self.places[name].kinds):
                live = self.account(name)
                resources += [one for one in live.resources if one.type in types]
                marks += live.marks
        return resources, marks

    def account(self, name: str) -> Live:
        """One account."""
        account, live = _Account(name, self.places[name]), Live(name)
        addresses: set[str] = set()
        for record in self._newest(account):
            item = self._spool.item(record)
            if item.status in GONE:
                continue
            for one in self._take(account, item, record.file):
                if one.id not in addresses:
                    addresses.add(one.id)
                    live.resources.append(one)
        kinds = {kind for kind, _ in account.seen} & self._makers.types
        for kind in sorted(kinds):
            self._gaps(kind, account)
        live.resources.sort(key=lambda one: (one.path, one.type, one.address))
        live.marks.append(self._mark(account, kinds))
        live.ledger = [*_rows(name, account.seen, live.resources), *self._skipped(name, kinds)]
        live.problems = self._notes(account, kinds)
        return live

    def _newest(self, account: _Account) -> Iterable[Record]:
        """The newest record of each resource, in the order in which resources were seen first."""
        found: dict[bytes, Record] = {}
        for record in self._spool.records(account.name):
            known = found.get(record.key)
            if known is not None and known.time > record.time:
                continue
            found[record.key] = record
            if record.left_out:
                region, kind = record.place
                account.left_out.add((self._makers.type_of(kind), region))
        return found.values()

    def _take(self, account: _Account, item: ConfigItem, file: int) -> list[Resource]:
        made = self._makers.make(item)
        _narrow(made, self.fields.get(file, ()))
        account.seen.update((kind, self._region_of(kind, item.region)) for kind in made.types)
        for kind, why in made.unread.items():
            account.unread.setdefault(kind, {}).setdefault(self._region_of(kind, item.region), why)
        return made.resources

    def _region_of(self, kind: str, region: str) -> str:
        return "global" if self._scope(kind) == "global" else region

    def _scope(self, kind: str) -> str:
        return next((entry.scope for entry in self._library.by_type().get(kind, ())), "region")

    def _gaps(self, kind: str, account: _Account) -> None:
        """Say in which regions there may be more of a type."""
        unread, snapshots = account.unread.setdefault(kind, {}), account.places.snapshots
        for region in ["global"] if self._scope(kind) == "global" else _regions(account):
            if not snapshots or (region != "global" and region not in snapshots):
                unread.setdefault(region, PARTLY)
            elif not account.seen[kind, region] or (kind, region) in account.left_out:
                unread.setdefault(region, NONE_THERE)

    def _mark(self, account: _Account, kinds: set[str]) -> Resource:
        read = {**dict.fromkeys(self._library.part_of, "global"), **{kind: self._scope(kind) for kind in kinds}}
        unread = {kind: why for kind, why in account.unread.items() if why}
        properties = {"types": read, "unread": unread, "regions": _regions(account), "complete": False}
        unit = f"aws:{account.name}"
        return Resource(READ, f"{unit}/read", unit, "aws", unit, 0, 0, properties)

    def _missing(self, kinds: set[str]) -> list[str]:
        return sorted(self._makers.types - kinds - self._library.part_of.keys())

    def _skipped(self, name: str, kinds: set[str]) -> Iterator[LedgerRow]:
        for kind in self._missing(kinds):
            yield LedgerRow(name, "*", "config", kind, "skipped", code="none recorded", remedy=REMEDY)

    def _notes(self, account: _Account, kinds: set[str]) -> list[Problem]:
        unit = f"aws:{account.name}"
        notes = []
        if missing := self._missing(kinds):
            text = f"nothing is recorded of {len(missing)} types that were asked for (see the ledger)"
            notes.append(Problem("note", unit, 0, text))
        if not account.places.snapshots:
            notes.append(Problem("note", unit, 0, PARTLY))
        unsaid = sorted(kind for kind, why in account.unread.items() if NOT_SELECTED in why.values())
        notes += [Problem("note", unit, 0, f"{kind}: {NOT_SELECTED}") for kind in unsaid]
        return notes


def _regions(account: _Account) -> list[str]:
    return sorted(account.places.regions - {"global"})


def _narrow(made: Made, fields: Collection[str]) -> None:
    """A query for parts of the configuration: what they do not tell is not known."""
    if not fields:
        return
    from bastide.resources.schema import schema_for

    for one in made.resources:
        schema = schema_for(one.type)
        for name in schema.properties if schema else ():
            if name not in one.properties:
                one.unresolved.setdefault(name, NOT_SELECTED)


def _rows(account: str, seen: Counter[tuple[str, str]], resources: Iterable[Resource]) -> Iterator[LedgerRow]:
    counts = Counter((one.type, one.metadata.get("region", "")) for one in resources)
    for kind, region in sorted({*counts, *(place for place in seen if place[0].startswith("AWS::"))}):
        if counts[kind, region]:
            yield LedgerRow(account, region, "config", kind, "read", items=counts[kind, region])
