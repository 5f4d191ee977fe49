"""What the library says of models (`library/model/*.yaml`): data about types, properties, policies and names."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from msgspec import Struct, field

from bastide.cache import compiled
from bastide.library import FOLDER
from bastide.threats.classes import Hints  # noqa: TC001 (msgspec reads the annotations)
from bastide.threats.model.shape import ElementKind, FlowKind  # noqa: TC001

MODEL = FOLDER / "model"


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """A property by which one resource is part of another: `of` names the whole, `has` the part."""

    type: str
    of: str = ""
    has: str = ""
    to: list[str] = field(default_factory=list)


class FlowRule(Struct, frozen=True, forbid_unknown_fields=True, rename={"inwards": "in"}):
    """A property that says that something flows to what it names, or from there with `inwards`.

    `protocol`, `encrypted`, `authenticated` and `when` are SQL over `p`, `t` and `path`; a NULL protocol is that of the
    store that is asked.
    """

    type: str
    property: str
    kind: FlowKind
    to: list[str] = field(default_factory=list)
    inwards: bool = False
    protocol: str = "'HTTPS'"
    encrypted: str = "true"
    authenticated: str = "true"
    when: str = "true"


class Outside(Struct, frozen=True, forbid_unknown_fields=True):
    """What connects a resource with somebody outside, whose id the SQL `entity` gives; NULL for nobody.

    `when` and the others are SQL over its properties, `p`, and those of its element, `o`. Where a path in `reads` is
    unresolved, it is not known whether. With `door` a security group must let everybody in, too. With `out` it goes
    from the resource to them. What the internet gets to so is exposed.
    """

    type: str
    when: str = "true"
    entity: str = "'entity:internet'"
    reads: list[str] = field(default_factory=list)
    door: bool = False
    out: bool = False
    kind: FlowKind = "request"
    protocol: str = "'HTTPS'"
    encrypted: str = "null"
    authenticated: str = "null"


class Store(Struct, frozen=True, forbid_unknown_fields=True):
    """How a type of store is named in ARNs, and which actions read and write its data.

    `flow` is the kind of flow of a component that may use one; `encrypted` is SQL over its properties, `p`.
    """

    arn: str = ""
    arn_service: str = ""
    reads: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    flow: FlowKind = "request"
    protocol: str = "HTTPS"
    encrypted: str = ""


class Powers(Struct, frozen=True, forbid_unknown_fields=True, rename={"excepted": "except"}):
    """What actions come to: those that change who may do what, how names of those begin that change nothing, and what
    policies of AWS leave out.
    """

    grants: list[str]
    looks: list[str]
    excepted: dict[str, list[str]]


class Rules(Struct, frozen=True):
    """All that the library says; `elements` are nouns by kind and type."""

    elements: dict[ElementKind, dict[str, str]]
    parts: list[Part]
    flows: list[FlowRule]
    outside: list[Outside]
    stores: dict[str, Store]
    managed: dict[str, list[str]]
    hints: Hints
    powers: Powers

    @property
    def kinds(self) -> dict[str, ElementKind]:
        """The kind of element by type."""
        return {name: kind for kind, types in self.elements.items() for name in types}

    @property
    def nouns(self) -> dict[str, str]:
        """What people call one, by type."""
        return {name: noun for types in self.elements.values() for name, noun in types.items()}


@cache
def load_rules() -> Rules:
    """The library's rules."""
    files = sorted(MODEL.glob("*.yaml"))
    return msgspec.convert(compiled("model", files, _read), Rules)


def _read() -> dict[str, Any]:
    from bastide.yamltext import read_yaml  # only when the cache is cold

    found = {
        file.stem: read_yaml(file.read_text("utf-8"), f"library/model/{file.name}")[0] for file in MODEL.glob("*.yaml")
    }
    found["flows"] = [
        {"type": name, "kind": kind, **({"property": item} if isinstance(item, str) else item)}
        for name, kinds in found["flows"].items()
        for kind, items in kinds.items()
        for item in items
    ]
    found["outside"] = [{"type": name, **item} for name, items in found["outside"].items() for item in items]
    return found
