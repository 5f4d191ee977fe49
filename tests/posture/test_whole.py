"""Everything together: what is broken in the code moves what it should, and nothing else."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bastide.objectives.attest import attest
from bastide.posture.whole import TABLES, Whole, columns_of, open_whole
from bastide.state.journal import append
from bastide.threats.register import decide
from tests.loop import Workload

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "workload"
VERDICTS = "select distinct control, resource, status from verdicts"


def test_every_table_is_there(workload: Workload) -> None:
    with workload.whole() as whole:
        for name, columns in TABLES.items():
            assert whole.known.columns(f"select * from {name}") == list(columns)
        assert whole.known.select("select count(*) as n from threats")[0]["n"] == len(whole.register) > 0
        assert whole.known.select("select count(*) as n from elements")[0]["n"] > 0
        assert whole.known.select("select count(*) as n from objectives")[0]["n"] > 0


def test_breaking_a_control_moves_the_threats_that_it_mitigates_and_no_other(workload: Workload) -> None:
    def risks() -> dict[str, float]:
        with workload.whole() as whole:
            return {row.threat.id: row.risk.high for row in whole.register if row.risk}

    control = "s3.bucket-blocks-public-access"
    before = risks()
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    after = risks()
    with workload.whole() as whole:
        expected = whole.known.select(
            f"""select distinct t.id from threats t
            join objective_controls c on list_contains(t.objectives, c.objective)
            join aims a on a.threat = t.id and a.objective = c.objective
            where c.control = '{control}' and (a.scope = 'workload' or list_contains(t.resources, 'stack.yaml#Orders'))
            order by 1"""
        )
    assert before.keys() == after.keys()
    moved = {name for name in before if abs(after[name] - before[name]) > 1e-9}
    assert moved == {row["id"] for row in expected} != set()
    assert all(after[name] > before[name] for name in moved)


def test_without_a_scan_the_code_is_scanned_first(workload: Workload) -> None:
    with open_whole() as whole:
        assert whole.known.select("select targets from scan") == [{"targets": ["."]}]


def test_a_scan_of_a_part_does_not_close_the_rest(workload: Workload) -> None:
    workload.write("other.yaml", "Resources:\n  A: {Type: AWS::SNS::Topic}\n")
    with workload.whole() as whole:
        before = {row.threat.id for row in whole.register if row.status != "closed"}
    workload.scan("other.yaml")
    with open_whole() as whole:
        assert {row.threat.id for row in whole.register if row.status != "closed"} == before


def test_a_decision_is_in_the_register_at_the_next_opening(workload: Workload) -> None:
    with workload.whole() as whole:
        one = whole.register[0].threat.id
        decide(whole.state, "root", "accept", [one], {"by": "Rosa", "until": "2099-01-01", "why": "small"})
    with workload.whole() as whole:
        (row,) = whole.known.select(f"select status, decided_by, until, alarm from threats where id = '{one}'")
        assert row == {"status": "accepted", "decided_by": "Rosa", "until": "2099-01-01", "alarm": False}


def test_what_people_attest_is_a_table(workload: Workload) -> None:
    until = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=300)).isoformat()
    with workload.whole() as whole:
        attest(whole.state, "root", "response.exercise", by="Rosa", until=until, statement="done")
    with workload.whole() as whole:
        (row,) = whole.known.select("select * from attestations")
    assert (row["subject"], row["by"], row["until"], row["valid"]) == ("response.exercise", "Rosa", until, True)


def test_columns_are_those_of_the_state() -> None:
    assert columns_of("scans")["live"][0] == "BOOLEAN"
    assert columns_of("risks") == {
        "scan": ("VARCHAR", ""), "threat": ("VARCHAR", ""), "inherent": ("DOUBLE", ""), "low": ("DOUBLE", ""),
        "high": ("DOUBLE", ""),
    }  # fmt: skip


def test_a_hostile_name_stays_a_name(workload: Workload, capsys: pytest.CaptureFixture[str]) -> None:
    from bastide.report.lines import Lines, screen
    from bastide.threats.show import explain, listing

    workload.change("Orders:\n", '"Or\\e[31mders\'; drop table threats; --":\n')
    workload.change("resource: Orders", 'resource: "Or*"', "bastide.yaml")
    with workload.whole() as whole:
        append(
            whole.state, "root", "threat.comment", whole.register[0].threat.id, {"text": "\x1b[2J", "by": "\x1b]0;x"}
        )
        lines = Lines(screen())
        listing(lines, whole.register, 0, "medium")
        for row in whole.register:
            explain(lines, row, whole.known)
        lines.flush()
        assert whole.known.select("select count(*) as n from threats")[0]["n"] == len(whole.register)
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.slow
def test_a_team_shares_a_server(workload: Workload, database: Callable[[], str]) -> None:
    url = database()
    workload.scan()
    with open_whole(state=url) as whole:
        one = whole.register[0].threat.id
        decide(whole.state, "root", "accept", [one], {"by": "Rosa", "until": "2099-01-01", "why": "small"})
        here = {row.threat.id: row.risk for row in whole.register}
    assert not (workload.folder / ".bastide").exists()
    with open_whole(state=url) as whole:
        assert not whole.scanned.fresh
        assert {row.threat.id: row.risk for row in whole.register} == here
        assert next(row.status for row in whole.register if row.threat.id == one) == "accepted"
    with open_whole() as whole:
        assert {row.threat.id: row.risk for row in whole.register} == here


@pytest.mark.slow
def test_breaking_one_control_of_the_example_moves_exactly_what_it_mitigates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "example"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".bastide"))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("BASTIDE_STATE", raising=False)
    example, resource = Workload(folder), "terraform#aws_db_instance.orders"

    def residual(whole: Whole) -> dict[str, tuple[float, float]]:
        return {row.threat.id: (row.risk.low, row.risk.high) for row in whole.register if row.risk}

    with example.whole() as whole:
        before = residual(whole)
        verdicts = {tuple(row.values()) for row in whole.known.select(VERDICTS)}
    example.change("multi_az                            = true", "multi_az = false", "terraform/database.tf")
    with example.whole() as whole:
        after = residual(whole)
        changed = {tuple(row.values()) for row in whole.known.select(VERDICTS)} ^ verdicts
        assert changed == {("rds.instance-runs-in-several-zones", resource, status) for status in ("pass", "fail")}
        expected = whole.known.select(
            f"""select distinct a.threat from aims a join objective_controls c using (objective)
            where c.control = 'rds.instance-runs-in-several-zones' and (a.scope = 'workload' or exists (
              select 1 from threat_resources r where r.threat = a.threat and r.resource = '{resource}'))"""
        )
    assert before.keys() == after.keys()
    moved = {name for name in before if before[name] != pytest.approx(after[name])}
    assert moved == {row["threat"] for row in expected} != set()
    assert all(after[name][1] > before[name][1] for name in moved)
