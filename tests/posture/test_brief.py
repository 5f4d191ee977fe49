"""What the report gathers, and what it says to do next."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bastide.posture.brief import STEPS, _renew, gather, steps
from bastide.posture.metrics import figures
from bastide.posture.reportshow import as_markdown
from bastide.posture.whole import Whole, open_whole
from bastide.state.journal import append_all
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


EXEMPTIONS = """\
exemptions:
  - {control: "s3.bucket-*", resource: aws_s3_bucket.orders, until: "2999-01-01", by: rosa, reason: for now}
  - {control: "ec2.*", until: "2026-01-01", by: jo, reason: it was meant to be short}
"""

EVERYTHING = 'exemptions: [{control: "*", until: "2999-01-01", by: rosa, reason: an experiment}]\n'


def test_an_exemption_that_has_ended_is_not_told_as_one_that_counts(shop: Path) -> None:
    with (shop / "bastide.yaml").open("a") as file:
        file.write(
            EXEMPTIONS.replace("2999-01-01", (dt.datetime.now(dt.UTC) + dt.timedelta(days=9)).date().isoformat())
        )
    with open_whole() as whole:
        brief = gather(whole, "0000")
        controls = whole.known.select("select control from exemptions where \"by\" = 'rosa' order by control")
    assert "until 2026-01-01 (has ended, and counts no more): it was meant" in as_markdown(brief)
    assert "- 2026-01-01 (over): exemption: " in as_markdown(brief)
    (kept,) = [row for row in brief.facts["expiring"] if row["who"] == "rosa"]
    assert len(controls) > 1
    assert kept["what"] == f"{controls[0]['control']} and {len(controls) - 1} more"  # of one bucket
    (step,) = _renew(brief.facts, "2026-11-28")
    assert step.why.startswith("over since 2026-01-01: ")
    assert step.command == 'bastide query "from exemptions order by until"'


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("accepted risk", "bastide threats --status accepted"),
        ("review of a risk", "bastide threats"),
        ("attestation", "bastide attest"),
    ],
)
def test_what_runs_out_is_listed_where_its_kind_is(kind: str, command: str) -> None:
    (step,) = _renew({"expiring": [{"day": "2026-12-24", "kind": kind, "what": "x"}]}, "2026-11-28")
    assert (step.command, step.why) == (command, f"first on 2026-12-24: {kind} x")


def test_objectives_that_hold_are_as_many_in_the_trend_as_in_the_summary(shop: Path) -> None:
    with (shop / "bastide.yaml").open("a") as file:
        file.write(EVERYTHING)
    with open_whole() as whole:
        brief = gather(whole, "0000")
    (now,) = brief.figures["objectives-holding"].named("code")
    assert (now.value, now.of) == (brief.one("holding")["n"], brief.one("holding")["of"])


def test_nothing_waits(whole: Whole) -> None:
    """Where all is well, nothing is made up."""
    facts = {
        "mend": [], "alarms": [{"n": 0, "of": 3}], "top": [], "lost": [],
        "reviewed": [{"overdue": False, "day": "2026-11-01"}],
        "live": [{"n": 1, "accounts": 1, "last": "2026-11-27"}], "expiring": [], "unclassed": [{"n": 0, "of": 1}],
    }  # fmt: skip
    found = {one.metric.id: one for one in figures(whole.known, "2099-01-01")}
    assert steps(facts, found) == []


def test_what_detections_see_no_more_is_a_step(shop: Path) -> None:
    with open_whole() as whole:
        lost, open_ = whole.register[0].threat, [row for row in whole.register if row.status != "closed"]
        for day, outcome in (("2026-11-01", {"seen": {lost.template: ["Reads"]}}), ("2026-11-02", {"seen": {}})):
            told = {"attack": {"missed": {}, "techniques": [], **outcome}}
            append_all(whole.state, [("jo", "replay.run", "shop", {"scenarios": told, "watched": [lost.template]})],
                       f"{day}T10:00:00.000Z")  # fmt: skip
    with open_whole() as whole:
        brief = gather(whole, "0000")
        (figure,) = next(one for one in figures(whole.known, "0000") if one.metric.id == "threats-seen-in-replay").rows
    (step,) = [one for one in brief.steps if "no more" in one.what]
    assert len(open_) > 1
    assert "seen in replay on 2026-11-01, blind on 2026-11-02" in step.why
    assert "blind in replay on 2026-11-02, last seen on 2026-11-01" in as_markdown(brief)
    assert figure.high == 0  # without a detection for any other
