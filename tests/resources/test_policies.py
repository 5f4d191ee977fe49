"""Statements: one form for what policy documents say, and what of it is not known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.resources.model import Unresolved, settle
from bastide.resources.policies import document_statements, has_policies, policy_paths, statements_of

POLICY = "AWS::IAM::ManagedPolicy"


def read(
    document: Any, type_: str = POLICY, name: str = "PolicyDocument"
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    properties, unresolved, _ = settle({name: document})
    return statements_of(type_, properties, unresolved)


def test_where_policies_are() -> None:
    assert policy_paths("AWS::IAM::Role") == ("AssumeRolePolicyDocument", "Policies.PolicyDocument")
    assert policy_paths("AWS::S3::BucketPolicy") == ("PolicyDocument",)
    assert not has_policies("AWS::S3::Bucket")
    assert not has_policies("Custom::Thing")


def test_one_form_for_what_can_be_written_in_many() -> None:
    (statement,), unknown = read(
        {
            "Statement": {
                "Sid": "S",
                "Effect": "Allow",
                "Action": "S3:GetObject",
                "Principal": {"AWS": ["1", "*"], "Service": "ec2.amazonaws.com"},
                "Resource": "arn:x",
                "Condition": {"Bool": {"aws:SecureTransport": False}, "StringLike": {"A:B": ["x", "y"]}},
            }
        }
    )
    assert not unknown
    assert statement == {
        "property": "PolicyDocument.Statement[0]",
        "sid": "S",
        "effect": "allow",
        "actions": ["s3:getobject"],
        "not_actions": [],
        "principals": [
            {"kind": "aws", "id": "1"},
            {"kind": "aws", "id": "*"},
            {"kind": "service", "id": "ec2.amazonaws.com"},
        ],
        "not_principals": [],
        "resources": ["arn:x"],
        "not_resources": [],
        "conditions": [
            {"operator": "bool", "key": "aws:securetransport", "values": ["false"]},
            {"operator": "stringlike", "key": "a:b", "values": ["x", "y"]},
        ],
    }


def test_a_statement_may_stand_alone_and_documents_may_be_maps() -> None:
    (statement,), _ = read(
        {"Effect": "Allow", "Action": "events:PutEvents"}, "AWS::Events::EventBusPolicy", "Statement"
    )
    assert (statement["property"], statement["actions"]) == ("Statement", ["events:putevents"])
    assert policy_paths("AWS::Kinesis::ResourcePolicy") == ("ResourcePolicy",)
    assert policy_paths("AWS::Config::ConfigRule") == ()


def test_everybody_is_one_principal() -> None:
    (statement,), _ = read({"Statement": {"Principal": "*"}})
    assert statement["principals"] == [{"kind": "aws", "id": "*"}]


@pytest.mark.parametrize(
    ("document", "unknown"),
    [
        (Unresolved("x"), {"statements"}),
        ({"Statement": Unresolved("x")}, {"statements"}),
        ({"Statement": [{"Effect": "Allow"}, {"Action": Unresolved("x")}]}, {"statements[1].actions"}),
        ({"Statement": {"Resource": [Unresolved("x"), "y"]}}, {"statements[0].resources"}),
        ({"Statement": [{"Condition": {"Bool": {"k": Unresolved("x")}}}]}, {"statements[0].conditions[0].values"}),
        (
            {"Statement": {"Condition": {"StringEquals": {"a.b.com:sub": [Unresolved("x")], "k": "v"}}}},
            {"statements[0].conditions[0].values"},
        ),
        ({"Statement": {"Condition": Unresolved("x")}}, {"statements[0].conditions"}),
        ({"Version": Unresolved("x"), "Statement": []}, set()),
        ("not json", {"statements"}),
        ('{"Statement": [3]}', {"statements"}),
        ([1], {"statements"}),
    ],
)
def test_what_is_not_known_is_told_where_it_matters(document: Any, unknown: set[str]) -> None:
    assert set(read(document)[1]) == unknown


def test_inline_policies_of_a_role_stand_beside_its_trust() -> None:
    statements, unknown = statements_of(
        "AWS::IAM::Role",
        {
            "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow"}]},
            "Policies": [{"PolicyDocument": '{"Statement": [{"Effect": "Deny"}]}'}],
        },
        {},
    )
    assert not unknown
    assert [(s["property"], s["effect"]) for s in statements] == [
        ("AssumeRolePolicyDocument.Statement[0]", "allow"),
        ("Policies[0].PolicyDocument.Statement[0]", "deny"),
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Statement", "Action", "Principal", "Condition", "Effect", "AWS", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_document_gives_statements_or_unknown(document: Any) -> None:
    statements, unknown = read(document)
    for statement in statements:
        assert all(isinstance(item, str) for item in statement["actions"] + statement["resources"])
    assert all(reason for reason in unknown.values())


def test_one_document_alone() -> None:
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}, {"Effect": "Deny"}]}
    for form in (document, json.dumps(document)):
        statements, why = document_statements(form)
        assert [one["property"] for one in statements] == ["Statement[0]", "Statement[1]"]
        assert statements[0]["actions"] == ["s3:get*"]
        assert not why
    assert document_statements("no policy") == ([], " is no policy document that can be read")
