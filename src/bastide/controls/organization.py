"""Which policies of an organization bind an account: attached to it, to a unit above it, or to the root."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.resources.estate import READ

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bastide.controls.verdict import Verdict
    from bastide.resources.model import Resource

POLICY = "AWS::Organizations::Policy"
ACCOUNT = "AWS::Organizations::Account"
UNIT = "AWS::Organizations::OrganizationalUnit"
ORGANIZATION = "AWS::Organizations::Organization"
TYPES = (ORGANIZATION, UNIT, ACCOUNT, POLICY)
"""The types that tell of an organization; they are read in its management account."""
READS = {
    ORGANIZATION: {"FeatureSet", "ManagementAccountId"},
    UNIT: {"Id", "ParentId"},
    ACCOUNT: {"AccountId", "ParentIds", "IsManagementAccount"},
    POLICY: {"TargetIds"},
}
"""By type, the properties that tell which policies bind an account."""
BINDING = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
"""The types of policies that deny; neither binds the management account."""
MAX_DEPTH = 10

NOT_SEEN = "the policies of the organization were not read; its management account has them"


class Organization:
    """What is known of organizations from the resources of the accounts that were read.

    `judged` has, by the id of a layer, the verdicts on policies; the resources and marks are of any accounts.
    """

    def __init__(
        self, judged: Mapping[str, list[Verdict]], resources: Iterable[Resource], marks: Iterable[Resource]
    ) -> None:
        self._judged = judged
        self._above: dict[str, str] = {}
        self._management: set[str] = set()
        self._none: set[str] = set()
        self._unread = ""
        self._seen: set[str] = set()
        for resource in resources:
            self._add(resource)
        for mark in marks:
            if mark.type == READ and mark.unit in self._seen:
                self._unread = self._unread or _why_unread(mark.properties)

    def _add(self, resource: Resource) -> None:
        has = resource.properties.get
        if resource.type == ORGANIZATION:
            if has("FeatureSet") == "NONE":
                self._none.add(_account_of(resource))
            else:
                self._seen.add(resource.unit)
                self._management.update(text for text in (has("ManagementAccountId"),) if isinstance(text, str))
        elif resource.type == UNIT:
            self._put(has("Id"), has("ParentId"))
        elif resource.type == ACCOUNT:
            parents = has("ParentIds")
            self._put(has("AccountId"), parents[0] if isinstance(parents, list) and parents else None)
            if has("IsManagementAccount") is True:
                self._management.add(str(has("AccountId")))

    def _put(self, child: Any, parent: Any) -> None:
        if isinstance(child, str) and isinstance(parent, str):
            self._above[child] = parent

    def find(self, layer: str, account: str) -> tuple[Resource | None, str]:
        """The policy that binds the account and is surely the layer, or why nobody can say whether there is one.

        Neither for the management account, and for one that belongs to no organization: no policy binds them.
        """
        if account in self._management or account in self._none:
            return None, ""
        chain = self._chain(account)
        unseen = self._unseen(chain)
        for verdict in self._judged.get(layer, ()):
            policy = verdict.resource
            targets = policy.properties.get("TargetIds")
            if verdict.status == "fail" or policy.properties.get("Type") not in BINDING:
                continue
            if not isinstance(targets, list) or not any(isinstance(one, str) and one in chain for one in targets):
                if any(path.startswith("TargetIds") for path in policy.unresolved):
                    unseen = unseen or f"where {policy.address} is attached is not known"
                continue
            if verdict.status == "pass":
                return policy, ""
            unseen = next((item.note for item in verdict.evidence if item.note), "") or f"{policy.address} is not known"
        return None, unseen

    def _chain(self, account: str) -> frozenset[str]:
        """The account and what is above it, as far as is known."""
        chain = [account]
        while len(chain) < MAX_DEPTH and (parent := self._above.get(chain[-1])) and parent not in chain:
            chain.append(parent)
        return frozenset(chain)

    def _unseen(self, chain: frozenset[str]) -> str:
        if not self._seen:
            return NOT_SEEN
        if not any(name.startswith("r-") for name in chain):
            return "where the account is in the organization was not read"
        return self._unread


def _account_of(resource: Resource) -> str:
    return resource.unit.removeprefix("aws:")


def _why_unread(read: dict[str, Any]) -> str:
    """Why the policies were not read wholly where the rest of the organization was; empty when they were."""
    if POLICY not in read.get("types", {}):
        return "the policies of the organization were not read"
    return next(iter(read.get("unread", {}).get(POLICY, {}).values()), "")
