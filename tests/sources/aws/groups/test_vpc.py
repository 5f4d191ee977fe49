"""The ways in networks and between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

GATEWAY, ATTACHMENT = "AWS::EC2::InternetGateway", "AWS::EC2::VPCGatewayAttachment"
TABLE, ROUTE, USE = "AWS::EC2::RouteTable", "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation"
NAT, PEERING = "AWS::EC2::NatGateway", "AWS::EC2::VPCPeeringConnection"
ACL, ACL_USE = "AWS::EC2::NetworkAcl", "AWS::EC2::SubnetNetworkAclAssociation"


def test_the_way_out_of_a_network(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    association = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    found = collect(GATEWAY, ATTACHMENT, TABLE, ROUTE, USE, NAT, ACL, ACL_USE)
    assert found.one(GATEWAY).properties["InternetGatewayId"] == gateway
    assert found.one(ATTACHMENT).properties == {"InternetGatewayId": gateway, "VpcId": vpc}
    route = found.one(ROUTE)
    assert route.properties == {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway, "RouteTableId": table}
    assert route.address == f"arn:aws:ec2:eu-west-1:123456789012:route-table/{table}/route/0.0.0.0/0"
    assert found.one(USE).properties == {"Id": association, "RouteTableId": table, "SubnetId": subnet}
    defaults = {one.properties["RouteTableId"]: one.metadata.get("default") for one in found.of(TABLE)}
    assert defaults.pop(table) is None
    assert set(defaults.values()) == {"true"}
    assert found.one(NAT).properties["NatGatewayId"] == nat
    assert found.one(NAT).properties["AllocationId"] == address
    assert subnet in {one.properties["SubnetId"] for one in found.of(ACL_USE)}
    assert {one.properties["NetworkAclId"] for one in found.of(ACL_USE)} == {
        one.properties["Id"] for one in found.of(ACL)
    }
    assert {row.operation for row in found.ledger if row.outcome == "read" and row.service == "ec2"} >= {
        "DescribeRouteTables",
        "DescribeNetworkAcls",
    }


def test_routes_to_endpoints_and_of_other_origins(answered: Callable[..., Any]) -> None:
    def route(destination: str, gateway: str, origin: str = "CreateRoute") -> dict[str, Any]:
        return {"DestinationCidrBlock": destination, "GatewayId": gateway, "Origin": origin, "State": "active"}

    routes = [
        route("10.0.0.0/16", "local", "CreateRouteTable"),
        route("0.0.0.0/0", "vpce-1"),
        route("10.1.0.0/16", "vgw-1", "EnableVgwRoutePropagation"),
    ]
    tables = {"RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": routes}]}
    found = answered("vpc", {"DescribeRouteTables": tables}, ROUTE)
    assert found.one(ROUTE).properties == {
        "DestinationCidrBlock": "0.0.0.0/0",
        "RouteTableId": "rtb-1",
        "VpcEndpointId": "vpce-1",
    }


def test_peerings_that_are_in_use(answered: Callable[..., Any]) -> None:
    def peering(name: str, state: str) -> dict[str, Any]:
        ours, theirs = {"VpcId": "vpc-1", "OwnerId": "123456789012"}, {"VpcId": "vpc-2", "OwnerId": "210987654321"}
        sides = {"RequesterVpcInfo": ours, "AccepterVpcInfo": {**theirs, "Region": "us-east-1"}}
        return {"VpcPeeringConnectionId": name, "Status": {"Code": state}, **sides}

    peerings = {"VpcPeeringConnections": [peering("pcx-1", "active"), peering("pcx-2", "rejected")]}
    found = answered("vpc", {"DescribeVpcPeeringConnections": peerings}, PEERING)
    assert found.one(PEERING).properties == {
        "Id": "pcx-1",
        "VpcId": "vpc-1",
        "PeerVpcId": "vpc-2",
        "PeerOwnerId": "210987654321",
        "PeerRegion": "us-east-1",
    }


def test_routes_that_are_denied_are_unread(answered: Callable[..., Any]) -> None:
    found = answered("vpc", {"DescribeRouteTables": "UnauthorizedOperation"}, TABLE, ROUTE, USE)
    assert found.resources == []
    assert set(found.unread) == {TABLE, ROUTE, USE}
