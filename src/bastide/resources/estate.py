"""The resources of one scan, by type, and what refers to what among them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bastide.resources.arns import name_in
from bastide.resources.model import without_positions
from bastide.resources.schema import schema_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bastide.resources.model import Resource

READ = "Bastide::Live::Read"
"""The type of a mark among the resources of a live account: which types were read of it, and what of these was not."""

_STANDS_FOR = {
    "AWS::SecretsManager::ResourcePolicy": "SecretId",
    "AWS::SecretsManager::RotationSchedule": "SecretId",
    "AWS::SecretsManager::SecretTargetAttachment": "SecretId",
}
"""Types whose `Ref` is the ARN of another resource, and their property that names it."""
_PART_OF = {"AWS::ApiGateway::Stage": ("/restapis/", "RestApiId", "/stages/", "StageName")}
"""Types whose ARN people put together from the id of what they are part of and their own name, and how it ends."""


class Estate:
    """Looks resources up within their unit: by reference, and by the literal name that AWS identifies them by.

    A live account is one unit, in which names are unique by region only; what refers to what there is known as far as
    the type was read wholly, which a mark of the type `READ` says.
    """

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.by_type: dict[str, list[Resource]] = defaultdict(list)
        self._at: dict[tuple[str, str], Resource] = {}
        self._names: dict[str, dict[tuple[str, str], Resource]] = {}
        self._referring: dict[tuple[str, str, str], dict[tuple[str, str], list[Resource]]] = {}
        self._vague: dict[tuple[str, str, str], dict[str, list[tuple[Resource, str]]]] = {}
        self._read: dict[str, dict[str, Any]] = {}
        self._why_unread: dict[tuple[str, str, str | None, str], str] = {}
        for resource in resources:
            if resource.type == READ:
                self._read[resource.unit] = resource.properties
                continue
            self.by_type[resource.type].append(resource)
            self._at[resource.unit, resource.address] = resource

    def referred(self, resource: Resource, by: str, wanted: str) -> tuple[list[Resource], str]:
        """The resources of type `wanted` that the property `by` names; and why some are not known, if so."""
        found: dict[str, Resource] = {}
        seen: set[str] = set()
        for link in resource.links:
            if _under(without_positions(link.property), by):
                meant = [one for one in self._meant(resource.unit, link.target) if one.type == wanted]
                found |= {one.address: one for one in meant}
                seen |= {link.target for _ in meant}
        missing = ""
        for value in {name for text in leaves(resource.properties, by.split(".")) for name in names_in(text)}:
            if target := self._named(resource, value, wanted):
                found[target.address] = target
            elif not any(_mentions(value, address) for address in seen) and not self._is_nowhere(
                resource, value, wanted
            ):
                missing = f"{value} is not among the resources that were scanned"
        return list(found.values()), missing or _why_unresolved(resource, by)

    def referring(self, resource: Resource, to: str, wanted: str) -> tuple[list[Resource], str]:
        """The resources of type `wanted` whose property `to` names this one; and why there may be more, if so."""
        key = (wanted, to, resource.type)
        if key not in self._referring:
            index: dict[tuple[str, str], list[Resource]] = defaultdict(list)
            vague: dict[str, list[tuple[Resource, str]]] = defaultdict(list)
            for other in self.by_type.get(wanted, ()):
                targets, _ = self.referred(other, to, resource.type)
                for target in targets:
                    index[target.unit, target.address].append(other)
                if not targets and len(vague[other.unit]) <= 1 and (why := _why_unresolved(other, to)):
                    vague[other.unit].append((other, why))  # two, of which one may be the resource itself
            self._referring[key], self._vague[key] = index, vague
        vaguely = ""
        if maybe := self._vague[key].get(resource.unit):
            others = (one for one in maybe if _is_another(*one, resource, to))
            vaguely = next((f"{other.address} may refer to it: {why}" for other, why in others), "")
        vaguely = vaguely or self._unread(resource, wanted)
        return self._referring[key].get((resource.unit, resource.address), []), vaguely

    def beside(self, resource: Resource, wanted: str) -> list[Resource]:
        """All resources of type `wanted` in the same unit; of an account, of the same region."""
        region = resource.metadata.get("region", "")
        return [
            one
            for one in self.by_type.get(wanted, ())
            if one.unit == resource.unit and one.metadata.get("region", region) == region
        ]

    def is_one_of_several(self, resource: Resource, by: str, target: Resource) -> bool:
        """Whether the property `by` names this resource or another of its type, and which is not known.

        A condition chooses, or a plan does not show the key. A text in which each stands by itself names them all.
        """
        places = {
            link.property for link in resource.links if link.target == target.address and link.property[-1] != "]"
        }
        others = [
            link.target
            for link in resource.links
            if link.property in places
            and link.target != target.address
            and _under(without_positions(link.property), by)
        ]
        kinds = [self._at.get((resource.unit, address)) for address in others]
        if not any(one is not None and one.type == target.type for one in kinds):
            return False
        named = [*others, target.address] if resource.source != "plan" else []
        texts = leaves(resource.properties, by.split(".")) if named else ()
        return not any(all(_names(text, address) for address in named) for text in texts)

    def _meant(self, unit: str, address: str) -> Iterator[Resource]:
        """What a reference names: the resource, and the one whose ARN its `Ref` is."""
        target = self._at.get((unit, address))
        if target is None:
            return
        yield target
        by = _STANDS_FOR.get(target.type, "")
        for link in target.links if by else ():
            behind = self._at.get((unit, link.target))
            if link.property == by and behind is not None:
                yield behind

    def _named(self, resource: Resource, value: str, wanted: str) -> Resource | None:
        names = self._by_name(wanted)
        if wanted in _PART_OF and (at := value.find(_PART_OF[wanted][0])) > 0 and value.startswith("arn:"):
            return names.get((resource.unit, value)) or names.get((resource.unit, value[at:]))
        if resource.source != "aws":
            return names.get((resource.unit, value)) or names.get((resource.unit, name_in(value, wanted)))
        if value.startswith("arn:"):
            return names.get((resource.unit, value))
        scopes = self._read.get(resource.unit, {}).get("types", {})
        if "global" in (scopes.get(wanted), scopes.get(resource.type)):
            return names.get((resource.unit, value))
        return names.get((_region_of(resource), value))

    def _is_nowhere(self, resource: Resource, value: str, wanted: str) -> bool:
        """Whether a name that is not found is that of nothing: its type was read wholly, and it is not elsewhere."""
        if resource.source != "aws" or self._unread(resource, wanted):
            return False
        parts = value.split(":", 5)
        if parts[0] != "arn":
            return True
        regions = self._read[resource.unit].get("regions", ())
        return len(parts) == 6 and parts[4] in ("", resource.unit.partition(":")[2]) and parts[3] in ("", *regions)

    def _unread(self, resource: Resource, wanted: str) -> str:
        """Why there may be more of a type in a live account than was read; empty when there is not."""
        if resource.source != "aws":
            return ""
        key = (resource.unit, resource.type, resource.metadata.get("region"), wanted)
        found = self._why_unread.get(key)
        if found is None:
            found = self._why_unread[key] = self._why_more(*key)
        return found

    def _why_more(self, unit: str, kind: str, own: str | None, wanted: str) -> str:
        read = self._read.get(unit, {})
        scopes: dict[str, str] = read.get("types", {})
        if wanted not in scopes:
            return f"{wanted} was not read of {unit}"
        unread: dict[str, str] = read.get("unread", {}).get(wanted, {})
        if "global" not in (scopes[wanted], scopes.get(kind)):
            unread = {region: why for region, why in unread.items() if region == own}
        elif scopes[wanted] != "global" and not read.get("complete"):
            return f"{wanted} was not read in every region of {unit}"
        return next((f"{wanted} was not read wholly: {why}" for why in unread.values()), "")

    def _by_name(self, wanted: str) -> dict[tuple[str, str], Resource]:
        if wanted not in self._names:
            schema = schema_for(wanted)
            short = wanted.rpartition("::")[2]
            known_by = {*(schema.primary if schema else ()), "Name", f"{short}Name", f"{short}Identifier"}
            names: dict[tuple[str, str], Resource] = {}
            for resource in self.by_type.get(wanted, ()):
                for prop in known_by:
                    value = resource.properties.get(prop)
                    if isinstance(value, str) and value:
                        names[resource.unit, value] = resource
                        if resource.source == "aws":
                            names[_region_of(resource), value] = resource
                names |= {(resource.unit, end): resource for end in _ends_of_arn(resource)}
                for value in (resource.address, resource.metadata.get("id", "")) if resource.source == "aws" else ():
                    names[resource.unit, value] = names[_region_of(resource), value] = resource
            self._names[wanted] = names
        return self._names[wanted]


def _ends_of_arn(resource: Resource) -> Iterator[str]:
    """What an ARN that is put together ends with; the serverless transform calls an API's stage `Api.Stage`, too."""
    before, holder, between, name = _PART_OF.get(resource.type, ("", "", "", ""))
    of, own = resource.properties.get(holder), resource.properties.get(name)
    if isinstance(of, str) and isinstance(own, str):
        yield f"{before}{of}{between}{own}"
    if isinstance(of, str) and of.endswith("}") and resource.name.startswith("AWS::Serverless::"):
        yield f"{before}{of}{between}{of[:-1]}.Stage}}"


