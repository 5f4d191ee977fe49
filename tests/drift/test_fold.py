"""What a live account says of a group, a role or a user is folded into these; nothing else changes."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.drift.fold import FOLDS, folded
from bastide.resources.model import Link
from bastide.resources.schema import schema_for
from tests.drift.conftest import code

GROUP, RULE, ROLE = "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::IAM::Role"


def test_rules_go_into_their_group_with_their_links_and_what_is_not_known() -> None:
    group = code(GROUP, "G", {"SecurityGroupIngress": [{"CidrIp": "a"}]})
    rule = code(RULE, "R", {"GroupId": "${G.GroupId}", "FromPort": 1, "SourceSecurityGroupId": "${H.GroupId}"},
                links=[("GroupId", "G"), ("SourceSecurityGroupId", "H")])  # fmt: skip
    rule.unresolved["ToPort"] = "a parameter"
    (found,) = folded([group, rule])
    assert found.properties["SecurityGroupIngress"] == [
        {"CidrIp": "a"},
        {"FromPort": 1, "SourceSecurityGroupId": "${H.GroupId}"},
    ]
    assert found.links == [Link("SecurityGroupIngress[1].SourceSecurityGroupId", "H", "id")]
    assert found.unresolved == {"SecurityGroupIngress[1].ToPort": "a parameter"}
    assert found.id == group.id
    assert group.properties == {"SecurityGroupIngress": [{"CidrIp": "a"}]}  # the resource of the scan is as it was


def test_a_rule_of_a_group_that_is_elsewhere_stays() -> None:
    rule = code(RULE, "R", {"GroupId": "sg-1"})
    assert folded([rule]) == [rule]


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::IAM::RolePolicy", {"RoleName": "r"}),
        ("AWS::IAM::Policy", {"Roles": ["r", "elsewhere"]}),
        ("AWS::IAM::Policy", {"Roles": ["${R}"]}),
    ],
)
def test_inline_policies_go_into_their_role(kind: str, properties: dict[str, Any]) -> None:
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": []}}
    links = [("Roles[0]", "R")] if properties.get("Roles") == ["${R}"] else []
    role = code(ROLE, "R", {"RoleName": "r"})
    (found,) = folded([role, code(kind, "P", {**policy, **properties}, links=links)])
    assert found.properties == {"RoleName": "r", "Policies": [policy]}


def test_a_managed_policy_stays_and_is_attached() -> None:
    role = code(ROLE, "R", {"RoleName": "r"})
    policy = code("AWS::IAM::ManagedPolicy", "M", {"Roles": ["${R}"]}, links=[("Roles[0]", "R")])
    found = {one.address: one for one in folded([role, policy])}
    assert found["R"].properties["ManagedPolicyArns"] == ["${M}"]
    assert found["R"].links == [Link("ManagedPolicyArns[0]", "M", "Ref")]
    assert found["M"] == policy


def test_lists_that_are_none_are_left_alone() -> None:
    group = code(GROUP, "G", {"SecurityGroupIngress": "${x}"})
    (found,) = folded([group, code(RULE, "R", {"GroupId": "x"}, links=[("GroupId", "G")])])
    assert found.properties == group.properties


def test_everything_that_folds_names_properties_that_there_are() -> None:
    for kind, folds in FOLDS.items():
        for fold in folds:
            mine, parent = schema_for(kind), schema_for(fold.parent)
            assert mine is not None
            assert parent is not None
            assert {fold.by, *fold.members} <= mine.properties.keys()
            assert fold.into in parent.properties
