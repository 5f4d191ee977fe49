"""Clusters and security configurations of EMR."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CLUSTER, CONFIGURATION = "AWS::EMR::Cluster", "AWS::EMR::SecurityConfiguration"
ARN = "arn:aws:elasticmapreduce:eu-west-1:123456789012:cluster/j-1"
SEALED = '{"EncryptionConfiguration": {"EnableAtRestEncryption": true, "EnableInTransitEncryption": false}}'
MODULE = """
resource "aws_emr_cluster" "c" {
  name          = "c"
  release_label = "emr-7.0.0"
  service_role  = "EMR_DefaultRole"
  log_uri       = "s3://logs/"
}
"""


def test_a_cluster_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("emr")
    given = {
        "ReleaseLabel": "emr-7.0.0", "ServiceRole": "EMR_DefaultRole", "JobFlowRole": "profile",
        "Instances": {"MasterInstanceType": "m5.xlarge", "InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": True},
    }  # fmt: skip
    client.run_job_flow(Name="c", LogUri="s3://logs/", **given)
    ended = client.run_job_flow(Name="ended", **given)["JobFlowId"]
    client.terminate_job_flows(JobFlowIds=[ended])
    found = collect(CLUSTER)
    properties = found.one(CLUSTER).properties
    assert (properties["Name"], properties["LogUri"]) == ("c", "s3://logs/")
    assert properties["JobFlowRole"] == "profile"
    assert properties["Instances"]["KeepJobFlowAliveWhenNoSteps"] is True
    assert judged(found) == judged(written(MODULE))


def listed(**cluster: Any) -> dict[str, Any]:
    """Answers for one cluster."""
    return {
        "ListClusters": {"Clusters": [{"Id": "j-1", "Name": "c", "ClusterArn": ARN}]},
        "DescribeCluster": {"Cluster": {"Id": "j-1", "Name": "c", "ClusterArn": ARN, **cluster}},
    }


def test_masked_passwords_are_no_passwords(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    kerberos = {"Realm": "EC2.INTERNAL", "KdcAdminPassword": "********", "ADDomainJoinUser": "join"}
    found = answered("emr", listed(KerberosAttributes=kerberos, SecurityConfiguration="s"), CLUSTER)
    assert found.one(CLUSTER).properties["KerberosAttributes"] == {"Realm": "EC2.INTERNAL", "ADDomainJoinUser": "join"}
    verdicts = judged(found)
    assert verdicts["emr.cluster-passwords-are-not-in-source"] == {"pass"}
    assert verdicts["emr.cluster-has-a-security-configuration"] == {"pass"}


def test_a_cluster_that_may_not_be_described(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("emr", {**listed(), "DescribeCluster": "AccessDeniedException"}, CLUSTER)
    assert "grant elasticmapreduce:DescribeCluster" in found.one(CLUSTER).unresolved["LogUri"]
    assert judged(found)["emr.cluster-keeps-logs"] == {"unknown"}


def test_configurations(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers: dict[str, Any] = {
        "ListSecurityConfigurations": {"SecurityConfigurations": [{"Name": "s"}]},
        "DescribeSecurityConfiguration": {"Name": "s", "SecurityConfiguration": SEALED},
    }
    found = answered("emr", answers, CONFIGURATION)
    assert (
        found.one(CONFIGURATION).address == "arn:aws:elasticmapreduce:eu-west-1:123456789012:security-configuration/s"
    )
    expected = {
        "emr.security-configuration-encrypts-at-rest": {"pass"},
        "emr.security-configuration-encrypts-in-transit": {"fail"},
        "emr.security-configuration-requires-imdsv2": {"fail"},
    }
    assert judged(found) == expected
    denied = answered("emr", {**answers, "DescribeSecurityConfiguration": "AccessDeniedException"}, CONFIGURATION)
    assert judged(denied) == {name: {"unknown"} for name in expected}
