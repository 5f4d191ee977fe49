"""Which tables a rule's log source means."""

from __future__ import annotations

import pytest

from bastide.detect.sources import LOGS, source_of
from bastide.lake.classes import tables
from bastide.lake.source import sources


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("aws", "cloudtrail", None), "cloudtrail"),
        (("AWS", None, None), "cloudtrail"),
        (("aws", "guardduty", None), "guardduty"),
        (("aws", "vpcflow", None), "flow-logs"),
        (("kubernetes", "audit", None), "eks-audit"),
        (("kubernetes", "audit", "application"), "eks-audit"),
        (("kubernetes", "audit", "process_creation"), None),
        ((None, None, "dns"), "dns"),
        (("aws", None, "proxy"), "http"),
        (("aws", "waf", None), "waf"),
        (("aws", "elb", None), "elb"),
        (("aws", "alb", None), "elb"),
        (("aws", "cloudfront", None), "cloudfront"),
        ((None, None, "firewall"), "network"),
        ((None, "cloudtrail", None), "cloudtrail"),
        ((None, "eks", None), None),
        (("windows", "cloudtrail", None), None),
        (("aws", "unheard", None), None),
        ((None, None, "process_creation"), None),
    ],
)
def test_the_kind_of_log(words: tuple[str | None, str | None, str | None], name: str | None) -> None:
    found = source_of(*words)
    assert (found.name if found else None) == name


def test_every_kind_is_one_of_the_lake() -> None:
    assert {table for one in LOGS for table in one.tables} <= set(tables())
    assert {name for one in LOGS for name in one.lake} <= set(sources())
