"""Components of Image Builder: the text of their newest build."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::ImageBuilder::Component"
CONTROL = "imagebuilder.component-has-no-secrets"
ARN = "arn:aws:imagebuilder:eu-west-1:123456789012:component/tools/1.0.0"
LISTED = {"ListComponents": {"componentVersionList": [{"arn": ARN, "name": "tools", "version": "1.0.0"}]}}
BUILDS = {
    "ListComponentBuildVersions": {
        "componentSummaryList": [
            {"arn": f"{ARN}/2", "dateCreated": "2026-02-01T00:00:00Z"},
            {"arn": f"{ARN}/1", "dateCreated": "2026-01-01T00:00:00Z"},
        ]
    }
}


def build(asked: dict[str, Any]) -> dict[str, Any]:
    old = asked["componentBuildVersionArn"].endswith("/1")
    return {"component": {"arn": ARN, "data": "curl https://bot:s0mething@example.com" if old else "yum update -y"}}


def test_the_newest_build_is_judged(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("imagebuilder", {**LISTED, **BUILDS, "GetComponent": build}, TYPE)
    assert found.one(TYPE).properties["Data"] == "yum update -y"
    assert judged(found)[CONTROL] == {"pass"}


def test_a_text_that_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("imagebuilder", {**LISTED, **BUILDS, "GetComponent": "AccessDeniedException"}, TYPE)
    assert judged(found)[CONTROL] == {"unknown"}


def test_where_images_are_built_and_who_may_start_them(
    answered: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    arn = "arn:aws:imagebuilder:eu-west-1:123456789012:"
    place = {"arn": arn + "infrastructure-configuration/base", "name": "base"}
    share = {"arn": arn + "distribution-configuration/base", "name": "base"}
    groups = {"amiDistributionConfiguration": {"launchPermission": {"userGroups": ["all"]}}, "region": "eu-west-1"}
    answers: dict[str, Any] = {
        "ListInfrastructureConfigurations": {"infrastructureConfigurationSummaryList": [place]},
        "GetInfrastructureConfiguration": {
            "infrastructureConfiguration": {**place, "instanceMetadataOptions": {"httpTokens": "required"}}
        },
        "ListDistributionConfigurations": {"distributionConfigurationSummaryList": [share]},
        "GetDistributionConfiguration": {
            "distributionConfiguration": {**share, "timeoutMinutes": 720, "distributions": [groups]}
        },
    }
    types = ("AWS::ImageBuilder::InfrastructureConfiguration", "AWS::ImageBuilder::DistributionConfiguration")
    verdicts = judged(answered("imagebuilder", answers, *types))
    assert verdicts["imagebuilder.infrastructure-requires-imdsv2"] == {"pass"}
    assert verdicts["imagebuilder.distribution-keeps-images-private"] == {"fail"}
