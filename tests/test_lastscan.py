"""What is kept of a scan: every table, without secrets, whole or not at all, and locked when it is read."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from bastide.controls.entry import Control
from bastide.controls.verdict import Coverage, Evidence, Report, Verdict
from bastide.errors import UsageError
from bastide.lastscan import WORTH_A_PROCESS, Keeper, folder_of_last_scan, open_last_scan
from bastide.resources.model import Link, Problem, Resource
from bastide.scan import ScanResult
from bastide.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_ACCOUNTS = {"reads", "unread"}
"""Tables that only scans of live accounts have."""
SECRET = "AKIAZQ7ZJ3MPLRT4WXQY"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory, and a state folder beside it."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return work


def result(address: str = "aws_iam_role.r", **properties: object) -> ScanResult:
    """One role with a finding, an unknown, a link and a policy; one problem."""
    statement = {"Effect": "Allow", "Action": ["s3:*"], "Resource": "*", "Principal": {"AWS": "*"}}
    role = Resource(
        "AWS::IAM::Role", address, "infra", "terraform", "infra/a.tf", 3, 9,
        {"AssumeRolePolicyDocument": {"Statement": [statement]}, **properties}, "aws_iam_role",
        {"Path": f"var.path: default is {SECRET}"}, [Link("PermissionsBoundary", "aws_iam_policy.p", "arn")],
    )  # fmt: skip
    texts = {"terraform": "t", "cloudformation": "c", "cli": "x"}
    control = Control(
        id="iam.x", title="t", resource="AWS::IAM::Role", severity="high", require="Path = '/'", rationale="r",
        remediation=texts, frameworks={"well-architected": ["SEC03-BP02"]}, attack=["T1078"], place="x:1",
    )  # fmt: skip
    verdict = Verdict(control, "fail", role, (Evidence("Path", None, "not set", "infra/a.tf", 5),))
    coverage = Coverage(problems=[Problem("partial", "b.tf", 4, f"token={SECRET}", 2)])
    report = Report("1", 0.0, 0.1, (".",), [verdict], coverage, [control])
    return ScanResult(report, [role])


def save(result: ScanResult) -> None:
    """As a scan does it."""
    keeper = Keeper()
    try:
        keeper.resources(result.resources)
        keeper.report(result)
    finally:
        keeper.close()


def processes(monkeypatch: pytest.MonkeyPatch, at_least: int) -> None:
    """Have processes write the tables of so many resources, though a database has threads in this process."""
    monkeypatch.setattr("bastide.lastscan.WORTH_A_PROCESS", at_least)
    monkeypatch.setattr("bastide.lastscan.may_fork", lambda: True)


def rows(sql: str) -> list[tuple[object, ...]]:
    return open_last_scan().execute(sql).fetchall()


def test_every_table_has_its_rows_and_columns() -> None:
    save(result())
    assert rows("select address, type, name, unit, source, path, line from resources") == [
        ("aws_iam_role.r", "AWS::IAM::Role", "aws_iam_role", "infra", "terraform", "infra/a.tf", 3)
    ]
    assert rows("select property from unresolved") == [("Path",)]
    assert rows("select resource, target, attribute from links") == [
        ("infra#aws_iam_role.r", "infra#aws_iam_policy.p", "arn")
    ]
    assert rows("select effect, actions, principals[1].id from statements") == [("allow", ["s3:*"], "*")]
    assert rows("select control, status, severity, path, line, new from verdicts") == [
        ("iam.x", "fail", "high", "infra/a.tf", 5, True)
    ]
    assert rows("select id, attack, frameworks ->> '$.well-architected[0]' from controls") == [
        ("iam.x", ["T1078"], "SEC03-BP02")
    ]
    assert rows("select kind, path, line, count from coverage") == [("partial", "b.tf", 4, 2)]
    for table, columns in TABLES.items():
        assert [column[0] for column in open_last_scan().execute(f"from {table}").description or ()] == list(columns)


def test_tables_without_rows_are_tables() -> None:
    save(ScanResult(Report("1", 0.0, 0.1, (".",), [], Coverage(), []), []))
    assert rows("select version, targets, live, whole from scan") == [("1", ["."], False, True)]
    others = [table for table in TABLES if table != "scan"]
    assert [rows(f"select count(*) from {table}") for table in others] == [[(0,)]] * len(others)


def test_no_secret_is_kept() -> None:
    save(
        result(
            f'aws_iam_role.r["{SECRET}"]', Description=f"key {SECRET}", Tags=[{"Key": "Password", "Value": "hunter2"}]
        )
    )
    kept = "".join(path.read_text() for path in folder_of_last_scan().iterdir())
    assert "Password" in kept
    assert SECRET not in kept
    assert "hunter2" not in kept
    (joined,) = rows("select count(*) from verdicts v join resources r on v.resource = r.id")
    assert joined == (1,)


def test_names_that_are_no_text_are_kept_as_text() -> None:
    save(result("aws_iam_role.\udcff\x00\u2028"))
    ((address,),) = rows("select address from resources")
    assert str(address).startswith("aws_iam_role.")


def test_a_new_scan_replaces_the_last_one_whole(here: Path) -> None:
    save(result("old"))
    folder = folder_of_last_scan()
    (folder / "left.txt").write_text("")
    save(result("new"))
    assert rows("select address from resources") == [("new",)]
    tables = sorted(f"{table}.jsonl" for table in TABLES if table not in OF_ACCOUNTS)
    assert sorted(path.name for path in folder.iterdir()) == tables
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_each_working_directory_has_its_own(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(result())
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below")
    with pytest.raises(UsageError, match="no scan of this folder"):
        open_last_scan()


def test_only_the_person_can_read_it() -> None:
    save(result())
    folder = folder_of_last_scan()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("state", ["/proc/nowhere", "/dev/null/x"])
def test_a_state_folder_that_cannot_be_written_is_no_error(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", state)
    save(result())
    processes(monkeypatch, 1)
    save(result())
    with pytest.raises(UsageError):
        open_last_scan()


@pytest.mark.parametrize("at_least", [1, WORTH_A_PROCESS])
def test_tables_are_the_same_from_processes_beside_the_scan(at_least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    processes(monkeypatch, at_least)
    save(result())
    assert rows("select r.address, v.status from resources r, verdicts v") == [("aws_iam_role.r", "fail")]
    assert rows("select count(*) from links") == rows("select count(*) from coverage") == [(1,)]


@pytest.mark.parametrize("parts", [[], [(0, 1)], [(2, 3), (0, 2)], [(0, 3)]])
def test_verdicts_are_all_there_whoever_looks_at_which_of_them(
    parts: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process or several write them where they look at them, and what nobody looks at is written in the end."""
    processes(monkeypatch, 1)
    found = result()
    found.report.verdicts *= 3
    keeper = Keeper()
    keeper.resources(found.resources)
    keeper.report(found, looked_at=True)
    assert found.report.looked_at
    for start, end in parts:
        found.report.looked_at(found.report.verdicts[start:end], start)
    keeper.close()
    assert rows("select control, path, line from verdicts") == [("iam.x", "infra/a.tf", 5)] * 3
    assert rows("select count(*) from coverage") == rows("select count(*) from controls") == [(1,)]
    assert sorted(path.suffix for path in folder_of_last_scan().iterdir()) == [".jsonl"] * len(
        TABLES.keys() - OF_ACCOUNTS
    )


