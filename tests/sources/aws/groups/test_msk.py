"""Clusters of managed Kafka and their policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CLUSTER, SERVERLESS, POLICY = "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster", "AWS::MSK::ClusterPolicy"
ARN = "arn:aws:kafka:eu-west-1:123456789012:cluster/c/1"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
MODULE = """
resource "aws_msk_cluster" "c" {
  cluster_name           = "c"
  kafka_version          = "3.6.0"
  number_of_broker_nodes = 3
  broker_node_group_info {
    client_subnets  = ["subnet-1"]
    instance_type   = "kafka.m5.large"
    security_groups = ["sg-1"]
    connectivity_info {
      public_access { type = "SERVICE_PROVIDED_EIPS" }
    }
  }
  client_authentication {
    unauthenticated = false
    sasl { iam = true }
  }
  encryption_info {
    encryption_at_rest_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/k"
    encryption_in_transit {
      client_broker = "TLS_PLAINTEXT"
      in_cluster    = true
    }
  }
  logging_info {
    broker_logs {
      cloudwatch_logs {
        enabled   = true
        log_group = "l"
      }
    }
  }
}
"""
PROVISIONED: dict[str, Any] = {
    "BrokerNodeGroupInfo": {
        "ClientSubnets": ["subnet-1"], "InstanceType": "kafka.m5.large", "SecurityGroups": ["sg-1"],
        "ConnectivityInfo": {"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}},
    },
    "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}, "Unauthenticated": {"Enabled": False}},
    "EncryptionInfo": {
        "EncryptionAtRest": {"DataVolumeKMSKeyId": KEY},
        "EncryptionInTransit": {"ClientBroker": "TLS_PLAINTEXT", "InCluster": True},
    },
    "LoggingInfo": {"BrokerLogs": {"CloudWatchLogs": {"Enabled": True, "LogGroup": "l"}}},
    "CurrentBrokerSoftwareInfo": {"KafkaVersion": "3.6.0"},
    "NumberOfBrokerNodes": 3,
}  # fmt: skip


def answers(**more: Any) -> dict[str, Any]:
    """A cluster of each form."""
    listed = [
        {"ClusterArn": ARN, "ClusterName": "c", "ClusterType": "PROVISIONED", "Provisioned": PROVISIONED},
        {"ClusterArn": f"{ARN}2", "ClusterName": "s", "ClusterType": "SERVERLESS", "Serverless": {
            "VpcConfigs": [{"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}],
            "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}}}},
    ]  # fmt: skip
    return {
        "ListClustersV2": {"ClusterInfoList": listed},
        "ListAliases": {"Aliases": [{"AliasName": "alias/ours", "TargetKeyId": "k"}]},
        "GetClusterPolicy": "NotFoundException",
        **more,
    }


def test_a_cluster_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    found = answered("msk", answers(), CLUSTER)
    properties = found.one(CLUSTER).properties
    assert (properties["KafkaVersion"], properties["NumberOfBrokerNodes"]) == ("3.6.0", 3)
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["msk.cluster-is-not-public"] == {"fail"}
    assert verdicts["msk.cluster-uses-customer-key"] == {"pass"}


def test_a_cluster_without_servers(answered: Callable[..., Any]) -> None:
    found = answered("msk", answers(), CLUSTER, SERVERLESS).one(SERVERLESS).properties
    assert found["VpcConfigs"] == [{"SubnetIds": ["subnet-1"], "SecurityGroups": ["sg-1"]}]
    assert found["ClientAuthentication"] == {"Sasl": {"Iam": {"Enabled": True}}}


def test_a_key_that_aws_manages(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    alias = {"AliasName": "alias/aws/kafka", "AliasArn": "arn:aws:kms:eu-west-1:123456789012:alias/aws/kafka"}
    theirs = {"Aliases": [{**alias, "TargetKeyId": "k"}]}
    verdicts = judged(answered("msk", answers(ListAliases=theirs), CLUSTER))
    assert verdicts["msk.cluster-uses-customer-key"] == {"fail"}


def test_policies(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    assert answered("msk", answers(), POLICY).resources == []
    policy = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kafka:*", "Resource": "*"}]}'
    found = answered("msk", answers(GetClusterPolicy={"Policy": policy, "CurrentVersion": "1"}), POLICY)
    assert found.one(POLICY).properties["ClusterArn"] == ARN
    assert judged(found) == {"msk.cluster-policy-is-not-open": {"fail"}}


def test_what_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    denied = answers(ListAliases="AccessDeniedException", GetClusterPolicy="ForbiddenException")
    found = answered("msk", denied, CLUSTER, POLICY)
    assert set(found.one(CLUSTER).unresolved) == {"EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId"}
    assert "grant kafka:GetClusterPolicy" in found.one(POLICY).unresolved["Policy"]
    verdicts = judged(found)
    assert verdicts["msk.cluster-encrypts-traffic"] == {"fail"}
    assert verdicts["msk.cluster-uses-customer-key"] == verdicts["msk.cluster-policy-is-not-open"] == {"unknown"}


def test_what_moto_has(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    arn = aws("kafka").create_cluster_v2(ClusterName="c", Provisioned={
        "BrokerNodeGroupInfo": PROVISIONED["BrokerNodeGroupInfo"], "KafkaVersion": "3.6.0", "NumberOfBrokerNodes": 3,
        "EncryptionInfo": PROVISIONED["EncryptionInfo"]})["ClusterArn"]  # fmt: skip
    found = collect(CLUSTER).one(CLUSTER)
    assert found.address == arn
    assert (found.properties["ClusterName"], found.properties["NumberOfBrokerNodes"]) == ("c", 3)
