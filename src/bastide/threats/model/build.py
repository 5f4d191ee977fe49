"""The model of a workload, put together from resources, policies and what the manifest adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from bastide.threats.classes import classify, spread
from bastide.threats.macie import sensitive_data
from bastide.threats.model import access, flows, network, points, trust
from bastide.threats.model.draft import Draft
from bastide.threats.model.own import add_own, own_flows
from bastide.threats.model.places import Places, cross
from bastide.threats.model.rules import load_rules
from bastide.threats.model.shape import INTERNET, TABLES, Model

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.workload.known import Known

T = TypeVar("T")


def model_of(known: Known) -> Model:
    """The model; `UsageError` for what the manifest says of elements that are not there."""
    return model_with(known, lambda _: None)[0]


def model_with(known: Known, ask: Callable[[Known], T]) -> tuple[Model, T]:
    """The model, and what `ask` reads of the tables that it is made from, which are gone afterwards."""
    try:
        draft = _derived(known)
        answer = ask(known)
    finally:
        points.clear(known, *flows.MADE, *network.MADE, *access.MADE, *trust.MADE)
    manifest, strict = known.manifest, is_whole(known)
    boundaries = draft.places.boundaries
    add_own(manifest, boundaries, draft.elements)
    for row in own_flows(manifest, draft.elements, draft.addresses, strict=strict):
        draft.flow(row)
    draft.leave_out_unused()
    rules = load_rules()
    sensitive = sensitive_data(known, (each for one in rules.hints.macie.values() for each in one))
    classify(manifest, rules.hints, draft.elements, draft.facts, strict=strict, sensitive=sensitive)
    spread(manifest, draft.elements, draft.flows.values(), draft.unread)
    draft.class_groups(manifest)
    cross(boundaries, draft.elements, draft.flows.values())
    model = Model(
        tuple(boundaries[name] for name in sorted(boundaries)),
        tuple(draft.elements[name] for name in sorted(draft.elements)),
        tuple(draft.flows[name] for name in sorted(draft.flows)),
    )
    return model, answer


def put_model(known: Known) -> Model:
    """The model, and the tables `boundaries`, `elements` and `flows` of it."""
    model = model_of(known)
    for name, columns in TABLES.items():
        known.put(name, columns, msgspec.to_builtins(getattr(model, name)))
    return model


def _derived(known: Known) -> Draft:
    """Elements and flows that follow from what was scanned."""
    rules = load_rules()
    points.prepare(known, rules)
    network.prepare_networks(known)
    access.prepare_access(known, rules)
    draft = Draft(known, rules, Places(known))
    draft.read_elements()
    for row in flows.flows_of(known, rules):
        draft.flow(row)
    for row in flows.outside_of(known, rules):
        draft.outside(row)
    for row in network.administration(known):
        draft.administered(row)
    for entity, row in trust.trusted(known, draft.places.own):
        draft.let_in(entity, row)
    for row in access.access_of(known):
        draft.given(row)
    acting = {(one.source, one.target) for one in draft.flows.values() if one.kind == "acts-as"}
    for row in access.through_identities(known, sorted(acting)):
        draft.used(row)
    for row in network.between_groups(known):
        draft.allowed(row)
    return draft


def is_whole(known: Known) -> bool:
    """Whether the last scan looked at all of the workload's code, so that what it did not find is not there."""
    scans = known.run("select targets, live from scan where whole")
    code = {*known.manifest.code, "."}
    whole = any(
        not row["live"] and (code & set(row["targets"]) or set(known.manifest.code) <= set(row["targets"]))
        for row in scans
    )
    return whole and bool(known.run("select 1 from resources limit 1"))


__all__ = ["INTERNET", "is_whole", "model_of", "model_with", "put_model"]
