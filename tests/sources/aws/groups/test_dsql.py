"""Clusters of Aurora DSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::DSQL::Cluster"
OPEN = '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "dsql:*", "Resource": "*"}]}'
NONE = "ResourceNotFoundException"
ARN = "arn:aws:dsql:eu-west-1:123456789012:cluster/"


def test_clusters_with_keys_of_aws_and_of_ours(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    names = ("a" * 26, "b" * 26)
    keys = {
        names[0]: {"encryptionType": "AWS_OWNED_KMS_KEY", "encryptionStatus": "ENABLED"},
        names[1]: {
            "encryptionType": "CUSTOMER_MANAGED_KMS_KEY",
            "encryptionStatus": "ENABLED",
            "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/k",
        },
    }

    def told(asked: dict[str, Any]) -> dict[str, Any]:
        name = asked["identifier"]
        return {
            "identifier": name, "arn": ARN + name, "status": "ACTIVE", "creationTime": 0,
            "deletionProtectionEnabled": name == names[1], "encryptionDetails": keys[name],
        }  # fmt: skip

    def policy(asked: dict[str, Any]) -> Any:
        return {"policy": OPEN, "policyVersion": "1"} if asked["identifier"] == names[0] else NONE

    clusters = [{"identifier": name, "arn": ARN + name} for name in names]
    answers = {"ListClusters": {"clusters": clusters}, "GetCluster": told, "GetClusterPolicy": policy}
    found = answered("dsql", answers, TYPE)
    assert [one.properties["KmsEncryptionKey"] for one in found.of(TYPE)] == [
        "AWS_OWNED_KMS_KEY",
        "arn:aws:kms:eu-west-1:123456789012:key/k",
    ]
    expected = {
        "dsql.cluster-is-protected-from-deletion": {"pass", "fail"},
        "dsql.cluster-policy-is-not-open": {"pass", "fail"},
        "dsql.cluster-uses-customer-key": {"pass", "fail"},
    }
    assert judged(found) == expected
