"""The class of the data in each element: by the manifest, tags, hints and what flows in; contradictions are named.

What a person said (manifest, tag) stays; data of a higher class that flows in is then told as a contradiction. What is
only suggested (a name, a type) is raised by it. Nothing is ever lowered.
"""

from __future__ import annotations

import heapq
import re
from collections import defaultdict
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.errors import UsageError, near_miss
from bastide.redact import clean
from bastide.threats.macie import BUCKET
from bastide.workload.manifest import SCALE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bastide.threats.macie import Sensitive
    from bastide.threats.model.shape import Element, Flow
    from bastide.workload.manifest import Manifest, Store

CARRYING = ("data", "event", "replication")
"""Kinds of flows by which data gets to the target; what is asked for gets to who asks."""
HOLDING = ("component", "store")
"""Kinds of elements that data is in."""
SAID = ("manifest", "tag")
"""Where a class that stays comes from."""
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


class Hints(Struct, frozen=True, forbid_unknown_fields=True):
    """What the library suggests: classes of the default scale by word of a name, by type and by what Macie found in it,
    and keys of tags.
    """

    tags: list[str]
    words: dict[str, list[str]]
    types: dict[str, str]
    macie: dict[str, list[str]]


class Facts(Struct):
    """What is known of the resource of an element: its address, other names of it, and its tags."""

    address: str = ""
    names: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)


class Scale:
    """The classes of one manifest in their order."""

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = tuple(classes)
        self._rank = {name: number for number, name in enumerate(self.classes)}
        self._folded = {name.casefold(): name for name in self.classes}

    def rank(self, name: str | None) -> int:
        """From 0 for the least sensitive; -1 for none."""
        return self._rank.get(name or "", -1)

    def named(self, text: str) -> str | None:
        """The class that a text means, whatever its case."""
        return self._folded.get(text.strip().casefold())

    def suggested(self, name: str) -> str:
        """The class for one of the default scale: itself, or the one of the same rank."""
        if name in self._rank:
            return name
        return self.classes[round(SCALE.index(name) / (len(SCALE) - 1) * (len(self.classes) - 1))]

    def highest(self, names: Iterable[str | None]) -> str | None:
        """The most sensitive of them."""
        return max(names, key=self.rank, default=None)


def classify(
    manifest: Manifest,
    hints: Hints,
    elements: dict[str, Element],
    facts: dict[str, Facts],
    *,
    strict: bool,
    sensitive: Mapping[str, Sensitive] | None = None,
) -> None:
    """Give each element what the manifest, its tags, its name or what was found in it say.

    `sensitive` is what Macie found, by the name of a bucket. With `strict` a store of the manifest that no element
    matches is a `UsageError`.
    """
    scale = Scale(manifest.scale)
    said = _by_manifest(manifest, elements, facts, strict=strict)
    common = set(words_of(manifest.name))
    for element in elements.values():
        if element.kind == "entity" or element.class_from == "manifest":
            continue
        known = facts.get(element.id, Facts())
        found: list[tuple[Any, str, str]] = []
        stores = sorted(said.get(element.id, ()), key=lambda store: -scale.rank(store.classification))
        found += [("manifest", one.classification, f"{manifest.path}:{one.line}") for one in stores if not one.guessed]
        found += _by_tags(manifest, hints, scale, known)
        found += [("hint", one.classification, f"{manifest.path}:{one.line}") for one in stores if one.guessed]
        if element.kind == "store" and (hint := _by_hint(hints, scale, element, known, common)):
            found.append(("hint", *hint))
        if (hint := _by_macie(hints, scale, element, known, sensitive or {})) is not None:
            _put(found, ("hint", *hint), scale)
        _settle(element, scale, found)


def _put(found: list[tuple[Any, str, str]], one: tuple[Any, str, str], scale: Scale) -> None:
    """Add what Macie found: before what else is only suggested where it suggests more, and after it otherwise."""
    said = sum(other[0] in SAID for other in found)
    first = scale.rank(found[said][1]) if len(found) > said else -1
    found.insert(said if scale.rank(one[1]) > first else len(found), one)


def _settle(element: Element, scale: Scale, found: list[tuple[Any, str, str]]) -> None:
    """The first is the class; another that a person said, or a suggestion that is higher, contradicts it."""
    valid = [one for one in found if scale.rank(one[1]) >= 0]
    notes = [f"{place} says `{name}`, which is no class" for _, name, place in found if scale.rank(name) < 0]
    if valid:
        element.class_from, element.classification, place = valid[0]
        element.class_hint = place if element.class_from == "hint" else None
    for source, name, place in valid[1:]:
        higher = scale.rank(name) > scale.rank(element.classification)
        if name != element.classification and (source in SAID or higher):
            notes.append(f"{place} says `{name}`" if source in SAID else f"{place} suggests `{name}`")
    for note in dict.fromkeys(notes):
        contradict(element, note)


def contradict(element: Element, note: str) -> None:
    """Add what else says another class."""
    element.class_conflict = clean(f"{element.class_conflict}; {note}" if element.class_conflict else note)


