"""What the report gathers, and what it says to do next."""

from __future__ import annotations

from pathlib import Path

from bastide.posture.brief import STEPS, gather, steps
from bastide.posture.metrics import figures
from bastide.posture.whole import Whole, open_whole
from tests.posture.test_metrics import MENDED, scanned


def test_it_is_about_this_workload(whole: Whole) -> None:
    brief = gather(whole, "0000")
    assert brief.name == "shop"
    assert brief.one("alarms")["of"] == len([row for row in whole.register if row.status != "closed"])
    assert (
        sum(row[key] for row in brief.facts["levels"] for key in ("undecided", "decided", "within"))
        == brief.one("alarms")["of"]
    )
    assert brief.one("failing")["all"] == whole.known.select("select count(*) as n from verdicts")[0]["n"]
    (area,) = [row for row in brief.facts["objectives"] if row["area"] == "network"]
    assert area["of"] == area["holds"] + area["broken"] + area["unknown"] + area["not_judged"]
    assert brief.diagram.startswith("<svg")


def test_the_chain_leads_to_what_fails(whole: Whole) -> None:
    brief = gather(whole, "0000")
    risks = {row["id"] for row in brief.facts["top"]}
    assert {row["threat"] for row in brief.facts["behind"]} <= risks
    assert all(row["path"] == "main.tf" for row in brief.facts["behind"])


def test_at_most_five_steps_the_gravest_first(whole: Whole) -> None:
    brief = gather(whole, "0000")
    assert 0 < len(brief.steps) <= STEPS
    assert "main.tf:" in brief.steps[0].why
    assert brief.steps[0].command.startswith("bastide controls show ")


def test_what_is_mended_counts_no_more(shop: Path) -> None:
    with open_whole() as whole:
        before = gather(whole, "0000")
    scanned(shop, MENDED)
    with open_whole() as whole:
        after = gather(whole, "0000")
        failing = {row["control"] for row in whole.known.select("select control from verdicts where status = 'fail'")}
    assert after.one("failing")["n"] < before.one("failing")["n"]
    assert {row["control"] for row in after.facts["mend"]} <= failing


def test_nothing_waits(whole: Whole) -> None:
    """Where all is well, nothing is made up."""
    facts = {
        "mend": [], "alarms": [{"n": 0, "of": 3}], "top": [], "reviewed": [{"overdue": False, "day": "2026-11-01"}],
        "live": [{"n": 1, "accounts": 1, "last": "2026-11-27"}], "expiring": [], "unclassed": [{"n": 0, "of": 1}],
    }  # fmt: skip
    found = {one.metric.id: one for one in figures(whole.known, "2099-01-01")}
    assert steps(facts, found) == []
