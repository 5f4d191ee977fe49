"""Attacks through the real path."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.detect.replay import replay, write
from bastide.detect.run import Detections
from bastide.detect.scenario import load_scenarios
from bastide.errors import UsageError
from tests.detect.conftest import rule_text

RULES = rule_text("  a: {eventName: StopLogging}\n  condition: a", "Stops", level="high")
SCENARIO = """id: stop
title: Stop
steps:
  - title: look
    technique: T1580
    events: [{eventSource: s3.amazonaws.com, eventName: ListBuckets}]
  - title: stop
    technique: T1562.008
    expect: [EXPECTED]
    events:
      - {eventSource: cloudtrail.amazonaws.com, eventName: DescribeTrails}
      - {eventSource: cloudtrail.amazonaws.com, eventName: StopLogging, after: 30s}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bastide.yaml").write_text("workload: {name: shop}\n")
    (tmp_path / "rules.yml").write_text(RULES)
    return tmp_path


def play(project: Path, text: str) -> list:  # type: ignore[type-arg]
    (project / "scenario.yaml").write_text(text)
    return replay(Detections(["rules.yml"]), load_scenarios(["scenario.yaml"]))


def test_what_fires_and_how_soon(project: Path) -> None:
    (one,) = play(project, SCENARIO.replace("EXPECTED", "Stops"))
    look, stop = one.steps
    assert (one.passed, one.events, one.first) == (True, 3, 90.0)
    assert (look.seen, look.missed, look.others) == ((), (), ())
    assert [(seen.title, seen.level, seen.after) for seen in stop.seen] == [("Stops", "high", 30.0)]


def test_what_does_not_fire(project: Path) -> None:
    more = rule_text("  a: {eventName: Never}\n  condition: a", "Never", number=2)
    (project / "rules.yml").write_text(RULES + "---\n" + more)
    (one,) = play(project, SCENARIO.replace("EXPECTED", "Never"))
    assert not one.passed
    assert one.steps[1].missed == ("Never",)
    assert [seen.title for seen in one.steps[1].others] == ["Stops"]


def test_a_detection_that_there_is_not(project: Path) -> None:
    with pytest.raises(UsageError, match="expects `Stop`, which is no detection"):
        play(project, SCENARIO.replace("EXPECTED", "Stop"))


def test_ordinary_work_fires_nothing(project: Path) -> None:
    quiet = (
        "id: day\ntitle: Day\nbenign: true\nsteps:\n  - title: work\n"
        "    events: [{eventSource: cloudtrail.amazonaws.com, eventName: NAME}]\n"
    )
    assert play(project, quiet.replace("NAME", "DescribeTrails"))[0].passed
    (noisy,) = play(project, quiet.replace("NAME", "StopLogging"))
    assert not noisy.passed
    assert [seen.rule for seen in noisy.steps[0].others] == ["00000000-0000-4000-8000-000000000001"]


@pytest.mark.slow
def test_those_of_the_library_are_seen() -> None:
    outcomes = replay(Detections(), load_scenarios())
    assert [one.id for one in outcomes if not one.passed] == []


FLOW = """id: knocks
title: Knocks
steps:
  - title: knock
    technique: T1046
    expect: [Knock]
    events:
      - raw: {version: '2', account_id: '111122223333', interface_id: eni-1, srcaddr: 203.0.113.9, dstaddr: 10.0.0.5,
              srcport: 4000, dstport: 22, protocol: 6, packets: 1, bytes: 40, start: '${seconds}', end: '${seconds}',
              action: REJECT, log_status: OK}
        repeat: 3
        every: 10s
  - title: later
    events: [{eventSource: s3.amazonaws.com, eventName: ListBuckets, after: 5m}]
"""


def test_events_of_other_logs(project: Path) -> None:
    rule = rule_text("  a: {dstport: 22}\n  condition: a", "Knock").replace("service: cloudtrail", "service: vpcflow")
    (project / "rules.yml").write_text(rule)
    (one,) = play(project, FLOW)
    knock, later = one.steps
    assert ([seen.title for seen in knock.seen], knock.events) == (["Knock"], 3)
    assert (later.seen, later.others) == ((), ())


@pytest.mark.parametrize("field", ["recipientAccountId", "awsRegion"])
def test_files_lie_where_they_are_wanted_and_nowhere_else(tmp_path: Path, field: str) -> None:
    event = {"eventName": "A", "eventTime": "2026-03-02T09:00:00Z", field: "../../../elsewhere"}
    with pytest.raises(UsageError, match="no account and no region"):
        write([event], tmp_path / "in")
    assert not (tmp_path / "in").exists()
