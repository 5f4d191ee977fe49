"""What refers to what: by reference, by name, within a unit."""

from __future__ import annotations

from typing import Any

from bastide.resources.estate import Estate, leaves
from bastide.resources.model import Reference, Resource, Unresolved, settle


def item(type_: str, address: str, properties: Any, unit: str = "u") -> Resource:
    plain, unresolved, links = settle(properties)
    return Resource(type_, address, unit, "terraform", "m.tf", 1, 2, plain, unresolved=unresolved, links=links)


BUCKET, TRAIL = "AWS::S3::Bucket", "AWS::CloudTrail::Trail"


def trail(value: Any, unit: str = "u") -> Resource:
    return item(TRAIL, "t", {"S3BucketName": value}, unit)


def test_by_reference() -> None:
    bucket, refers = item(BUCKET, "b", {}), trail(Reference("${b}", (("b", "Ref"),)))
    estate = Estate([bucket, refers])
    assert estate.referred(refers, "S3BucketName", BUCKET) == ([bucket], "")
    assert estate.referring(bucket, "S3BucketName", TRAIL) == ([refers], "")


def test_by_name() -> None:
    bucket, refers = item(BUCKET, "b", {"BucketName": "logs"}), trail("logs")
    assert Estate([bucket, refers]).referred(refers, "S3BucketName", BUCKET) == ([bucket], "")


def test_a_name_that_is_not_primary() -> None:
    template = item("AWS::EC2::LaunchTemplate", "t", {"LaunchTemplateName": "web"})
    instance = item("AWS::EC2::Instance", "i", {"LaunchTemplate": {"LaunchTemplateName": "web"}})
    found = Estate([template, instance]).referred(instance, "LaunchTemplate.LaunchTemplateName", template.type)
    assert found == ([template], "")


def test_another_unit_is_another_world() -> None:
    bucket, refers = item(BUCKET, "b", {"BucketName": "logs"}, "other"), trail("logs")
    found, why = Estate([bucket, refers]).referred(refers, "S3BucketName", BUCKET)
    assert not found
    assert "logs is not among" in why


def test_what_is_unresolved_may_be_anything() -> None:
    bucket, refers = item(BUCKET, "b", {}), trail(Unresolved("var.bucket", "variable without a value"))
    estate = Estate([bucket, refers])
    assert "var.bucket" in estate.referred(refers, "S3BucketName", BUCKET)[1]
    assert "t may refer to it" in estate.referring(bucket, "S3BucketName", TRAIL)[1]


def test_a_reference_to_another_type_is_not_what_was_asked_for() -> None:
    key, refers = item("AWS::KMS::Key", "k", {}), trail(Reference("${k.Arn}", (("k", "Arn"),)))
    found, why = Estate([key, refers]).referred(refers, "S3BucketName", BUCKET)
    assert (found, bool(why)) == ([], True)


def test_leaves_go_through_lists() -> None:
    assert list(leaves({"A": [{"B": "x"}, {"B": ["y", {"C": "z"}]}], "D": "w"}, ["A", "B"])) == ["x", "y", "z"]


def test_names_in_the_rule_of_a_composite_alarm() -> None:
    alarms = [item("AWS::CloudWatch::Alarm", name, {"AlarmName": name}) for name in ("errors", "too slow (p99)", "disk")]
    rule = 'ALARM(errors) AND NOT (OK("too slow (p99)") OR INSUFFICIENT_DATA("gone"))'
    composite = item("AWS::CloudWatch::CompositeAlarm", "c", {"AlarmRule": rule})
    estate = Estate([*alarms, composite])
    found = [estate.referring(alarm, "AlarmRule", composite.type) for alarm in alarms]
    assert found == [([composite], ""), ([composite], ""), ([], "")]
