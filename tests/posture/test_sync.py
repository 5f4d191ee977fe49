"""The last scan in the history: once, with the findings that it opened and closed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from bastide.lastscan import open_last_scan
from bastide.posture.sync import record_scan
from bastide.posture.whole import Whole, open_whole
from bastide.state.database import open_state
from bastide.state.tables import findings, scans
from bastide.threats.register import record
from bastide.workload.known import Known
from tests.loop import MANIFEST, Workload
from tests.threats.stacks import live_of

CONTROL = "s3.bucket-blocks-public-access"


def found(whole: Whole, control: str = CONTROL) -> list[dict[str, Any]]:
    return whole.known.select(f"select * from findings where control = '{control}' order by opened_at")


def test_a_scan_is_written_once(workload: Workload) -> None:
    with workload.whole() as whole:
        assert whole.scanned.fresh
        again = record_scan(whole.known, whole.state)
        assert (again.id, again.digest, again.fresh) == (whole.scanned.id, whole.scanned.digest, False)
        assert len(whole.known.select("select * from scans")) == 1
        (row,) = whole.known.select(f"select * from control_counts where control = '{CONTROL}'")
        assert (row["passed"], row["failed"], row["severity"]) == (1, 0, "high")


def test_the_digest_is_of_the_verdicts(workload: Workload) -> None:
    with workload.whole() as whole:
        before = whole.scanned.digest
    with workload.whole() as whole:
        assert whole.scanned.digest == before
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        assert whole.scanned.digest != before


def test_a_finding_is_opened_closed_and_opened_again(workload: Workload) -> None:
    with workload.whole() as whole:
        assert found(whole) == []
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        (finding,) = found(whole)
        assert (finding["opened_scan"], finding["closed_at"]) == (whole.scanned.id, None)
    workload.change("BlockPublicAcls: false", "BlockPublicAcls: true")
    with workload.whole() as whole:
        (finding,) = found(whole)
        assert (finding["closed_scan"], finding["closed_as"]) == (whole.scanned.id, "pass")
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        assert [one["closed_as"] for one in found(whole)] == ["pass", None]


def test_what_is_gone_is_closed_as_gone(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole():
        pass
    text = (workload.folder / "stack.yaml").read_text()
    workload.write("stack.yaml", "Resources:\n" + text[text.index("  Mail:") :])
    workload.write("bastide.yaml", "workload: {name: shop}\n")
    with workload.whole() as whole:
        assert [one["closed_as"] for one in found(whole)] == ["gone"]


def test_what_is_unknown_now_is_not_closed(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        (opened,) = found(whole)
    workload.change("BlockPublicAcls: false", "BlockPublicAcls: !Ref Blocks")
    workload.change("Resources:", "Parameters: {Blocks: {Type: String}}\nResources:")
    with workload.whole() as whole:
        states = whole.known.select(f"select status from verdicts where control = '{CONTROL}'")
        assert [row["status"] for row in states] == ["unknown"]
        assert found(whole) == [opened]


def test_what_could_not_be_read_is_not_gone(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole():
        pass
    workload.write("stack.yaml", "Resources:\n  Orders:\n    Type: AWS::S3::Bucket\n    Properties: {A: [}\n")
    workload.write("other.yaml", "Resources:\n  A: {Type: AWS::SNS::Topic}\n")
    with workload.whole() as whole:
        assert not whole.scanned.whole
        assert [one["closed_as"] for one in found(whole)] == [None]


def test_an_exemption_closes_and_its_end_opens_again(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole():
        pass
    manifest = (workload.folder / "bastide.yaml").read_text()
    workload.write(
        "bastide.yaml",
        f"{manifest}exemptions:\n  - {{control: {CONTROL}, until: 2099-01-01, by: Rosa, reason: for now}}\n",
    )
    with workload.whole() as whole:
        assert [one["closed_as"] for one in found(whole)] == ["exempt"]
    workload.change("2099-01-01", "2020-01-01", "bastide.yaml")
    with workload.whole() as whole:
        assert [one["closed_as"] for one in found(whole)] == ["exempt", None]


def test_an_older_scan_of_a_colleague_changes_nothing(workload: Workload) -> None:
    with workload.whole():
        pass
    workload.scan()
    mine = open_last_scan()
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    workload.write("more.yaml", "Resources: {More: {Type: AWS::SQS::Queue}}\n")
    with workload.whole() as whole:
        before = [(row.threat.id, row.status) for row in whole.register]
        with Known(whole.manifest, mine) as known:
            older = record_scan(known, whole.state)
        assert older.fresh
        assert older.newer == whole.scanned.at
        assert record(whole.state, [], {}, older) == ([], [])
    with open_whole() as whole:
        assert not whole.scanned.newer
        assert [(row.threat.id, row.status) for row in whole.register] == before
        assert [one["closed_as"] for one in found(whole)] == [None]


def test_a_scan_of_the_future_hinders_nobody(workload: Workload) -> None:
    with workload.whole() as whole, whole.state.transaction() as connection:
        connection.execute(update(scans).values(at="2999-01-01T00:00:00.000Z"))
    with workload.whole() as whole:
        assert not whole.scanned.newer


def test_the_same_folders_are_the_same_however_they_are_written(workload: Workload) -> None:
    (workload.folder / "a").mkdir()
    (workload.folder / "b").mkdir()
    (workload.folder / "stack.yaml").rename(workload.folder / "a" / "stack.yaml")
    workload.write("bastide.yaml", f"{MANIFEST}  code: [a, b]\n")
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false", "a/stack.yaml")
    workload.scan("a", "b")
    with open_whole() as whole:
        fears = {row.threat.id for row in whole.register}
        assert [one["closed_as"] for one in found(whole)] == [None]
    workload.write("a/stack.yaml", "Resources: {Mail: {Type: AWS::SNS::Topic}}\n")
    workload.write("bastide.yaml", "workload: {name: shop, code: [a, b]}\n")
    workload.scan("./b", "a/")
    with open_whole() as whole:
        assert [one["closed_as"] for one in found(whole)] == ["gone"]
        assert {row.threat.id for row in whole.register if row.status == "closed"} & fears
        assert len(whole.known.select("select distinct targets from scans")) == 1


@pytest.mark.parametrize(("account", "closed"), [("111122223333", "gone"), ("444455556666", None)])
def test_a_finding_of_an_account_that_was_not_scanned_is_not_gone(
    workload: Workload, account: str, closed: str | None
) -> None:
    topic = "aws:111122223333#arn:aws:sns:eu-west-1:111122223333:t"
    scan = """insert into scan (id, started, targets, live, whole, version, "commit")
              values (?, 1, ['aws'], true, true, '', '')"""
    fails = """insert into verdicts (control, status, severity, resource, fingerprint)
               values ('sns.x', 'fail', 'high', ?, 'f')"""
    with open_state("shop", f"sqlite:///{workload.folder / 'live.db'}") as state:
        for number, (where, topics) in enumerate((("111122223333", [topic]), (account, []))):
            with live_of([]) as known:
                known.run("delete from scan")
                known.run(scan, [str(number)])
                known.run("insert into controls (id, severity) values ('sns.x', 'high')")
                known.run("insert into reads values (?, 'eu-west-1', 'AWS::SNS::Topic')", [where])
                for one in topics:
                    known.run(fails, [one])
                record_scan(known, state)
        with state.transaction() as connection:
            assert connection.execute(select(findings.c.closed_as)).scalars().all() == [closed]
            looked = connection.execute(select(scans.c.targets).order_by(scans.c.id)).scalars().all()
        assert looked == ['["aws", "111122223333"]', f'["aws", "{account}"]']  # only the same are compared
