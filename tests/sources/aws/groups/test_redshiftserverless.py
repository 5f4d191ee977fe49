"""Namespaces and workgroups of Redshift Serverless."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

NAMESPACE, WORKGROUP = "AWS::RedshiftServerless::Namespace", "AWS::RedshiftServerless::Workgroup"
ARN = "arn:aws:redshift-serverless:eu-west-1:123456789012:"
MODULE = """
resource "aws_redshiftserverless_namespace" "n" {
  namespace_name = "names"
  log_exports    = ["userlog"]
}
resource "aws_redshiftserverless_workgroup" "w" {
  workgroup_name      = "work"
  namespace_name      = "names"
  publicly_accessible = true
  config_parameter {
    parameter_key   = "require_ssl"
    parameter_value = "false"
  }
}
"""


def answers(**more: Any) -> dict[str, Any]:
    """A namespace and its workgroup."""
    parameters = [{"parameterKey": "require_ssl", "parameterValue": "false"}]
    namespace = {
        "namespaceName": "names",
        "namespaceArn": f"{ARN}namespace/1",
        "logExports": ["userlog"],
        "iamRoles": ["arn:r"],
    }
    workgroup = {
        "workgroupName": "work", "workgroupArn": f"{ARN}workgroup/1", "namespaceName": "names",
        "publiclyAccessible": True,        "configParameters": parameters, "baseCapacity": 8,
    }  # fmt: skip
    return {
        "ListNamespaces": {"namespaces": [namespace]},
        "ListWorkgroups": {"workgroups": [workgroup]},
        "ListTagsForResource": {"tags": [{"key": "k", "value": "v"}]},
        **more,
    }


def test_what_terraform_has(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    found = answered("redshiftserverless", answers(), NAMESPACE, WORKGROUP)
    assert found.one(NAMESPACE).properties["Tags"] == [{"Key": "k", "Value": "v"}]
    assert found.one(NAMESPACE).properties["IamRoles"] == ["arn:r"]
    assert found.one(WORKGROUP).properties["ConfigParameters"] == [
        {"ParameterKey": "require_ssl", "ParameterValue": "false"}
    ]
    assert judged(found) == judged(written(MODULE))


def test_a_namespace_that_exports_nothing(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    quiet = {"namespaceName": "names", "namespaceArn": f"{ARN}namespace/1", "logExports": []}
    found = answered("redshiftserverless", answers(ListNamespaces={"namespaces": [quiet]}), NAMESPACE)
    assert judged(found)["redshiftserverless.namespace-exports-logs"] == {"fail"}


def test_what_is_denied(answered: Callable[..., Any]) -> None:
    denied = answers(ListWorkgroups="AccessDeniedException", ListTagsForResource="AccessDeniedException")
    found = answered("redshiftserverless", denied, NAMESPACE, WORKGROUP)
    assert "grant redshift-serverless:ListWorkgroups" in found.unread[WORKGROUP]
    assert set(found.one(NAMESPACE).unresolved) == {"Tags"}
