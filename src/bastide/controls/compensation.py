"""Context before a verdict: layers of an account or its organization that deny what a failing resource would allow.

A layer is judged by the engine, once for each resource that may be one, and lowers a risk only when it surely holds:
one that could not be read, or is not known, compensates nothing, and the verdict says that it was not looked at.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from bastide.controls.entry import MANAGED
from bastide.controls.evaluate import DIRECT, Evaluation
from bastide.controls.organization import ACCOUNT, BINDING, POLICY, Organization
from bastide.controls.verdict import Compensated, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bastide.controls.compiled import Compiled
    from bastide.controls.entry import Control, Layer
    from bastide.controls.verdict import Verdict
    from bastide.resources.model import Resource

    Judged = dict[str, list[Verdict]]
    """What the engine says of the resources that may be a layer, by the layer's id."""


class _Found(NamedTuple):
    """The resource that surely is the layer, or why nobody can say whether there is one; neither when there is none."""

    resource: Resource | None = None
    unseen: str = ""


class Compensation:
    """Finds the layers of some controls. `organization` has the policies that bind the accounts, once it is set."""

    def __init__(self, controls: Iterable[Control], compiled: Iterable[Compiled]) -> None:
        known = {one.id: one.layers for one in compiled}
        self._controls = {one.id: one for one in controls if one.compensated and one.id in known}
        self._evaluation = Evaluation(
            [one for control in self._controls.values() for one in control.layer_controls()],
            [one for name in self._controls for one in known[name]],
        )
        self.organization = Organization({}, (), ())

    def judge(self, resources: Sequence[Resource], marks: Iterable[Resource], direct: int = DIRECT) -> Judged:
        """What the engine says of resources that may be layers; `marks` as `Estate` has them."""
        judged: Judged = defaultdict(list)
        if resources and self._controls:
            for verdict in self._evaluation.verdicts([*resources, *marks], jobs=1, direct=direct):
                judged[verdict.control.id].append(verdict)
            self._evaluation.close()
        return judged

    def see(self, resources: Sequence[Resource], marks: Sequence[Resource]) -> None:
        """Take the organization from what was read of its management account, and judge its policies once for all."""
        policies = [resource for resource in resources if resource.type == POLICY]
        self.organization = Organization(self.judge(policies, marks), resources, marks)

    def settle(self, verdicts: Iterable[Verdict], resources: Sequence[Resource], marks: Sequence[Resource],
               account: str) -> Counter[str]:  # fmt: skip
        """Let the layers of one account speak; returns how many verdicts pass by each type of layer.

        A verdict that no layer decides stays as it is. Passed ones, and code, are not looked at.
        """
        waiting = self.waiting(verdicts)
        if not waiting:
            return Counter()
        ids = {verdict.control.id for verdict in waiting}
        layers = [layer for name in ids for layer in self._controls[name].compensated]
        types = {layer.by for layer in layers} - {POLICY}  # policies were judged when the organization was seen
        asked = {id(verdict.resource): verdict.resource for verdict in waiting} if any(x.where for x in layers) else {}
        own = [resource for resource in resources if resource.type in types and id(resource) not in asked]
        judged = self.judge([*own, *asked.values()], marks)
        return self.apply(waiting, judged, marks, account, self.organization)

    def waiting(self, verdicts: Iterable[Verdict]) -> list[Verdict]:
        """The verdicts on live resources that a layer may decide."""
        return [
            verdict
            for verdict in verdicts
            if verdict.status != "pass" and verdict.control.id in self._controls and verdict.resource.source == "aws"
        ]

    def apply(self, waiting: Iterable[Verdict], judged: Judged, marks: Sequence[Resource], account: str,
              organization: Organization) -> Counter[str]:  # fmt: skip
        """Turn those into passes of which a layer surely holds, and say of the others what was not looked at."""
        found: Counter[str] = Counter()
        for verdict in waiting:
            notes: dict[str, str] = {}
            for number, layer in enumerate(self._controls[verdict.control.id].compensated, 1):
                name = f"{verdict.control.id}#{number}"
                if layer.where and not _is_among(verdict.resource, judged.get(f"{name}?", ())):
                    continue
                one = _find(layer, name, verdict.resource, judged, marks, account, organization)
                if one.resource is not None:
                    verdict.status = "pass"
                    verdict.compensated = Compensated(layer.by, one.resource.address, " ".join(layer.because.split()))
                    found[layer.by] += 1
                    break
                if one.unseen:
                    notes.setdefault(layer.by, one.unseen)
            if notes and verdict.status != "pass":
                verdict.add_evidence(partial(_notes, verdict.resource, notes))
        return found


