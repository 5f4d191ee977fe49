"""Files with numbered events."""

from __future__ import annotations

from pathlib import Path

from bastide.detect.files import ROWS, Files, relation
from bastide.detect.judge import session
from bastide.detect.small import stored
from tests.detect.conftest import records

EVENT = {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}


def test_events_are_numbered_by_file_and_row(tmp_path: Path) -> None:
    paths = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        paths += [one.path for one in stored(records(EVENT, {**EVENT, "eventName": f"Get{number}"}), folder)]
    files = Files("api_activity", tuple(paths), 5)
    assert not files.remote
    with session() as connection:
        found = connection.execute(
            f'select event, "api.operation" from {relation(connection, files, ["api.operation"])} order by event'
        ).fetchall()
    first, second = 5 << ROWS, 6 << ROWS
    assert [event for event, _ in found] == [first, first + 1, second, second + 1]
    assert {name for event, name in found if event >= second} == {"ListBuckets", "Get1"}


def test_a_bucket_is_told_by_its_name() -> None:
    assert Files("api_activity", ("s3://lake/a.parquet",)).remote
