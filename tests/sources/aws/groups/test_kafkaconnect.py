"""Connectors of MSK Connect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::KafkaConnect::Connector"
MODULE = """
resource "aws_mskconnect_connector" "sink" {
  name = "sink"
  kafka_cluster_encryption_in_transit { encryption_type = "PLAINTEXT" }
  log_delivery {
    worker_log_delivery {
      s3 {
        enabled = true
        bucket  = "logs"
      }
    }
  }
}
"""


def test_a_connector_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    connector = {
        "connectorArn": "arn:aws:kafkaconnect:eu-west-1:123456789012:connector/sink/1",
        "connectorName": "sink",
        "kafkaClusterEncryptionInTransit": {"encryptionType": "PLAINTEXT"},
        "logDelivery": {"workerLogDelivery": {"s3": {"enabled": True, "bucket": "logs"}}},
    }
    told = {**connector, "connectorConfiguration": {"tasks.max": "1", "database.password": "${secretsmanager:db:p}"}}
    found = answered("kafkaconnect", {"ListConnectors": {"connectors": [connector]}, "DescribeConnector": told}, TYPE)
    expected = {
        "kafkaconnect.connector-configuration-has-no-secrets": {"pass"},
        "kafkaconnect.connector-encrypts-traffic": {"fail"},
        "kafkaconnect.connector-keeps-logs": {"pass"},
    }
    assert judged(found) == judged(written(MODULE)) == expected
