"""Shared responsibility: of each service that the workload uses, layer by layer, who sees to it, and how we do.

Which service is of which kind, and who is responsible for which layer of a kind, is data below
`library/responsibilities`. How our part stands is counted from the verdicts on resources of that service, by the
controls of the objectives that cover the layer.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from bastide.cache import compiled
from bastide.library import FOLDER
from bastide.objectives.catalogue import load_objectives
from bastide.objectives.counts import Counts
from bastide.objectives.inuse import controls_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bastide.controls.entry import Summary
    from bastide.workload.known import Columns, Known

Who = Literal["aws", "shared", "us", "none", "unknown"]
WHO: dict[Who, str] = {
    "aws": "AWS",
    "shared": "both",
    "us": "us",
    "none": "there is no such layer",
    "unknown": "the library does not know this service",
}
NO_CONTROL = "no-control"
"""The state of a part of ours that no control tells of."""
TABLE: Columns = {
    "service": ("VARCHAR", "short name of a service that resources belong to"),
    "name": ("VARCHAR", "what AWS calls it"),
    "kind": ("VARCHAR", "infrastructure, container, managed, serverless, control, network, own or unknown"),
    "resources": ("INTEGER", "how many resources are of it"),
    "layer": (
        "VARCHAR",
        "physical, host, os, runtime, code, network, identity, settings, data, crypto, logs or backup",
    ),
    "who": ("VARCHAR", "aws, shared, us, none or unknown"),
    "objectives": ("VARCHAR[]", "ids of the objectives that cover our part"),
    "status": ("VARCHAR", "holds, broken, unknown, not-judged or no-control; NULL where we have no part"),
    "passed": ("INTEGER", "verdicts that pass"),
    "failed": ("INTEGER", "verdicts that fail"),
    "unknown": ("INTEGER", "verdicts that are unknown"),
    "exempt": ("INTEGER", "verdicts that are exempt"),
}
"""The table `responsibilities`: a row for each service and layer."""


class Layer(Struct, frozen=True):
    """One layer: what AWS does there, what is left to us, and the objectives that cover our part."""

    id: str
    title: str
    aws: str
    us: str
    objectives: tuple[str, ...]


class Service(Struct, frozen=True):
    """A service: resources of types that match `types` are its; `layers` are exceptions to what its kind says."""

    id: str
    name: str
    kind: str
    types: tuple[str, ...]
    layers: dict[str, Who] = {}


class Kind(Struct, frozen=True):
    """Who is responsible for each layer of a kind of service."""

    title: str
    who: dict[str, Who]


class Matrix(Struct, frozen=True):
    """All layers, kinds and services of the library."""

    layers: tuple[Layer, ...]
    kinds: dict[str, Kind]
    services: tuple[Service, ...]

    def service(self, kind: str) -> Service:
        """The service that a resource type belongs to; one of kind `unknown` for a type of none."""
        for one in self.services:
            if any(fnmatchcase(kind, pattern) for pattern in one.types):
                return one
        name = kind.split("::")[1] if kind.count("::") == 2 else kind
        return Service(name.lower(), name, "unknown", (kind,))

    def who(self, service: Service, layer: str) -> Who:
        """Who is responsible for a layer of a service."""
        if service.kind not in self.kinds:
            return "unknown"
        return service.layers.get(layer, self.kinds[service.kind].who[layer])


class Cell(Struct, frozen=True):
    """One layer of one service that the workload uses."""

    service: Service
    layer: Layer
    who: Who
    resources: int
    counts: Counts
    status: str | None


@cache
def load_matrix() -> Matrix:
    """What the library says of services and layers."""
    return msgspec.convert(compiled("responsibilities", _files(), _read), Matrix)


def _files() -> list[Path]:
    return sorted((FOLDER / "responsibilities").glob("*.yaml"))


def _read() -> dict[str, Any]:
    from bastide.yamltext import read_yaml  # only when the cache is cold

    layers, services = (
        read_yaml(file.read_text("utf-8"), f"library/responsibilities/{file.name}")[0] for file in _files()
    )
    return {**layers, "services": services}


def cells(known: Known, controls: Iterable[Summary] = ()) -> list[Cell]:
    """Every layer of every service that resources of the last scan belong to, by name of the service.

    `controls` are those in use, where the caller has them at hand.
    """
    matrix, judged = load_matrix(), _Judged(known, controls or controls_known(known))
    types = {
        row["type"]: row["n"]
        for row in known.run("select type, count(distinct id)::int as n from resources group by type")
    }
    used: dict[str, tuple[Service, list[str]]] = {}
    for name in sorted(types):
        service = matrix.service(name)
        used.setdefault(service.id, (service, []))[1].append(name)
    found = []
    for service, names in sorted(used.values(), key=lambda one: one[0].name.lower()):
        number = sum(types[name] for name in names)
        for layer in matrix.layers:
            who = matrix.who(service, layer.id)
            counts, told = judged.of(names, layer.objectives)
            found.append(Cell(service, layer, who, number, counts, _status(who, counts, told=told)))
    return found


class _Judged:
    """The verdicts of the last scan by resource type and objective."""

    def __init__(self, known: Known, controls: Iterable[Summary]) -> None:
        rows = known.run("select objective, list(distinct control) as all_ from objective_controls group by objective")
        self._serving = {row["objective"]: set(row["all_"]) for row in rows}
        self._judges: dict[str, set[str]] = {}
        for control in controls:
            self._judges.setdefault(control.resource, set()).add(control.id)
        self._counts: dict[tuple[str, str], Counts] = {}
        for row in known.run(_COUNTED):
            counts = Counts(row["passed"], row["failed"], row["unknown"], row["exempt"])
            self._counts[row["type"], row["control"]] = counts

    def of(self, types: Iterable[str], objectives: Iterable[str]) -> tuple[Counts, bool]:
        """What was counted of resources of these types, and whether any control tells of them; each verdict once."""
        controls = set().union(*(self._serving.get(one, set()) for one in objectives))
        found, told = Counts(), False
        for name in types:
            mine = controls & self._judges.get(name, set())
            told = told or bool(mine)
            for control in mine:
                found.add(self._counts.get((name, control), Counts()))
        return found, told


_COUNTED = """
with named as (select id, any_value(type) as type from resources group by id)
select r.type, v.control, count(*) filter (v.status = 'pass') as passed, count(*) filter (v.status = 'fail') as failed,
  count(*) filter (v.status = 'unknown') as unknown, count(*) filter (v.status = 'exempt') as exempt
