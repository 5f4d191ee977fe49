"""Where elements lie: trust boundaries around each other, from the internet to a subnet, and what a flow crosses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bastide.redact import clean
from bastide.threats.model.names import MAX_NAME, name_of
from bastide.threats.model.shape import Boundary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.threats.model.shape import Element, Flow
    from bastide.workload.known import Known
    from bastide.workload.manifest import Manifest

OUTSIDE_TYPES = ("GitHub::Actions::Workflow", "Docker::Build::Dockerfile")
"""Types that lie with the code, in no account."""
CODE = "code"
DEPTH = 20
_LIVE_UNIT = re.compile(r"aws:(\d{12})")
_LIVE_PATH = re.compile(r"aws:\d{12}/([a-z]{2}(?:-[a-z]+)+-\d)")


def own_accounts(known: Known) -> dict[str, str]:
    """What to call each of the workload's accounts, by id: those of the manifest, and those that were scanned."""
    manifest = known.manifest
    found = {a: f"account {a} ({one.name})" for one in manifest.environments for a in one.accounts}
    for row in known.run("select distinct unit from m_resources where starts_with(unit, 'aws:')"):
        if match := _LIVE_UNIT.fullmatch(row["unit"]):
            found.setdefault(match[1], f"account {match[1]}")
    return found


class Places:
    """The boundaries as they are needed: whoever asks for one has it made, with all that lie around it."""

    def __init__(self, known: Known) -> None:
        self.own = own_accounts(known)
        self._manifest: Manifest = known.manifest
        self._organized = bool(
            known.run("select 1 from m_resources where starts_with(type, 'AWS::Organizations::') limit 1")
        )
        self.boundaries: dict[str, Boundary] = {}
        self._vpcs = {
            row["id"]: row
            for row in known.run(
                "select id, source, address, unit, path, p::varchar as p from m_resources where type = 'AWS::EC2::VPC'"
            )
        }
        self._lie = {row["element"]: row for row in known.run("select * from m_vpcs where vpc is not null")}
        self._put("internet", "internet", "the internet")
        self._put("aws", "aws", "AWS")

    def place(self, element: Element, row: dict[str, Any]) -> str:
        """The innermost boundary of an element that is a resource."""
        if row["type"] in OUTSIDE_TYPES:
            return self._put(CODE, "own", "code and its pipeline")
        lies = self._lie.get(element.id)
        if lies is None or lies["vpc"] not in self._vpcs:
            return self._region(row["unit"], row["path"])
        vpc = self._vpc(self._vpcs[lies["vpc"]])
        if not lies["has_subnet"]:
            return vpc
        side = "public" if lies["public"] else "private"
        return self._put(f"{side}:{vpc}", "subnet", f"{side} subnets", vpc)

    def outside(self, boundary: str | None) -> str:
        """The boundary of an entity, made when it is an account's; the workload's own without one."""
        if boundary is None:
            return self._account("")
        if boundary.startswith("account:") and boundary not in self.boundaries:
            account = boundary.removeprefix("account:")
            return self._account(f"aws:{account}")
        return boundary

    def _vpc(self, row: dict[str, Any]) -> str:
        import msgspec

        name = name_of(row["source"], row["address"], msgspec.json.decode(row["p"]), "VPC")
        title = name if name.startswith("VPC") else f"VPC {name}"
        return self._put(row["id"], "vpc", title, self._region(row["unit"], row["path"]), row["id"])

    def _region(self, unit: str, path: str) -> str:
        account = self._account(unit)
        match = _LIVE_PATH.match(path or "")
        return self._put(f"region:{account}:{match[1]}", "region", match[1], account) if match else account

    def _account(self, unit: str) -> str:
        """That of a live unit; for code, the one that the manifest names, or one without an id."""
        match = _LIVE_UNIT.fullmatch(unit)
        mine = sorted({a for one in self._manifest.environments for a in one.accounts})
        account = match[1] if match else mine[0] if len(mine) == 1 else ""
        within = "aws"
        if self._organized and (account in self.own or not account):
            within = self._put("organization", "organization", "organization", "aws")
        if not account:
            return self._put("account", "account", f"account of {clean(self._manifest.name, MAX_NAME)}", within)
        return self._put(f"account:{account}", "account", self.own.get(account, f"account {account}"), within)

    def _put(self, name: str, kind: Any, called: str, within: str | None = None, resource: str | None = None) -> str:
        if name not in self.boundaries:
            self.boundaries[name] = Boundary(name, kind, called, within, resource)
        return name


def chain(boundaries: dict[str, Boundary], name: str | None) -> list[str]:
    """The boundary and all around it, the innermost first."""
    found: list[str] = []
    while name is not None and name in boundaries and name not in found and len(found) < DEPTH:
        found.append(name)
        name = boundaries[name].within
    return found


def cross(boundaries: dict[str, Boundary], elements: dict[str, Element], flows: Iterable[Flow]) -> None:
    """Write into each flow what it leaves, from within, and what it enters, from without."""
    chains = {name: chain(boundaries, element.boundary) for name, element in elements.items()}
    for flow in flows:
        source, target = chains[flow.source], chains[flow.target]
        flow.crosses = [name for name in source if name not in target]
        flow.crosses += [name for name in reversed(target) if name not in source]
