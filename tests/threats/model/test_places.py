"""Where elements lie, and what a flow crosses."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bastide.threats.model import Boundary, Element, Flow, model_of
from bastide.threats.model.places import chain, cross
from bastide.workload.manifest import Environment, Manifest
from tests.threats.stacks import live_of

EC2 = "arn:aws:ec2:eu-west-1:111122223333"


def live(**manifest: Any) -> dict[str, tuple[str, str | None]]:
    rows = [
        {"type": "AWS::EC2::VPC", "arn": f"{EC2}:vpc/vpc-00000001", "properties": {"VpcId": "vpc-00000001"}},
        {"type": "AWS::EC2::Subnet", "arn": f"{EC2}:subnet/subnet-00000001",
         "properties": {"SubnetId": "subnet-00000001", "VpcId": "vpc-00000001", "MapPublicIpOnLaunch": True}},
        {"type": "AWS::EC2::Instance", "arn": f"{EC2}:instance/i-00000001",
         "properties": {"SubnetId": "subnet-00000001"}},
        {"type": "AWS::S3::Bucket", "arn": "arn:aws:s3:::b", "region": "eu-west-2"},
    ]  # fmt: skip
    with live_of(rows, Manifest("w", **manifest)) as known:
        found = model_of(known)
    names = {one.id: (one.name, one.within) for one in found.boundaries}
    return {element.name: names[element.boundary or ""] for element in found.elements} | {
        f"/{one.id}": (one.name, one.within) for one in found.boundaries
    }


def test_live_things_lie_in_subnets_networks_regions_and_accounts() -> None:
    found = live(environments=(Environment("production", ("111122223333",)),))
    vpc = f"aws:111122223333#{EC2}:vpc/vpc-00000001"
    assert found["i-00000001"] == ("public subnets", vpc)
    assert found[f"/{vpc}"] == ("VPC vpc-00000001", "region:account:111122223333:eu-west-1")
    assert found["b"] == ("eu-west-2", "account:111122223333")
    assert found["/account:111122223333"] == ("account 111122223333 (production)", "aws")


def test_without_a_manifest_an_account_has_its_number() -> None:
    assert live()["/account:111122223333"] == ("account 111122223333", "aws")


BOUNDARIES = {
    one.id: one
    for one in (
        Boundary("internet", "internet", ""), Boundary("aws", "aws", ""), Boundary("a", "account", "", "aws"),
        Boundary("v", "vpc", "", "a"), Boundary("x", "own", "", "y"), Boundary("y", "own", "", "x"),
    )
}  # fmt: skip


def test_a_flow_leaves_from_within_and_enters_from_without() -> None:
    elements = {n: Element(id=n, kind="store", name=n, boundary=b) for n, b in (("i", "internet"), ("s", "v"))}
    flows = [Flow(id="1", source="i", target="s", kind="data"), Flow(id="2", source="s", target="i", kind="data")]
    cross(BOUNDARIES, elements, flows)
    assert [flow.crosses for flow in flows] == [["internet", "aws", "a", "v"], ["v", "a", "aws", "internet"]]


@given(st.sampled_from([*BOUNDARIES, "not there"]))
def test_a_chain_ends_even_in_a_circle(name: str) -> None:
    found = chain(BOUNDARIES, name)
    assert len(found) == len(set(found))
    assert found[:1] == [name] * (name in BOUNDARIES)
