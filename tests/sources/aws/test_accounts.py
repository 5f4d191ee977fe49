"""Which accounts and regions a scan is about, and what becomes of those that cannot be entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.sources.aws.accounts import Accounts, Scope
from bastide.sources.aws.answers import plain
from bastide.sources.aws.calls import Answer, Request
from bastide.sources.aws.errors import outcome_of

OWN, OTHER, THIRD = "111111111111", "222222222222", "333333333333"


class Told:
    """An edge that is told what to answer, by operation: a dict, an error's code, or a function of the parameters."""

    def __init__(self, **answers: Any) -> None:
        me = {"Account": OWN, "Arn": f"arn:aws:iam::{OWN}:user/u"}
        self.answers = {"GetCallerIdentity": me, **answers}
        self.asked: list[Request] = []

    def raw(self, credentials: Any, account: str, request: Request) -> tuple[Any, Answer]:
        self.asked.append(request)
        found = self.answers[request.operation]
        found = found(request.parameters) if callable(found) else found
        if isinstance(found, str):
            return None, Answer(outcome_of(found), code=found)
        token = found.get("NextToken")
        return found, Answer("read", plain(found), next={"NextToken": token} if token else None)

    def call(self, credentials: Any, account: str, request: Request) -> Answer:
        return self.raw(credentials, account, request)[1]


def accounts(edge: Told, region: str = "eu-west-1", **scope: Any) -> Accounts:
    return Accounts(edge, "the credentials at hand", region, Scope(**scope))  # type: ignore[arg-type]


