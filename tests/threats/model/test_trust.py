"""Who is let in by policies."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.threats.model import model_of
from bastide.threats.model.trust import entity_named, entity_of
from tests.threats.stacks import live_of

OWN = {"111122223333": "account 111122223333 (production)"}


@pytest.mark.parametrize(
    ("kind", "principal", "entity"),
    [
        ("aws", "*", "entity:internet"),
        ("aws", "999988887777", "entity:account-999988887777"),
        ("aws", "arn:aws:iam::999988887777:role/x", "entity:account-999988887777"),
        ("service", "cloudtrail.amazonaws.com", "entity:service-cloudtrail"),
        ("federated", "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", "entity:github"),
        ("federated", "arn:aws:iam::111122223333:oidc-provider/login.example.com/x", "entity:host-login.example.com"),
        ("federated", "arn:aws:iam::111122223333:saml-provider/office", "entity:saml-office"),
        ("federated", "cognito-identity.amazonaws.com", "entity:cognito"),
        ("aws", "arn:aws:iam::${AWS::AccountId}:root", "entity:own-account"),
        ("aws", "AIDAEXAMPLE", None),
    ],
)
def test_principals(kind: str, principal: str, entity: str | None) -> None:
    found = entity_of(kind, principal, OWN)
    assert (found.id if found else None) == entity


def test_the_own_account_has_its_name() -> None:
    assert entity_named("entity:account-111122223333", OWN).name == "identities of account 111122223333 (production)"


@given(st.text(max_size=100), st.sampled_from(["aws", "service", "federated", "canonicaluser"]))
def test_any_principal_is_somebody_or_nobody(text: str, kind: str) -> None:
    found = entity_of(kind, text, {})
    assert found is None or found.kind == "entity"


def queue(principals: list[dict[str, str]], **more: Any) -> dict[str, Any]:
    statement = {"property": "Policy.Statement[0]", "actions": ["sqs:sendmessage"], "principals": principals}
    return {"type": "AWS::SQS::Queue", "arn": "arn:aws:sqs:eu-west-1:111122223333:q", "statements": [statement], **more}


def test_everybody_exposes_and_the_own_account_says_nothing() -> None:
    with live_of([queue([{"kind": "aws", "id": "*"}, {"kind": "aws", "id": "111122223333"}])]) as known:
        found = model_of(known)
    assert [(one.source, one.kind, one.authenticated) for one in found.flows] == [("entity:internet", "access", False)]
    assert [one.exposed for one in found.elements if one.kind == "store"] == [True]


@pytest.mark.parametrize(
    ("operator", "key", "value", "exposed"),
    [
        ("stringequals", "aws:principalorgid", "o-1", False),
        ("stringlike", "aws:principalorgid", "o-*", True),
        ("null", "aws:principalorgid", "false", True),
        ("forallvalues:stringequals", "aws:principalorgid", "o-1", True),
        ("bool", "aws:principalisawsservice", "false", True),
        ("stringequals", "lambda:functionurlauthtype", "NONE", True),
    ],
)
def test_a_condition_hides_nobody_that_it_lets_in(operator: str, key: str, value: str, *, exposed: bool) -> None:
    row = queue([{"kind": "aws", "id": "*"}])
    row["statements"][0]["conditions"] = [{"operator": operator, "key": key, "values": [value]}]
    with live_of([row]) as known:
        assert [one.exposed for one in model_of(known).elements if one.kind == "store"] == [exposed]


def test_everybody_but_one_is_everybody() -> None:
    row = queue([])
    row["statements"][0]["not_principals"] = [{"kind": "aws", "id": "111122223333"}]
    with live_of([row]) as known:
        assert [one.exposed for one in model_of(known).elements if one.kind == "store"] == [True]


@pytest.mark.parametrize(("blocked", "exposed"), [(True, False), (False, True)])
def test_a_bucket_that_restricts_public_policies_is_not_exposed(*, blocked: bool, exposed: bool) -> None:
    statement = {"property": "PolicyDocument.Statement[0]", "actions": ["s3:getobject"],
                 "principals": [{"kind": "aws", "id": "*"}]}  # fmt: skip
    rows = [
        {"type": "AWS::S3::Bucket", "arn": "arn:aws:s3:::box",
         "properties": {"BucketName": "box", "PublicAccessBlockConfiguration": {"RestrictPublicBuckets": blocked}}},
        {"type": "AWS::S3::BucketPolicy", "arn": "arn:aws:s3:::box/policy", "properties": {"Bucket": "box"},
         "statements": [statement]},
    ]  # fmt: skip
    with live_of(rows) as known:
        assert [one.exposed for one in model_of(known).elements if one.kind == "store"] == [exposed]


def test_a_role_trusts_another_that_is_known() -> None:
    trust = {"property": "AssumeRolePolicyDocument.Statement[0]", "actions": ["sts:assumerole"],
             "principals": [{"kind": "aws", "id": "arn:aws:iam::111122223333:role/a"}]}  # fmt: skip
    rows = [
        {"type": "AWS::IAM::Role", "arn": "arn:aws:iam::111122223333:role/a"},
        {"type": "AWS::IAM::Role", "arn": "arn:aws:iam::111122223333:role/b", "statements": [trust]},
    ]
    with live_of(rows) as known:
        (flow,) = model_of(known).flows
    assert (flow.source[-1], flow.target[-1], flow.kind) == ("a", "b", "assume")
