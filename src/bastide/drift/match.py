"""Which live resource a resource of the code has become: by name, by what it belongs to, by tags, by likeness.

What cannot be told is said, never guessed: two that have an equal claim are ambiguous.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgspec import Struct, field

from bastide.drift.values import HOLE, Known, address_of, fits_pattern, literal_length
from bastide.resources.schema import schema_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bastide.resources.model import Resource

How = Literal["name", "belonging", "tags", "likeness"]
ROUNDS = 6
MAX_PAIRS = 100_000
"""Pairs of one type that are compared for likeness; with more, it is not tried."""
MAX_LIKE = 50
"""Candidates of one resource that are compared for likeness."""
LIKE = 0.75
"""Share of the properties of the code that must be the same in the cloud."""
AHEAD = 0.1
"""How much likelier than the next one."""
OWN = 3
"""Characters of a name that must not be a reference, so that its pattern tells anything."""
LOGICAL_ID, STACK = "aws:cloudformation:logical-id", "aws:cloudformation:stack-name"


class Pair(NamedTuple):
    """A resource of the code, the live one that it became, and what told."""

    code: Resource
    cloud: Resource
    how: How


class Unsure(NamedTuple):
    """A resource of the code of which it cannot be told what it became, and what it may be."""

    code: Resource
    why: str
    candidates: tuple[Resource, ...] = ()


class Matched(Struct):
    """What became of every resource of the code, and the live ones that are nobody's."""

    pairs: list[Pair] = field(default_factory=list)
    unsure: list[Unsure] = field(default_factory=list)
    missing: list[Resource] = field(default_factory=list)
    unmanaged: list[Resource] = field(default_factory=list)


