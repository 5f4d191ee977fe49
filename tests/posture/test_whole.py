"""Everything together: what is broken in the code moves what it should, and nothing else."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bastide.controls.packs import packs
from bastide.errors import UsageError
from bastide.lastscan import Keeper
from bastide.objectives.attest import attest
from bastide.posture.whole import TABLES, Whole, columns_of, open_whole
from bastide.scan import scan
from bastide.settings import load_settings
from bastide.state.journal import append
from bastide.threats.register import decide
from tests.loop import MANIFEST, Workload

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


@pytest.mark.parametrize("choice", [{"only": ["severity=info"]}, {"skip": ["s3.*"]}, {"exclude": ["stack.yaml"]}])
def test_a_scan_that_chose_on_the_command_line_is_not_of_all(workload: Workload, choice: dict[str, list[str]]) -> None:
    with workload.whole() as whole:
        before = whole.known.select(f"{VERDICTS} order by all")
    keeper, settings = Keeper(), load_settings({})
    keeper.report(scan(["."], settings.scan | choice, settings.exemptions))
    keeper.close()
    with open_whole() as whole:
        assert whole.known.select(f"{VERDICTS} order by all") == before


def test_a_choice_of_the_manifest_is_the_workloads(workload: Workload) -> None:
    workload.write("bastide.yaml", f"{MANIFEST}scan: {{skip: [s3.*]}}\n")
    with workload.whole() as whole:
        first = whole.scanned.id
    with open_whole() as whole:
        assert whole.scanned.id == first


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


OBJECTIVE = """\
- id: data.orders-are-locked
  title: Orders stay as they are
  why: Who ordered is owed.
  controls: [{id: [s3.bucket-keeps-versions]}]
"""
POLICY = """\
id: shop-policy
name: Our policy
version: "1"
publisher: Us
basis: judgement
about: Made for a test.
groups: [{id: A, name: all}]
requirements:
  - {id: A-1, name: public access is blocked, group: A, kind: technical, from: {fsbp: [S3.8]}}
  - {id: A-2, name: people know it, group: A, kind: procedural}
"""
TEMPLATE = """\
- id: shop.orders-are-lost
  title: Orders are lost
  stride: tampering
  source: somebody
  prerequisites: with a key
  action: delete {name}
  impact: tickets that nobody has
  goals: [integrity]
  when: select id as element from elements where name = 'Orders'
  likelihood: {value: 3, because: it happens}
  impact_value: {value: 3, because: it costs}
  objectives: [data.orders-are-locked]
"""


def test_what_a_pack_asks_for_is_part_of_everything(workload: Workload) -> None:
    for area, text in (("objectives/data", OBJECTIVE), ("frameworks/shop-policy", POLICY), ("threats/shop", TEMPLATE)):
        (workload.folder / "pack" / area).parent.mkdir(parents=True)
        workload.write(f"pack/{area}.yaml", text)
    head = "  requirements: [shop-policy]\npacks: [pack]\n"
    workload.write("bastide.yaml", (workload.folder / "bastide.yaml").read_text() + head)
    with workload.whole() as whole:
        until = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)).isoformat()
        attest(whole.state, "me", "shop-policy/A-2", by="Ada", until=until, statement="all read it")

    def seen() -> tuple[dict[str, str], str, bool]:
        with workload.whole() as whole:
            known = whole.known
            requirements = known.select("select id, status from requirements where framework = 'shop-policy'")
            (objective,) = known.select("select status, threats from objectives where id = 'data.orders-are-locked'")
            (row,) = (one for one in whole.register if one.threat.template == "shop.orders-are-lost")
            assert objective["threats"] == [row.threat.id]
            assert row.risk is not None
            return {one["id"]: one["status"] for one in requirements}, objective["status"], row.risk.high < 9

    assert seen() == ({"A-1": "met", "A-2": "attested"}, "broken", False)
    workload.change("      BucketEnc", "      VersioningConfiguration: {Status: Enabled}\n      BucketEnc")
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    assert seen() == ({"A-1": "not-met", "A-2": "attested"}, "holds", True)


def test_a_pack_whose_objective_nothing_serves_is_told(workload: Workload) -> None:
    (workload.folder / "pack" / "objectives").mkdir(parents=True)
    workload.write("pack/objectives/data.yaml", OBJECTIVE.replace("keeps-versions", "keeps-verses"))
    workload.write("bastide.yaml", (workload.folder / "bastide.yaml").read_text() + "packs: [pack]\n")
    with pytest.raises(UsageError, match=r"data\.yaml:1: data\.orders-are-locked has no control"), workload.whole():
        pass
    assert packs().folders == ()
