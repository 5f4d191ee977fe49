"""Job definitions of Batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::Batch::JobDefinition"
ARN = "arn:aws:batch:eu-west-1:123456789012:job-definition/nightly:1"
BASE = {"jobDefinitionName": "nightly", "jobDefinitionArn": ARN, "revision": 1, "type": "container"}
PASSWORD = "pr0ductionS3cretV4lue"

MODULE = """
resource "aws_batch_job_definition" "nightly" {
  name = "nightly"
  type = "container"
  container_properties = jsonencode({
    image       = "busybox"
    vcpus       = 1
    memory      = 128
    privileged  = true
    environment = [{ name = "DB_PASSWORD", value = "pr0ductionS3cretV4lue" }]
  })
}
"""


def test_a_definition_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    container = {
        "image": "busybox",
        "vcpus": 1,
        "memory": 128,
        "privileged": True,
        "environment": [{"name": "DB_PASSWORD", "value": PASSWORD}],
    }
    made = aws("batch").register_job_definition(
        jobDefinitionName="nightly", type="container", containerProperties=container, tags={"team": "shop"}
    )
    found = collect(TYPE)
    nightly = found.one(TYPE)
    assert nightly.address == made["jobDefinitionArn"]
    assert nightly.properties["JobDefinitionName"] == "nightly"
    assert nightly.properties["Tags"] == {"team": "shop"}
    assert PASSWORD not in repr(found)
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert set().union(*verdicts.values()) == {"fail"}


def test_every_kind_of_container_is_looked_into(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    secret = {"name": "DB_PASSWORD", "value": PASSWORD}
    kinds: list[dict[str, Any]] = [
        {
            "ecsProperties": {
                "taskProperties": [{"containers": [{"image": "i", "privileged": True, "environment": [secret]}]}]
            }
        },
        {
            "eksProperties": {
                "podProperties": {
                    "containers": [{"image": "i", "env": [secret], "securityContext": {"privileged": True}}]
                }
            }
        },
        {
            "nodeProperties": {
                "numNodes": 1,
                "mainNode": 0,
                "nodeRangeProperties": [
                    {"targetNodes": "0:", "container": {"image": "i", "privileged": True, "environment": [secret]}}
                ],
            }
        },
    ]
    for kind in kinds:
        found = answered("batch", {"DescribeJobDefinitions": {"jobDefinitions": [{**BASE, **kind}]}}, TYPE)
        assert set().union(*judged(found).values()) == {"fail"}
        assert len(judged(found)) == 2


def test_a_list_that_is_denied_is_unread(answered: Callable[..., Any]) -> None:
    found = answered("batch", {"DescribeJobDefinitions": "AccessDeniedException"}, TYPE)
    assert "grant batch:DescribeJobDefinitions" in found.unread[TYPE]