class Matcher:
    """Matches resources of equal type. `alike` says how many of the code's properties are the same, 0 to 1."""

    def __init__(
        self,
        code: Iterable[Resource],
        cloud: Iterable[Resource],
        alike: Callable[[Resource, Resource], float],
        why_more: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._alike, self._why_more = alike, why_more
        self._open: dict[str, list[Resource]] = defaultdict(list)
        self._free: dict[str, dict[str, Resource]] = defaultdict(dict)
        self._became: dict[tuple[str, str], Resource] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._known: dict[str, Known] = {}
        self._known_at = 0
        self._found = Matched()
        for one in code:
            self._open[one.type].append(one)
        for one in cloud:
            self._free[one.type][one.id] = one
        self._all = {kind: dict(ones) for kind, ones in self._free.items()}

    def match(self) -> Matched:
        """Match everything that can be."""
        self._settle_claims("name", self._by_name)
        self._rounds()
        self._settle_claims("tags", self._by_tags)
        self._rounds()
        for kind in list(self._open):
            self._by_likeness(kind)
        self._rounds()
        self._close()
        return self._found

    def known(self, unit: str) -> Known:
        """What references of a unit of the code lead to, as far as that is known by now."""
        if self._known_at != len(self._became):
            self._known_at, self._known = len(self._became), self._knowns()
        return self._known.get(unit) or Known()

    def _knowns(self) -> dict[str, Known]:
        found: dict[str, Known] = defaultdict(Known)
        for (unit, address), cloud in self._became.items():
            if cloud.type not in self._names:
                self._names[cloud.type] = frozenset().union(*map(names_of, self._all[cloud.type].values()))
            found[unit].names[address] = names_of(cloud)
            found[unit].others[address] = self._names[cloud.type]
        return found

    def _rounds(self) -> None:
        for _ in range(ROUNDS):
            if not self._settle_claims("belonging", self._by_belonging):
                break

    def _settle_claims(self, how: How, find: Callable[[Resource], list[Resource] | None]) -> int:
        """Give each live resource to the one that claims it; several claims, or several to claim, are ambiguous."""
        claims: dict[str, list[Resource]] = defaultdict(list)
        candidates: dict[str, list[Resource]] = {}
        done: set[str] = set()
        for one in [one for ones in self._open.values() for one in ones]:
            found = find(one)
            if found is None:
                continue
            found = self._narrowed(one, found)
            candidates[one.id] = found
            for other in found:
                claims[other.id].append(one)
        count = 0
        for one in [one for ones in self._open.values() for one in ones if one.id in candidates]:
            mine = candidates[one.id]
            if not mine:
                if how == "name":
                    self._miss(one)
                    done.add(one.id)
            elif len(mine) > 1:
                self._found.unsure.append(Unsure(one, f"several have its {how}", tuple(mine)))
                done.add(one.id)
            elif len(claims[mine[0].id]) > 1:
                self._found.unsure.append(Unsure(one, "others in the code have a claim to the same", tuple(mine)))
                done.add(one.id)
            else:
                self._pair(one, mine[0], how)
                done.add(one.id)
                count += 1
        for kind, ones in self._open.items():
            self._open[kind] = [one for one in ones if one.id not in done]
        return count

    def _narrowed(self, one: Resource, found: list[Resource]) -> list[Resource]:
        """Of several with a name, the one that its tags name, or that alone is like it; else all of them."""
        if len(found) < 2:
            return found
        if one.source == "cloudformation":
            tagged = [other for other in found if tags_of(other).get(LOGICAL_ID) == one.address]
            if len(tagged) == 1:
                return tagged
        if len(found) > MAX_LIKE:
            return found
        scores = sorted(((self._alike(one, other), number) for number, other in enumerate(found)), reverse=True)
        ahead = scores[0][0] >= LIKE and scores[0][0] - scores[1][0] >= AHEAD
        return [found[scores[0][1]]] if ahead else found

    def _pair(self, one: Resource, other: Resource, how: How) -> None:
        self._found.pairs.append(Pair(one, other, how))
        self._became[one.unit, one.address] = other
        self._free[one.type].pop(other.id, None)

    def _miss(self, one: Resource) -> None:
        if why := self._why_more(one.type):
            self._found.unsure.append(Unsure(one, why))
        else:
            self._found.missing.append(one)

    # Who may it be? None: this cannot tell.

    def _by_name(self, one: Resource) -> list[Resource] | None:
        for prop in name_properties(one.type):
            value = one.properties.get(prop)
            if isinstance(value, str) and value and not HOLE.search(value):
                return [other for other in self._free[one.type].values() if _has_name(other, prop, value)]
        for prop in name_properties(one.type):
            value = one.properties.get(prop)
            if isinstance(value, str) and HOLE.search(value) and literal_length(value) >= OWN:
                found = [other for other in self._free[one.type].values() if _fits_name(other, prop, value)]
                if found:
                    return found
        return None

    def _by_belonging(self, one: Resource) -> list[Resource] | None:
        """By the properties that identify it, where these are references to what is matched already."""
        wanted: dict[str, frozenset[str]] = {}
        for prop in identifying(one.type):
            value = one.properties.get(prop)
            first = value[0] if isinstance(value, list) and len(value) == 1 else value
            match = HOLE.fullmatch(first) if isinstance(first, str) else None
            if match is None:
                continue
            address = address_of(match[1], {at for unit, at in self._became if unit == one.unit})
            if address:
                wanted[prop] = names_of(self._became[one.unit, address])
        if not wanted:
            return None
        found = [
            other
            for other in self._free[one.type].values()
            if all(_texts(other.properties.get(prop)) & names for prop, names in wanted.items())
        ]
        return found or None

    def _by_tags(self, one: Resource) -> list[Resource] | None:
        others = self._free[one.type].values()
        if one.source == "cloudformation":
            found = [other for other in others if tags_of(other).get(LOGICAL_ID) == one.address]
            if found:
                return found
        name = tags_of(one).get("Name", "")
        if not name:
            return None
        if HOLE.search(name):
            if literal_length(name) < OWN:
                return None
            return [other for other in others if fits_pattern(name, tags_of(other).get("Name", ""))] or None
        return [other for other in others if tags_of(other).get("Name") == name] or None

    def _by_likeness(self, kind: str) -> None:
        ones, others = self._open[kind], [one for one in self._free[kind].values() if not is_default(one)]
        if not ones or not others or len(ones) * len(others) > MAX_PAIRS:
            return
        scores = {(one.id, other.id): self._alike(one, other) for one in ones for other in others}
        left = []
        for one in ones:
            likely = sorted(others, key=lambda other: -scores[one.id, other.id])
            best = scores[one.id, likely[0].id]
            near = [other for other in likely if scores[one.id, other.id] > best - AHEAD]
            rivals = [that for that in ones if scores[that.id, likely[0].id] > best - AHEAD]
            if best < LIKE:
                left.append(one)
            elif len(near) > 1:
                self._found.unsure.append(Unsure(one, "several are like it", tuple(near[:5])))
            elif len(rivals) > 1:
                self._found.unsure.append(Unsure(one, "others in the code are as like to it", (likely[0],)))
            else:
                self._pair(one, likely[0], "likeness")
        self._open[kind] = left

    def _close(self) -> None:
        """What is left: missing where the cloud has none that it could be, else not known."""
        for kind, ones in self._open.items():
            others = [one for one in self._free[kind].values() if not is_default(one)]
            for one in ones:
                if others:
                    why = f"it has no name that is known, and none of {len(others)} is like it"
                    self._found.unsure.append(Unsure(one, why))
                else:
                    self._miss(one)
        maybe = {other.id for unsure in self._found.unsure for other in unsure.candidates}
        self._found.unmanaged = [
            one for ones in self._free.values() for one in ones.values() if one.id not in maybe and not is_default(one)
        ]


@cache
def name_properties(kind: str) -> tuple[str, ...]:
    """The properties that hold the physical name of a type, those first that identify it."""
    schema = schema_for(kind)
    if schema is None:
        return ()
    short = kind.rpartition("::")[2].lower()
    own = [name for name in schema.primary if name in schema.properties and name not in schema.readonly]
    named = [
        name
        for name in schema.properties
        if name == "Name"
        or (name.endswith("Name") and short.endswith(name[:-4].lower()))
        or (name.endswith("Identifier") and short.endswith(name[:-10].lower()))
    ]
    return tuple(dict.fromkeys((*own, *(name for name in named if name not in schema.readonly))))


@cache
def identifying(kind: str) -> tuple[str, ...]:
    """The properties by which a type belongs to another: those that identify it, else all that are required."""
    schema = schema_for(kind)
    if schema is None:
        return ()
    own = [name for name in schema.primary if name in schema.properties and name not in schema.readonly]
    required = [
        name for name in schema.required if name in schema.properties and schema.properties[name].kind != "json"
    ]
    return tuple(dict.fromkeys((*own, *required)))


def names_of(one: Resource) -> frozenset[str]:
    """Everything that a live resource is called: its ARN, its id, its names."""
    schema = schema_for(one.type)
    texts: list[Any] = [one.address, one.metadata.get("id", "")]
    texts += [one.properties.get(name) for name in (*name_properties(one.type), *(schema.primary if schema else ()))]
    texts += [
        value for name, value in one.properties.items() if name.endswith(("Arn", "Id")) and name in _readonly(one.type)
    ]
    return frozenset(text for text in texts if isinstance(text, str) and text)


@cache
def _readonly(kind: str) -> frozenset[str]:
    schema = schema_for(kind)
    return frozenset(schema.readonly) if schema else frozenset()


def tags_of(one: Resource) -> dict[str, str]:
    """The tags as a map."""
    tags = one.properties.get("Tags")
    if isinstance(tags, dict):
        return {key: value for key, value in tags.items() if isinstance(value, str)}
    pairs = tags if isinstance(tags, list) else []
    return {
        pair["Key"]: pair["Value"]
        for pair in pairs
        if isinstance(pair, dict) and isinstance(pair.get("Key"), str) and isinstance(pair.get("Value"), str)
    }


def is_default(one: Resource) -> bool:
    """Whether AWS or another service made a live resource: no code has it."""
    return bool(one.metadata.get("default") or one.metadata.get("managed"))


def _has_name(other: Resource, prop: str, value: str) -> bool:
    own = other.properties.get(prop)
    if isinstance(own, str):
        return own == value or (own.startswith("arn:") and own.endswith((f":{value}", f"/{value}")))
    return value in (other.metadata.get("id"), other.address)


def _fits_name(other: Resource, prop: str, value: str) -> bool:
    own = other.properties.get(prop)
    return fits_pattern(value, own if isinstance(own, str) else other.metadata.get("id", ""))


def _texts(value: Any) -> set[str]:
    return {one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}
