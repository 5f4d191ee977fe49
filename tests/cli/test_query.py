"""`bastide query` over the last scan, and what it cannot reach."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cli.conftest import Run


def test_tables_of_the_last_scan(run: Run) -> None:
    assert run("query", "select 1 from resources").returncode == 2
    run("scan", ".")
    done = run("query", "select address, type from resources", "-f", "json")
    assert json.loads(done.stdout) == [{"address": "aws_security_group.open", "type": "AWS::EC2::SecurityGroup"}]
    for table in ("resources", "unresolved", "links", "statements", "verdicts", "controls", "coverage"):
        assert run("query", f"select count(*) as n from {table}", "-f", "csv").stdout.startswith("n")
    assert "aws_security_group" in run("query", "select address from resources").stdout
    assert "resources" in run("query").stdout
    assert "at" in json.loads(run("query", "select now() as at", "-f", "json").stdout)[0]


def test_a_pipe_has_a_line_a_row_however_long(run: Run) -> None:
    run("scan", ".")
    done = run("query", "select repeat('wide ', 60) as long, 'x' || chr(10) || 'y' as two, null as none")
    assert done.stdout.splitlines() == [
        f"long{' ' * 298}two  none",
        f"{'wide ' * 60}  x y",
        "1 row",
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "selec 1",
        "select * from read_text('/etc/hostname')",
        "copy resources to 'x.csv'",
        "set lock_configuration=false",
    ],
)
def test_what_it_cannot_do(run: Run, sql: str) -> None:
    run("scan", ".")
    done = run("query", sql)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_cells_of_csv_are_no_formulas_and_hide_nothing(run: Run) -> None:
    run("scan", ".")
    hostile = "select '=cmd()' as a, chr(27) || '[31m' as b, -1 as c, null as d, true as e"
    _, cells = csv.reader(io.StringIO(run("query", hostile, "-f", "csv").stdout))
    assert cells == ["'=cmd()", "\\x1b[31m", "-1", "", "True"]
