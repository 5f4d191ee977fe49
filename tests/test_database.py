import os
import subprocess
import sys

import duckdb
import pytest

from bastide import database


def test_a_database_has_the_settings_that_are_asked_for() -> None:
    connection = database.connect(threads=1, memory_limit="100MB")
    found = dict(connection.execute("select name, value from duckdb_settings()").fetchall())
    assert (found["threads"], found["memory_limit"]) == ("1", "95.3 MiB")
    assert found["autoinstall_known_extensions"] == found["autoload_known_extensions"] == "false"
    with pytest.raises(duckdb.Error):
        database.connect(no_such_setting=1)


def test_names_of_columns_are_no_two_the_same() -> None:
    cursor = database.connect().execute("select 1 as a, 2 as a, 3 as a_2, 4 as a")
    assert database.names_of(cursor) == ["a", "a_3", "a_2", "a_4"]


def test_no_thread_is_left_by_databases_on_one_thread() -> None:
    program = """
from bastide import beside, database
beside.load("numpy", "duckdb", "pyarrow.parquet")
connection = database.connect(threads=1)
connection.execute("copy (select 1 as a) to '/dev/null' (format parquet)")
print(beside.may_fork())
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "True\n"


def test_times_have_a_zone_on_a_system_that_knows_none() -> None:
    program = """
from bastide import database
print(database.connect(threads=1).execute("select timestamptz '2026-11-01 10:00:00+01'").fetchone()[0].utcoffset())
"""
    environment = {**os.environ, "PYTHONTZPATH": "", "TZ": "Etc/UTC"}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert ran.stdout == "0:00:00\n"
