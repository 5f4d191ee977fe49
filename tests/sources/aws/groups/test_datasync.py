"""Tasks and EFS locations of DataSync."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LOCATION, TASK = "AWS::DataSync::LocationEFS", "AWS::DataSync::Task"
ARN = "arn:aws:datasync:eu-west-1:123456789012:"
NO_TAGS: dict[str, Any] = {"GetResources": {"ResourceTagMappingList": []}}


def test_a_task(aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any]) -> None:
    client = aws("datasync")
    ends = [
        client.create_location_s3(S3BucketArn=f"arn:aws:s3:::{name}", S3Config={"BucketAccessRoleArn": "r"})[
            "LocationArn"
        ]
        for name in ("a", "b")
    ]
    client.create_task(SourceLocationArn=ends[0], DestinationLocationArn=ends[1], Name="t")
    found = collect(TASK, LOCATION)
    assert found.one(TASK).properties["SourceLocationArn"] == ends[0]
    assert found.of(LOCATION) == []
    assert judged(found) == {"datasync.task-logs": {"fail"}}


def test_tasks_that_log(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    def judge(**described: Any) -> Any:
        answers = {"ListTasks": {"Tasks": [{"TaskArn": f"{ARN}task/t"}]}, "DescribeTask": described, **NO_TAGS}
        return judged(answered("datasync", answers, TASK))["datasync.task-logs"]

    group = "arn:aws:logs:eu-west-1:123456789012:log-group:l"
    assert judge(CloudWatchLogGroupArn=group, Options={"LogLevel": "BASIC"}) == {"pass"}
    assert judge(CloudWatchLogGroupArn=group, Options={"LogLevel": "OFF"}) == {"fail"}
    assert judge(TaskMode="ENHANCED", Options={"LogLevel": "BASIC"}) == {"pass"}


def test_locations_of_file_systems(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    listed = [
        {"LocationArn": f"{ARN}location/e", "LocationUri": "efs://eu-west-1.fs-1/"},
        {"LocationArn": f"{ARN}location/s", "LocationUri": "s3://b/"},
    ]
    answers = {
        "ListLocations": {"Locations": listed},
        "DescribeLocationEfs": {"InTransitEncryption": "NONE"},
        **NO_TAGS,
    }
    found = answered("datasync", answers, LOCATION)
    assert found.one(LOCATION).properties["InTransitEncryption"] == "NONE"
    assert judged(found) == {"datasync.efs-location-uses-tls": {"fail"}}


def test_what_may_not_be_described(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers = {
        "ListLocations": {"Locations": [{"LocationArn": f"{ARN}location/e", "LocationUri": "efs://eu-west-1.fs-1/"}]},
        "ListTasks": {"Tasks": [{"TaskArn": f"{ARN}task/t"}]},
        "DescribeLocationEfs": "AccessDeniedException",
        "DescribeTask": "AccessDeniedException",
        **NO_TAGS,
    }
    found = answered("datasync", answers, LOCATION, TASK)
    assert "grant datasync:DescribeLocationEfs" in found.one(LOCATION).unresolved["InTransitEncryption"]
    assert set().union(*judged(found).values()) == {"unknown"}