def entered(parameters: dict[str, Any]) -> Any:
    """What AssumeRole answers: of the third account, that it is not allowed."""
    if THIRD in parameters["RoleArn"]:
        return "AccessDenied"
    expires = dt.datetime.now(tz=dt.UTC) + dt.timedelta(hours=1)
    return {"Credentials": {"AccessKeyId": "a", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": expires}}


def test_the_account_of_the_credentials() -> None:
    (one,) = accounts(Told()).all()
    assert (one.id, one.partition, one.credentials) == (OWN, "aws", "the credentials at hand")
    assert [row.operation for row in one.ledger] == ["GetCallerIdentity"]


def test_credentials_that_aws_does_not_take() -> None:
    with pytest.raises(UsageError, match="InvalidClientTokenId"):
        accounts(Told(GetCallerIdentity="InvalidClientTokenId"))


def test_another_partition_has_another_home() -> None:
    edge = Told(GetCallerIdentity={"Account": OWN, "Arn": f"arn:aws-cn:iam::{OWN}:user/u"})
    assert accounts(edge, "cn-north-1").all()[0].home == "cn-north-1"


def test_every_active_account_of_the_organization_page_by_page() -> None:
    pages = {
        None: {"Accounts": [{"Id": OWN, "Status": "ACTIVE"}, {"Id": "x", "Status": "ACTIVE"}], "NextToken": "n"},
        "n": {"Accounts": [{"Id": OTHER, "Status": "ACTIVE"}, {"Id": THIRD, "Status": "SUSPENDED"}]},
    }
    edge = Told(ListAccounts=lambda given: pages[given.get("NextToken")], AssumeRole=entered)
    found = accounts(edge, org=True, role="Audit", external_id="x").all()
    assert [one.id for one in found] == [OWN, OTHER]
    assert all(one.credentials.get_frozen_credentials().token == "t" for one in found)
    assumed = [one.parameters for one in edge.asked if one.operation == "AssumeRole"]
    assert {one["RoleArn"] for one in assumed} == {f"arn:aws:iam::{name}:role/Audit" for name in (OWN, OTHER)}
    assert {one["ExternalId"] for one in assumed} == {"x"}


def test_an_account_that_cannot_be_entered_appears_with_its_reason() -> None:
    _, third = accounts(Told(AssumeRole=entered), accounts=(OTHER, THIRD), role="Audit").all()
    assert third.credentials is None
    (problem,) = third.problems
    assert (problem.kind, problem.path) == ("unreadable", f"aws:{THIRD}")
    assert "sts:AssumeRole is denied (AccessDenied)" in problem.message
    assert f"trust {OWN}" in problem.message
    assert [(row.account, row.operation, row.outcome) for row in third.ledger] == [(THIRD, "AssumeRole", "denied")]


def test_an_account_that_was_asked_for_and_is_not_in_the_organization_is_tried_all_the_same() -> None:
    edge = Told(ListAccounts={"Accounts": [{"Id": OTHER, "Status": "ACTIVE"}]}, AssumeRole=entered)
    found = accounts(edge, org=True, role="Audit", accounts=(OTHER, THIRD)).all()
    assert [one.id for one in found] == [OTHER, THIRD]


def test_units_are_walked_down() -> None:
    members = {"ou-1": [OTHER], "ou-2": [THIRD]}
    edge = Told(
        ListAccountsForParent=lambda given: {"Accounts": [{"Id": name} for name in members[given["ParentId"]]]},
        ListOrganizationalUnitsForParent=lambda given: {
            "OrganizationalUnits": [{"Id": "ou-2"}] if given["ParentId"] == "ou-1" else []
        },
        AssumeRole=entered,
    )
    assert [one.id for one in accounts(edge, ous=("ou-1",), role="Audit").all()] == [OTHER, THIRD]


def test_an_organization_that_cannot_be_listed_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="organizations:ListAccounts is denied"):
        accounts(Told(ListAccounts="AccessDeniedException"), org=True, role="Audit").all()


def test_credentials_are_renewed_with_the_same_call() -> None:
    def soon(parameters: dict[str, Any]) -> dict[str, Any]:
        found = entered(parameters)
        found["Credentials"]["Expiration"] = dt.datetime.now(tz=dt.UTC) + dt.timedelta(seconds=30)
        return dict(found)

    edge = Told(AssumeRole=soon)
    (one,) = accounts(edge, accounts=(OTHER,), role="Audit").all()
    edge.answers["AssumeRole"] = entered
    assert one.credentials.get_frozen_credentials().access_key == "a"
    assert [request.operation for request in edge.asked].count("AssumeRole") == 2


LISTED = {"Regions": [{"RegionName": "eu-west-1", "OptInStatus": "opt-in-not-required"},
                      {"RegionName": "eu-south-1", "OptInStatus": "opted-in"},
                      {"RegionName": "me-south-1", "OptInStatus": "not-opted-in"}, {"RegionName": "../x"}]}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "regions", "complete"),
    [
        ((), ["eu-south-1", "eu-west-1"], True),
        (("eu-west-1",), ["eu-west-1"], False),
        (("eu-west-1", "me-south-1"), ["eu-west-1"], False),
    ],
)
def test_regions(asked: tuple[str, ...], regions: list[str], complete: bool) -> None:
    found = accounts(Told(DescribeRegions=LISTED), regions=asked)
    (one,) = found.all()
    found.find_regions(one)
    assert (one.regions, one.complete) == (regions, complete)
    not_there = [row.region for row in one.ledger if row.outcome == "not offered"]
    assert not_there == [name for name in asked if name == "me-south-1"]
    skipped = [row.region for row in one.ledger if row.outcome == "skipped"]
    assert skipped == (["eu-south-1"] if asked else [])


def test_regions_that_cannot_be_listed_are_a_gap() -> None:
    found = accounts(Told(DescribeRegions="UnauthorizedOperation"))
    (one,) = found.all()
    found.find_regions(one)
    assert one.regions == ["eu-west-1"]
    assert not one.complete
    assert "only eu-west-1 was read" in one.problems[0].message


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ({"accounts": ("12",)}, "no account id"),
        ({"regions": ("Ireland",)}, "no region"),
        ({"role": "a b"}, "no name of a role"),
        ({"org": True}, "--role"),
        ({"external_id": "x"}, "--role"),
        ({"accounts": (OTHER,)}, "--role"),
    ],
)
def test_wrong_use(scope: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        accounts(Told(), **scope).all()


def test_moto_speaks_the_same(aws: Callable[..., Any]) -> None:
    from bastide.sources.aws.client import open_session
    from tests.sources.aws.conftest import quick_edge

    aws("organizations").create_organization(FeatureSet="ALL")
    other = aws("organizations").create_account(Email="a@example.org", AccountName="a")
    scope = Scope(org=True, role="Audit", regions=("eu-west-1",))
    found = Accounts(quick_edge(), open_session().get_credentials(), "eu-west-1", scope)
    ids = [one.id for one in found.all()]
    assert other["CreateAccountStatus"]["AccountId"] in ids
    assert len(ids) == 2