def _region_of(resource: Resource) -> str:
    return f"{resource.unit}/{resource.metadata.get('region', '')}"


def _under(path: str, by: str) -> bool:
    return path == by or path.startswith(f"{by}.")


def _is_another(other: Resource, why: str, resource: Resource, to: str) -> bool:
    """Whether what is not known may be this resource: not where it stands itself, unless that is its name, too."""
    if other is not resource:
        return True
    return any(reason == why and not _under(without_positions(at), to) for at, reason in other.unresolved.items())


def _names(text: str, address: str) -> bool:
    return f"${{{address}." in text or f"${{{address}}}" in text


def _mentions(text: str, address: str) -> bool:
    """Whether an address stands in a reference, by itself or in an expression."""
    return re.search(rf"(?<![\w.-]){re.escape(address)}[.}}]", text) is not None


def _why_unresolved(resource: Resource, by: str) -> str:
    for path, reason in resource.unresolved.items():
        plain = without_positions(path)
        if not plain or _under(plain, by) or _under(by, plain):
            return reason
    return ""


_ALARM = re.compile(r"""(?:ALARM|OK|INSUFFICIENT_DATA)\(\s{0,99}(?:"([^"]{1,255})"|([^\s"()]{1,255}))\s{0,99}\)""")


def names_in(text: str) -> list[str]:
    """The names in a text that may be one: itself, or those of the alarms in the rule of a composite alarm."""
    if "(" not in text:
        return [text]
    return [quoted or plain for quoted, plain in _ALARM.findall(text)] or [text]


def leaves(value: Any, names: list[str]) -> Iterator[str]:
    """Every text at or below a path, through lists."""
    if isinstance(value, list):
        for item in value:
            yield from leaves(item, names)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not names or key == names[0]:
                yield from leaves(item, names[1:])
    elif isinstance(value, str) and not names:
        yield value
