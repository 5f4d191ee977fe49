"""What the manifest adds to the model: elements, flows and boundaries that are in no code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.errors import UsageError, near_miss
from bastide.redact import clean
from bastide.threats.model.names import MAX_NAME
from bastide.threats.model.shape import Boundary, Element

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.workload.manifest import Manifest


def add_own(manifest: Manifest, boundaries: dict[str, Boundary], elements: dict[str, Element]) -> None:
    """Put the manifest's boundaries and elements among the others; `UsageError` for what they name and is not there."""
    for item in manifest.boundaries:
        name = f"own:{item['name']}"
        boundaries[name] = Boundary(name, "own", clean(item["name"], MAX_NAME))
    for item in manifest.boundaries:
        if "within" in item:
            name = f"own:{item['name']}"
            within = _boundary(item["within"], boundaries, item, manifest)
            boundaries[name] = Boundary(name, "own", boundaries[name].name, within)
            _no_circle(name, boundaries, item, manifest)
    for item in manifest.elements:
        name = f"own:{item['name']}"
        around = _boundary(item["boundary"], boundaries, item, manifest) if "boundary" in item else None
        elements[name] = Element(
            id=name,
            kind=item["kind"],
            name=clean(item["name"], MAX_NAME),
            boundary=around,
            classification=item.get("class"),
            class_from="manifest" if item.get("class") else None,
            why=clean(item.get("about", "") or f"declared in {manifest.path}:{item['line']}"),
        )


def own_flows(
    manifest: Manifest, elements: dict[str, Element], addresses: dict[str, list[str]], *, strict: bool
) -> Iterator[dict[str, Any]]:
    """The manifest's flows; `addresses` are the ids of elements by address.

    An end that is not there is a `UsageError` with `strict`; without, the flow is left out.
    """
    known = dict(addresses)
    for element in elements.values():
        known.setdefault(element.id, []).append(element.id)
        if element.name != element.id:
            known[element.name] = [*(one for one in known.get(element.name, ()) if one != element.id), element.id]
    for number, item in enumerate(manifest.flows):
        ends = [_end(item, key, known, manifest, strict=strict) for key in ("source", "target")]
        if None in ends:
            continue
        yield {
            "source": ends[0],
            "target": ends[1],
            "kind": "data",
            "protocol": item.get("protocol"),
            "encrypted": item.get("encrypted"),
            "property": f"model.flows[{number}]",
            "class": item.get("class"),
        }


def _end(
    item: dict[str, Any], key: str, known: dict[str, list[str]], manifest: Manifest, *, strict: bool
) -> str | None:
    name = item[key]
    place = f"{manifest.path}:{item['line']}"
    found = known.get(f"own:{name}") or known.get(f"entity:{name}") or sorted(set(known.get(name, ())))
    if not found and not strict:
        return None
    if not found:
        remedy = near_miss(name, sorted(known)) or "name it by its name, its address or its id"
        raise UsageError(f"`{name}` is no element of the model", place=place, remedy=remedy)
    if len(found) > 1:
        listed = ", ".join(f"`{one}`" for one in found[:5])
        raise UsageError(
            f"`{name}` is the name of {len(found)} elements", place=place, remedy=f"name one by id: {listed}"
        )
    return found[0]


def _boundary(name: str, boundaries: dict[str, Boundary], item: dict[str, Any], manifest: Manifest) -> str:
    if f"own:{name}" in boundaries:
        return f"own:{name}"
    found = [one.id for one in boundaries.values() if name in (one.id, one.name)]
    if not found:
        raise UsageError(
            f"`{name}` is no boundary of the model",
            place=f"{manifest.path}:{item['line']}",
            remedy=near_miss(name, sorted({one.name for one in boundaries.values()} | boundaries.keys())),
        )
    return found[0]


def _no_circle(name: str, boundaries: dict[str, Boundary], item: dict[str, Any], manifest: Manifest) -> None:
    seen, at = {name}, boundaries[name].within
    while at is not None:
        if at in seen:
            raise UsageError(f"`{item['name']}` lies within itself", place=f"{manifest.path}:{item['line']}")
        seen.add(at)
        at = boundaries[at].within
