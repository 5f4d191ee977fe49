"""What an actor may do, as text and as JSON."""

from __future__ import annotations

import pytest

from bastide.detect.reach import Held, Reach, reach_record, reach_text

ORDERS, SITE = Held("orders", "confidential"), Held("site", "public", said=False)


DAY = "2026-11-27"
ALL = "may do everything: it is an administrator"
LITTLE = "may do no more than look (1 action), at no data of a class"
CODE = (
    "may change IAM; read orders (confidential), site (public, guessed); change things in iam, s3 "
    "(by the scan of code of 2026-11-27)"
)
ACCOUNTS = "may change things in every service (by the scan of accounts of 2026-11-27)"


@pytest.mark.parametrize(
    ("reach", "text"),
    [
        (Reach(unknown="no scan\x1b[31m"), r"what it may do is not known: no scan\x1b[31m"),
        (Reach(), "may do nothing that is known"),
        (Reach(administrator=True, changes_iam=True, writes=("*",)), ALL),
        (Reach(administrator=True, reads=(ORDERS,)), f"{ALL}; read orders (confidential)"),
        (Reach(changes_iam=True, writes=("iam", "s3"), reads=(ORDERS, SITE), scanned=DAY), CODE),
        (Reach(writes=("*",), scanned=DAY, live=True), ACCOUNTS),
        (Reach(writes=tuple("abcdef")), "may change things in a, b, c, d and 2 more services"),
        (Reach(actions=1), LITTLE),
        (Reach(actions=1, vague=("X is in no scan", "more")), f"{LITTLE}; not all is known: X is in no scan"),
    ],
)
def test_a_line(reach: Reach, text: str) -> None:
    assert reach_text(reach) == text


def test_json() -> None:
    assert reach_record(Reach(unknown="why")) == {"unknown": "why"}
    assert reach_record(Reach(identity="role.web", reads=(SITE,), writes=("s3",), actions=3)) == {
        "identity": "role.web", "scanned": "", "live": False, "administrator": False, "changes_iam": False,
        "reads": [{"name": "site", "class": "public", "guessed": True}], "reads_in_all": 1, "writes": ["s3"],
        "actions": 3, "vague": [],
    }  # fmt: skip
    many = reach_record(Reach(reads=(ORDERS,) * 50))
    assert (len(many["reads"]), many["reads_in_all"]) == (20, 50)
