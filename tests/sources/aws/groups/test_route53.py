"""Hosted zones of Route 53, and their signing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ZONE, SIGNED = "AWS::Route53::HostedZone", "AWS::Route53::DNSSEC"
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/route53/example.com:*"


def zone(name: str, identity: str, *, private: bool = False) -> dict[str, Any]:
    """A zone as it is listed."""
    config = {"PrivateZone": private, "Comment": "of the shop"}
    return {"Id": f"/hostedzone/{identity}", "Name": name, "CallerReference": "r", "Config": config}


LISTED = {
    "HostedZones": [zone("example.com.", "Z1"), zone("inside.", "Z2", private=True)],
    "Marker": "",
    "IsTruncated": False,
    "MaxItems": "100",
}
ANSWERS = {
    "ListHostedZones": LISTED,
    "GetHostedZone": {"HostedZone": LISTED["HostedZones"][1], "VPCs": [{"VPCId": "vpc-1", "VPCRegion": "eu-west-1"}]},
    "ListQueryLoggingConfigs": {
        "QueryLoggingConfigs": [{"Id": "q", "HostedZoneId": "Z1", "CloudWatchLogsLogGroupArn": GROUP}]
    },
    "ListTagsForResources": {
        "ResourceTagSets": [{"ResourceType": "hostedzone", "ResourceId": "Z1", "Tags": [{"Key": "a", "Value": "b"}]}]
    },
    "GetDNSSEC": {"Status": {"ServeSignature": "SIGNING"}, "KeySigningKeys": []},
}

MODULE = """
resource "aws_route53_zone" "public" { name = "example.com" }
resource "aws_route53_zone" "private" {
  name = "inside"
  vpc { vpc_id = "vpc-1" }
}
resource "aws_route53_query_log" "public" {
  zone_id                  = aws_route53_zone.public.zone_id
  cloudwatch_log_group_arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/route53/example.com:*"
}
resource "aws_route53_hosted_zone_dnssec" "public" { hosted_zone_id = aws_route53_zone.public.id }
"""


def test_zones_as_terraform_has_them(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    found = answered("route53", ANSWERS, ZONE, SIGNED)
    public, private = found.of(ZONE)
    assert public.address == "arn:aws:route53:::hostedzone/Z1"
    assert public.properties["Id"] == "Z1"
    assert public.properties["HostedZoneTags"] == [{"Key": "a", "Value": "b"}]
    assert "VPCs" not in public.properties
    assert private.properties["VPCs"] == [{"VPCId": "vpc-1", "VPCRegion": "eu-west-1"}]
    assert found.one(SIGNED).properties["HostedZoneId"] == "Z1"
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["route53.public-zone-is-signed"] == {"pass"}
    assert verdicts["route53.public-zone-logs-queries"] == {"pass"}


def test_a_zone_that_is_not_signed(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers = {
        **ANSWERS,
        "GetDNSSEC": {"Status": {"ServeSignature": "NOT_SIGNING"}, "KeySigningKeys": []},
        "ListQueryLoggingConfigs": {"QueryLoggingConfigs": []},
    }
    found = answered("route53", answers, ZONE, SIGNED)
    assert found.of(SIGNED) == []
    assert judged(found)["route53.public-zone-is-signed"] == {"fail"}
    assert judged(found)["route53.public-zone-logs-queries"] == {"fail"}


def test_what_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    denied = ("GetHostedZone", "ListQueryLoggingConfigs", "GetDNSSEC", "ListTagsForResources")
    found = answered("route53", {**ANSWERS, **dict.fromkeys(denied, "AccessDenied")}, ZONE, SIGNED)
    public, private = found.of(ZONE)
    assert set(public.unresolved) == {"QueryLoggingConfig", "HostedZoneTags"}
    assert "VPCs" in private.unresolved
    assert set(found.unread) == {SIGNED}
    verdicts = judged(found)
    assert verdicts["route53.public-zone-is-signed"] == {"unknown"}
    assert verdicts["route53.public-zone-logs-queries"] == {"unknown"}


def test_zones_over_http(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    client = aws("route53")
    vpc = aws("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    client.create_hosted_zone(Name="example.com", CallerReference="a")
    client.create_hosted_zone(
        Name="inside",
        CallerReference="b",
        VPC={"VPCRegion": "eu-west-1", "VPCId": vpc},
        HostedZoneConfig={"PrivateZone": True},
    )
    found = collect(ZONE, SIGNED)
    by_name = {one.properties["Name"]: one for one in found.of(ZONE)}
    assert by_name["inside."].properties["VPCs"] == [{"VPCRegion": "eu-west-1", "VPCId": vpc}]
    assert "QueryLoggingConfig" not in by_name["example.com."].properties
    assert by_name["example.com."].metadata["region"] == "global"
