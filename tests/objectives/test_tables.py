"""The tables of objectives and requirements: what a verdict moves, and what it does not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bastide.controls.frameworks import ATTACK, framework, framework_names
from bastide.objectives.attest import attest
from bastide.objectives.tables import TABLES
from bastide.posture.whole import Whole, open_whole
from tests.loop import Workload

pytestmark = pytest.mark.slow
LATER = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)).isoformat()
CONTROL = "s3.bucket-blocks-public-access"


def rows(whole: Whole, table: str, key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in whole.known.run(f"select *, framework || '/' || id as name from {table}"
            if table == "requirements" else f"select * from {table}")}  # fmt: skip


def test_they_have_the_columns_that_are_documented(workload: Workload) -> None:
    with workload.whole() as whole:
        for name, columns in TABLES.items():
            assert whole.known.columns(f"select * from {name}") == list(columns)
        wanted = sum(len(framework(name).requirements) for name in framework_names() if name != ATTACK)
        assert whole.known.run("select count(*) as n from requirements") == [{"n": wanted}]


def test_breaking_a_control_moves_what_it_serves_and_nothing_else(workload: Workload) -> None:
    with workload.whole() as whole:
        objectives, requirements = rows(whole, "objectives", "id"), rows(whole, "requirements", "name")
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        after, requirements_after = rows(whole, "objectives", "id"), rows(whole, "requirements", "name")
        serves = {row["objective"] for row in whole.known.run(
            "select distinct objective from objective_controls where control = ?", [CONTROL])}  # fmt: skip
    moved = {name for name, row in after.items() if row["failed"] != objectives[name]["failed"]}
    assert moved == serves != set()
    assert all(after[name]["status"] == "broken" and after[name]["share"] < objectives[name]["share"] for name in moved)
    moved = {name for name, row in requirements_after.items() if row["failed"] != requirements[name]["failed"]}
    assert moved == {name for name, row in requirements.items() if CONTROL in row["controls"]} != set()
    assert all(requirements_after[name]["status"] == "not-met" for name in moved)
    changed = {name for name, row in requirements_after.items() if row["status"] != requirements[name]["status"]}
    assert changed <= moved


def test_it_holds_again_since_it_was_mended(workload: Workload) -> None:
    name = "data.no-public-storage"
    with workload.whole() as whole:
        first = rows(whole, "objectives", "id")[name]
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        broken = rows(whole, "objectives", "id")[name]
        assert broken["since"] == whole.scanned.at
    workload.change("BlockPublicAcls: false", "BlockPublicAcls: true")
    with workload.whole() as whole:
        mended = rows(whole, "objectives", "id")[name]
        assert mended["since"] == whole.scanned.at
    with workload.whole() as whole:
        assert rows(whole, "objectives", "id")[name]["since"] == mended["since"]
    assert [first["status"], broken["status"], mended["status"]] == ["holds", "broken", "holds"]
    assert first["since"] < broken["since"] < mended["since"]


def test_kinds_are_counted_of_what_judged_something(workload: Workload) -> None:
    with workload.whole() as whole:
        row = rows(whole, "objectives", "id")["data.encrypted-at-rest"]
    assert (row["preventive"], row["detective"], row["in_code"], row["in_accounts"]) == (1, 0, "holds", "not-judged")
    assert row["controls"] > row["preventive"]


def test_an_objective_comes_from_requirements_and_threats(workload: Workload) -> None:
    workload.write("bastide.yaml", "workload:\n  name: shop\n  requirements: [cis-aws-5.0]\n")
    with workload.whole() as whole:
        row = rows(whole, "objectives", "id")["data.no-public-storage"]
        assert row["requirements"][0].startswith(("cis-aws-5.0/2.1.4", "well-architected/SEC03-BP07"))
        assert {name.partition("/")[0] for name in row["requirements"]} == {"cis-aws-5.0", "well-architected"}
        about = whole.known.run("select id from threats where list_contains(objectives, 'data.no-public-storage')")
        assert set(row["threats"]) == {one["id"] for one in about} != set()
        assert all(one["required"] == (one["framework"] == "cis-aws-5.0")
                   for one in rows(whole, "requirements", "name").values())  # fmt: skip


def test_a_word_counts_until_its_day(workload: Workload) -> None:
    subject = "well-architected/SEC10-BP02"
    with workload.whole() as whole:
        assert rows(whole, "requirements", "name")[subject]["status"] == "manual"
        attest(whole.state, "root", subject, by="Ada", until=LATER, statement="There is a plan")
        attest(
            whole.state, "root", "secrets.rotate", by="Ada", until="2020-06-01", statement="They do", today="2020-01-01"
        )
    with open_whole() as whole:
        row = rows(whole, "requirements", "name")[subject]
        assert (row["status"], row["attested_by"], row["attested_until"]) == ("attested", "Ada", LATER)
        assert rows(whole, "objectives", "id")["secrets.rotate"]["validated_by"] is None
        attest(whole.state, "root", "secrets.rotate", by="Grace", until=LATER, statement="They do")
    with open_whole() as whole:
        assert rows(whole, "objectives", "id")["secrets.rotate"]["validated_by"] == "Grace"


def test_an_expired_word_counts_no_more(workload: Workload) -> None:
    subject = "well-architected/SEC10-BP02"
    with workload.whole() as whole:
        attest(whole.state, "root", subject, by="Ada", until="2020-06-01", statement="There was", today="2020-01-01")
    with open_whole() as whole:
        row = rows(whole, "requirements", "name")[subject]
        assert (row["status"], row["attested_by"]) == ("manual", None)
