"""Rules and tuning together, over a lake."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bastide.detect.events import made
from bastide.detect.replay import START, write
from bastide.detect.run import Detections
from bastide.errors import UsageError
from bastide.lake.ingest import ingest
from bastide.lake.store import Lake
from tests.detect.conftest import rule_text
from tests.sources.aws.conftest import REGION as HOME

CALL = {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yml").write_text(rule_text("  a: {eventName: ListBuckets}\n  condition: a"))
    (tmp_path / "bastide.yaml").write_text(
        "workload: {name: shop}\ndetections:\n  rules: [rules]\n  suppressions:\n"
        "    - {rule: a rule, actor: '*user/bob', until: 2999-01-01, by: jo, reason: known}\n"
    )
    return tmp_path


def bring(lake: Lake, folder: Path, *who: str, after: str = "0s") -> None:
    name = "-".join(who).replace("/", "-") + after
    write(made([{**CALL, "by": one, "after": after} for one in who], START, name), folder / "logs" / name)
    ingest(lake, [str(folder / "logs" / name)])


def test_what_is_new_is_told_once(project: Path) -> None:
    lake, detections = Lake(project / "lake"), Detections()
    bring(lake, project, "user/alice", "user/bob")
    judged, sequence = detections.new(lake)
    assert ([match.actor[-5:] for match in judged.matches], judged.suppressed) == (["alice"], 1)
    assert [alert.title for alert in judged.alerts] == ["a rule"]
    assert detections.new(lake)[0].matches == judged.matches
    detections.told(lake, sequence)
    assert detections.new(lake)[0].matches == []
    bring(lake, project, "user/carol", after="5m")
    assert [match.actor[-5:] for match in detections.new(lake)[0].matches] == ["carol"]
    assert len(detections.since(lake, 0)[0].matches) == 2


def test_a_suppression_for_no_rule_is_told_of_the_projects_own_rules(project: Path) -> None:
    (project / "bastide.yaml").write_text((project / "bastide.yaml").read_text().replace("a rule", "a rul"))
    (note,) = Detections().over([]).notes
    assert note.place.endswith("bastide.yaml:5")
    assert "did you mean `a rule`?" in note.cause
    assert Detections(["library"]).over([]).notes == []


def test_a_correlation_over_two_runs(project: Path) -> None:
    rule = rule_text("  a: {eventName: ListBuckets}\n  condition: a") + "name: lists\n"
    many = "title: many\ncorrelation: {type: event_count, rules: [lists], timespan: 1h, condition: {gte: 2}}\n"
    (project / "rules" / "a.yml").write_text(rule + "---\n" + many)
    lake, detections = Lake(project / "lake"), Detections()
    bring(lake, project, "user/alice")
    judged, sequence = detections.new(lake)
    assert judged.matches == []
    detections.told(lake, sequence)
    bring(lake, project, "user/dan", after="10m")
    (match,) = detections.new(lake)[0].matches
    assert match.count == 2


def test_a_correlation_of_correlations_over_two_runs(project: Path) -> None:
    rule = rule_text("  a: {eventName: ListBuckets}\n  condition: a") + "name: lists\n"
    many = (
        "title: many\nname: many\n"
        "correlation: {type: event_count, rules: [lists], timespan: 10m, condition: {gte: 2}}\n"
    )
    waves = "title: waves\ncorrelation: {type: event_count, rules: [many], timespan: 1h, condition: {gte: 2}}\n"
    (project / "rules" / "a.yml").write_text(f"{rule}---\n{many}---\n{waves}")
    lake, detections = Lake(project / "lake"), Detections()
    bring(lake, project, "user/alice")
    bring(lake, project, "user/carol", after="9m")
    judged, sequence = detections.new(lake)
    assert judged.matches == []
    detections.told(lake, sequence)
    bring(lake, project, "user/dan", after="63m")
    bring(lake, project, "user/eve", after="64m")
    (match,) = detections.new(lake)[0].matches
    assert (match.rule.title, match.count) == ("waves", 2)


def test_files_without_a_lake(project: Path) -> None:
    bring(Lake(project / "lake"), project, "user/alice")
    judged = Detections().files([str(project / "logs")])
    assert (len(judged.matches), judged.events, judged.problems) == (1, 1, [])
    with pytest.raises(UsageError, match="no such file"):
        Detections().files(["nowhere"])


def test_a_lake_in_a_bucket(project: Path, aws: Callable[..., Any]) -> None:
    aws("s3").create_bucket(Bucket="detect-lake", CreateBucketConfiguration={"LocationConstraint": HOME})
    lake, detections = Lake("s3://detect-lake/lake"), Detections()
    bring(lake, project, "user/alice", "user/bob")
    judged, sequence = detections.new(lake)
    assert [match.actor[-5:] for match in judged.matches] == ["alice"]
    detections.told(lake, sequence)
    assert detections.new(lake)[0].matches == []


FLOW = """version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action \
log-status
2 111122223333 eni-1 203.0.113.9 10.0.0.5 40000 22 6 10 5000 1772442000 1772442060 ACCEPT OK
2 111122223333 eni-1 203.0.113.9 10.0.0.5 40000 443 6 10 5000 1772442000 1772442060 REJECT OK
"""
FINDING = {
    "schemaVersion": "2.0", "accountId": "111122223333", "region": "eu-west-1", "partition": "aws", "id": "gd1",
    "arn": "arn:aws:guardduty:eu-west-1:111122223333:detector/d/finding/gd1", "severity": 5,
    "type": "UnauthorizedAccess:EC2/SSHBruteForce", "createdAt": "2026-03-02T09:00:00.000Z",
    "updatedAt": "2026-03-02T09:10:00.000Z", "title": "t", "description": "d",
    "resource": {"resourceType": "Instance", "instanceDetails": {"instanceId": "i-1"}},
    "service": {"serviceName": "guardduty", "detectorId": "d", "archived": False, "count": 3,
                "action": {"networkConnectionAction": {"connectionDirection": "INBOUND"}}},
}  # fmt: skip
QUERY = {
    "version": "1.1", "account_id": "111122223333", "region": "eu-west-1", "vpc_id": "vpc-1", "query_class": "IN",
    "query_timestamp": "2026-03-02T09:00:00Z", "query_name": "evil.example.", "query_type": "TXT", "rcode": "NOERROR",
    "answers": [{"Rdata": "x", "Type": "TXT", "Class": "IN"}], "srcaddr": "10.0.0.5", "srcport": "5000",
    "transport": "UDP", "srcids": {"instance": "i-1"},
}  # fmt: skip


def test_rules_for_other_logs(project: Path) -> None:
    logs = project / "others"
    logs.mkdir()
    (logs / "111122223333_vpcflowlogs_eu-west-1_fl-1.log").write_text(FLOW)
    (logs / "finding.json").write_text(json.dumps(FINDING))
    (logs / "queries.log").write_text(json.dumps(QUERY))
    rules = {
        "vpcflow": "{dstport: 22, action: [accept, allowed], srcaddr|cidr: 203.0.113.0/24}",
        "guardduty": "{type|startswith: Unauth, service.action.networkConnectionAction.connectionDirection: INBOUND,"
        " severity|gte: 4}",
        "route53": "{query|contains: evil, record_type: TXT, answer: x}",
    }
    for number, (service, fields) in enumerate(rules.items(), 1):
        text = rule_text(f"  a: {fields}\n  condition: a", service, number)
        (project / "rules" / f"{number}.yml").write_text(text.replace("cloudtrail", service))
    (project / "rules" / "a.yml").unlink()
    judged = Detections().files([str(logs)])
    assert sorted(match.rule.title for match in judged.matches) == ["guardduty", "route53", "vpcflow"]
    assert (judged.problems, judged.events) == ([], 4)
