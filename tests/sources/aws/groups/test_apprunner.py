"""Services of App Runner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::AppRunner::Service"
ARN = "arn:aws:apprunner:eu-west-1:123456789012:service/shop/1"
SUMMARY = {"ServiceName": "shop", "ServiceId": "1" * 32, "ServiceArn": ARN, "Status": "RUNNING"}
PASSWORD = "pr0ductionS3cretV4lue"

MODULE = """
resource "aws_apprunner_service" "shop" {
  service_name = "shop"
  source_configuration {
    image_repository {
      image_identifier      = "shop:1"
      image_repository_type = "ECR"
      image_configuration {
        port                          = "80"
        runtime_environment_variables = { DB_PASSWORD = "pr0ductionS3cretV4lue", MODE = "live" }
      }
    }
  }
}
"""


def service(variables: dict[str, str]) -> dict[str, Any]:
    """A service as it is described."""
    image = {
        "ImageIdentifier": "shop:1",
        "ImageRepositoryType": "ECR",
        "ImageConfiguration": {"Port": "80", "RuntimeEnvironmentVariables": variables},
    }
    return {
        **SUMMARY,
        "CreatedAt": 0,
        "UpdatedAt": 0,
        "SourceConfiguration": {"ImageRepository": image},
        "InstanceConfiguration": {},
        "AutoScalingConfigurationSummary": {"AutoScalingConfigurationArn": f"{ARN}/scaling"},
        "NetworkConfiguration": {"IngressConfiguration": {"IsPubliclyAccessible": True}},
    }


def test_a_service_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    answers = {
        "ListServices": {"ServiceSummaryList": [SUMMARY, {**SUMMARY, "ServiceArn": f"{ARN}2", "Status": "DELETED"}]},
        "DescribeService": lambda asked: (
            {"Service": service({"DB_PASSWORD": PASSWORD, "MODE": "live"})}
            if asked["ServiceArn"] == ARN
            else "ResourceNotFoundException"
        ),
    }
    found = answered("apprunner", answers, TYPE)
    shop = found.one(TYPE)
    assert shop.properties["AutoScalingConfigurationArn"] == f"{ARN}/scaling"
    variables = shop.properties["SourceConfiguration"]["ImageRepository"]["ImageConfiguration"]
    assert {"Name": "MODE", "Value": "live"} in variables["RuntimeEnvironmentVariables"]
    assert PASSWORD not in repr(found)
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["apprunner.service-environment-has-no-secrets"] == {"fail"}


def test_pages_of_services(answered: Callable[..., Any]) -> None:
    pages = [{"ServiceSummaryList": [{**SUMMARY, "ServiceArn": ARN + page}], "NextToken": page} for page in ("a", "b")]
    pages.append({"ServiceSummaryList": [SUMMARY]})
    answers = {
        "ListServices": pages,
        "DescribeService": lambda asked: {"Service": {**service({}), "ServiceArn": asked["ServiceArn"]}},
    }
    assert len(answered("apprunner", answers, TYPE).of(TYPE)) == 3


def test_a_description_that_is_denied(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers = {"ListServices": {"ServiceSummaryList": [SUMMARY]}, "DescribeService": "AccessDeniedException"}
    found = answered("apprunner", answers, TYPE)
    assert "grant apprunner:DescribeService" in found.one(TYPE).unresolved["SourceConfiguration"]
    assert judged(found)["apprunner.service-environment-has-no-secrets"] == {"unknown"}
