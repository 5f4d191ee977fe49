"""How many findings one mistake in a policy of IAM makes: one or two, for a person reads each of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bastide.controls.evaluate import Evaluation
from bastide.controls.library import load_library
from bastide.sources.cloudformation import load

EC2 = {"Service": "ec2.amazonaws.com"}
GITHUB = {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}
AUDIENCE = {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}

ADMINISTRATOR = {"is-not-administrator"}
WHOLE = {"has-no-whole-service"}
ESCALATED = {"cannot-be-escalated"}
BY_NAME = {"allows-by-name"}
CODE = {"names-functions-it-may-change"}

WIDE: dict[str, tuple[list[dict[str, Any]], set[str]]] = {
    "everything": ([{"Action": "*"}], ADMINISTRATOR),
    "everything, and a service": ([{"Action": "*"}, {"Action": "s3:*"}], ADMINISTRATOR),
    "all of IAM": ([{"Action": "iam:*"}], WHOLE | ESCALATED),
    "all of Lambda": ([{"Action": "lambda:*"}], WHOLE | CODE),
    "all of Systems Manager": ([{"Action": "ssm:*"}], WHOLE | {"names-instances-it-may-enter"}),
    **{
        f"all of {service}": ([{"Action": f"{service}:*"}], WHOLE)
        for service in ("s3", "ec2", "kms", "secretsmanager", "sts", "dynamodb", "rds", "cloudtrail", "ecs", "logs")
    },
    "all but IAM": ([{"NotAction": "iam:*"}], BY_NAME | CODE),
    "all but bills": ([{"NotAction": "aws-portal:*"}], BY_NAME | ESCALATED),
    "any role passed": ([{"Action": "iam:PassRole"}], {"names-passed-roles"}),
    "any role assumed": ([{"Action": "sts:AssumeRole"}], {"names-assumed-roles"}),
    "any object read": ([{"Action": "s3:GetObject"}], {"names-data-it-may-read"}),
    "any key used": ([{"Action": "kms:Decrypt"}], {"names-decryption-keys"}),
    # A mistake that is beside another one is not hidden by it.
    "all of logs, and any key used": ([{"Action": ["logs:*", "kms:Decrypt"]}], WHOLE | {"names-decryption-keys"}),
    "all but S3, and any secret read": (
        [{"NotAction": "iam:*"}, {"Action": "secretsmanager:Get*"}],
        BY_NAME | CODE | {"names-secrets"},
    ),
    # Not everything, so that the general one says nothing of it.
    "all of S3, on every bucket": ([{"Action": "s3:*", "Resource": "arn:aws:s3:::*"}],
                                   {"names-data-it-may-read", "names-what-it-may-share"}),
}  # fmt: skip
"""Statements, and what fails by the ends of the controls' ids."""

TRUST = {
    "anybody": ({"Principal": "*"}, {"role-trusts-named-principals"}),
    "any account": ({"Principal": {"AWS": "*"}, "Action": "sts:*"}, {"role-trusts-named-principals"}),
    "any repository": ({"Principal": GITHUB, "Condition": AUDIENCE}, {"role-oidc-trust-names-subjects"}),
    "any identity": (
        {"Principal": {"Federated": "cognito-identity.amazonaws.com"}},
        {"role-oidc-trust-names-subjects"},
    ),
}
"""Statements of trust policies, and what fails."""

KINDS = {"AWS::IAM::ManagedPolicy": "managed-policy", "AWS::IAM::Role": "role", "AWS::IAM::Policy": "inline-policy"}


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **one} for one in statements]}


def _trust(statement: dict[str, Any]) -> dict[str, Any]:
    action = "sts:AssumeRoleWithWebIdentity" if "Federated" in statement["Principal"] else "sts:AssumeRole"
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **statement}]}


def _resource(kind: str, statements: list[dict[str, Any]]) -> dict[str, Any]:
    if kind == "AWS::IAM::Role":
        policies = [{"PolicyName": "wide", "PolicyDocument": _document(statements)}]
        return {"AssumeRolePolicyDocument": _trust({"Principal": EC2}), "Policies": policies}
    named = {"PolicyName": "wide", "Roles": ["app"]} if kind == "AWS::IAM::Policy" else {}
    return {**named, "PolicyDocument": _document(statements)}


@pytest.fixture(scope="module")
def failing() -> dict[str, set[str]]:
    """The ids of what fails, without `iam.`, by the name of the resource."""
    resources = {f"{name}/{kind}": {"Type": kind, "Properties": _resource(kind, statements)}
                 for name, (statements, _) in WIDE.items() for kind in KINDS}  # fmt: skip
    for name, (statement, _) in TRUST.items():
        resources[name] = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": _trust(statement)}}
    names = {f"R{at}": name for at, name in enumerate(resources)}
    template = {"Resources": {logical: resources[name] for logical, name in names.items()}}
    found = [one for unit in load("wide.json", json.dumps(template).encode()) for one in unit.resources]
    controls, compiled = load_library([]).of({one.type for one in found}, live=False)
    evaluation = Evaluation(controls, compiled)
    verdicts = evaluation.verdicts(found)
    evaluation.close()
    assert not evaluation.broken
    failed: dict[str, set[str]] = {name: set() for name in resources}
    for verdict in verdicts:
        if verdict.status == "fail":
            failed[names[verdict.resource.address]].add(verdict.control.id.removeprefix("iam."))
    return failed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", WIDE)
def test_a_wide_statement(failing: dict[str, set[str]], name: str, kind: str) -> None:
    assert failing[f"{name}/{kind}"] == {f"{KINDS[kind]}-{end}" for end in WIDE[name][1]}


@pytest.mark.parametrize("name", TRUST)
def test_a_wide_trust(failing: dict[str, set[str]], name: str) -> None:
    assert failing[name] == TRUST[name][1]
