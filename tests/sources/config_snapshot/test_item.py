"""Items in all their forms; what is none is None."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.sources.config_snapshot.item import decoded, read_item
from tests.sources.config_snapshot.conftest import config_item

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = list(config_item("AWS::S3::Bucket", "b", {}))


def test_one_of_a_snapshot() -> None:
    item = read_item(config_item("AWS::S3::Bucket", "b", {"name": "b", "at": "2026-01-02T03:04:05.678Z"}))
    assert item is not None
    assert item.key == ("123456789012", "eu-west-1", "AWS::S3::Bucket", "b")
    assert item.configuration == {"name": "b", "at": "2026-01-02T03:04:05Z"}
    assert item.arn == "arn:aws:test:eu-west-1:123456789012:b"
    assert item.partition == "aws"
    assert item.time == pytest.approx(1767323045.678)


def test_one_of_the_api_has_its_values_as_text() -> None:
    item = read_item(
        {
            "accountId": "123456789012",
            "arn": "arn:aws-cn:s3:::b",
            "resourceType": "AWS::S3::Bucket",
            "resourceId": "b",
            "awsRegion": "cn-north-1",
            "configurationItemCaptureTime": 1767323045.5,
            "configuration": '{"name": "b"}',
            "supplementaryConfiguration": {"BucketPolicy": '{"policyText": null}', "Policy": json.dumps('{"a": 1}')},
            "tags": [{"key": "k", "value": "v", "tag": "k=v"}],
        }
    )
    assert item is not None
    assert item.partition == "aws-cn"
    assert item.configuration == {"name": "b"}
    assert item.supplementary == {"BucketPolicy": {"policyText": None}, "Policy": {"a": 1}}
    assert item.tags == {"k": "v"}
    assert item.time == pytest.approx(1767323045.5)


def test_a_row_of_a_query_has_what_was_selected() -> None:
    item = read_item('{"arn": "arn:aws:iam::123456789012:role/r", "resourceType": "AWS::IAM::Role"}')
    assert item is not None
    assert (item.account, item.region, item.id) == ("123456789012", "global", "arn:aws:iam::123456789012:role/r")
    assert item.configuration is item.supplementary is item.tags is None


def test_secrets_are_gone_before_anybody_sees_them() -> None:
    item = read_item(config_item("AWS::RDS::DBInstance", "d", {"masterUserPassword": "hunter2-hunter2"}))
    assert item is not None
    assert "hunter2" not in repr(item)


@pytest.mark.parametrize(
    "change",
    [
        {"resourceType": "S3"},
        {"resourceType": None},
        {"awsAccountId": "12", "ARN": ""},
        {"awsRegion": "../../etc"},
        {"resourceId": "", "ARN": ""},
    ],
)
def test_what_says_not_what_and_where_it_is_is_no_item(change: dict[str, Any]) -> None:
    assert read_item({**config_item("AWS::S3::Bucket", "b", {}), **change}) is None


@given(VALUES)
def test_no_value_breaks_it(value: Any) -> None:
    read_item(value)
    decoded(value)


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_no_member_breaks_it(members: dict[str, Any]) -> None:
    item = read_item({**config_item("AWS::S3::Bucket", "b", {}), **members})
    assert item is None or len(item.account) == 12


def test_text_that_is_json_in_json_is_unwrapped_no_further_than_needed() -> None:
    assert decoded(json.dumps(json.dumps({"a": "[1]"}))) == {"a": "[1]"}
    assert decoded("[" * 100_000) == "[" * 100_000
    assert decoded("plain") == "plain"


@pytest.mark.parametrize("time", [10**400, -(10**400), 1e300, float("inf"), float("nan")])
def test_a_number_that_is_no_time_is_none(time: float) -> None:
    item = read_item(config_item("AWS::SQS::Queue", "q", {}, configurationItemCaptureTime=time))
    assert item is not None
    assert item.time == 0.0
