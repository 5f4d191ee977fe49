"""Access points of S3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

POINT = "AWS::S3::AccessPoint"
ARN = "arn:aws:s3:eu-west-1:123456789012:accesspoint/p"
OPEN = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": False, "RestrictPublicBuckets": True}
MODULE = """
resource "aws_s3_access_point" "point" {
  bucket = "bucket"
  name   = "point"
  public_access_block_configuration { block_public_policy = false }
}
"""


def one_name(request: Any, **_: Any) -> None:
    """AWS has a name for each account, moto one for all."""
    request.url = request.url.replace("//123456789012.", "//")


def test_a_point_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    aws("s3").create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    control = aws("s3control")
    control.meta.events.register_first("before-sign", one_name)
    control.create_access_point(
        AccountId="123456789012", Name="point", Bucket="bucket", PublicAccessBlockConfiguration=OPEN
    )
    found = collect(POINT)
    point = found.one(POINT)
    assert (point.properties["Bucket"], point.properties["NetworkOrigin"]) == ("bucket", "Internet")
    assert "Policy" not in point.properties
    said = {"s3.access-point-blocks-public-access": {"fail"}, "s3.access-point-policy-is-not-open": {"pass"}}
    assert judged(found) == judged(written(MODULE)) == said


def test_what_may_not_be_described(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    listed = {"Name": "point", "NetworkOrigin": "Internet", "Bucket": "bucket", "AccessPointArn": ARN}
    answers = {
        "ListAccessPoints": {"AccessPointList": [listed]},
        "GetAccessPoint": "AccessDenied",
        "GetAccessPointPolicy": "AccessDenied",
    }
    found = answered("s3", answers, POINT)
    assert found.one(POINT).properties["Bucket"] == "bucket"
    assert "grant s3:GetAccessPoint" in found.one(POINT).unresolved["PublicAccessBlockConfiguration"]
    assert set(map(tuple, judged(found).values())) == {("unknown",)}


def test_a_policy(answered: Callable[..., Any]) -> None:
    listed = {"Name": "point", "NetworkOrigin": "Internet", "Bucket": "bucket", "AccessPointArn": ARN}
    answers = {
        "ListAccessPoints": {"AccessPointList": [listed]},
        "GetAccessPoint": {**listed, "PublicAccessBlockConfiguration": OPEN},
        "GetAccessPointPolicy": {"Policy": '{"Statement": []}'},
    }
    assert answered("s3", answers, POINT).one(POINT).properties["Policy"] == {"Statement": []}
