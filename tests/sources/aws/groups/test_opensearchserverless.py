"""Network policies of OpenSearch Serverless."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::OpenSearchServerless::SecurityPolicy"
CONTROL = "opensearchserverless.network-policy-is-not-public"
LISTED = {"ListSecurityPolicies": {"securityPolicySummaries": [{"name": "logs", "type": "network"}]}}


def test_the_document_is_judged(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    for public, status in ((True, "fail"), (False, "pass")):
        detail = {"name": "logs", "type": "network", "policy": [{"Rules": [], "AllowFromPublic": public}]}
        found = answered(
            "opensearchserverless", {**LISTED, "GetSecurityPolicy": {"securityPolicyDetail": detail}}, TYPE
        )
        assert judged(found)[CONTROL] == {status}


def test_a_document_that_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("opensearchserverless", {**LISTED, "GetSecurityPolicy": "AccessDeniedException"}, TYPE)
    assert judged(found)[CONTROL] == {"unknown"}
