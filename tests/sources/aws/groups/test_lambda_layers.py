"""Who may use the layers of Lambda."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

TYPE = "AWS::Lambda::LayerVersionPermission"
LAYER = "arn:aws:lambda:eu-west-1:123456789012:layer:tools"
LATEST = {"LayerVersionArn": f"{LAYER}:2", "Version": 2}
ANSWERS = {
    "ListLayers": {"Layers": [{"LayerName": "tools", "LayerArn": LAYER, "LatestMatchingVersion": LATEST}]},
    "ListLayerVersions": {"LayerVersions": [LATEST, {"LayerVersionArn": f"{LAYER}:1", "Version": 1}]},
}

MODULE = """
resource "aws_lambda_layer_version_permission" "all" {
  layer_name     = "arn:aws:lambda:eu-west-1:123456789012:layer:tools"
  version_number = 1
  statement_id   = "all"
  action         = "lambda:GetLayerVersion"
  principal      = "%s"
}
"""


def policy(principal: Any, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    """A layer's policy with one statement."""
    statement = {"Sid": "all", "Effect": "Allow", "Principal": principal, "Action": "lambda:GetLayerVersion"}
    statement |= {"Resource": f"{LAYER}:1"} | ({"Condition": condition} if condition else {})
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


def read(answered: Callable[..., Any], answer: Any) -> Any:
    """A collection of a layer whose first version has a policy, and whose second has none."""

    def asked(parameters: dict[str, Any]) -> Any:
        assert parameters["LayerName"] == "tools"
        return answer if parameters["VersionNumber"] == 1 else "ResourceNotFoundException"

    return answered("lambda", {**ANSWERS, "GetLayerVersionPolicy": asked}, TYPE)


def test_a_permission_of_an_older_version_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    for principal, said in (("*", "*"), ({"AWS": "arn:aws:iam::111122223333:root"}, "111122223333")):
        found = read(answered, policy(principal))
        (theirs,) = written(MODULE % said)
        mine = found.one(TYPE)
        assert mine.properties["LayerVersionArn"] == f"{LAYER}:1"
        assert mine.properties["Principal"] == theirs.properties["Principal"] == said
        assert mine.properties["Action"] == theirs.properties["Action"]
        status = "fail" if said == "*" else "pass"
        assert judged(found) == judged([theirs]) == {"lambda.layer-permission-is-not-public": {status}}


def test_a_permission_of_an_organization(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = read(answered, policy("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}))
    assert found.one(TYPE).properties["OrganizationId"] == "o-1234567890"
    assert judged(found) == {"lambda.layer-permission-is-not-public": {"pass"}}


def test_policies_that_are_denied_are_unread(answered: Callable[..., Any]) -> None:
    found = read(answered, "AccessDeniedException")
    assert found.resources == []
    assert "grant lambda:GetLayerVersionPolicy" in found.unread[TYPE]


def test_a_layer_over_http(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    client = aws("lambda")
    for content in (b"1", b"2"):
        client.publish_layer_version(LayerName="tools", Content={"ZipFile": content})
    client.add_layer_version_permission(
        LayerName="tools", VersionNumber=1, StatementId="all", Action="lambda:GetLayerVersion", Principal="*"
    )
    found = collect(TYPE)
    assert found.one(TYPE).properties["Principal"] == "*"
    assert found.one(TYPE).properties["LayerVersionArn"].endswith(":layer:tools:1")


def test_what_code_signing_does_with_other_code(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef"
    config = {
        "CodeSigningConfigId": "csc-0123456789abcdef0",
        "CodeSigningConfigArn": arn + "0",
        "AllowedPublishers": {
            "SigningProfileVersionArns": ["arn:aws:signer:eu-west-1:123456789012:/signing-profiles/p/1"]
        },
        "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Warn"},
        "LastModified": "2026-01-01T00:00:00Z",
    }
    strict = {**config, "CodeSigningConfigId": "csc-0123456789abcdef1", "CodeSigningConfigArn": arn + "1"}
    strict["CodeSigningPolicies"] = {"UntrustedArtifactOnDeployment": "Enforce"}
    answers = {"ListCodeSigningConfigs": {"CodeSigningConfigs": [config, strict]}}
    found = answered("lambda", answers, "AWS::Lambda::CodeSigningConfig")
    assert judged(found)["lambda.code-signing-config-refuses-other-code"] == {"pass", "fail"}
