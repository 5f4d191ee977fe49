"""The run's verdicts as OCSF files: valid events, partitioned, each file whole."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from bastide.errors import UsageError
from bastide.export import ocsf
from bastide.export.ocsf import into_folder, last_run, parts
from bastide.history.findings import connect
from bastide.report.ocsf import VERSION
from tests.export.conftest import ACCOUNT, CONTROL, CONTROLS, REGION, History


def exported(history: History, folder: Path, controls: Any = CONTROLS) -> dict[str, list[dict[str, Any]]]:
    """The events by file; every one is valid."""
    schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=VERSION))
    validator = jsonschema_rs.validator_for(schemas.get_class_schema("compliance_finding", profiles=["cloud"]))
    counts: dict[str, int] = {}
    into_folder(last_run(history.root), folder, controls, lambda part, count: counts.update({part.key: count}))
    found = {}
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        events = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
        for event in events:
            validator.validate(event)
        found[file.relative_to(folder).as_posix()] = events
    assert counts == {name: len(events) for name, events in found.items()}
    return found


def test_files_by_region_account_and_day(history: History, tmp_path: Path) -> None:
    history.run({"old": "fail"})
    history.run({"a": "fail", "b": "pass", "c": "unknown", "d": "exempt"})
    ((name, events),) = exported(history, tmp_path / "out").items()
    assert name == f"region={REGION}/accountId={ACCOUNT}/eventDay=19700103/run-2.ndjson.gz"
    assert [event["status"] for event in events] == ["New", "Resolved", "New", "Suppressed"]
    first = events[0]
    assert first["cloud"] == {"provider": "AWS", "region": REGION, "account": {"uid": ACCOUNT}}
    assert first["finding_info"]["uid"] == f"{CONTROL}/a"
    assert first["finding_info"]["title"] == CONTROLS[CONTROL].title
    assert first["resources"][0]["uid"] == f"aws:{ACCOUNT}#arn:aws:s3:::a"
    assert first["remediation"]["desc"]


def test_a_finding_was_created_when_it_was_opened(history: History, tmp_path: Path) -> None:
    history.run({"a": "fail"})
    history.run({"a": "fail", "b": "fail", "c": "pass"})
    (events,) = exported(history, tmp_path / "out").values()
    day = 86_400_000
    assert [event["finding_info"]["created_time"] for event in events] == [day, 2 * day, 2 * day]
    assert {event["time"] for event in events} == {2 * day}


def test_a_layer_is_named(history: History, tmp_path: Path) -> None:
    layer = "arn:aws:s3::111111111111:account-public-access-block"
    history.run({"a": "pass", "b": "pass"}, layers={"a": layer})
    (events,) = exported(history, tmp_path / "out").values()
    first, second = events
    assert first["unmapped"]["compensated_by"] == layer
    assert any(layer in text for text in first["compliance"]["status_details"])
    assert "compensated_by" not in second["unmapped"]


def test_what_has_no_region_is_in_the_home_of_its_partition(history: History, tmp_path: Path) -> None:
    history.run({"a": "fail"}, region="global")
    (name,) = exported(history, tmp_path / "out")
    assert name.startswith("region=us-east-1/")


def test_a_control_that_is_in_no_library_any_more(history: History, tmp_path: Path) -> None:
    history.run({"a": "fail"})
    ((event,),) = exported(history, tmp_path / "out", {}).values()
    assert event["compliance"]["control"] == CONTROL
    assert event["finding_info"]["title"] == CONTROLS[CONTROL].title


def test_many_rows_go_through_one_at_a_time(history: History, tmp_path: Path) -> None:
    history.run({f"b{number}": "fail" for number in range(2500)})
    (events,) = exported(history, tmp_path / "out").values()
    assert len({event["finding_info"]["uid"] for event in events}) == 2500


def test_the_same_run_gives_the_same_bytes(history: History, tmp_path: Path) -> None:
    history.run({"a": "fail", "b": "pass"})
    for name in ("one", "two"):
        exported(history, tmp_path / name)
    one, two = (next(one for one in (tmp_path / name).rglob("*.gz")).read_bytes() for name in ("one", "two"))
    assert one == two


def test_a_file_that_cannot_be_finished_is_not_there(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.run({"a": "fail"})
    monkeypatch.setattr(ocsf, "events", lambda *_: iter([{"finding_info": {}, "metadata": {}}, None]))
    with pytest.raises(TypeError):
        into_folder(last_run(history.root), tmp_path / "out", CONTROLS, lambda *_: None)
    assert [one for one in (tmp_path / "out").rglob("*") if one.is_file()] == []


def test_without_a_run_or_its_tables(history: History) -> None:
    with pytest.raises(UsageError, match="no findings of live accounts"):
        last_run(history.root)
    shutil.rmtree(history.run({"a": "fail"}))
    with pytest.raises(UsageError, match="tables of the last run are gone"):
        last_run(history.root)


def test_an_account_without_verdicts_has_no_file(history: History) -> None:
    history.run({})
    assert list(parts(last_run(history.root))) == []


def test_the_work_grows_with_the_rows_of_a_part_only(history: History, tmp_path: Path) -> None:
    """Every operator of the query gives at most some rows for each verdict, whatever other accounts have."""
    for account in range(1, 4):
        history.run({f"b{number}": "fail" for number in range(400)}, account=f"{account:012}")
    run = last_run(history.root)
    (part,) = parts(run)
    with connect(run.root) as connection:
        given = {"regions": list(part.regions), "account": part.account}
        sql = ocsf._VERDICTS.format(**ocsf._sources(run.tables / part.account))
        ((_, text),) = connection.execute(f"explain (analyze, format json) {sql}", given).fetchall()

    def rows(node: dict[str, Any]) -> int:
        return max([node["intermediate_rows"], *map(rows, node.get("children", ()))])

    assert 400 <= max(map(rows, json.loads(text)["operator"])) <= 2 * 400
    assert not re.search("NL_JOIN|NESTED|CROSS_PRODUCT", text)  # which look at each pair of rows
