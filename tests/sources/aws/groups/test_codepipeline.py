"""Pipelines and webhooks of CodePipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PIPELINE, WEBHOOK = "AWS::CodePipeline::Pipeline", "AWS::CodePipeline::Webhook"
ARN = "arn:aws:codepipeline:eu-west-1:123456789012:shop"
ROLE = "arn:aws:iam::123456789012:role/pipeline"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
STORE = {"type": "S3", "location": "artifacts", "encryptionKey": {"id": KEY, "type": "KMS"}}
MODULE = """
resource "aws_codepipeline" "shop" {
  name     = "shop"
  role_arn = "arn:aws:iam::123456789012:role/pipeline"
  artifact_store {
    location = "artifacts"
    type     = "S3"
    encryption_key {
      id   = "arn:aws:kms:eu-west-1:123456789012:key/k"
      type = "KMS"
    }
  }
  stage {
    name = "Source"
    action {
      name     = "Code"
      category = "Source"
      owner    = "AWS"
      provider = "CodeStarSourceConnection"
      version  = "1"
      configuration = { FullRepositoryId = "example/shop", BranchName = "main" }
    }
  }
}
"""


def pipeline(**more: Any) -> dict[str, Any]:
    """The answer of GetPipeline."""
    settings = {"Owner": "example", "Repo": "shop", "OAuthToken": "****"}
    kind = {"category": "Source", "owner": "ThirdParty", "provider": "GitHub", "version": "1"}
    stage = {"name": "Source", "actions": [{"name": "Code", "actionTypeId": kind, "configuration": settings}]}
    return {"pipeline": {"name": "shop", "roleArn": ROLE, "stages": [stage], **more}, "metadata": {"pipelineArn": ARN}}


LISTED = {"ListPipelines": {"pipelines": [{"name": "shop", "version": 1}]}}


def test_a_pipeline_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    trust = '{"Statement": [{"Principal": {"Service": "codepipeline.amazonaws.com"}}]}'
    aws("iam").create_role(RoleName="pipeline", AssumeRolePolicyDocument=trust)
    settings = {"FullRepositoryId": "example/shop", "BranchName": "main"}
    kind = {"category": "Source", "owner": "AWS", "provider": "CodeStarSourceConnection", "version": "1"}
    deploy = {"category": "Deploy", "owner": "AWS", "provider": "S3", "version": "1"}
    stages = [
        {"name": "Source", "actions": [{"name": "Code", "actionTypeId": kind, "configuration": settings}]},
        {"name": "Deploy", "actions": [{"name": "Copy", "actionTypeId": deploy}]},
    ]
    made = {"name": "shop", "roleArn": ROLE, "artifactStore": STORE, "stages": stages}
    aws("codepipeline").create_pipeline(pipeline=made)
    found = collect(PIPELINE)
    one = found.one(PIPELINE)
    assert (one.address, one.metadata["id"]) == (ARN, "shop")
    assert one.properties["Stages"][0]["Actions"][0]["Configuration"] == settings
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["codepipeline.artifacts-use-customer-key"] == {"pass"}


def test_a_token_that_aws_masks_is_not_one(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("codepipeline", {**LISTED, "GetPipeline": pipeline(artifactStore=STORE)}, PIPELINE)
    assert judged(found)["codepipeline.pipeline-has-no-token-in-source"] == {"pass"}


def test_stores_of_several_regions(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    stores = {"eu-west-1": STORE, "eu-central-1": {"type": "S3", "location": "two"}}
    found = answered("codepipeline", {**LISTED, "GetPipeline": pipeline(artifactStores=stores)}, PIPELINE)
    one, two = found.one(PIPELINE).properties["ArtifactStores"]
    assert one["Region"] == "eu-west-1"
    assert one["ArtifactStore"]["EncryptionKey"] == {"Id": KEY, "Type": "KMS"}
    assert two == {"Region": "eu-central-1", "ArtifactStore": {"Type": "S3", "Location": "two"}}
    assert judged(found)["codepipeline.artifacts-use-customer-key"] == {"fail"}


def test_a_pipeline_that_is_denied_is_unknown(answered: Callable[..., Any]) -> None:
    one = answered("codepipeline", {**LISTED, "GetPipeline": "AccessDeniedException"}, PIPELINE).one(PIPELINE)
    assert one.address == ARN
    assert "grant codepipeline:GetPipeline" in one.unresolved["Stages"]


def hook(authentication: str, **told: str) -> dict[str, Any]:
    """One webhook as ListWebhooks gives it."""
    definition = {"name": authentication, "targetPipeline": "shop", "targetAction": "Code",
                  "filters": [{"jsonPath": "$.ref"}],
                  "authentication": authentication, "authenticationConfiguration": told}  # fmt: skip
    return {
        "definition": definition,
        "url": "https://x",
        "arn": f"arn:aws:codepipeline:eu-west-1:1:webhook:{authentication}",
    }


def test_webhooks_and_who_may_call_them(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    hooks = [
        hook("GITHUB_HMAC", SecretToken="hush-hush-hush"),
        hook("UNAUTHENTICATED"),
        hook("IP", AllowedIPRange="192.0.2.0/24"),
    ]
    found = answered("codepipeline", {"ListWebhooks": {"webhooks": hooks}}, WEBHOOK)
    github, _, _ = found.of(WEBHOOK)
    assert github.properties["TargetPipeline"] == "shop"
    assert "hush" not in str(github.properties)
    verdicts = judged(found)
    assert verdicts["codepipeline.webhook-authenticates-callers"] == {"pass", "fail"}
    assert verdicts["codepipeline.webhook-has-no-secret-in-source"] == {"pass"}
