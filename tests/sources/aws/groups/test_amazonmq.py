"""Brokers of Amazon MQ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::AmazonMQ::Broker"
ARN = "arn:aws:mq:eu-west-1:123456789012:broker:jobs:b-1"
LISTED = {
    "ListBrokers": {
        "BrokerSummaries": [
            {"BrokerId": "b-1", "BrokerArn": ARN, "DeploymentMode": "SINGLE_INSTANCE", "EngineType": "RABBITMQ"}
        ]
    }
}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/k-1"
MODULE = """
resource "aws_mq_broker" "jobs" {
  broker_name                = "jobs"
  engine_type                = "ActiveMQ"
  engine_version             = "5.18"
  host_instance_type         = "mq.t3.micro"
  publicly_accessible        = true
  auto_minor_version_upgrade = false
  logs { general = true }
}
"""


def test_a_broker_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    made = aws("mq").create_broker(
        BrokerName="jobs",
        EngineType="ACTIVEMQ",
        EngineVersion="5.18",
        HostInstanceType="mq.t3.micro",
        DeploymentMode="SINGLE_INSTANCE",
        PubliclyAccessible=True,
        AutoMinorVersionUpgrade=False,
        Logs={"General": True},
        Users=[{"Username": "admin", "Password": "correct-horse"}],
        Tags={"a": "b"},
    )
    found = collect(TYPE)
    broker = found.one(TYPE)
    assert (broker.address, broker.metadata["id"]) == (made["BrokerArn"], made["BrokerId"])
    assert broker.properties["EngineType"] == "ACTIVEMQ"
    assert broker.properties["Users"] == [{"Username": "admin"}]
    assert broker.properties["Tags"] == [{"Key": "a", "Value": "b"}]
    verdicts = judged(found)
    assert verdicts.pop("amazonmq.broker-passwords-are-not-in-source") == {"pass"}
    assert verdicts == judged(written(MODULE))
    assert verdicts["amazonmq.broker-is-not-public"] == {"fail"}


def broker(**options: Any) -> dict[str, Any]:
    """The answer of DescribeBroker."""
    return {"BrokerId": "b-1", "BrokerArn": ARN, "EngineType": "RabbitMQ", "EncryptionOptions": options}


def aliases(name: str) -> dict[str, Any]:
    """The answer of ListAliases: the key above has this name."""
    arn = f"arn:aws:kms:eu-west-1:123456789012:{name}"
    return {"Aliases": [{"AliasName": "alias/aws/s3"}, {"AliasName": name, "AliasArn": arn, "TargetKeyId": "k-1"}]}


def test_whose_key_it_is(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    control = "amazonmq.broker-uses-customer-key"
    described = {**LISTED, "DescribeBroker": broker(UseAwsOwnedKey=False, KmsKeyId=KEY)}
    found = answered("amazonmq", {**described, "ListAliases": aliases("alias/jobs")}, TYPE)
    assert found.one(TYPE).properties["EncryptionOptions"] == {"UseAwsOwnedKey": False, "KmsKeyId": KEY}
    assert found.one(TYPE).properties["EngineType"] == "RABBITMQ"
    assert judged(found)[control] == {"pass"}
    found = answered("amazonmq", {**described, "ListAliases": aliases("alias/aws/mq")}, TYPE)
    assert judged(found)[control] == {"fail"}
    found = answered("amazonmq", {**described, "ListAliases": "AccessDeniedException"}, TYPE)
    assert "grant kms:ListAliases" in found.one(TYPE).unresolved["EncryptionOptions"]
    assert judged(found)[control] == {"unknown"}


def test_a_key_that_aws_owns(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("amazonmq", {**LISTED, "DescribeBroker": broker(UseAwsOwnedKey=True)}, TYPE)
    assert found.one(TYPE).properties["EncryptionOptions"] == {"UseAwsOwnedKey": True}
    assert judged(found)["amazonmq.broker-uses-customer-key"] == {"fail"}


def test_a_broker_that_may_not_be_described_is_unknown(answered: Callable[..., Any]) -> None:
    found = answered("amazonmq", {**LISTED, "DescribeBroker": "ForbiddenException"}, TYPE)
    assert found.one(TYPE).address == ARN
    assert "grant mq:DescribeBroker" in found.one(TYPE).unresolved["PubliclyAccessible"]
    assert "grant mq:DescribeBroker" in found.one(TYPE).unresolved["EncryptionOptions"]
