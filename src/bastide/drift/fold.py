"""Resources of code that no live account has, folded into those that say it there: rules of a group, inline policies.

Terraform's are folded by its mappings already; these are the ones that CloudFormation has types for.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, NamedTuple

from bastide.resources.model import Link, Resource, without_positions

if TYPE_CHECKING:
    from collections.abc import Iterable


class Fold(NamedTuple):
    """`by` names the parent of type `parent`; `into` is its list. `members` are kept of it, else all but `without`."""

    by: str
    parent: str
    into: str
    members: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    reference: bool = False
    """What goes into the list is a reference to the resource, which stays a resource itself."""


_POLICY = ("PolicyName", "PolicyDocument")
_RULE = ("GroupId", "GroupName", "Id")
FOLDS: dict[str, tuple[Fold, ...]] = {
    "AWS::EC2::SecurityGroupIngress": (
        Fold("GroupId", "AWS::EC2::SecurityGroup", "SecurityGroupIngress", without=_RULE),
        Fold("GroupName", "AWS::EC2::SecurityGroup", "SecurityGroupIngress", without=_RULE),
    ),
    "AWS::EC2::SecurityGroupEgress": (
        Fold("GroupId", "AWS::EC2::SecurityGroup", "SecurityGroupEgress", without=_RULE),
    ),
    "AWS::IAM::RolePolicy": (Fold("RoleName", "AWS::IAM::Role", "Policies", _POLICY),),
    "AWS::IAM::UserPolicy": (Fold("UserName", "AWS::IAM::User", "Policies", _POLICY),),
    "AWS::IAM::GroupPolicy": (Fold("GroupName", "AWS::IAM::Group", "Policies", _POLICY),),
    "AWS::IAM::Policy": (
        Fold("Roles", "AWS::IAM::Role", "Policies", _POLICY),
        Fold("Users", "AWS::IAM::User", "Policies", _POLICY),
        Fold("Groups", "AWS::IAM::Group", "Policies", _POLICY),
    ),
    "AWS::IAM::ManagedPolicy": (
        Fold("Roles", "AWS::IAM::Role", "ManagedPolicyArns", reference=True),
        Fold("Users", "AWS::IAM::User", "ManagedPolicyArns", reference=True),
        Fold("Groups", "AWS::IAM::Group", "ManagedPolicyArns", reference=True),
    ),
}
"""By type, where it goes; a type that is `reference` stays, the others vanish when they went somewhere."""


def folded(resources: Iterable[Resource]) -> list[Resource]:
    """The resources with what belongs to others inside these. What has no parent here stays as it is."""
    kept = list(resources)
    at = {(one.unit, one.address): number for number, one in enumerate(kept)}
    gone: set[int] = set()
    copied: set[int] = set()
    for number, one in enumerate(kept):
        for fold in FOLDS.get(one.type, ()):
            for parent in _parents(one, fold, kept, at):
                if parent not in copied:
                    copied.add(parent)
                    kept[parent] = _copy(kept[parent])
                _put(kept[parent], one, fold)
                if not fold.reference:
                    gone.add(number)
    return [one for number, one in enumerate(kept) if number not in gone]


def _parents(one: Resource, fold: Fold, kept: list[Resource], at: dict[tuple[str, str], int]) -> list[int]:
    found = {
        at[one.unit, link.target]
        for link in one.links
        if without_positions(link.property) == fold.by and (one.unit, link.target) in at
    }
    value = one.properties.get(fold.by)
    names = {name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)}
    key = {"AWS::IAM::Role": "RoleName", "AWS::IAM::User": "UserName"}.get(fold.parent, "GroupName")
    if names:
        found |= {
            number
            for number, other in enumerate(kept)
            if other.type == fold.parent and other.unit == one.unit and other.properties.get(key) in names
        }
    return sorted(number for number in found if kept[number].type == fold.parent)


def _put(parent: Resource, one: Resource, fold: Fold) -> None:
    into = parent.properties.setdefault(fold.into, [])
    if not isinstance(into, list):
        return
    place = f"{fold.into}[{len(into)}]"
    if fold.reference:
        into.append(f"${{{one.address}}}")
        parent.links.append(Link(place, one.address, "Ref"))
        return
    names = [name for name in one.properties if (name in fold.members if fold.members else name not in fold.without)]
    into.append({name: copy.deepcopy(one.properties[name]) for name in names})
    parent.links += [
        Link(f"{place}.{link.property}", link.target, link.attribute)
        for link in one.links
        if link.property.partition(".")[0].partition("[")[0] in names
    ]
    for path, reason in one.unresolved.items():
        parent.unresolved[f"{place}.{path}" if path else place] = reason


def _copy(one: Resource) -> Resource:
    """The same resource, whose lists may grow without anybody else's."""
    return Resource(
        one.type,
        one.address,
        one.unit,
        one.source,
        one.path,
        one.line,
        one.end_line,
        {name: list(value) if isinstance(value, list) else value for name, value in one.properties.items()},
        one.name,
        dict(one.unresolved),
        list(one.links),
        one.origins,
        one.call,
        one.metadata,
    )