from verdicts v join named r on r.id = v.resource group by all
"""


def _status(who: Who, counts: Counts, *, told: bool) -> str | None:
    if who in ("aws", "none"):
        return None
    return counts.status if counts.total or told else NO_CONTROL


def put_responsibilities(known: Known, controls: Iterable[Summary] = ()) -> None:
    """The table `responsibilities`; `known` has `objective_controls`."""
    known.put("responsibilities", TABLE, (row_of(one) for one in cells(known, controls)))


def row_of(one: Cell) -> dict[str, Any]:
    """A cell as the table `responsibilities` has it."""
    return {
        "service": one.service.id,
        "name": one.service.name,
        "kind": one.service.kind,
        "resources": one.resources,
        "layer": one.layer.id,
        "who": one.who,
        "objectives": list(one.layer.objectives) if one.status else [],
        "status": one.status,
        "passed": one.counts.passed,
        "failed": one.counts.failed,
        "unknown": one.counts.unknown,
        "exempt": one.counts.exempt,
    }


def lint_responsibilities() -> list[str]:
    """Complaints about the library's data: names that there are not, layers without an answer, services twice."""
    matrix = load_matrix()
    layers = {one.id for one in matrix.layers}
    objectives = {one.id for one in load_objectives()}
    found = [f"layer {one.id}: `{name}` is no objective" for one in matrix.layers for name in one.objectives
             if name not in objectives]  # fmt: skip
    covered = {name for one in matrix.layers for name in one.objectives}
    account = ("identity.", "organization.", "response.", "supply.", "detection.", "network.traffic")
    found += [f"{name} covers no layer" for name in sorted(objectives - covered) if not name.startswith(account)]
    found += [f"kind {name} does not say who of {', '.join(sorted(layers ^ one.who.keys()))}"
              for name, one in matrix.kinds.items() if layers != one.who.keys()]  # fmt: skip
    return [*found, *_of_services(matrix, layers)]


def _of_services(matrix: Matrix, layers: Iterable[str]) -> Iterator[str]:
    ids = [one.id for one in matrix.services]
    yield from (f"service {one} stands twice" for one in sorted({one for one in ids if ids.count(one) > 1}))
    patterns: set[str] = set()
    for one in matrix.services:
        if one.kind not in matrix.kinds:
            yield f"service {one.id}: `{one.kind}` is no kind"
        yield from (f"service {one.id}: `{name}` is no layer" for name in one.layers if name not in layers)
        yield from (f"service {one.id}: `{name}` belongs to another already" for name in one.types if name in patterns)
        patterns.update(one.types)
