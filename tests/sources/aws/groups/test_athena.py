"""Athena's workgroups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

WORKGROUP = "AWS::Athena::WorkGroup"
MODULE = """
resource "aws_athena_workgroup" "open" {
  name = "open"
  configuration {
    enforce_workgroup_configuration = false
    result_configuration { output_location = "s3://results/" }
  }
}
resource "aws_athena_workgroup" "sealed" {
  name = "sealed"
  configuration {
    enforce_workgroup_configuration = true
    result_configuration {
      output_location = "s3://results/"
      encryption_configuration { encryption_option = "SSE_S3" }
    }
  }
}
"""


def make(client: Any) -> None:
    """The workgroups of the module above."""
    results: dict[str, Any] = {"OutputLocation": "s3://results/"}
    sealed = {**results, "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"}}
    for name, enforced, result in (("open", False, results), ("sealed", True, sealed)):
        settings = {"EnforceWorkGroupConfiguration": enforced, "ResultConfiguration": result}
        client.create_work_group(Name=name, Configuration=settings)


def test_workgroups_as_terraform_has_them(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    make(aws("athena"))
    found = collect(WORKGROUP)
    own = [one for one in found.of(WORKGROUP) if not one.metadata.get("managed")]
    assert [one.metadata["id"] for one in own] == ["open", "sealed"]
    assert own[1].address == "arn:aws:athena:eu-west-1:123456789012:workgroup/sealed"
    assert judged(own) == judged(written(MODULE))
    (primary,) = (one for one in found.of(WORKGROUP) if one.metadata.get("managed"))
    assert primary.properties["Name"] == "primary"


def test_a_workgroup_that_may_not_be_described(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers = {
        "ListWorkGroups": {"WorkGroups": [{"Name": "w", "State": "ENABLED"}]},
        "GetWorkGroup": "AccessDeniedException",
        "GetResources": {"ResourceTagMappingList": []},
    }
    found = answered("athena", answers, WORKGROUP)
    workgroup = found.one(WORKGROUP)
    assert workgroup.properties["State"] == "ENABLED"
    assert "grant athena:GetWorkGroup" in workgroup.unresolved["WorkGroupConfiguration"]
    assert judged(found) == {
        "athena.workgroup-encrypts-results": {"unknown"},
        "athena.workgroup-overrides-clients": {"unknown"},
        "athena.workgroup-uses-customer-key": {"unknown"},
    }


def test_tags_of_all_workgroups_are_one_call(answered: Callable[..., Any]) -> None:
    arn = "arn:aws:athena:eu-west-1:123456789012:workgroup/"
    answers = {
        "ListWorkGroups": {"WorkGroups": [{"Name": "a"}, {"Name": "b"}]},
        "GetWorkGroup": lambda given: {"WorkGroup": {"Name": given["WorkGroup"]}},
        "GetResources": [
            {"ResourceTagMappingList": [{"ResourceARN": f"{arn}b", "Tags": [{"Key": "k", "Value": "v"}]}]}
        ],
    }
    found = answered("athena", answers, WORKGROUP)
    assert [one.properties.get("Tags") for one in found.of(WORKGROUP)] == [None, [{"Key": "k", "Value": "v"}]]
