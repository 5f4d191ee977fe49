"""Repositories of ECR."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

TYPE = "AWS::ECR::Repository"
ARN = "arn:aws:ecr:eu-west-1:123456789012:repository/shop"
OPEN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}]}
REPOSITORY = {
    "repositoryArn": ARN,
    "repositoryName": "shop",
    "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
    "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "*"}],
    "imageScanningConfiguration": {"scanOnPush": False},
    "encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": "arn:aws:kms:eu-west-1:123456789012:key/k"},
}
ANSWERS = {
    "DescribeRepositories": {"repositories": [REPOSITORY]},
    "BatchGetRepositoryScanningConfiguration": {
        "scanningConfigurations": [{"repositoryName": "shop", "scanOnPush": False, "scanFrequency": "MANUAL"}]
    },
    "GetRepositoryPolicy": "RepositoryPolicyNotFoundException",
    "GetLifecyclePolicy": "LifecyclePolicyNotFoundException",
    "DescribeImages": {"imageDetails": []},
}

MODULE = """
resource "aws_ecr_repository" "shop" {
  name = "shop"
}
resource "aws_ecr_repository_policy" "shop" {
  repository = aws_ecr_repository.shop.name
  policy     = jsonencode({Version = "2012-10-17", Statement = [{Effect = "Allow", Principal = "*", Action = "ecr:*"}]})
}
resource "aws_ecr_lifecycle_policy" "shop" {
  repository = aws_ecr_repository.shop.name
  policy     = jsonencode({rules = []})
}
"""


def test_a_repository_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("ecr")
    client.create_repository(repositoryName="shop")
    client.set_repository_policy(repositoryName="shop", policyText=json.dumps(OPEN))
    rule = {
        "rulePriority": 1,
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 9},
        "action": {"type": "expire"},
    }
    client.put_lifecycle_policy(repositoryName="shop", lifecyclePolicyText=json.dumps({"rules": [rule]}))
    found = collect(TYPE)
    shop = found.one(TYPE)
    assert shop.address == ARN
    assert shop.properties["RepositoryPolicyText"] == OPEN
    assert shop.unresolved == {}
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["ecr.repository-policy-is-not-open"] == {"fail"}
    assert verdicts["ecr.repository-has-a-lifecycle"] == {"pass"}


def test_a_registry_that_scans_everything(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    scanned = {"scanningConfigurations": [{"repositoryName": "shop", "scanFrequency": "CONTINUOUS_SCAN"}]}
    for answer, status in ((ANSWERS["BatchGetRepositoryScanningConfiguration"], "fail"), (scanned, "pass")):
        found = answered("ecr", {**ANSWERS, "BatchGetRepositoryScanningConfiguration": answer}, TYPE)
        assert judged(found)["ecr.repository-scans-on-push"] == {status}


def test_what_is_absent_is_known(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("ecr", ANSWERS, TYPE)
    shop = found.one(TYPE)
    assert shop.unresolved == {}
    assert "RepositoryPolicyText" not in shop.properties
    assert shop.properties["ImageTagMutabilityExclusionFilters"] == [
        {"ImageTagMutabilityExclusionFilterType": "WILDCARD", "ImageTagMutabilityExclusionFilterValue": "*"}
    ]
    verdicts = judged(found)
    assert verdicts["ecr.repository-has-a-lifecycle"] == {"fail"}
    assert verdicts["ecr.repository-keeps-tags"] == {"fail"}
    assert verdicts["ecr.repository-uses-customer-key"] == {"pass"}


def test_what_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    denied = dict.fromkeys(set(ANSWERS) - {"DescribeRepositories", "DescribeImages"}, "AccessDeniedException")
    found = answered("ecr", {**ANSWERS, **denied}, TYPE)
    assert set(found.one(TYPE).unresolved) == {"ImageScanningConfiguration", "LifecyclePolicy", "RepositoryPolicyText"}
    verdicts = judged(found)
    for name in ("repository-scans-on-push", "repository-has-a-lifecycle", "repository-policy-is-not-open"):
        assert verdicts[f"ecr.{name}"] == {"unknown"}
