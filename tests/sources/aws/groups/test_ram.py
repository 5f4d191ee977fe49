"""Resource shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::RAM::ResourceShare"
CONTROL = "ram.resource-share-stays-in-the-organization"
ARN = "arn:aws:ram:eu-west-1:123456789012:resource-share/1"


def share(**more: Any) -> dict[str, Any]:
    return {
        "GetResourceShares": {"resourceShares": [{"resourceShareArn": ARN, "name": "net", "status": "ACTIVE", **more}]}
    }


def test_shares_that_may_leave_the_organization(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    for outside, status in ((True, "fail"), (False, "pass")):
        assert judged(answered("ram", share(allowExternalPrincipals=outside), TYPE))[CONTROL] == {status}


def test_a_share_that_is_gone_is_no_resource(answered: Callable[..., Any]) -> None:
    assert answered("ram", share(status="DELETED"), TYPE).of(TYPE) == []
