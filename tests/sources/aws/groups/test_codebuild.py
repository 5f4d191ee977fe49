"""Projects and source credentials of CodeBuild."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PROJECT, CREDENTIAL = "AWS::CodeBuild::Project", "AWS::CodeBuild::SourceCredential"
ROLE = "arn:aws:iam::123456789012:role/build"
MODULE = """
resource "aws_codebuild_project" "shop" {
  name         = "shop"
  service_role = "arn:aws:iam::123456789012:role/build"
  artifacts { type = "NO_ARTIFACTS" }
  source {
    type         = "GITHUB_ENTERPRISE"
    location     = "https://git.example.com/shop.git"
    insecure_ssl = true
  }
  environment {
    compute_type    = "BUILD_GENERAL1_SMALL"
    image           = "aws/codebuild/standard:7.0"
    type            = "LINUX_CONTAINER"
    privileged_mode = true
    environment_variable {
      name  = "NPM_TOKEN"
      value = "b7d0c2f4a9e1"
    }
    environment_variable {
      name  = "DB_PASSWORD"
      value = "/shop/db"
      type  = "PARAMETER_STORE"
    }
  }
  logs_config {
    cloudwatch_logs { status = "DISABLED" }
    s3_logs { status = "DISABLED" }
  }
}
"""


def test_a_project_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    made = aws("codebuild").create_project(
        name="shop",
        serviceRole=ROLE,
        artifacts={"type": "NO_ARTIFACTS"},
        source={"type": "GITHUB_ENTERPRISE", "location": "https://git.example.com/shop.git", "insecureSsl": True},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "privilegedMode": True,
            "environmentVariables": [
                {"name": "NPM_TOKEN", "value": "b7d0c2f4a9e1", "type": "PLAINTEXT"},
                {"name": "DB_PASSWORD", "value": "/shop/db", "type": "PARAMETER_STORE"},
            ],
        },
        logsConfig={"cloudWatchLogs": {"status": "DISABLED"}, "s3Logs": {"status": "DISABLED"}},
        tags=[{"key": "a", "value": "b"}],
    )["project"]
    found = collect(PROJECT)
    project = found.one(PROJECT)
    assert (project.address, project.metadata["id"]) == (made["arn"], "shop")
    assert project.properties["Tags"] == [{"Key": "a", "Value": "b"}]
    assert "b7d0c2f4a9e1" not in str(project.properties)
    assert "Triggers" not in project.properties
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["codebuild.project-environment-has-no-secrets"] == {"fail"}
    assert verdicts["codebuild.project-logs-builds"] == {"fail"}
    assert verdicts["codebuild.project-is-not-privileged"] == {"fail"}
    assert verdicts["codebuild.project-is-not-public"] == {"pass"}


def project(**more: Any) -> dict[str, Any]:
    """The answer of BatchGetProjects with one project."""
    return {"projects": [{"name": "shop", "arn": "arn:aws:codebuild:eu-west-1:123456789012:project/shop", **more}]}


def test_a_project_that_is_public_and_hooked(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    more = {
        "projectVisibility": "PUBLIC_READ",
        "webhook": {
            "url": "https://x",
            "secret": "s",
            "buildType": "BUILD",
            "filterGroups": [[{"type": "EVENT", "pattern": "PUSH"}]],
        },
    }
    found = answered(
        "codebuild", {"ListProjects": {"projects": ["shop"]}, "BatchGetProjects": project(**more)}, PROJECT
    )
    assert found.one(PROJECT).properties["Triggers"] == {
        "Webhook": True,
        "BuildType": "BUILD",
        "FilterGroups": [[{"Type": "EVENT", "Pattern": "PUSH"}]],
        "PullRequestBuildPolicy": {"RequiresCommentApproval": "DISABLED"},
    }
    assert judged(found)["codebuild.project-is-not-public"] == {"fail"}
    assert judged(found)["codebuild.webhook-does-not-build-for-strangers"] == {"pass"}


def test_an_old_webhook_without_filters_builds_for_strangers(
    answered: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    for policy, expected in (({}, "fail"), ({"requiresCommentApproval": "FORK_PULL_REQUESTS"}, "pass")):
        webhook = {"url": "https://x", **({"pullRequestBuildPolicy": policy} if policy else {})}
        answers = {"ListProjects": {"projects": ["shop"]}, "BatchGetProjects": project(webhook=webhook)}
        found = answered("codebuild", answers, PROJECT)
        assert judged(found)["codebuild.webhook-does-not-build-for-strangers"] == {expected}


def test_credentials_show_where_the_token_is(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    arn = "arn:aws:codebuild:eu-west-1:123456789012:token/github"
    secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:github"
    infos = [
        {"arn": arn, "serverType": "GITHUB", "authType": "PERSONAL_ACCESS_TOKEN"},
        {"arn": f"{arn}2", "serverType": "GITHUB", "authType": "SECRETS_MANAGER", "resource": secret},
    ]
    found = answered("codebuild", {"ListSourceCredentials": {"sourceCredentialsInfos": infos}}, CREDENTIAL)
    token, managed = found.of(CREDENTIAL)
    assert "Token" not in token.properties
    assert managed.properties["Token"] == secret
    assert judged(found) == {"codebuild.source-credential-has-no-secret-in-source": {"pass"}}


def test_projects_that_are_denied_are_unknown(answered: Callable[..., Any]) -> None:
    answers = {"ListProjects": {"projects": ["shop"]}, "BatchGetProjects": "AccessDeniedException"}
    one = answered("codebuild", answers, PROJECT).one(PROJECT)
    assert one.address == "arn:aws:codebuild:eu-west-1:123456789012:project/shop"
    assert "grant codebuild:BatchGetProjects" in one.unresolved["Environment"]


def test_a_project_that_is_gone_by_now(answered: Callable[..., Any]) -> None:
    answers = {
        "ListProjects": {"projects": ["shop"]},
        "BatchGetProjects": {"projects": [], "projectsNotFound": ["shop"]},
    }
    assert "says nothing about it" in answered("codebuild", answers, PROJECT).one(PROJECT).unresolved["Source"]
