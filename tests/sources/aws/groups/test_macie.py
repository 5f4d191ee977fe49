"""Whether Macie is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE, CONTROL = "AWS::Macie::Session", "macie.session-is-on"
ALONE: dict[str, Any] = {
    "GetMacieSession": {"status": "ENABLED"},
    "GetAdministratorAccount": {},
    "GetAutomatedDiscoveryConfiguration": {"status": "ENABLED"},
    "GetClassificationExportConfiguration": {},
    "GetFindingsPublicationConfiguration": {},
    "DescribeBuckets": {"buckets": []},
}


def test_a_session_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    aws("macie2").enable_macie(status="PAUSED", findingPublishingFrequency="SIX_HOURS")
    found = collect(TYPE)
    one = found.one(TYPE)
    assert one.address == "arn:aws:macie2:eu-west-1:123456789012:session"
    assert one.properties["FindingPublishingFrequency"] == "SIX_HOURS"
    module = 'resource "aws_macie2_account" "main" {\n  status = "PAUSED"\n}'
    assert judged(found) == judged(written(module)) == {CONTROL: {"fail"}}
    assert judged(written('resource "aws_macie2_account" "main" {}')) == {CONTROL: {"pass"}}


def test_a_session_that_runs(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    assert judged(answered("macie", ALONE, TYPE)) == {CONTROL: {"pass"}}


def test_where_it_is_off_aws_says_so_with_the_code_of_what_is_denied(
    answered: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    found = answered("macie", {"GetMacieSession": "AccessDeniedException: Macie is not enabled."}, TYPE)
    assert found.one(TYPE).properties == {"Status": "DISABLED", "AwsAccountId": "123456789012"}
    assert found.outcomes("GetMacieSession") == {"absent"}
    assert judged(found) == {CONTROL: {"fail"}}


def test_what_is_denied_is_unknown_and_not_off(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    denied = "AccessDeniedException: User is not authorized to perform: macie2:GetMacieSession"
    found = answered("macie", {"GetMacieSession": denied}, TYPE)
    assert "grant macie2:GetMacieSession" in found.one(TYPE).unresolved["Status"]
    assert judged(found) == {CONTROL: {"unknown"}}


def test_buckets_in_which_something_was_found(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    asked: list[dict[str, Any]] = []

    def buckets(given: dict[str, Any]) -> dict[str, Any]:
        asked.append(given)
        if "nextToken" in given:
            return {"buckets": [{"bucketName": "mail", "sensitivityScore": 87, "accountId": "444455556666"}]}
        return {"buckets": [{"bucketName": "orders", "sensitivityScore": 100}], "nextToken": "more"}

    found = answered("macie", {**ALONE, "DescribeBuckets": buckets}, TYPE)
    assert found.one(TYPE).properties["SensitiveBuckets"] == [
        {"Bucket": "orders", "Score": 100},
        {"Bucket": "mail", "Score": 87},
    ]
    assert [one["criteria"] for one in asked] == [{"sensitivityScore": {"gt": 50}}] * 2


def test_scores_that_are_denied_are_unknown_and_change_no_verdict(
    answered: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    found = answered("macie", {**ALONE, "DescribeBuckets": "AccessDeniedException: not authorized"}, TYPE)
    assert "grant macie2:DescribeBuckets" in found.one(TYPE).unresolved["SensitiveBuckets"]
    assert judged(found) == {CONTROL: {"pass"}}
