"""Addresses, network ACLs, endpoints and private connections of EC2."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

EIP, INSTANCE = "AWS::EC2::EIP", "AWS::EC2::Instance"
ACL_ENTRY = "AWS::EC2::NetworkAclEntry"
ENDPOINT = "AWS::EC2::VPCEndpoint"
GATEWAY = "AWS::EC2::TransitGateway"
VPN, CLIENT_VPN = "AWS::EC2::VPNConnection", "AWS::EC2::ClientVpnEndpoint"
KEY = "aB3dE5gH7jK9mN1pQ3sT5vX7zZ"

NETWORK = """
resource "aws_network_acl" "shop" {
  vpc_id = "vpc-1"
  ingress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 22
    to_port    = 22
  }
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id       = "vpc-1"
  service_name = "com.amazonaws.eu-west-1.s3"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "*" }]
  })
}
resource "aws_ec2_transit_gateway" "hub" { auto_accept_shared_attachments = "enable" }
"""


def test_networks_as_terraform_has_them(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(
        NetworkAclId=acl,
        RuleNumber=100,
        Protocol="6",
        RuleAction="allow",
        Egress=False,
        CidrBlock="0.0.0.0/0",
        PortRange={"From": 22, "To": 22},
    )
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.eu-west-1.s3",
        VpcEndpointType="Gateway",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    ec2.create_transit_gateway(Options={"AutoAcceptSharedAttachments": "enable"})
    found = collect(ACL_ENTRY, ENDPOINT, GATEWAY)
    found.resources = [one for one in found.resources if one.properties.get("RuleNumber", 100) == 100 and own(one, acl)]
    (entry,) = found.of(ACL_ENTRY)
    assert entry.address == f"arn:aws:ec2:eu-west-1:123456789012:network-acl/{acl}/ingress/100"
    assert entry.properties["Protocol"] == 6
    assert entry.properties["PortRange"] == {"From": 22, "To": 22}
    assert found.one(ENDPOINT).properties["PolicyDocument"]["Statement"] == [statement]
    assert found.one(GATEWAY).properties["AutoAcceptSharedAttachments"] == "enable"
    verdicts = judged(found)
    assert verdicts == judged(written(NETWORK))
    assert verdicts["ec2.network-acl-closes-admin-ports"] == {"fail"}
    assert verdicts["ec2.gateway-endpoint-policy-is-narrow"] == {"fail"}
    assert verdicts["ec2.transit-gateway-asks-before-attaching"] == {"fail"}


def own(one: Any, acl: str) -> bool:
    """Whether it is no entry of another network ACL: every network has one from the start."""
    return one.type != ACL_ENTRY or one.properties["NetworkAclId"] == acl


def test_the_acl_that_every_network_has_says_so(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    entries = collect(ACL_ENTRY).of(ACL_ENTRY)
    assert entries
    assert {one.metadata.get("default") for one in entries} == {"true"}


def test_an_address_of_an_instance(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    ec2 = aws("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": False}
    ran = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, NetworkInterfaces=[network])
    address = ec2.allocate_address(Domain="vpc")
    bare = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(InstanceId=ran["Instances"][0]["InstanceId"], AllocationId=address["AllocationId"])
    found = collect(EIP)
    by_address = {one.properties["PublicIp"]: one for one in found.of(EIP)}
    used = by_address[address["PublicIp"]]
    assert used.address == f"arn:aws:ec2:eu-west-1:123456789012:elastic-ip/{address['AllocationId']}"
    assert used.properties["InstanceId"] == ran["Instances"][0]["InstanceId"]
    assert "InstanceId" not in by_address[bare["PublicIp"]].properties


def test_networks_of_others_and_what_is_deleted_stay_out(answered: Callable[..., Any]) -> None:
    def gateway(name: str, owner: str, state: str) -> dict[str, Any]:
        arn = f"arn:aws:ec2:eu-west-1:{owner}:transit-gateway/{name}"
        return {"TransitGatewayId": name, "TransitGatewayArn": arn, "OwnerId": owner, "State": state}

    gateways = [
        gateway("tgw-1", "123456789012", "available"),
        gateway("tgw-2", "210987654321", "available"),
        gateway("tgw-3", "123456789012", "deleted"),
    ]
    found = answered("ec2", {"DescribeTransitGateways": {"TransitGateways": gateways}}, GATEWAY)
    assert found.one(GATEWAY).properties["Id"] == "tgw-1"


def test_a_shared_key_is_in_no_output(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    connection = {
        "VpnConnectionId": "vpn-1",
        "State": "available",
        "CustomerGatewayConfiguration": f"<vpn><ike><pre_shared_key>{KEY}</pre_shared_key></ike></vpn>",
        "Options": {
            "StaticRoutesOnly": True,
            "TunnelOptions": [{"PreSharedKey": KEY, "DpdTimeoutSeconds": 30, "IkeVersions": [{"Value": "ikev2"}]}],
        },
    }
    found = answered("ec2", {"DescribeVpnConnections": {"VpnConnections": [connection]}}, VPN)
    vpn = found.one(VPN)
    assert vpn.properties["VpnTunnelOptionsSpecifications"] == [
        {"DPDTimeoutSeconds": 30, "IKEVersions": [{"Value": "ikev2"}]}
    ]
    assert vpn.properties["StaticRoutesOnly"] is True
    assert KEY not in repr(found)
    assert judged(found)["ec2.vpn-connection-key-is-not-in-code"] == {"pass"}


def test_logs_of_a_client_vpn(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    endpoint = {
        "ClientVpnEndpointId": "cvpn-endpoint-1",
        "Status": {"Code": "available"},
        "ConnectionLogOptions": {"Enabled": True, "CloudwatchLogGroup": "vpn"},
        "AuthenticationOptions": [
            {
                "Type": "certificate-authentication",
                "MutualAuthentication": {
                    "ClientRootCertificateChain": "arn:aws:acm:eu-west-1:123456789012:certificate/c"
                },
            }
        ],
        "Tags": [{"Key": "team", "Value": "shop"}],
    }
    gone = {**endpoint, "ClientVpnEndpointId": "cvpn-endpoint-2", "Status": {"Code": "deleted"}}
    found = answered("ec2", {"DescribeClientVpnEndpoints": {"ClientVpnEndpoints": [endpoint, gone]}}, CLIENT_VPN)
    module = """
