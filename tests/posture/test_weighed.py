"""The class of the data makes findings more or less grave, and says why."""

from __future__ import annotations

import pytest

from bastide.controls.library import load_library
from bastide.posture.weighed import TABLES, rules
from tests.loop import Workload

PUBLIC = "s3.bucket-blocks-public-access"
KEY = "s3.bucket-uses-customer-key"


def weighed(workload: Workload, data_class: str, control: str) -> dict[str, object]:
    workload.write(
        "bastide.yaml",
        f"workload:\n  name: shop\n  stores: [{{resource: Orders, class: {data_class}}}]\n",
    )
    with workload.whole() as whole:
        (row,) = whole.known.select(f"select * from weighed where control = '{control}'")
    return row


@pytest.mark.parametrize(
    ("data_class", "control", "own", "here"),
    [
        ("restricted", PUBLIC, "high", "critical"),
        ("confidential", PUBLIC, "high", "critical"),
        ("internal", PUBLIC, "high", "high"),
        ("restricted", KEY, "low", "high"),
        ("internal", KEY, "low", "low"),
        ("public", KEY, "low", "info"),
    ],
)
def test_severity_follows_the_class(workload: Workload, data_class: str, control: str, own: str, here: str) -> None:
    row = weighed(workload, data_class, control)
    assert (row["own_severity"], row["severity"], row["class"]) == (own, here, data_class)
    assert (row["because"] is None) is (own == here)


def test_every_verdict_is_weighed_once(workload: Workload) -> None:
    with workload.whole() as whole:
        known = whole.known
        assert known.columns("select * from weighed") == list(TABLES["weighed"])
        assert known.select("select count(*) as n from weighed") == known.select("select count(*) as n from verdicts")
        assert known.select("select count(*) as n from weighed where severity is null") == [{"n": 0}]
        assert known.select("select count(*) as n from weighed where class is null and because is not null") == [
            {"n": 0}
        ]


@pytest.mark.parametrize("number", range(len(rules())))
def test_every_rule_of_the_library_takes_controls(number: int) -> None:
    rule = rules()[number]
    assert any(rule.takes(control) for control in load_library([]).summaries)
    assert rule.because
    assert rule.by or rule.least or rule.most
    assert rule.at_least <= rule.at_most
