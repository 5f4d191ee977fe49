"""Where a resource of the code and the live one that it became depart from each other, property by property."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from bastide.drift.statements import odd_statements
from bastide.drift.values import HOLE, Known, is_empty, same_scalar
from bastide.resources.model import REDACTED, REDACTED_WRITTEN, without_positions
from bastide.resources.policies import policy_paths
from bastide.resources.schema import schema_for

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from bastide.resources.model import Resource

Kind = Literal["changed", "code only", "cloud only", "unset"]
"""What a difference is: another value, something that one side alone has, or what only the cloud sets."""

MAX_DEPTH = 30
MAX_PAIRS = 40_000
"""Elements of two lists that are compared each with each; longer lists are compared as they stand."""
ANYTHING, ONE_OF = "anything", "one_of"
KEYS = ("Key", "PolicyName", "Name", "Id", "Sid", "AttributeName", "IndexName", "DeviceName", "RuleName")
"""Members by which elements of a list are the same element, though other members differ."""
ORDERED = ("Command", "EntryPoint")


class Difference(NamedTuple):
    """One place; a value is None on the side that has none. `default` is what AWS sets where code says nothing."""

    path: str
    kind: Kind
    code: Any
    cloud: Any
    default: bool = False


class Comparer:
    """Compares pairs. `known` gives, by unit, what references lead to; `uncovered` what no live source fills."""

    def __init__(
        self,
        known: Callable[[str], Known],
        defaults: Mapping[str, Mapping[str, Any]],
        uncovered: Callable[[Resource], Collection[str]] = lambda _: (),
    ) -> None:
        self._known_of, self._defaults, self._uncovered = known, defaults, uncovered
        self._known = Known()

    def compare(self, code: Resource, cloud: Resource) -> list[Difference]:
        """All differences, in the order of the schema."""
        self._known = self._known_of(code.unit)
        return list(_Pair(self, code, cloud).top())

    def alike(self, code: Resource, cloud: Resource) -> float:
        """Which share of what the code sets is the same in the cloud; 0 where it sets too little to tell."""
        names = {name for name in code.properties if not is_empty(code.properties[name])}
        if len(names) < 2:
            return 0.0
        other = {
            without_positions(one.path).partition(".")[0] for one in self.compare(code, cloud) if one.kind != "unset"
        }
        return 1 - len(names & other) / len(names)

    def same(self, one: Any, other: Any) -> bool:
        """Whether two plain values are the same."""
        return same_scalar(one, other, self._known)

    def default_of(self, kind: str, path: str) -> Any:
        """What AWS sets, `ANYTHING`, or None where that is not known."""
        return self._defaults.get(kind, {}).get(path)

    def uncovered_of(self, code: Resource) -> Collection[str]:
        """What the live source never fills of what the code sets."""
        return self._uncovered(code)

    def odd(self, code: Any, cloud: Any) -> tuple[list[Any], list[Any]] | None:
        """Statements that only one of two policies has; None when one of them cannot be read."""
        return odd_statements(code, cloud, self._known)


class _Pair:
    def __init__(self, comparer: Comparer, code: Resource, cloud: Resource) -> None:
        self._comparer, self._code, self._cloud = comparer, code, cloud
        schema = schema_for(code.type)
        self._names = list(schema.properties) if schema else []
        self._live = schema.live if schema else frozenset()
        self._readonly = set(schema.readonly) if schema else set()
        self._writeonly = set(schema.writeonly) if schema else set()
        self._policies = set(policy_paths(code.type))
        self._dark = set(comparer.uncovered_of(code))

    def top(self) -> Iterator[Difference]:
        if "" in self._code.unresolved or "" in self._cloud.unresolved:
            return
        for name in self._names:
            if name not in self._readonly and name not in self._live:
                yield from self._at(name, self._code.properties.get(name), self._cloud.properties.get(name), 0)

    def _at(self, path: str, code: Any, cloud: Any, depth: int) -> Iterator[Difference]:
        plain = without_positions(path)
        if self._is_unknown(path, plain) or depth > MAX_DEPTH or plain in self._readonly or code == cloud:
            return
        if _is_hidden(code) or _is_hidden(cloud):
            return
        if code is None:
            yield from self._unset(path, plain, cloud, depth)
        elif cloud is None:
            if not (is_empty(code) or self._is_secret_of_code(plain, code) or self._is_default(plain, code)):
                yield Difference(path, "code only", code, None)
        else:
            yield from self._both(path, plain, code, cloud, depth)

    def _both(self, path: str, plain: str, code: Any, cloud: Any, depth: int) -> Iterator[Difference]:
        if plain in self._policies:
            yield from self._policy(path, code, cloud)
        elif isinstance(code, list) and isinstance(cloud, list):
            yield from self._lists(path, code, cloud, depth)
        elif isinstance(code, dict) and isinstance(cloud, dict):
            for name in dict.fromkeys((*code, *cloud)):
                yield from self._at(f"{path}.{name}", code.get(name), cloud.get(name), depth + 1)
        elif isinstance(code, (dict, list)) or isinstance(cloud, (dict, list)):
            yield from self._unlike(path, code, cloud, depth)
        elif not self._comparer.same(code, cloud):
            yield Difference(path, "changed", code, cloud)

    def _unlike(self, path: str, code: Any, cloud: Any, depth: int) -> Iterator[Difference]:
        """Text and what it may be the JSON of; one value and a list of it; a reference and whatever it leads to."""
        if isinstance(code, str) and HOLE.search(code):
            return
        read_code, read_cloud = _read(code), _read(cloud)
        if isinstance(read_code, list) != isinstance(read_cloud, list):
            read_code = read_code if isinstance(read_code, list) else [read_code]
            read_cloud = read_cloud if isinstance(read_cloud, list) else [read_cloud]
        if type(read_code) is type(read_cloud):
            yield from self._at(path, read_code, read_cloud, depth + 1)
        else:
            yield Difference(path, "changed", code, cloud)

    def _is_unknown(self, path: str, plain: str) -> bool:
        """Whether one of the sides does not know what is there."""
        if any(plain == dark or plain.startswith(f"{dark}.") for dark in self._dark):
            return True
        for side in (self._code, self._cloud):
            for one in side.unresolved:
                if one in (path, plain) or path.startswith((f"{one}.", f"{one}[")) or plain.startswith(f"{one}."):
                    return True
        return False

    def _has_unknown(self, side: Resource, path: str) -> bool:
        return any(one.startswith((f"{path}[", f"{path}.")) for one in side.unresolved)

    def _is_secret_of_code(self, plain: str, value: Any) -> bool:
        """Whether a value is one that AWS takes and never shows again, in all its members."""
        if plain in self._writeonly:
            return True
        return isinstance(value, dict) and all(
            self._is_secret_of_code(f"{plain}.{name}", value[name]) for name in value
        )

    def _is_default(self, plain: str, value: Any) -> bool:
        default = self._comparer.default_of(self._code.type, plain)
        return default == ANYTHING or any(self._alike(one, value) for one in _choices(default))

    def _unset(self, path: str, plain: str, cloud: Any, depth: int) -> Iterator[Difference]:
        """What the code does not set: drift where AWS's default is known and something else is there."""
        if plain == "Tags" or plain.endswith(".Tags"):
            cloud = [one for one in cloud if not _is_tag_of_aws(one)] if isinstance(cloud, list) else cloud
        default = self._comparer.default_of(self._code.type, plain)
        if self._is_default(plain, cloud):
            return
        if default is not None:
            yield Difference(path, "changed", _choices(default)[0], cloud, default=True)
        elif not is_empty(cloud) and not depth:
            yield Difference(path, "unset", None, cloud)

    def _alike(self, one: Any, other: Any) -> bool:
        """Whether two values are the same as values of properties: members that are off may be missing."""
        if isinstance(one, dict) and isinstance(other, dict):
            names = {*one, *other}
            return all(
                self._alike(one.get(name), other.get(name))
                or (one.get(name) is None and is_empty(other.get(name)))
                or (other.get(name) is None and is_empty(one.get(name)))
                for name in names
            )
        if isinstance(one, list) and isinstance(other, list):
            left = list(other)
            for item in one:
                found = next((at for at, this in enumerate(left) if self._alike(item, this)), None)
                if found is None:
                    return False
                del left[found]
            return not left
        return one is not None and other is not None and not isinstance(one, (dict, list)) and self._comparer.same(
            one, other
        )  # fmt: skip

    # Lists

    def _lists(self, path: str, code: list[Any], cloud: list[Any], depth: int) -> Iterator[Difference]:
        if path.rpartition(".")[2] in ORDERED or len(code) * len(cloud) > MAX_PAIRS:
            if _text(code) != _text(cloud) and not HOLE.search(_text(code)):
                yield Difference(path, "changed", code, cloud)
            return
        places = [at for at, one in enumerate(code) if one is not None]
        left = [one for one in cloud if not _is_tag_of_aws(one)]
        rest: list[int] = []
        for at in places:
            found = self._find(f"{path}[{at}]", code[at], left, depth)
            if found is None:
                rest.append(at)
            else:
                del left[found]
        yield from self._paired(path, code, rest, left, depth)

    def _find(self, place: str, one: Any, left: list[Any], depth: int) -> int | None:
        """The first element that is the same; members that the code does not set may be anything."""
        for at, other in enumerate(left):
            if one == other or not any(d.kind != "unset" for d in self._at(place, one, other, depth + 1)):
                return at
        return None

    def _paired(self, path: str, code: list[Any], rest: list[int], left: list[Any], depth: int) -> Iterator[Difference]:
        """Elements without an equal: those with the same key are one that changed, the others are there or not."""
        for at in list(rest):
            one = code[at]
            partner = next((other for other in left if _key(one) is not None and _key(other) == _key(one)), None)
            if partner is None and len(rest) == len(left) == 1 and isinstance(one, dict) and isinstance(left[0], dict):
                partner = left[0] if _key(one) is None else None
            if partner is not None:
                rest.remove(at)
                left.remove(partner)
                place = f"{path}[{at}]"
                for it in self._at(place, one, partner, depth + 1):
                    yield it if _key(one) is None else it._replace(path=_named(it.path, place, path, _key(one)[1]))
        if not self._has_unknown(self._cloud, path):
            for at in rest:
                yield Difference(f"{path}[{at}]", "code only", code[at], None)
        if not self._has_unknown(self._code, path):
            for other in left:
                yield Difference(path, "cloud only", None, other)

    # Policies

    def _policy(self, path: str, code: Any, cloud: Any) -> Iterator[Difference]:
        if self._has_unknown(self._code, path) or self._has_unknown(self._cloud, path):
            return
        odd = self._comparer.odd(code, cloud)
        if odd is None:
            if _text(code) != _text(cloud):
                yield Difference(path, "changed", code, cloud)
            return
        for statement in odd[0]:
            yield Difference(f"{path}.Statement", "code only", statement, None)
        for statement in odd[1]:
            yield Difference(f"{path}.Statement", "cloud only", None, statement)


def _choices(default: Any) -> list[Any]:
    """The values that a default may be, the one that holds now first."""
    if isinstance(default, dict) and default.keys() == {ONE_OF}:
        return list(default[ONE_OF])
    return [] if default is None else [default]


def _is_hidden(value: Any) -> bool:
    return isinstance(value, str) and (REDACTED in value or REDACTED_WRITTEN in value)


def _is_tag_of_aws(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(key := value.get("Key"), str) and key.startswith("aws:")


def _key(value: Any) -> Any:
    if not isinstance(value, dict):
        return None
    return next(((name, value[name]) for name in KEYS if isinstance(value.get(name), str)), None)


def _named(found: str, place: str, path: str, key: str) -> str:
    """The path with the element's key in place of its position: `Tags[team].Value`."""
    return f"{path}[{key[:60]}]{found.removeprefix(place)}"


def _read(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
