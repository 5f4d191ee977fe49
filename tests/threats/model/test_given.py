"""What identities were given, from the tables of a model."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.threats.model.build import model_with
from bastide.threats.model.given import Allowed, Given, given
from tests.threats.stacks import known_of, live_of, write

ACCOUNT = "arn:aws:iam::111122223333"
BUCKET = {"type": "AWS::S3::Bucket", "arn": "arn:aws:s3:::orders", "properties": {"BucketName": "orders"}}


def identity(kind: str, name: str, actions: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    statement = {"property": "Policies[0].PolicyDocument.Statement[0]", "actions": list(actions), "resources": ["*"]}
    return {
        "type": f"AWS::IAM::{kind}", "arn": f"{ACCOUNT}:{kind.lower()}/{name}",
        "properties": {f"{kind}Name": name, **properties}, "statements": [statement] if actions else [],
    }  # fmt: skip


def of(*rows: dict[str, Any]) -> Given:
    with live_of(list(rows)) as known:
        return model_with(known, given)[1]


def at(kind: str, name: str) -> str:
    return f"aws:111122223333#{ACCOUNT}:{kind}/{name}"


def test_statements_and_what_they_read() -> None:
    found = of(identity("Role", "web", ("s3:getobject",)), BUCKET)
    (one,) = found.identities
    assert (one.kind, one.name, one.account) == ("role", "web", "111122223333")
    assert found.allowed == {at("role", "web"): [Allowed(("s3:getobject",), None, ("*",))]}
    assert found.reads == {at("role", "web"): {"aws:111122223333#arn:aws:s3:::orders"}}
    assert found.parts == {("s3", "orders"): {"aws:111122223333#arn:aws:s3:::orders"}}


def test_policies_of_aws_and_those_that_nobody_knows() -> None:
    arns = [f"arn:aws:iam::aws:policy/{name}" for name in ("PowerUserAccess", "IAMFullAccess", "Rare")]
    found = of(identity("Role", "web", ManagedPolicyArns=[*arns, f"{ACCOUNT}:policy/ours"]))
    some = sorted(found.allowed[at("role", "web")], key=str)
    assert Allowed(("iam:*",), None, ("*",)) in some
    assert Allowed((), ("account:*", "iam:*", "organizations:*"), ("*",)) in some
    assert len(some) == 2
    assert sorted(found.vague[at("role", "web")]) == [
        "what Rare allows is in no scan", f"what {ACCOUNT}:policy/ours allows is in no scan",
    ]  # fmt: skip


def test_a_policy_of_ones_own_that_is_there_is_known() -> None:
    policy = {
        "type": "AWS::IAM::ManagedPolicy", "arn": f"{ACCOUNT}:policy/ours", "properties": {"ManagedPolicyName": "ours"},
        "statements": [{"property": "PolicyDocument.Statement[0]", "actions": ["sqs:*"], "resources": ["*"]}],
    }  # fmt: skip
    found = of(identity("Role", "web", ManagedPolicyArns=[f"{ACCOUNT}:policy/ours"]), policy)
    assert found.allowed[at("role", "web")] == [Allowed(("sqs:*",), None, ("*",))]
    assert found.vague == {}


def test_what_a_group_was_given_is_its_members() -> None:
    found = of(identity("User", "ann", Groups=["staff"]), identity("Group", "staff", ("s3:*",)), BUCKET)
    assert found.allowed[at("user", "ann")] == found.allowed[at("group", "staff")] == [Allowed(("s3:*",), None, ("*",))]
    assert found.reads[at("user", "ann")] == found.reads[at("group", "staff")]


CODE = """
resource "aws_iam_role" "web" {
  name               = "web"
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy" "web" {
  role   = aws_iam_role.web.id
  policy = var.policy
}
variable "policy" {}
resource "aws_iam_user" "ann" { name = "ann" }
resource "aws_iam_group" "staff" { name = "staff" }
resource "aws_iam_group_policy" "staff" {
  group  = aws_iam_group.staff.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", NotAction = ["iam:*"], Resource = "*" }] })
}
resource "aws_iam_user_group_membership" "ann" {
  user   = aws_iam_user.ann.name
  groups = [aws_iam_group.staff.name]
}
"""


def test_code(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, {"main.tf": CODE}))
    with known_of(tmp_path) as known:
        found = model_with(known, given)[1]
    ids = {one.name: one.id for one in found.identities}
    assert sorted(ids) == ["ann", "web"]
    assert found.vague[ids["web"]]
    assert found.allowed[ids["ann"]] == [Allowed((), ("iam:*",), ("*",))]
