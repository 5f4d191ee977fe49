"""What identities were given by policies, by name, by wildcard, by policies of AWS; and what components do by them."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.threats.model import model_of
from bastide.threats.model.access import MANY
from tests.threats.stacks import live_of

ROLE = "arn:aws:iam::111122223333:role/worker"


def bucket(name: str) -> dict[str, Any]:
    return {"type": "AWS::S3::Bucket", "arn": f"arn:aws:s3:::{name}", "properties": {"BucketName": name}}


def role(actions: list[str], resources: list[str], **properties: Any) -> dict[str, Any]:
    statement = {"property": "Policies[0].PolicyDocument.Statement[0]", "actions": actions, "resources": resources}
    return {"type": "AWS::IAM::Role", "arn": ROLE, "properties": properties, "statements": [statement]}


def reached(rows: list[dict[str, Any]], kind: str = "access") -> set[str]:
    with live_of(rows) as known:
        found = model_of(known)
    names = {element.id: element.name for element in found.elements}
    return {names[flow.target] for flow in found.flows if flow.kind == kind}


STORES = [
    bucket("orders"), bucket("orders-old"), bucket("site"),
    {"type": "AWS::DynamoDB::Table", "arn": "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"},
    {"type": "AWS::SecretsManager::Secret", "arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:key-AbCdEf"},
    {"type": "AWS::SSM::Parameter", "arn": "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/url",
     "properties": {"Name": "/shop/url"}},
]  # fmt: skip


@pytest.mark.parametrize(
    ("actions", "resources", "names"),
    [
        (["s3:getobject"], ["arn:aws:s3:::orders/*"], {"orders"}),
        (["s3:getobject"], ["arn:aws:s3:::orders"], {"orders"}),
        (["s3:getobject"], ["arn:aws:s3:::orders/2026/*"], {"orders"}),
        (["s3:*"], ["arn:aws:s3:::orders*"], {"orders", "orders-old"}),
        (["s3:get*"], ["arn:aws:s3:::*"], {"orders", "orders-old", "site"}),
        (["s3:getobject"], ["arn:aws:s3:::orders/${aws:username}/*"], {"orders"}),
        (["s3:getobject"], ["arn:aws:s3:::orders-${aws:PrincipalTag/age}/*"], {"orders-old"}),
        (["s3:getobject"], ["arn:aws:s3:*"], {"orders", "orders-old", "site"}),
        (["dynamodb:*"], ["arn:aws:*:*:*:*"], {"orders"}),
        (["s3:getobject"], ["arn:aws:s3:::${AWS::StackName}/*"], set()),
        (["s3:getbucketacl"], ["arn:aws:s3:::orders"], set()),
        (["s3:getobject"], ["arn:aws:dynamodb:eu-west-1:111122223333:table/orders"], set()),
        (["dynamodb:getitem"], ["arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/*"], {"orders"}),
        (["dynamodb:*"], ["*"], {"orders"}),
        (["secretsmanager:getsecretvalue"], ["arn:aws:secretsmanager:*:*:secret:key-*"], {"secret:key-AbCdEf"}),
        (["ssm:getparameter"], ["arn:aws:ssm:eu-west-1:111122223333:parameter/shop/*"], {"url"}),
        (["iam:passrole"], ["*"], set()),
    ],
)
def test_what_a_statement_gives(actions: list[str], resources: list[str], names: set[str]) -> None:
    found = reached([role(actions, resources), *STORES])
    assert {name.removeprefix("secret:") for name in found} == {name.removeprefix("secret:") for name in names}


def test_policies_of_aws_count() -> None:
    managed = role([], [], ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"])
    assert reached([managed, *STORES]) == {"orders", "orders-old", "site"}


def test_very_many_are_one() -> None:
    rows = [role(["s3:*"], ["*"]), *(bucket(f"b{number}") for number in range(MANY + 1))]
    with live_of(rows) as known:
        found = model_of(known)
    (flow,) = [one for one in found.flows if one.kind == "access"]
    (group,) = [one for one in found.elements if one.id == flow.target]
    assert (group.type, group.kind, group.service) == (None, "store", "s3")
    assert str(MANY + 1) in group.name
    assert len(reached(rows[:-1])) == MANY


def test_another_accounts_stores_are_not_reached_by_a_wildcard() -> None:
    assert reached([role(["s3:*"], ["*"]), {**bucket("theirs"), "account": "999988887777"}]) == set()
    assert reached([role(["s3:*"], ["arn:aws:s3:::theirs/*"]), {**bucket("theirs"), "account": "999988887777"}]) == {
        "theirs"
    }


def test_a_component_asks_what_its_role_names() -> None:
    function = {
        "type": "AWS::Lambda::Function",
        "arn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
        "properties": {"FunctionName": "f", "Role": ROLE},
    }
    assert reached([function, role(["s3:getobject"], ["arn:aws:s3:::orders/*"]), *STORES], "request") == {"orders"}
    assert reached([function, role(["s3:getobject"], ["*"]), *STORES], "request") == set()
