"""Records and origins that point at names which anybody may take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

RECORD, ORIGIN = "AWS::Route53::PointingRecord", "AWS::CloudFront::BucketOrigin"
ZONE = {"Id": "/hostedzone/Z1", "Name": "example.com.", "CallerReference": "r"}


def _alias(name: str, target: str) -> dict[str, Any]:
    alias = {"HostedZoneId": "Z9", "DNSName": target, "EvaluateTargetHealth": False}
    return {"Name": name, "Type": "A", "AliasTarget": alias}


def _cname(name: str, *targets: str) -> dict[str, Any]:
    return {"Name": name, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": target} for target in targets]}


def _records(answered: Callable[..., Any], records: list[dict[str, Any]], **answers: Any) -> Any:
    listed = {"ResourceRecordSets": records, "IsTruncated": False, "MaxItems": "300"}
    known = {
        "ListHostedZones": {"HostedZones": [ZONE], "Marker": "", "IsTruncated": False, "MaxItems": "100"},
        "ListResourceRecordSets": listed,
    }
    return answered("route53", {**known, **answers}, RECORD)


def test_records_that_lead_elsewhere_are_left_out(answered: Callable[..., Any]) -> None:
    records = [
        _alias("example.com.", "lb-1.eu-west-1.elb.amazonaws.com."),
        _cname("mail.example.com.", "mail.example.org"),
        {"Name": "example.com.", "Type": "MX", "TTL": 300, "ResourceRecords": [{"Value": "10 s3-website.example.org"}]},
    ]
    assert _records(answered, records).resources == []


def test_a_record_whose_bucket_is_gone(answered: Callable[..., Any]) -> None:
    target = "s3-website-eu-west-1.amazonaws.com."

    def location(asked: dict[str, Any]) -> Any:
        return "NoSuchBucket" if asked["Bucket"] == "www.example.com" else {"LocationConstraint": "eu-west-1"}

    records = [
        _alias("www.example.com.", target),
        _alias("docs.example.com.", target),
        _alias("\\052.example.com.", target),
    ]
    found = _records(answered, records, GetBucketLocation=location)
    missing = {one.properties["Name"]: one.properties.get("BucketIsMissing") for one in found.of(RECORD)}
    assert missing == {"www.example.com.": True, "docs.example.com.": False, "\\052.example.com.": None}


def test_a_bucket_of_us_east_1_and_one_that_is_not_ones_own(answered: Callable[..., Any]) -> None:
    records = [_cname("cdn.example.com.", "cdn.example.com.s3.amazonaws.com")]
    found = _records(answered, records, GetBucketLocation={}).one(RECORD)
    assert found.properties["BucketIsMissing"] is False
    found = _records(answered, records, GetBucketLocation="AccessDenied").one(RECORD)
    assert set(found.unresolved) == {"BucketIsMissing"}


def test_names_of_elastic_beanstalk(answered: Callable[..., Any]) -> None:
    records = [
        _cname("app.example.com.", "apps.eu-west-1.elasticbeanstalk.com"),
        _alias("shop.example.com.", "shop.eu-west-1.elasticbeanstalk.com."),
        _cname("new.example.com.", "new.eba-abcdefgh.eu-west-1.elasticbeanstalk.com"),
        _cname("old.example.com.", "older.elasticbeanstalk.com"),
        _cname("far.example.com.", "far.us-west-2.elasticbeanstalk.com"),
    ]

    def available(asked: dict[str, Any]) -> Any:
        return {"Available": asked["CNAMEPrefix"] == "apps"}

    found = _records(answered, records, CheckDNSAvailability=available)
    free = {one.properties["Name"]: one.properties.get("EnvironmentNameIsFree") for one in found.of(RECORD)}
    assert free == {
        "app.example.com.": True,
        "shop.example.com.": False,
        "new.example.com.": None,
        "old.example.com.": False,
    }
    assert found.outcomes("ListResourceRecordSets") == {"read", "skipped"}  # the region of one was not asked for


def test_origins_of_a_distribution(answered: Callable[..., Any]) -> None:
    names = ("gone.s3.eu-west-1.amazonaws.com", "kept.s3-website-eu-west-1.amazonaws.com", "api.example.com")
    origins = [{"Id": f"o{number}", "DomainName": name} for number, name in enumerate(names)]
    behaviour = {"TargetOriginId": "o0", "ViewerProtocolPolicy": "https-only"}
    distribution = {
        "Id": "E1", "ARN": "arn:aws:cloudfront::123456789012:distribution/E1", "Status": "Deployed", "Enabled": True,
        "DomainName": "d.cloudfront.net", "Aliases": {"Quantity": 0}, "Origins": {"Quantity": 3, "Items": origins},
        "DefaultCacheBehavior": behaviour, "CacheBehaviors": {"Quantity": 0}, "CustomErrorResponses": {"Quantity": 0},
        "Comment": "", "PriceClass": "PriceClass_All", "ViewerCertificate": {}, "HttpVersion": "http2",
        "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}}, "WebACLId": "",
        "IsIPV6Enabled": True, "Staging": False, "LastModifiedTime": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    listed = {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": 1, "Items": [distribution]}

    def location(asked: dict[str, Any]) -> Any:
        return "NoSuchBucket" if asked["Bucket"] == "gone" else {"LocationConstraint": "eu-west-1"}

    answers = {"ListDistributions": {"DistributionList": listed}, "GetBucketLocation": location}
    found = {one.properties["Bucket"]: one.properties for one in answered("cloudfront", answers, ORIGIN).of(ORIGIN)}
    assert {name: one["BucketIsMissing"] for name, one in found.items()} == {"gone": True, "kept": False}
    assert found["gone"]["DistributionId"] == "E1"
    denied = answered("cloudfront", {**answers, "GetBucketLocation": "AccessDenied"}, ORIGIN).of(ORIGIN)
    assert all(set(one.unresolved) == {"BucketIsMissing"} for one in denied)
