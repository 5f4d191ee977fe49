"""`bastide hunt` as a person runs it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_ingest import trail
from tests.lake.conftest import event

SQL = "select api.operation as what, http_request.user_agent as agent from api_activity"


@pytest.fixture
def lake(run: Run, project: Path) -> None:
    trail(project, "a.json.gz", event(1, userAgent="\x1b]0;x\x07 ##vso[task] =1+1"))
    run("ingest", "logs", "--lake", "lake")


def test_rows_in_every_form(run: Run, lake: None) -> None:
    done = run("hunt", SQL, "--lake", "lake")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "1 row"
    assert "GetObject" in done.stdout
    assert "\x1b" not in done.stdout
    rows = json.loads(run("hunt", SQL, "--lake", "lake", "-f", "json").stdout)["rows"]
    assert rows == [{"what": "GetObject", "agent": "\x1b]0;x\x07 ##vso[task] =1+1"}]
    header, row = csv.reader(io.StringIO(run("hunt", SQL, "--lake", "lake", "-f", "csv").stdout))
    assert (header, row[0], "\x1b" in row[1]) == (["what", "agent"], "GetObject", False)
    formulas = "select '=cmd()' as a, '@x' as b, -1 as c, '+1' as d, 'x' as e"
    _, cells = csv.reader(io.StringIO(run("hunt", formulas, "--lake", "lake", "-f", "csv").stdout))
    assert cells == ["'=cmd()", "'@x", "-1", "'+1", "x"]
    whole = run("hunt", "select * from api_activity", "--lake", "lake")
    assert (whole.returncode, "time_dt" in whole.stdout) == (0, True)


def test_columns_that_are_called_the_same_are_all_there(run: Run, lake: None) -> None:
    sql = "select actor.user.uid, metadata.uid, 1 as uid_2, cloud.account.uid from api_activity"
    (row,) = json.loads(run("hunt", sql, "--lake", "lake", "-f", "json").stdout)["rows"]
    one = event(1)
    assert row == {
        "uid": one["userIdentity"]["arn"], "uid_3": one["eventID"], "uid_2": 1, "uid_4": one["recipientAccountId"]
    }  # fmt: skip


def test_every_value_is_json(run: Run, lake: None) -> None:
    sql = "select 'nan'::double as a, [date '2026-01-01'] as b, map([date '2026-01-01'], [{'c': '-inf'::double}]) as d"
    done = run("hunt", sql, "--lake", "lake", "-f", "json")
    (row,) = json.loads(done.stdout, parse_constant=pytest.fail)["rows"]
    assert row == {"a": "nan", "b": ["2026-01-01"], "d": {"2026-01-01": {"c": "-inf"}}}


def test_names_of_columns_hide_nothing(run: Run, lake: None) -> None:
    for form, shown in (("terminal", "\\x1b[31mx"), ("csv", "\\x1b[31mx,'=1")):
        done = run("hunt", 'select 1 as "\x1b[31mx", 2 as "=1"', "--lake", "lake", "-f", form)
        assert (done.stdout.startswith(shown), done.returncode) == (True, 0)


def test_kept_and_explained(run: Run, lake: None) -> None:
    run("hunt", SQL, "--lake", "lake", "--save", "who")
    assert "GetObject" in run("hunt", "--saved", "who", "--lake", "lake").stdout
    assert "who" in run("hunt", "--saved", "list", "--lake", "lake").stdout
    assert "api_activity: 1 file" in run("hunt", "--saved", "who", "--lake", "lake", "--explain").stdout
    listed = json.loads(run("hunt", "--saved", "list", "--lake", "lake", "-f", "json").stdout)
    assert listed == {"version": 1, "hunts": [{"name": "who", "sql": SQL}]}


def test_what_can_be_asked(run: Run) -> None:
    assert "api_activity" in run("hunt").stdout
    assert "actor.user.name" in run("hunt", "--table", "api_activity").stdout.splitlines()


def test_wrong_use(run: Run, lake: None) -> None:
    for arguments, told in (
        (["drop table x"], "a hunt is one `select`"),
        (["select * from read_text('/etc/hostname')"], "does not run"),
        ([SQL, "--since", "soon"], "is no time"),
        (["--saved", "nothing"], "no hunt is saved"),
        ([SQL, "--saved", "x"], "names the query already"),
        ([SQL, "--save", "../x"], "is no name"),
    ):
        done = run("hunt", *arguments, "--lake", "lake")
        assert (done.returncode, told in done.stderr) == (2, True), done.stderr
