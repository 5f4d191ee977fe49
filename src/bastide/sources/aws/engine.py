"""A scan of live accounts: units of work side by side, each resumable, their results account by account."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field, structs

from bastide.resources.estate import READ
from bastide.resources.model import Problem, Resource
from bastide.sources.aws.accounts import Account, Accounts, Scope
from bastide.sources.aws.calls import Answer, LedgerRow, Request, Work
from bastide.sources.aws.client import Edge, Stopped, open_session
from bastide.sources.aws.collect import Collection
from bastide.sources.aws.covering import Forms, uncovered_of
from bastide.sources.aws.runs import Journal, Run, packed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bastide.sources.aws.collectors import Collector, Collectors

UNITS = 12
"""Units of work in flight."""
CALLS = 24
"""Calls in flight, of all units together."""


class Live(Struct):
    """What one account gave. `marks` tell the estate which types were read wholly; they are no resources."""

    account: str
    resources: list[Resource] = field(default_factory=list)
    marks: list[Resource] = field(default_factory=list)
    ledger: list[LedgerRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Wanted(Struct):
    """What is collected: `types`, and by type the properties that are read of it (`reads`).

    `whole` asks for the other properties, too: for people, and for comparing.
    """

    types: set[str]
    reads: Mapping[str, set[str]]
    groups: tuple[str, ...] = ()
    whole: bool = False

    @property
    def asked(self) -> Mapping[str, set[str]]:
        """By type, the properties for which calls are made; a type that is not there is asked for all of its own."""
        return {} if self.whole else self.reads


class Engine:
    """Reads what is wanted of the accounts of a scope. Use `accounts`, then `run`, then `results`."""

    def __init__(
        self, scope: Scope, wanted: Wanted, library: Collectors, profile: str = "", edge: Edge | None = None
    ) -> None:
        self.scope, self.wanted = scope, wanted
        session = open_session(profile)
        self.edge = edge or Edge(session)
        self.entries: dict[str, list[Collector]] = {}
        for entry in library.entries:
            if not wanted.groups or entry.group in wanted.groups:
                self.entries.setdefault(entry.group, []).append(entry)
        self._unasked = sorted(
            {entry.group for entry in library.entries if entry.type in wanted.types and entry.group not in self.entries}
        )
        self._part_of = dict.fromkeys(library.part_of, "global")
        self._forms = Forms(self.edge.model, library.entries)
        self._uncovered: dict[str, dict[str, dict[str, str]]] = {}
        self._lock = threading.Lock()
        credentials = session.get_credentials()
        self._accounts = Accounts(self.edge, credentials, session.get_config_variable("region") or "", scope)
        self.accounts: list[Account] = []

    @property
    def caller(self) -> str:
        """The account of the credentials at hand."""
        return self._accounts.own.id

    def find_accounts(self) -> None:
        """Find and enter the accounts, and their regions."""
        self.accounts = self._accounts.all()
        with ThreadPoolExecutor(UNITS) as pool:
            list(pool.map(self._accounts.find_regions, [one for one in self.accounts if one.credentials is not None]))

    def given(self) -> bytes:
        """What `take` needs in another process to tell the results: the accounts, without their credentials."""
        return msgspec.msgpack.encode([structs.replace(one, credentials=None) for one in self.accounts])

    def take(self, given: bytes) -> None:
        """Know what was read, from now on without calls: what makes these is out of memory then."""
        self.accounts = msgspec.msgpack.decode(given, type=list[Account])
        self.edge.close()

    @property
    def types(self) -> set[str]:
        """The types of which there may be resources."""
        return {entry.type for entries in self.entries.values() for entry in entries}

    def works(self, account: Account) -> list[Work]:
        """The units of work of one account, in order; groups in which nothing is wanted have none."""
        found = []
        for group, entries in self.entries.items():
            wanted = [entry for entry in entries if entry.type in self.wanted.types]
            scopes = {entry.scope for entry in wanted}
            regions = ["global"] if "global" in scopes else []
            regions += account.regions if "region" in scopes else []
            found += [Work(account.id, region, group, account.partition, account.home) for region in regions]
        return found if account.entered else []

    def run(self, run: Run, told: Callable[[str, int, int], None]) -> None:
        """Read every unit that the run has not; KeyboardInterrupt leaves it resumable."""
        works = [(account, work) for account in self.accounts for work in self.works(account)]
        open_works = [(account, work) for account, work in works if not run.is_done(work)]
        done = len(works) - len(open_works)
        told("reading accounts", done, len(works))
        with ThreadPoolExecutor(CALLS) as calls, ThreadPoolExecutor(UNITS) as units:
            futures = [units.submit(self._unit, run, account, work, calls) for account, work in open_works]
            try:
                for future in as_completed(futures):
                    future.result()
                    done += 1
                    told("reading accounts", done, len(works))
            except BaseException:
                self.edge.stop.set()
                for future in futures:
                    future.cancel()
                raise

    def _unit(self, run: Run, account: Account, work: Work, calls: ThreadPoolExecutor) -> None:
        entries = self.entries[work.group]
        if reason := self._not_there(entries, work):
            row = LedgerRow(work.account, work.region, entries[0].service, "*", "not offered", code=reason)
            run.save(work, packed(work, [], [row], {}))
            return
        collection = Collection(
            work,
            entries,
            self.wanted.types,
            self._uncovered_of(work.group),
            set(account.regions),
            reads=self.wanted.asked,
        )
        unread = collection.unread
        try:
            with Journal(run.journal_path(work)) as journal:
                self._drive(collection, account, journal, calls)
        except (Stopped, OSError):
            raise  # nothing of this unit is kept but its journal: the run can go on
        except Exception as error:  # noqa: BLE001 (a mistake of ours costs this unit, and is reported)
            why = f"a mistake of bastide itself ({type(error).__name__}: {error})"
            unread = {entry.type: why for entry in collection.entries}
        rows = list(collection.ledger.rows.values())
        run.save(work, packed(work, collection.resources, rows, unread))

    def _drive(self, collection: Collection, account: Account, journal: Journal, calls: ThreadPoolExecutor) -> None:
        def ask(request: Request) -> Answer:
            known = journal.get(request.key)
            if known is None:
                known = self.edge.call(account.credentials, account.id, request)
                journal.add(request.key, known)
            return known

        asking = collection.run()
        try:
            requests = next(asking)
            while True:
                answers = [ask(requests[0])] if len(requests) == 1 else list(calls.map(ask, requests))
                requests = asking.send(answers)
        except StopIteration:
            return

    def _not_there(self, entries: list[Collector], work: Work) -> str:
        """Why none of the services of a group can be in a region; empty when one can."""
        if work.region == "global":
            return ""
        for service in {entry.service for entry in entries}:
            known = self.edge.regions_of(service, work.partition)
            if not known or work.region in known:
                return ""
        return "NotInRegion"

    def _uncovered_of(self, group: str) -> dict[str, dict[str, str]]:
        with self._lock:
            if group not in self._uncovered:
                entries = [entry for entry in self.entries[group] if entry.type in self.wanted.types]
                self._uncovered[group] = uncovered_of(entries, self.wanted.reads, self._forms)
            return self._uncovered[group]

    def results(self, run: Run) -> Iterator[Live]:
        """What each account gave, one after the other; only one is in memory."""
        for number in range(len(self.accounts)):
            yield self.result(run, number)

    def result(self, run: Run, number: int) -> Live:
        """What one of the accounts gave."""
        account = self.accounts[number]
        found = Live(account.id, ledger=list(account.ledger), problems=list(account.problems))
        found.ledger += [
            LedgerRow(account.id, "*", group, "*", "skipped", remedy=f"name {group} in --services, or leave it out")
            for group in self._unasked
        ]
        unread: dict[str, dict[str, str]] = {}
        for work in self.works(account):
            unit = run.load(work)
            if unit is None:
                message = f"what was read of {work.group} cannot be read again"
                found.problems.append(Problem("partial", f"aws:{account.id}/{work.region}", 0, message))
                types = {entry.type: message for entry in self.entries[work.group]}
            else:
                resources, rows = unit.unpack()
                found.resources += resources
                found.ledger += rows
                types = unit.unread
                for name, why in sorted(types.items()):
                    found.problems.append(Problem("partial", f"aws:{account.id}/{work.region}", 0, f"{name}: {why}"))
            for name, why in types.items():
                unread.setdefault(name, {})[work.region] = why
        found.marks.append(self._mark(account, unread))
        return found

    def of_types(self, run: Run, types: Sequence[str]) -> tuple[list[Resource], list[Resource]]:
        """The resources of some types of all accounts, and the accounts' marks, which speak of these types only."""
        groups = {name for name, entries in self.entries.items() if any(entry.type in types for entry in entries)}
        found: list[Resource] = []
        marks: list[Resource] = []
        for account in self.accounts:
            unread: dict[str, dict[str, str]] = {}
            for work in self.works(account):
                if work.group in groups:
                    resources, gaps = self._of_work(run, work, types)
                    found += resources
                    for name, why in gaps.items():
                        unread.setdefault(name, {})[work.region] = why
            marks.append(self._mark(account, unread))
        return found, marks

    @staticmethod
    def _of_work(run: Run, work: Work, types: Sequence[str]) -> tuple[list[Resource], dict[str, str]]:
        unit = run.load(work)
        if unit is None:
            return [], dict.fromkeys(types, f"what was read of {work.group} cannot be read again")
        return [one for one in unit.unpack()[0] if one.type in types], unit.unread

    def _mark(self, account: Account, unread: dict[str, dict[str, str]]) -> Resource:
        entries = [entry for entries in self.entries.values() for entry in entries]
        read = {**self._part_of, **{one.type: one.scope for one in entries if one.type in self.wanted.types}}
        properties = {"types": read, "unread": unread, "regions": account.regions, "complete": account.complete}
        unit = f"aws:{account.id}"
        return Resource(READ, f"{unit}/read", unit, "aws", unit, 0, 0, properties)