resource "aws_ec2_client_vpn_endpoint" "ops" {
  client_cidr_block      = "10.9.0.0/16"
  server_certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/s"
  authentication_options {
    type                       = "certificate-authentication"
    root_certificate_chain_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/c"
  }
  connection_log_options {
    enabled              = true
    cloudwatch_log_group = "vpn"
  }
  tags = { team = "shop" }
}
"""
    mine, theirs = found.one(CLIENT_VPN), written(module)[0]
    for name in ("AuthenticationOptions", "ConnectionLogOptions", "TagSpecifications"):
        assert mine.properties[name] == theirs.properties[name]
    assert judged(found)["ec2.client-vpn-logs-connections"] == {"pass"}


def test_lists_that_are_denied_are_unread(answered: Callable[..., Any]) -> None:
    operations = {
        EIP: "DescribeAddresses",
        ACL_ENTRY: "DescribeNetworkAcls",
        ENDPOINT: "DescribeVpcEndpoints",
        GATEWAY: "DescribeTransitGateways",
        VPN: "DescribeVpnConnections",
        CLIENT_VPN: "DescribeClientVpnEndpoints",
    }
    found = answered("ec2", dict.fromkeys(operations.values(), "UnauthorizedOperation"), *operations)
    assert found.resources == []
    assert {name: why.rpartition("grant ec2:")[2] for name, why in found.unread.items()} == operations


def test_settings_of_a_region(answered: Callable[..., Any]) -> None:
    console, images = "AWS::EC2::SerialConsoleAccess", "AWS::EC2::ImageBlockPublicAccess"
    answers = {
        "GetSerialConsoleAccessStatus": {"SerialConsoleAccessEnabled": True},
        "GetImageBlockPublicAccessState": "UnauthorizedOperation",
    }
    found = answered("ec2", answers, console, images)
    assert found.one(console).properties == {"Enabled": True}
    assert "grant ec2:GetImageBlockPublicAccessState" in found.one(images).unresolved["State"]


def test_ways_into_networks(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    endpoint = {"ClientVpnEndpointId": "cvpn-1", "AuthenticationOptions": [{"Type": "federated-authentication"}]}
    rules = [
        {"ClientVpnEndpointId": "cvpn-1", "DestinationCidr": "10.0.0.0/8", "GroupId": "", "AccessAll": True},
        {"ClientVpnEndpointId": "cvpn-1", "DestinationCidr": "10.1.0.0/16", "GroupId": "ops", "AccessAll": False},
    ]
    service = {"ServiceId": "vpce-svc-1", "ServiceState": "Available", "AcceptanceRequired": False}
    answers: dict[str, Any] = {
        "DescribeClientVpnEndpoints": {"ClientVpnEndpoints": [endpoint]},
        "DescribeClientVpnAuthorizationRules": {"AuthorizationRules": rules},
        "DescribeVpcEndpointServiceConfigurations": {"ServiceConfigurations": [service]},
        "DescribeVpcBlockPublicAccessOptions": {
            "VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off", "State": "default-state"}
        },
    }
    types = ("ClientVpnEndpoint", "ClientVpnAuthorizationRule", "VPCEndpointService", "VPCBlockPublicAccessOptions")
    verdicts = judged(answered("ec2", answers, *(f"AWS::EC2::{name}" for name in types)))
    assert verdicts["ec2.client-vpn-rule-names-a-group"] == {"pass", "fail"}
    assert verdicts["ec2.endpoint-service-asks-before-connecting"] == {"fail"}
    assert verdicts["ec2.account-blocks-ways-in-from-the-internet"] == {"fail"}
