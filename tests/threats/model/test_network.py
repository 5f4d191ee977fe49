"""Security groups: whom they let in, what is known of it, and what that says of elements."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.threats.model import Model, model_of
from tests.threats.stacks import live_of

EC2 = "arn:aws:ec2:eu-west-1:111122223333"


def group(name: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"type": "AWS::EC2::SecurityGroup", "arn": f"{EC2}:security-group/{name}",
            "properties": {"GroupId": name, "SecurityGroupIngress": list(entries)}}  # fmt: skip


def machine(name: str, *groups: str, **more: Any) -> dict[str, Any]:
    return {"type": "AWS::EC2::Instance", "arn": f"{EC2}:instance/{name}",
            "properties": {"InstanceId": name, "SecurityGroupIds": list(groups), **more}}  # fmt: skip


def model(*rows: dict[str, Any]) -> Model:
    with live_of(list(rows)) as known:
        return model_of(known)


def entry(port: int, **who: str) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **who}


@pytest.mark.parametrize(
    ("entries", "public", "source"),
    [
        ([entry(22, CidrIp="0.0.0.0/0")], True, "entity:internet"),
        ([entry(22, CidrIpv6="::/0")], True, "entity:internet"),
        ([entry(22, CidrIp="0.0.0.0/0")], False, None),
        ([entry(22, CidrIp="10.0.0.0/8")], True, "entity:people"),
        ([{"IpProtocol": "-1", "CidrIp": "192.0.2.0/24"}], False, "entity:people"),
        ([entry(8080, CidrIp="10.0.0.0/8")], True, None),
    ],
)
def test_who_opens_a_session(entries: list[dict[str, Any]], public: bool, source: str | None) -> None:
    more = {"PublicIp": "192.0.2.1"} if public else {}
    found = model(group("sg-00000001", *entries), machine("i-00000001", "sg-00000001", **more))
    assert {flow.source for flow in found.flows if flow.kind == "admin"} == ({source} if source else set())
    assert [one.exposed for one in found.elements if one.kind == "component"] == [source == "entity:internet"]


def test_a_group_that_names_another_lets_its_members_in() -> None:
    found = model(
        group("sg-00000001"),
        group("sg-00000002", entry(6379, SourceSecurityGroupId="sg-00000001")),
        machine("i-00000001", "sg-00000001"),
        machine("i-00000002", "sg-00000002"),
    )
    assert [(f.source[-1], f.target[-1], f.kind, f.protocol) for f in found.flows] == [("1", "2", "request", "Redis")]


def test_ports_of_administration_between_machines() -> None:
    found = model(
        group("sg-00000001"),
        group("sg-00000002", entry(22, SourceSecurityGroupId="sg-00000001")),
        machine("i-00000001", "sg-00000001"),
        machine("i-00000002", "sg-00000002"),
    )
    assert [(f.kind, f.protocol, f.encrypted) for f in found.flows] == [("admin", "SSH", True)]


def test_a_mesh_of_many_machines_has_a_bound() -> None:
    machines = [machine(f"i-{number:08x}", "sg-00000001") for number in range(60)]
    found = model(group("sg-00000001", entry(443, SourceSecurityGroupId="sg-00000001")), *machines)
    assert len(found.elements) == 60
    assert len(found.flows) <= 1_000


def test_a_database_is_exposed_as_far_as_its_group_lets_everybody_in() -> None:
    def exposed(*groups: str) -> bool | None:
        database = {"type": "AWS::RDS::DBInstance", "arn": "arn:aws:rds:eu-west-1:111122223333:db:d",
                    "properties": {"PubliclyAccessible": True, "VPCSecurityGroups": list(groups)}}  # fmt: skip
        closed, opened = group("sg-00000001"), group("sg-00000002", entry(5432, CidrIp="0.0.0.0/0"))
        unclear = group("sg-00000003", entry(5432))
        found = model(database, closed, opened, unclear)
        return next(one.exposed for one in found.elements if one.kind == "store")

    assert [exposed(), exposed("sg-00000001"), exposed("sg-00000002"), exposed("sg-00000003")] == [
        True, False, True, None,
    ]  # fmt: skip
