"""Indexes of Kendra."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::Kendra::Index"
ID = "0a1b2c3d-0000-4000-8000-000000000000"


def test_an_index(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    tokens = [{"JsonTokenTypeConfiguration": {"UserNameAttributeField": "u", "GroupAttributeField": "g"}}]
    told = {"Id": ID, "Name": "docs", "Edition": "DEVELOPER_EDITION", "UserContextPolicy": "USER_TOKEN"}
    answers: dict[str, Any] = {
        "ListIndices": {
            "IndexConfigurationSummaryItems": [{"Id": ID, "CreatedAt": 0, "UpdatedAt": 0, "Status": "ACTIVE"}]
        },
        "DescribeIndex": {**told, "UserTokenConfigurations": tokens},
    }
    found = answered("kendra", answers, TYPE)
    assert found.one(TYPE).address == f"arn:aws:kendra:eu-west-1:123456789012:index/{ID}"
    expected = {"kendra.index-asks-for-user-tokens": {"pass"}, "kendra.index-uses-customer-key": {"fail"}}
    assert judged(found) == expected
    denied = answered("kendra", {**answers, "DescribeIndex": "AccessDeniedException"}, TYPE)
    assert judged(denied)["kendra.index-uses-customer-key"] == {"unknown"}
