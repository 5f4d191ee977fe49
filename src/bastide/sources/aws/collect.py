"""The pure core: from collectors to requests, and from answers to resources. It opens nothing and calls nobody.

`Collection.run` is a generator: it yields lists of requests that may be made side by side and takes the list of their
answers. What cannot be known is recorded with the call that would have told.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bastide.sources.aws.asking import needed, texts_of, unasked, waves
from bastide.sources.aws.calls import Answer, Ledger, Request, Work
from bastide.sources.aws.expressions import find
from bastide.sources.aws.items import Item, Maker, context_of, roots_of
from bastide.sources.aws.matching import Matching
from bastide.sources.aws.permissions import permission_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
    from collections.abc import Collection as Set

    from bastide.resources.model import Resource
    from bastide.sources.aws.collectors import Call, Collector

    Asking = Generator[list[Request], list[Answer], Any]

MAX_PAGES = 10_000
MAX_ITEMS = 1_000_000
TOGETHER = 64
"""Items that are completed side by side."""
TOLD = "AnotherAnswerTells"
"""Why a call was skipped whose answer follows from one that was given."""
UNASKED = "no chosen control reads it, so it was not asked for: `--everything` does"

Pages = list[Answer]


class Collection:
    """One unit of work. After `run`: `resources`, `ledger`, and `unread`: types that were not read wholly, and why."""

    def __init__(
        self,
        work: Work,
        entries: Sequence[Collector],
        wanted: Set[str],
        uncovered: Mapping[str, dict[str, str]] | None = None,
        regions: Set[str] = (),
        *,
        reads: Mapping[str, Set[str]] | None = None,
    ) -> None:
        self.work, self.regions = work, regions
        self.ledger = Ledger(work.account)
        self.resources: list[Resource] = []
        self.unread: dict[str, str] = {}
        scope = "global" if work.region == "global" else "region"
        self.entries = needed([entry for entry in entries if entry.scope == scope], wanted)
        self.wanted = wanted
        self._makers = {
            id(entry): Maker(entry, work, dict((uncovered or {}).get(entry.type, {}))) for entry in self.entries
        }
        self._left_out = {
            id(entry): unasked(entry, (reads or {}).get(entry.type), self.entries, wanted=entry.type in wanted)
            for entry in self.entries
        }
        for entry in self.entries:
            paths = [path for number in self._left_out[id(entry)] for path in entry.complete[number].properties]
            self._makers[id(entry)].uncovered.update(dict.fromkeys(paths, UNASKED))
        self._items: dict[str, list[Item]] = {}
        self._parents = {entry.each for entry in self.entries}
        names = Counter((entry.service_of(call), call.call) for entry in self.entries for call in entry.calls)
        self._shared = {name for name, number in names.items() if number > 1}
        self._remembered: dict[str, Pages] = {}
        self._constant: set[str] = set()  # keys of requests that are the same for every item
        self._addresses: set[str] = set()
        self._merged: dict[int, tuple[Pages, Any]] = {}  # of a call, the answer for the pages that came last
        self._matched: dict[int, tuple[Pages, Matching]] = {}

    def run(self) -> Asking:
        """Collect everything, entry after entry."""
        for entry in self.entries:
            items = yield from self._list(entry)
            if entry.type in self._parents:
                self._items.setdefault(entry.type, []).extend(items)
            for start in range(0, len(items), TOGETHER):
                some = items[start : start + TOGETHER]
                yield from self._complete(entry, some)
                self._finish(entry, some)

    # What there is

    def _list(self, entry: Collector) -> Asking:
        parents: list[Item | None] = [None]
        if entry.each:
            parents = [item for item in self._items.get(entry.each, ()) if not item.gone]
            if reason := self.unread.get(entry.each):
                self._unread(entry, reason)
        found: list[Item] = []
        for start in range(0, len(parents), TOGETHER):
            for call in entry.listings:
                found += yield from self._list_of(entry, call, parents[start : start + TOGETHER])
        return found[:MAX_ITEMS]

    def _list_of(self, entry: Collector, call: Call, parents: list[Item | None]) -> Asking:
        found: list[Item] = []
        asked: list[tuple[Item | None, Request]] = []
        for parent in parents:
            item = self._item({}, parent)
            if reason := item.why_not(self._roots_of_listing(call)):
                found += self._unlisted(entry, call, reason, parent)
            elif call.when and not find(call.when, item.data):
                continue
            elif call.call:
                asked.append((parent, self._request(entry, call, item)))
            else:
                found += [self._item(one, parent) for one in elements(call.items, item.data)]
        results = yield from self._pages([request for _, request in asked], lambda one: len(elements(call.items, one)))
        for (parent, request), pages in zip(asked, results, strict=True):
            mine = [
                self._item(one, parent)
                for page in pages
                if page.outcome == "read"
                for one in elements(call.items, page.value)
            ]
            if bad := failure(pages):
                mine += self._unlisted(entry, call, request.why(bad), parent)
            elif not mine and all(page.outcome != "not offered" for page in pages):
                mine = [self._item(dict(one), parent) for one in entry.otherwise]
            found += mine
        return found

    @staticmethod
    def _roots_of_listing(call: Call) -> frozenset[tuple[str, ...]]:
        texts = [text for text in (*call.parameters.values(), call.when) if isinstance(text, str) and text]
        if not call.call:
            texts.append(call.items or "@")
        return frozenset(root for text in texts for root in roots_of(text))

    def _unlisted(self, entry: Collector, call: Call, reason: str, parent: Item | None) -> list[Item]:
        """What a list that failed leaves: one resource of which nothing is known where there is one at most."""
        item = self._item({}, parent)
        item.whole = reason
        if not call.single or self._makers[id(entry)].address(item) is None:
            self._unread(entry, reason)
            return []
        return [item]

    def _unread(self, entry: Collector, reason: str) -> None:
        self.unread.setdefault(entry.type, reason)

    def _item(self, data: dict[str, Any], parent: Item | None) -> Item:
        given: dict[str, Any] = {**data, "context": context_of(self.work)}
        if parent is not None:
            given["parent"] = parent.data
        return Item(given, parent)

    # What completes it

    def _complete(self, entry: Collector, items: list[Item]) -> Asking:
        for wave in waves(entry, self._left_out[id(entry)]):
            asked: list[tuple[int, list[Item], Request]] = []
            for number in wave:
                call = entry.complete[number]
                open_items = [
                    item
                    for item in items
                    if self._is_open(entry, call, item) and not self._is_told(entry, number, item)
                ]
                asked += [(number, some, request) for some, request in self._requests(entry, call, open_items)]
            results = yield from self._pages([request for _, _, request in asked], lambda _: 1)
            for (number, some, request), pages in zip(asked, results, strict=True):
                for item in some:
                    self._apply(entry, number, item, request, pages)

    def _is_open(self, entry: Collector, call: Call, item: Item) -> bool:
        if item.gone or self._is_elsewhere(entry, item):
            return False
        texts = [*texts_of(call), *([entry.region] if entry.region else [])]
        if reason := item.why_not(frozenset(root for text in texts for root in roots_of(text))) or item.whole:
            self._makers[id(entry)].fail(item, call, reason)
            return False
        return not call.when or bool(find(call.when, item.data))

    def _is_told(self, entry: Collector, number: int, item: Item) -> bool:
        """Whether earlier answers say what a call would say: that there is none. It is taken for its answer then."""
        call = entry.complete[number]
        if not call.unless or not item.surely(call.unless):
            return False
        request = self._request(entry, call, item)
        self.ledger.row(request.region, request.service, request.operation, "skipped", TOLD).items += 1
        self._apply(entry, number, item, request, [Answer("absent")])
        return True

    def _is_elsewhere(self, entry: Collector, item: Item) -> bool:
        region = self._makers[id(entry)].region(item)
        return bool(region and self.regions and self.work.region == "global" and region not in self.regions)

    def _requests(self, entry: Collector, call: Call, items: list[Item]) -> Iterable[tuple[list[Item], Request]]:
        if not call.ids:
            for item in items:
                request = self._request(entry, call, item)
                if not call.parameters:
                    self._constant.add(request.key)
                yield [item], request
            return
        ((parameter, expression),) = call.ids.items()
        groups: dict[str, tuple[Request, list[Item]]] = {}
        for item in items:
            request = self._request(entry, call, item)
            groups.setdefault(request.key, (request, []))[1].append(item)
        for request, members in groups.values():
            for start in range(0, len(members), call.batch):
                some = members[start : start + call.batch]
                yield some, request.page({parameter: [find(expression, item.data) for item in some]})

    def _request(self, entry: Collector, call: Call, item: Item) -> Request:
        parameters = dict(call.constants)
        for name, value in call.parameters.items():
            found = find(value, item.data) if isinstance(value, str) else value
            if found is not None:
                parameters[name] = found
        service = entry.service_of(call)
        region = self._makers[id(entry)].region(item) or self.work.client_region
        permission = call.permission or permission_of(service, call.call)
        return Request(service, call.call, region, parameters, permission, tuple(call.absent), tuple(call.not_offered))

    def _apply(self, entry: Collector, number: int, item: Item, request: Request, pages: Pages) -> None:
        call, maker = entry.complete[number], self._makers[id(entry)]
        if bad := failure(pages):
            maker.fail(item, call, request.why(bad))
            return
        if pages[0].outcome == "not offered" or (pages[0].outcome == "absent" and not call.otherwise):
            item.gone = item.gone or bool(call.item)
            return
        answer = self._answer(call, pages)
        if call.match:
            own = call.match if isinstance(call.match, str) else call.match["item"]
            matches = self._matching(call, pages).of(find(own, item.data))
            if (call.item or call.needed) and not matches:
                maker.fail(item, call, f"{request.service}:{request.operation} says nothing about it")
                return
            if call.keep:
                item.data[call.keep] = matches
            answer = {**(matches[0] if matches else {}), "matches": matches}
        elif call.keep:
            item.data[call.keep] = find(call.items, answer) if call.items else answer
        if call.item:
            self._merge(item, call, find(call.item, answer), maker, request)
        if call.properties:
            maker.complete(item, number, answer)

    def _answer(self, call: Call, pages: Pages) -> Any:
        """The pages as one answer, put together once for all items that they are the answer for."""
        if pages[0].outcome == "absent":
            return call.otherwise
        known = self._merged.get(id(call))
        if known is None or known[0] is not pages:
            known = self._merged[id(call)] = (pages, merged([page.value for page in pages]))
        return known[1]

    def _matching(self, call: Call, pages: Pages) -> Matching:
        """The elements of the answer by what items are told by, sorted out once like the answer."""
        known = self._matched.get(id(call))
        if known is None or known[0] is not pages:
            theirs = call.match if isinstance(call.match, str) else call.match["answer"]
            matching = Matching(theirs, elements(call.items, self._answer(call, pages)))
            known = self._matched[id(call)] = (pages, matching)
        return known[1]

    @staticmethod
    def _merge(item: Item, call: Call, found: Any, maker: Maker, request: Request) -> None:
        if isinstance(found, list) and len(found) == 1:
            found = found[0]
        if isinstance(found, dict):
            item.data.update({key: value for key, value in found.items() if key not in ("context", "parent")})
        else:
            maker.fail(item, call, f"{request.service}:{request.operation} says nothing about it")

    # What comes of it

    def _finish(self, entry: Collector, items: list[Item]) -> None:
        maker = self._makers[id(entry)]
        for item in items:
            if item.gone:
                continue
            if self._is_elsewhere(entry, item):
                item.gone = True
                self.ledger.row(item.region, entry.service, entry.listings[0].call, "skipped", "region").items += 1
                continue
            if entry.only and not item.whole and not find(entry.only, item.data):
                item.gone = True
                continue
            resource = maker.resource(item)
            if resource is None:
                self._unread(
                    entry, f"an answer of {entry.service}:{entry.listings[0].call} has an element without an identity"
                )
            elif entry.type in self.wanted and resource.id not in self._addresses:
                self._addresses.add(resource.id)
                self.resources.append(resource)

    # Calls

    def _pages(self, requests: list[Request], count: Callable[[Any], int]) -> Asking:
        """All pages of each request; equal requests are made once."""
        done: dict[str, Pages] = {}
        open_requests: dict[str, Request] = {}
        for request in requests:
            if request.key in self._remembered:
                done[request.key] = self._remembered[request.key]
            elif request.key not in done:
                done[request.key], open_requests[request.key] = [], request
        while open_requests:
            answers = yield list(open_requests.values())
            again: dict[str, Request] = {}
            for (key, request), answer in zip(open_requests.items(), answers, strict=True):
                done[key].append(answer)
                self.ledger.add(request, answer, count(answer.value) if answer.outcome == "read" else 0)
                if answer.next:
                    following = request.page(answer.next)
                    if len(done[key]) < MAX_PAGES and following.key != request.key:
                        again[key] = following
                    else:
                        done[key].append(Answer("failed", code="EndlessPages", message="its pages do not end"))
            open_requests = again
        for request in requests:
            if (request.service, request.operation) in self._shared or request.key in self._constant:
                self._remembered[request.key] = done[request.key]
        return [done[request.key] for request in requests]


def elements(expression: str, value: Any) -> list[dict[str, Any]]:
    """The objects that an expression finds: those of a list, or the one that is no list."""
    found = find(expression or "@", value)
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict)]


def failure(pages: Pages) -> Answer | None:
    """The answer of the first page that was denied or failed."""
    return next((page for page in pages if page.outcome in ("denied", "failed")), None)


def merged(values: list[Any]) -> dict[str, Any]:
    """Pages as one answer: lists one behind the other, everything else of the last."""
    found: dict[str, Any] = {}
    own: set[str] = set()  # lists that were made here, and can grow
    for value in values:
        for key, item in value.items() if isinstance(value, dict) else ():
            known = found.get(key)
            if not (isinstance(known, list) and isinstance(item, list)):
                own.discard(key)
                found[key] = item
            elif key in own:
                known += item
            else:
                own.add(key)
                found[key] = [*known, *item]
    return found
