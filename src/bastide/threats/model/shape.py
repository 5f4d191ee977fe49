"""What a model is made of, and the tables that it is asked by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

if TYPE_CHECKING:
    from bastide.workload.known import Columns

ElementKind = Literal["component", "store", "entity", "identity"]
BoundaryKind = Literal["internet", "aws", "organization", "account", "region", "vpc", "subnet", "own"]
FlowKind = Literal["request", "event", "data", "log", "replication", "assume", "acts-as", "access", "admin"]
ClassFrom = Literal["manifest", "tag", "hint", "flow", "default"]

INTERNET = "entity:internet"
"""The element that is everybody."""
PEOPLE = "entity:people"
"""The element that is those who administer."""


class Boundary(Struct, frozen=True):
    """A trust boundary: what lies in it is under one control. `within` is the boundary around it."""

    id: str
    kind: BoundaryKind
    name: str
    within: str | None = None
    resource: str | None = None


class Element(Struct, kw_only=True):
    """A component, a store of data, somebody outside, or an identity; `id` is that of its resource where it has one.

    `classification` is the class of its data, None when nothing is known of it. `exposed` tells whether it can be
    reached from the internet as configured; None when that is not known.
    """

    id: str
    kind: ElementKind
    name: str
    type: str | None = None
    service: str | None = None
    resource: str | None = None
    boundary: str | None = None
    classification: str | None = field(default=None, name="class")
    class_from: ClassFrom | None = None
    class_hint: str | None = None
    class_conflict: str | None = None
    exposed: bool | None = False
    why: str = ""


class Flow(Struct, kw_only=True):
    """Something goes from one element to another: for requests from who asks, for all else from where it comes.

    `encrypted` and `authenticated` are None when that is not known. `crosses` are the boundaries that it leaves and
    enters, in this order. `resource` and `property` are the id and the path that justify it.
    """

    id: str
    source: str
    target: str
    kind: FlowKind
    protocol: str | None = None
    encrypted: bool | None = None
    authenticated: bool | None = None
    actions: list[str] = field(default_factory=list)
    crosses: list[str] = field(default_factory=list)
    classification: str | None = field(default=None, name="class")
    resource: str | None = None
    property: str | None = None


class Model(Struct, frozen=True):
    """All of it, each list in the order of ids."""

    boundaries: tuple[Boundary, ...]
    elements: tuple[Element, ...]
    flows: tuple[Flow, ...]


TABLES: dict[str, Columns] = {
    "boundaries": {
        "id": ("VARCHAR", "unique in the model"),
        "kind": ("VARCHAR", "internet, aws, organization, account, region, vpc, subnet or own"),
        "name": ("VARCHAR", "what people call it"),
        "within": ("VARCHAR", "id of the boundary around it, NULL without one"),
        "resource": ("VARCHAR", "id of the resource that it is, NULL without one"),
    },
    "elements": {
        "id": ("VARCHAR", "id of its resource; `entity:…` for somebody outside, `own:NAME` for one of the manifest"),
        "kind": ("VARCHAR", "component, store, entity or identity"),
        "name": ("VARCHAR", "what people call it"),
        "type": ("VARCHAR", "CloudFormation type, NULL without a resource"),
        "service": ("VARCHAR", "service by the second part of the type in lower case"),
        "resource": ("VARCHAR", "id of its resource"),
        "boundary": ("VARCHAR", "id of the innermost boundary around it"),
        "class": ("VARCHAR", "class of its data; NULL when nothing is known of it"),
        "class_from": ("VARCHAR", "manifest, tag, hint, flow or default"),
        "class_hint": ("VARCHAR", "what suggests its class; NULL where something else says it"),
        "class_conflict": ("VARCHAR", "what else says another class; NULL when nothing does"),
        "exposed": ("BOOLEAN", "whether it can be reached from the internet as configured; NULL when not known"),
        "why": ("VARCHAR", "what justifies it"),
    },
    "flows": {
        "id": ("VARCHAR", "unique in the model; stays while its ends, kind and cause stay"),
        "source": ("VARCHAR", "id of the element from which it goes: of who asks, for requests"),
        "target": ("VARCHAR", "id of the element to which it goes"),
        "kind": ("VARCHAR", "request, event, data, log, replication, assume, acts-as, access or admin"),
        "protocol": ("VARCHAR", "how; NULL when not known"),
        "encrypted": ("BOOLEAN", "whether it is encrypted on the way; NULL when not known"),
        "authenticated": ("BOOLEAN", "whether who asks must prove who they are; NULL when not known"),
        "actions": ("VARCHAR[]", "actions of policies that allow it, lower case"),
        "crosses": ("VARCHAR[]", "ids of the boundaries that it leaves and enters"),
        "class": ("VARCHAR", "class of the data in it; NULL when nothing is known of it"),
        "resource": ("VARCHAR", "id of the resource that justifies it"),
        "property": ("VARCHAR", "path in that resource that does"),
    },
}
"""The tables of the model, their columns, types and meaning."""