def _is_among(resource: Resource, verdicts: Iterable[Verdict]) -> bool:
    return any(verdict.resource is resource and verdict.status == "pass" for verdict in verdicts)


def _find(  # noqa: PLR0917 (what `apply` has)
    layer: Layer,
    name: str,
    resource: Resource,
    judged: Judged,
    marks: Sequence[Resource],
    account: str,
    organization: Organization,
) -> _Found:
    if layer.by == POLICY:
        return _Found(*organization.find(name, account))
    if layer.by == MANAGED:
        return _Found(resource if resource.metadata.get(MANAGED) else None)
    region = resource.metadata.get("region", "global")
    unseen = _unread(layer.by, resource.unit, region, marks)
    for verdict in judged.get(name, ()):
        own = verdict.resource
        if own.unit != resource.unit or own.metadata.get("region", "global") not in ("global", region):
            continue
        if verdict.status == "pass":
            return _Found(own)
        if verdict.status == "unknown":
            unseen = next((item.note for item in verdict.evidence if item.note), "it is not known")
    return _Found(None, unseen)


def _unread(kind: str, unit: str, region: str, marks: Iterable[Resource]) -> str:
    """Why there may be a layer of a type that was not read, where a resource is; empty when there is not."""
    for mark in marks:
        if mark.unit == unit and kind in mark.properties.get("types", {}):
            unread: dict[str, str] = mark.properties.get("unread", {}).get(kind, {})
            if mark.properties["types"][kind] == "global":
                return next(iter(unread.values()), "")
            return unread.get(region, "")
    return "it was not read"


def _notes(resource: Resource, notes: dict[str, str]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(f"whether {kind} compensates", None, f"not looked at: {why}", resource.path, resource.line)
        for kind, why in notes.items()
    )


MAX_BECAUSE = 120


def lint_layers(control: Control) -> Iterator[str]:
    """Complaints about the layers of a control: each needs words, an example that passes by it and a near miss."""
    live = [(one.outcome, _resources_of(one.texts["live"])) for one in control.examples if "live" in one.texts]
    for layer in control.compensated:
        if len(" ".join(layer.because.split())) > MAX_BECAUSE or layer.because.rstrip().endswith("."):
            yield f"what a layer does is told in at most {MAX_BECAUSE} characters, without a full stop"
        with_it = [(outcome, resources) for outcome, resources in live if any(_has(one, layer) for one in resources)]
        sides = (("pass", "passes by"), ("fail", "fails in spite of"))
        for outcome, what in sides[: 1 if layer.by == MANAGED else 2]:
            if not any(found == outcome for found, _ in with_it):
                yield f"no live example that {what} {layer.by}"
        if layer.by == POLICY:
            yield from _lint_policy(layer, [resources for outcome, resources in with_it if outcome == "fail"])


def _has(example: dict[str, Any], layer: Layer) -> bool:
    """Whether a resource of an example is the layer."""
    return any(f"${MANAGED}" in tree for tree in example.values()) if layer.by == MANAGED else layer.by in example


def _lint_policy(layer: Layer, failing: list[list[dict[str, Any]]]) -> Iterator[str]:
    if not any(f"'{kind}'" in layer.when for kind in BINDING):
        yield f"a layer that is a policy names its `Type`, one of {' and '.join(BINDING)}"
    accounts = [one[ACCOUNT] for resources in failing for one in resources if ACCOUNT in one]
    if not any(account.get("IsManagementAccount") for account in accounts):
        yield "no live example that fails because the account is the management account"
    targets = [one[POLICY].get("TargetIds") for resources in failing for one in resources if POLICY in one]
    if ["ou-other"] not in targets:
        yield "no live example that fails because the policy is attached elsewhere (`ou-other`)"


def _resources_of(text: str) -> list[dict[str, Any]]:
    resources: list[dict[str, Any]] = json.loads(text)
    return resources
