"""Trails, and what records an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TRAIL = "AWS::CloudTrail::Trail"
SEEN = "AWS::CloudTrail::AccountTrail"
ARN = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/t"
GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:audit"
LISTED = {"Name": "t", "TrailARN": ARN, "S3BucketName": "logs", "CloudWatchLogsLogGroupArn": f"{GROUP}:*"}
QUIET: dict[str, Any] = {"GetEventSelectors": {}, "ListTags": {"ResourceTagList": []}, "ListBuckets": {"Buckets": []}}


def test_a_trail_and_its_bucket(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    place = {"LocationConstraint": "eu-west-1"}
    aws("s3").create_bucket(Bucket="logs", CreateBucketConfiguration=place)
    trail = aws("cloudtrail").create_trail(Name="audit", S3BucketName="logs", IsMultiRegionTrail=True)
    aws("cloudtrail").start_logging(Name="audit")
    found = collect(TRAIL, "AWS::CloudTrail::Account", SEEN, regions=("eu-west-1", "us-east-1"))
    own = found.one(TRAIL)
    assert own.properties["IsLogging"] is True
    assert own.properties["BucketInSameAccount"] is True
    assert own.properties["StartLoggingTime"].endswith("Z")
    seen = found.one(SEEN)
    assert seen.properties["TrailARN"] == trail["TrailARN"]
    assert (seen.properties["AccountId"], seen.properties["IsLogging"]) == ("123456789012", True)
    account = found.one("AWS::CloudTrail::Account")
    assert (account.metadata["id"], account.properties) == ("123456789012", {"AccountId": "123456789012"})


def test_a_trail_that_does_not_deliver(answered: Callable[..., Any]) -> None:
    status = {"IsLogging": True, "LatestDeliveryError": "NoSuchBucket", "LatestDigestDeliveryError": ""}
    answers = {"DescribeTrails": {"trailList": [LISTED]}, "GetTrailStatus": status, **QUIET}
    found = answered("cloudtrail", answers, TRAIL).one(TRAIL)
    assert found.properties["LatestDeliveryError"] == "NoSuchBucket"
    assert "LatestDigestDeliveryError" not in found.properties
    assert found.properties["BucketInSameAccount"] is False


def test_the_log_group_of_a_trail_is_named_as_the_group_is_addressed(answered: Callable[..., Any]) -> None:
    answers = {"DescribeTrails": {"trailList": [LISTED]}, "GetTrailStatus": {"IsLogging": True}, **QUIET}
    assert answered("cloudtrail", answers, TRAIL).one(TRAIL).properties["CloudWatchLogsLogGroupArn"] == GROUP


def test_a_status_that_is_denied_is_unknown_and_nothing_else(answered: Callable[..., Any]) -> None:
    answers = {"DescribeTrails": {"trailList": [LISTED]}, "GetTrailStatus": "AccessDeniedException", **QUIET}
    found = answered("cloudtrail", answers, TRAIL).one(TRAIL)
    assert "grant cloudtrail:GetTrailStatus" in found.unresolved["IsLogging"]
    assert "grant cloudtrail:GetTrailStatus" in found.unresolved["LatestDeliveryError"]
    assert found.properties["S3BucketName"] == "logs"


def test_a_trail_of_the_organization_that_a_member_must_not_look_into_is_unknown(answered: Callable[..., Any]) -> None:
    theirs = ARN.replace("123456789012", "444455556666")
    shadow = {**LISTED, "TrailARN": theirs, "IsMultiRegionTrail": True, "HasCustomEventSelectors": True}
    answers = {
        "DescribeTrails": {"trailList": [shadow]},
        "GetTrailStatus": "TrailNotFoundException",
        "GetEventSelectors": "TrailNotFoundException",
    }
    found = answered("cloudtrail", answers, SEEN).one(SEEN)
    assert {"IsLogging", "EventSelectors", "AdvancedEventSelectors"} <= found.unresolved.keys()
    assert found.properties["IsMultiRegionTrail"] is True


def test_an_event_data_store_that_takes_nothing_in(answered: Callable[..., Any]) -> None:
    kind = "AWS::CloudTrail::EventDataStore"
    store = {"EventDataStoreArn": "arn:aws:cloudtrail:eu-west-1:123456789012:eventdatastore/a"}
    answers = {
        "ListEventDataStores": {"EventDataStores": [store]},
        "GetEventDataStore": {**store, "Status": "STOPPED_INGESTION"},
    }
    assert answered("cloudtrail", answers, kind).one(kind).properties["IngestionStatus"] == "STOPPED_INGESTION"


def test_an_own_trail_of_another_region_with_selectors_is_left_to_its_own_region(answered: Callable[..., Any]) -> None:
    plain = {**LISTED, "TrailARN": f"{ARN}-2", "HasCustomEventSelectors": False, "HomeRegion": "eu-west-1"}
    chosen = {**LISTED, "HasCustomEventSelectors": True, "HomeRegion": "eu-west-1"}
    answers = {
        "DescribeTrails": {"trailList": [plain, chosen]},
        "GetTrailStatus": {"IsLogging": True},
        "GetEventSelectors": "TrailNotFoundException",
    }
    found = answered("cloudtrail", answers, SEEN).one(SEEN)
    assert (found.properties["TrailARN"], found.unresolved) == (f"{ARN}-2", {})
