"""Which policies bind an account: attached to it or above it, never to the management account."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls.organization import ACCOUNT, NOT_SEEN, ORGANIZATION, POLICY, UNIT, Organization
from bastide.controls.verdict import Evidence, Verdict
from bastide.resources.estate import READ
from bastide.resources.model import Resource, Unresolved
from tests.controls.conftest import control, resource

MANAGEMENT, MEMBER, OTHER = "999999999999", "111111111111", "222222222222"


def live(kind: str, properties: Any, address: str = "a", account: str = MANAGEMENT) -> Resource:
    return resource(properties, kind, address, source="aws", unit=f"aws:{account}", line=0, end_line=0)


TREE = [
    live(ORGANIZATION, {"FeatureSet": "ALL", "ManagementAccountId": MANAGEMENT}),
    live(UNIT, {"Id": "ou-top", "ParentId": "r-1"}),
    live(UNIT, {"Id": "ou-low", "ParentId": "ou-top"}),
    live(UNIT, {"Id": "ou-side", "ParentId": "r-1"}),
    live(ACCOUNT, {"AccountId": MEMBER, "ParentIds": ["ou-low"]}),
    live(ACCOUNT, {"AccountId": MANAGEMENT, "ParentIds": ["r-1"], "IsManagementAccount": True}),
]
MARK = live(READ, {"types": {POLICY: "global"}, "unread": {}})


def said(status: Any, targets: Any, kind: str = "SERVICE_CONTROL_POLICY", why: str = "") -> Verdict:
    policy = live(POLICY, {"Type": kind, "TargetIds": targets}, f"policy-{status}")
    return Verdict(control("true", POLICY), status, policy, (Evidence("Content", None, why, "", 0),))


def found(*verdicts: Verdict, account: str = MEMBER, tree: Any = TREE, mark: Resource = MARK) -> tuple[str, str]:
    """The address of the policy that binds, and what was not seen."""
    policy, unseen = Organization({"layer": [*verdicts]}, tree, [mark]).find("layer", account)
    return policy.address if policy else "", unseen


@pytest.mark.parametrize("target", [MEMBER, "ou-low", "ou-top", "r-1"])
def test_a_policy_binds_where_it_is_attached_and_below(target: str) -> None:
    assert found(said("pass", ["ou-side", target])) == ("policy-pass", "")


@pytest.mark.parametrize("target", ["ou-side", OTHER, "r-2"])
def test_a_policy_elsewhere_does_not(target: str) -> None:
    assert found(said("pass", [target])) == ("", "")
    assert found(said("pass", None)) == ("", "")


def test_the_management_account_is_bound_by_none() -> None:
    assert found(said("pass", ["r-1"]), account=MANAGEMENT) == ("", "")


def test_only_policies_that_deny_count() -> None:
    assert found(said("pass", ["r-1"], "TAG_POLICY")) == ("", "")
    assert found(said("pass", ["r-1"], "RESOURCE_CONTROL_POLICY")) == ("policy-pass", "")
    assert found(said("fail", ["r-1"])) == ("", "")


def test_what_is_not_known_of_a_policy_is_told_and_does_not_bind() -> None:
    assert found(said("unknown", ["r-1"], why="DescribePolicy was denied")) == ("", "DescribePolicy was denied")
    assert found(said("unknown", ["ou-side"], why="denied")) == ("", "")
    assert found(said("unknown", ["r-1"], why="denied"), said("pass", ["r-1"])) == ("policy-pass", "")
    assert "where policy-pass is attached" in found(said("pass", Unresolved("", "denied")))[1]


def test_an_account_without_a_place_is_told() -> None:
    assert found(said("pass", ["r-1"]), account=OTHER) == ("", "where the account is in the organization was not read")
    assert found(said("pass", [OTHER]), account=OTHER) == ("policy-pass", "")


def test_no_organization_no_note_and_one_that_nobody_read() -> None:
    alone = [live(ORGANIZATION, {"FeatureSet": "NONE"}, account=MEMBER)]
    assert found(tree=alone) == ("", "")
    assert found(tree=alone, account=OTHER) == ("", NOT_SEEN)
    assert found(tree=[]) == ("", NOT_SEEN)


def test_policies_that_were_not_read_wholly_are_told() -> None:
    gap = live(READ, {"types": {POLICY: "global"}, "unread": {POLICY: {"global": "ListPolicies: denied"}}})
    assert found(mark=gap) == ("", "ListPolicies: denied")
    assert found(said("pass", ["r-1"]), mark=gap) == ("policy-pass", "")
    assert "were not read" in found(mark=live(READ, {"types": {}, "unread": {}}))[1]


def test_hostile_trees_end() -> None:
    circle = [
        TREE[0],
        live(UNIT, {"Id": "ou-a", "ParentId": "ou-b"}),
        live(UNIT, {"Id": "ou-b", "ParentId": "ou-a"}),
        live(UNIT, {"Id": 7, "ParentId": ["x"]}),
        live(ACCOUNT, {"AccountId": MEMBER, "ParentIds": ["ou-a"]}),
        live(ACCOUNT, {"AccountId": None, "ParentIds": "ou-a"}),
    ]
    assert found(said("pass", ["r-1"]), tree=circle)[0] == ""
    assert found(said("pass", ["ou-b", 7]), tree=circle)[0] == "policy-pass"
    assert found(said("pass", [{}]), said("pass", "r-1"), tree=circle)[0] == ""
