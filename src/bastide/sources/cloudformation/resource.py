"""One entry of a template's `Resources`: its value, in as many variants as its undecided conditions need."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bastide.resources.model import ABSENT, Resource, Unresolved, settle
from bastide.sources.cloudformation.limits import MAX_UNDECIDED
from bastide.sources.cloudformation.nodes import Map, Node, Seq, as_map
from bastide.sources.cloudformation.values import Value, as_text

if TYPE_CHECKING:
    from bastide.sources.cloudformation.evaluate import Evaluator

_POLICIES = {"DeletionPolicy": "deletion_policy", "UpdateReplacePolicy": "update_replace_policy"}


class Place(NamedTuple):
    """Where a template stands: its file, its unit, what its addresses begin with, and the stacks around it."""

    path: str
    unit: str
    prefix: str = ""
    call: tuple[str, ...] = ()


class Entry(NamedTuple):
    """One entry of `Resources`: `type` is the one that it has, `written` the one in the file."""

    name: str
    type: str
    written: str
    node: Map
    line: int
    end_line: int


def variants(entry: Entry, evaluator: Evaluator, place: Place) -> tuple[list[Resource], Value]:
    """The resource that an entry makes, and its properties before they were settled.

    None when its condition does not hold. One when all is decided that its properties depend on. When they depend on
    undecided conditions, one for each way in which those can come out together, with the same address and with
    `metadata["when"]` (`Big=true,Public=false`). With more than three of them, one in which what they decide is
    unresolved. A resource whose own condition is undecided is taken to exist: `metadata["condition"]`.
    """
    condition = entry.node.get("Condition")
    assumed: dict[str, bool] = {}
    if type(condition) is str:
        truth = evaluator.conditions.truth(condition)
        if truth is False:
            return [], ABSENT
        if truth is None:
            assumed[condition] = True
    evaluator.begin(assumed)
    base = evaluator.value(entry.node.get("Properties"), "")
    undecided = tuple(evaluator.undecided)
    metadata = _metadata(entry.node)
    if assumed:
        metadata["condition"] = str(condition)
    if not undecided or len(undecided) > MAX_UNDECIDED:
        return [_built(entry, base, evaluator, place, metadata)], base
    built = []
    for chosen in _choices(undecided, assumed, evaluator):
        evaluator.begin(chosen)
        tree = evaluator.value(entry.node.get("Properties"), "")
        built.append(_built(entry, tree, evaluator, place, metadata | {"when": _when(chosen, undecided)}))
    return _merged(built, metadata), base


def _choices(undecided: tuple[str, ...], assumed: dict[str, bool], evaluator: Evaluator) -> list[dict[str, bool]]:
    """The ways in which undecided conditions can come out, given what is assumed."""
    names = (*undecided, *assumed)
    choices = [dict(zip(names, truths, strict=True)) for truths in evaluator.conditions.assignments(names)]
    return [choice for choice in choices if all(choice[name] for name in assumed)]


def _when(chosen: dict[str, bool], undecided: tuple[str, ...]) -> str:
    return ",".join(f"{name}={str(chosen[name]).lower()}" for name in sorted(undecided))


def _merged(built: list[Resource], metadata: dict[str, str]) -> list[Resource]:
    """One resource, decided by nothing, when all variants are the same."""
    first = built[0]
    if all(
        one.properties == first.properties and one.unresolved == first.unresolved and one.links == first.links
        for one in built[1:]
    ):
        first.metadata = metadata
        return [first]
    return built


def _built(entry: Entry, tree: Value, evaluator: Evaluator, place: Place, metadata: dict[str, str]) -> Resource:
    if type(tree) is not dict and tree is not ABSENT and tree is not None:
        tree = tree if type(tree) is Unresolved else Unresolved("Properties", "not an object of properties")
    properties, unresolved, links = settle({} if tree is None else tree)
    return Resource(
        entry.type,
        place.prefix + entry.name,
        place.unit,
        "cloudformation",
        place.path,
        entry.line,
        entry.end_line,
        properties,
        entry.written,
        unresolved,
        links,
        evaluator.origins,
        place.call,
        dict(metadata),
    )


def _metadata(node: Map) -> dict[str, str]:
    """What controls and reports want to know of an entry besides its properties."""
    metadata = {name: node[key] for key, name in _POLICIES.items() if type(node.get(key)) is str}
    written = as_map(node.get("Metadata"))
    if type(cdk_path := written.get("aws:cdk:path")) is str:
        metadata["cdk_path"] = cdk_path
    if written.get("aws:asset:property") == "Code" and type(asset := written.get("aws:asset:path")) is str:
        metadata["asset"] = asset
    allow: Node = as_map(written.get("bastide")).get("allow")
    texts = [as_text(item) for item in (allow if type(allow) is Seq else [allow])]
    if exemptions := [text for text in texts if text]:
        metadata["allow"] = "\n".join(exemptions)
    return metadata
