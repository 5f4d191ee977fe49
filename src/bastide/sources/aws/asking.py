"""Which calls of a collector are made at all, and which of them side by side. Nothing here makes one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bastide.resources.policies import policy_paths
from bastide.resources.schema import schema_for
from bastide.sources.aws.items import roots_of

if TYPE_CHECKING:
    from collections.abc import Collection as Set
    from collections.abc import Iterable, Sequence

    from bastide.sources.aws.collectors import Call, Collector, Properties

_FURTHER_UP = re.compile(r"\bparent\.parent\b|\bparent\b(?!\.)")
"""An expression that looks at a parent's parent, or at a parent as a whole."""


def needed(entries: Sequence[Collector], wanted: Set[str]) -> list[Collector]:
    """The entries of wanted types and those that they are `each` of, in the order of the file."""
    types = set(wanted)
    for entry in reversed(entries):
        if entry.type in types and entry.each:
            types.add(entry.each)
    return [entry for entry in entries if entry.type in types]


def unasked(
    entry: Collector, reads: Set[str] | None, entries: Iterable[Collector] = (), *, wanted: bool = True
) -> list[int]:
    """The completing calls of which nobody needs anything; of one whose type is `wanted`, None reads all properties.

    A call is needed for the properties that it fills, where somebody reads these, and for what it keeps in the item,
    where something else that is needed looks there: not for what it only spares (`unless`). `entries` are those that
    are collected, of which some may be `each` of this one. Policies are always read: who can reach a resource is asked
    in other ways than by controls.
    """
    read = None if reads is None else {path.partition(".")[0] for path in (*reads, *policy_paths(entry.type))}
    if not wanted:
        read = set()
    names = _names_of(entry, entries, lines=wanted)
    found = []
    for number, call in reversed(list(enumerate(entry.complete))):
        fills = bool(call.properties) and (
            read is None or any(path.partition(".")[0] in read for path in call.properties)
        )
        if call.item or fills or (call.keep and (names is None or call.keep in names)):
            names = None if names is None else names | _looked_at(call)
        else:
            found.append(number)
    return found[::-1]


def _names_of(entry: Collector, entries: Iterable[Collector], *, lines: bool) -> set[str] | None:
    """The members of the item at which its own lines, and the entries that are `each` of it, look; None for any."""
    texts = [entry.id, entry.arn, entry.only, entry.region, *entry.metadata.values()]
    texts += _sources(entry.properties) if lines else []
    found = {root[0] for text in texts if text for root in roots_of(text)}
    schema = schema_for(entry.type)
    if lines and entry.by_rule and schema is not None:
        by_rule = {name.lower() for name in schema.properties}
        found |= {call.keep for call in entry.complete if call.keep.lower() in by_rule}
    for other in (one for one in entries if one.each):
        texts = [text for text in _all_texts(other) if text]
        if any(_FURTHER_UP.search(text) for text in texts):
            return None
        if other.each == entry.type:
            found |= {root[1] for text in texts for root in roots_of(text) if root[0] == "parent" and len(root) > 1}
    return found


def _looked_at(call: Call) -> set[str]:
    """The members of the item that a call needs, to be made and to be understood."""
    found = {root[0] for text in texts_of(call) for root in roots_of(text)}
    own = call.match if isinstance(call.match, str) else call.match["item"]
    texts = [own] if own else []
    found |= {root[0] for text in texts for root in roots_of(text)}
    inner = [root for text in _sources(call.properties) for root in roots_of(text) if root[0] == "item"]
    return found | {root[1] for root in inner if len(root) > 1}


def _all_texts(entry: Collector) -> list[str]:
    texts = [entry.id, entry.arn, entry.only, entry.region, *entry.metadata.values(), *_sources(entry.properties)]
    for call in entry.calls:
        own = call.match if isinstance(call.match, str) else call.match["item"]
        texts += [*texts_of(call), call.items, call.item, own, *_sources(call.properties)]
    return texts


def _sources(properties: Properties) -> list[str]:
    return [rule if isinstance(rule, str) else rule.source for rule in properties.values()]


def waves(entry: Collector, left_out: Sequence[int] = ()) -> list[list[int]]:
    """Which calls can be made side by side: those that need what another puts into the item wait for it."""
    found: list[list[int]] = [[]]
    kept: set[str] = set()
    opened = False
    for number, call in enumerate(entry.complete):
        if number in left_out:
            continue
        texts = (*texts_of(call), call.unless, entry.region)
        if opened or kept & {root[0] for text in texts if text for root in roots_of(text)}:
            found.append([])
            kept, opened = set(), False
        found[-1].append(number)
        kept |= {call.keep} if call.keep else set()
        opened = bool(call.item)
    return [wave for wave in found if wave]


def texts_of(call: Call) -> list[str]:
    """The expressions that say whether a call is made, and with which parameters; not what spares it."""
    return [
        text for text in (*call.parameters.values(), *call.ids.values(), call.when) if isinstance(text, str) and text
    ]