@pytest.mark.parametrize("at_least", [1, WORTH_A_PROCESS])
def test_a_scan_that_comes_to_no_report_leaves_the_last_one(at_least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    save(result("old"))
    processes(monkeypatch, at_least)
    keeper = Keeper()
    keeper.resources(result("new").resources)
    keeper.close()
    assert rows("select address from resources") == [("old",)]
    assert len(list(folder_of_last_scan().parent.iterdir())) == 1


@pytest.mark.parametrize("method", ["of_resources", "of_verdicts"])
def test_tables_that_a_process_did_not_finish_do_not_take_the_place(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(result("old"))
    processes(monkeypatch, 1)
    monkeypatch.setattr(f"bastide.lastscan.{method}", lambda _: iter([("resources", _killed())]))
    save(result("new"))
    assert rows("select address from resources") == [("old",)]


def _killed() -> Iterator[bytes]:
    os.kill(os.getpid(), signal.SIGKILL)
    yield b""


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/hostname')",
        "select * from '/etc/passwd'",
        "copy resources to 'out.csv'",
        "attach 'other.db'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "export database 'out'",
    ],
)
def test_the_connection_reaches_nothing(sql: str, here: Path) -> None:
    save(result())
    with pytest.raises(duckdb.Error):
        open_last_scan().execute(sql)
    assert list(here.iterdir()) == []


def test_the_connection_follows_no_link_that_lies_in_the_folder(here: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    (here / ".tmp").symlink_to(tmp_path)
    save(result())
    for sql in ("select content from read_text('.tmp/secret.txt')", "select * from glob('.tmp/*')"):
        with pytest.raises(duckdb.Error):
            open_last_scan().execute(sql)


def test_a_folder_with_a_quote_in_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "it's; drop"))
    save(result())
    assert rows("select count(*) from resources") == [(1,)]
