"""What secrets are like now: when they were read, changed and rotated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-AbCdEf"
KIND = "AWS::SecretsManager::Secret"


def _secret(answered: Callable[..., Any], **about: Any) -> Any:
    listed = {"SecretList": [{"ARN": ARN, "Name": "s", **about}]}
    return answered("secretsmanager", {"ListSecrets": listed}, KIND).one(KIND)


def test_dates_of_a_secret(answered: Callable[..., Any]) -> None:
    days = {
        "CreatedDate": datetime(2024, 1, 1, tzinfo=UTC),
        "LastChangedDate": datetime(2024, 2, 2, tzinfo=UTC),
        "LastAccessedDate": datetime(2024, 3, 3, tzinfo=UTC),
        "LastRotatedDate": datetime(2024, 4, 4, tzinfo=UTC),
        "NextRotationDate": datetime(2024, 5, 5, tzinfo=UTC),
    }
    found = _secret(answered, RotationEnabled=True, OwningService="rds", **days)
    assert {name: found.properties[name][:10] for name in days} == {
        name: f"{day:%Y-%m-%d}" for name, day in days.items()
    }
    assert found.properties["RotationEnabled"] is True
    assert found.properties["OwningService"] == "rds"
    assert found.properties["IsReplica"] is False
    assert found.unresolved == {}


def test_replicas_are_told_from_the_primary(answered: Callable[..., Any]) -> None:
    assert _secret(answered, PrimaryRegion="us-east-1").properties["IsReplica"] is True
    assert _secret(answered, PrimaryRegion="eu-west-1").properties["IsReplica"] is False


def test_a_list_that_is_denied_makes_the_type_unread(answered: Callable[..., Any]) -> None:
    found = answered("secretsmanager", {"ListSecrets": "AccessDeniedException"}, KIND)
    assert found.resources == []
    assert "grant secretsmanager:ListSecrets" in found.unread[KIND]
