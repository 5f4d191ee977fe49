"""Opening the state: made, brought up to date, refused; whole or not at all."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from bastide.errors import UsageError
from bastide.state.database import from_milliseconds, is_there, open_state, state_url
from bastide.state.journal import append, entries, verify


def test_an_empty_database_is_made_and_found_again(url: str) -> None:
    with open_state("shop", url) as state:
        append(state, "rosa", "threat.accept", "T-1", {"by": "Rosa"})
    with open_state("shop", url) as state:
        assert [entry.subject for entry in entries(state)] == ["T-1"]


def test_migrations_make_what_the_tables_declare(url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from bastide.state.tables import metadata

    with open_state("shop", url) as state, state.transaction() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_state_of_a_newer_bastide_is_left_alone(url: str) -> None:
    with open_state("shop", url) as state, state.transaction() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(UsageError, match="newer bastide") as told, open_state("shop", url):
        pass
    assert "update bastide" in told.value.remedy


def test_what_breaks_in_a_transaction_is_not_kept(url: str) -> None:
    with open_state("shop", url) as state:
        with contextlib.suppress(RuntimeError), state.transaction() as connection:
            connection.execute(text("insert into scans values ('a', 'shop', 't', true, '[]', '', '', '', 1, true)"))
            raise RuntimeError
        with state.transaction() as connection:
            assert connection.execute(text("select count(*) from scans")).scalar() == 0


def _write(url: str, name: str) -> None:
    with open_state("shop", url) as state:
        for number in range(20):
            append(state, name, "threat.comment", f"T-{number}", {"text": name})


def test_commands_at_the_same_time_wait_for_each_other(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write, args=(url, name)) for name in ("a", "b", "c")]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    with open_state("shop", url) as state:
        assert verify(state) == []
        assert len(entries(state)) == 60


def test_several_workloads_may_make_the_tables_at_once(url: str) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.starmap(_open, [(f"w{number}", url) for number in range(8)])


def _open(workload: str, url: str) -> None:
    with open_state(workload, url) as state:
        append(state, "a", "threat.comment", "T-1", {})


def test_a_kill_loses_nothing_that_was_reported(url: str, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from bastide.state.database import open_state\n"
        "from bastide.state.journal import append\n"
        "with open_state('shop', sys.argv[1]) as state:\n"
        "    while True:\n"
        "        print(append(state, 'a', 'threat.comment', 'T', {}).number, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    said = [int(process.stdout.readline()) for _ in range(10)]
    os.kill(process.pid, signal.SIGKILL)
    said += [int(line) for line in process.stdout.read().split() if line]
    process.wait()
    process.stdout.close()
    with open_state("shop", url) as state:
        assert verify(state) == []
        assert len(entries(state)) >= said[-1]


def test_workloads_in_one_database_do_not_see_each_other(url: str) -> None:
    with open_state("shop", url) as state:
        append(state, "a", "threat.comment", "T", {})
    with open_state("office", url) as state:
        assert entries(state) == []
        assert append(state, "a", "threat.comment", "T", {}).number == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("no url", "no URL of a database"),
        ("mysql://host/name", "SQLite or PostgreSQL"),
        ("sqlite:////no/such/folder/x.db", "no such folder"),
        ("postgresql://nobody@127.0.0.1:1/none", "start the server"),
    ],
)
def test_what_cannot_be_opened_says_why(given: str, said: str) -> None:
    with pytest.raises(UsageError) as told, open_state("shop", given):
        pass
    assert said in told.value.text() or said.capitalize() in told.value.text()


def test_a_password_is_not_told() -> None:
    with pytest.raises(UsageError) as told, open_state("shop", "postgresql://me:not-a-real-word@127.0.0.1:1/none"):
        pass
    assert "not-a-real-word" not in told.value.text()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_text("This is a letter, and it is long enough to be looked at. " * 40)
    with pytest.raises(UsageError, match="not a database"), open_state("shop", f"sqlite:///{tmp_path}/state.db"):
        pass


def test_a_full_disk_is_told_and_nothing_half_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    with open_state("shop", url) as state:
        append(state, "a", "threat.comment", "T", {})
        with state.transaction() as connection:
            pages = connection.execute(text("pragma page_count")).scalar()
        event_of = state._engine
        from sqlalchemy import event

        event.listen(event_of, "begin", lambda c: c.exec_driver_sql(f"pragma max_page_count = {pages}"))
        with pytest.raises(UsageError, match="full") as told:
            append(state, "a", "threat.comment", "T", {"text": "x" * 1_000_000})
        assert "room" in told.value.remedy
    with open_state("shop", url) as state:
        assert verify(state) == []
        assert len(entries(state)) == 1


def test_the_url_is_of_the_command_else_the_environment_else_the_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("BASTIDE_STATE", raising=False)
    assert state_url().startswith(f"sqlite:///{tmp_path}/home/")
    assert state_url("", "sqlite:///m.db") == "sqlite:///m.db"
    monkeypatch.setenv("BASTIDE_STATE", "sqlite:///e.db")
    assert state_url("", "sqlite:///m.db") == "sqlite:///e.db"
    assert state_url("sqlite:///g.db", "sqlite:///m.db") == "sqlite:///g.db"
    (tmp_path / "bastide.yaml").write_text("workload: {name: shop}\n")
    monkeypatch.delenv("BASTIDE_STATE")
    assert state_url() == f"sqlite:///{tmp_path}/.bastide/state.db"


def test_times_sort_as_text() -> None:
    assert from_milliseconds(1_795_785_426_002) == "2026-11-27T13:17:06.002Z"


def test_a_state_is_there_once_something_was_kept(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    assert not is_there(url)
    with open_state("shop", url):
        pass
    assert is_there(url)
    assert is_there(url.replace("sqlite:", "sqlite+pysqlite:"))
    assert is_there("postgresql://host/name")