def spread(manifest: Manifest, elements: dict[str, Element], flows: Iterable[Flow], unread: set[str]) -> None:
    """Raise what data flows into, and give the default to stores of which nothing is known; then class the flows.

    `unread` are ids of requests by which nothing is read.
    """
    scale = Scale(manifest.scale)
    flows = list(flows)
    onward = _carried(elements, flows, unread)
    heap = [
        (-scale.rank(e.classification), e.id, e.classification or "") for e in elements.values() if e.classification
    ]
    for flow in flows:
        if flow.classification and elements[flow.target].kind in HOLDING:  # said by the manifest
            heap.append((-scale.rank(flow.classification), flow.target, flow.classification))
            _raise(elements[flow.target], flow.classification, elements[flow.source], scale)
    heapq.heapify(heap)
    done: dict[str, int] = {}
    while heap:
        rank, name, classification = heapq.heappop(heap)
        if done.get(name, 1) <= rank:
            continue
        done[name] = rank
        for other in onward.get(name, ()):
            if _raise(elements[other], classification, elements[name], scale):
                heapq.heappush(heap, (rank, other, classification))
    for element in elements.values():
        if element.kind == "store" and element.classification is None and manifest.default_class:
            element.classification, element.class_from = manifest.default_class, "default"
    for flow in flows:
        flow.classification = flow.classification or _class_of(flow, elements)


def _carried(elements: dict[str, Element], flows: Iterable[Flow], unread: set[str]) -> dict[str, list[str]]:
    """Where the data of each element gets to."""
    onward = defaultdict(list)
    for flow in flows:
        if flow.kind in CARRYING:
            onward[flow.source].append(flow.target)
        elif flow.kind == "request" and flow.id not in unread:
            onward[flow.target].append(flow.source)
    able = {name for name, element in elements.items() if element.kind in HOLDING}
    return {name: [one for one in others if one in able] for name, others in onward.items() if name in able}


def _raise(element: Element, classification: str, source: Element, scale: Scale) -> bool:
    """Whether the element has this class now because of what flows in."""
    if scale.rank(classification) <= scale.rank(element.classification):
        return False
    if element.class_from in SAID:
        contradict(element, f"data of class `{classification}` flows in from {source.name}")
        return False
    element.classification, element.class_from, element.class_hint = classification, "flow", None
    return True


def _class_of(flow: Flow, elements: dict[str, Element]) -> str | None:
    if flow.kind in CARRYING:
        return elements[flow.source].classification
    return elements[flow.target].classification if flow.kind in ("request", "access") else None


def _by_manifest(
    manifest: Manifest, elements: dict[str, Element], facts: dict[str, Facts], *, strict: bool
) -> dict[str, list[Store]]:
    """The stores of the manifest by element that they match."""
    names = {
        element.id: {element.id, element.name, *(known.address, *known.names)}
        for element in elements.values()
        if element.kind in ("store", "component") and (known := facts.get(element.id, Facts()))
    }
    exact = defaultdict(list)
    for one, all_names in names.items():
        for name in all_names:
            exact[name].append(one)
    found = defaultdict(list)
    for store in manifest.stores:
        matches = exact.get(store.resource) or [
            one for one, all_names in names.items() if any(fnmatchcase(name, store.resource) for name in all_names)
        ]
        if not matches and strict:
            near = near_miss(store.resource, sorted(name for name in exact if name))
            raise UsageError(
                f"`{store.resource}` matches no store of the last scan",
                place=f"{manifest.path}:{store.line}",
                remedy=near or "name it by its address, its name or a pattern",
            )
        for one in matches:
            found[one].append(store)
    return found


def _by_tags(manifest: Manifest, hints: Hints, scale: Scale, known: Facts) -> Iterator[tuple[Any, str, str]]:
    wanted = {_folded(one) for one in hints.tags} if known.tags else set()
    for key, value in known.tags.items():
        if key == manifest.class_tag or (not manifest.class_tag and _folded(key) in wanted):
            yield "tag", scale.named(value) or value, f"tag {key}"


def _by_hint(hints: Hints, scale: Scale, element: Element, known: Facts, common: set[str]) -> tuple[str, str] | None:
    """The most sensitive class that a word of its names suggests, or its type; and what suggests it.

    Words that are `common` to all names of the workload say nothing in a longer name.
    """
    meant = {word: name for name, words in hints.words.items() for word in words}
    found = [
        (scale.suggested(meant[word]), f"the word {word} in its name")
        for text, others in ((element.name, set()), *((name, common) for name in known.names))
        for word in words_of(text)
        if word in meant and word not in others
    ]
    if (suggested := hints.types.get(element.type or "")) is not None:
        found.append((scale.suggested(suggested), "its type"))
    return max(found, key=lambda one: scale.rank(one[0]), default=None)


def _by_macie(
    hints: Hints, scale: Scale, element: Element, known: Facts, sensitive: Mapping[str, Sensitive]
) -> tuple[str, str] | None:
    """The most sensitive class of what Macie found in a bucket, and in a few words what that was."""
    if element.type != BUCKET:
        return None
    own = {known.address.rpartition(":")[2]} if known.address.startswith("arn:") else set()  # of a live account
    names = sorted({*own, *known.names} & sensitive.keys())
    meant = {category: name for name, categories in hints.macie.items() for category in categories}
    found = [(scale.suggested(meant[each]), sensitive[name].text) for name in names for each in sensitive[name].counts]
    return max(found, key=lambda one: scale.rank(one[0]), default=None)


def words_of(text: str) -> list[str]:
    """The words of a name in lower case and singular."""
    words = [word.lower() for word in _WORDS.findall(text[:200])]
    return [word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word for word in words]


def _folded(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())
