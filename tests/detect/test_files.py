"""Files with numbered events."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bastide.detect.files import ROWS, Files, events_of, near, relation
from bastide.detect.judge import session
from bastide.detect.small import stored
from bastide.errors import UsageError
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
            f'select event, "api.operation" from {relation(files, ["api.operation"])} order by event'
        ).fetchall()
        some = connection.execute(f"select event from {relation(files, [], [6])} order by event").fetchall()
    first, second = 5 << ROWS, 6 << ROWS
    assert [event for event, _ in found] == [first, first + 1, second, second + 1]
    assert [event for (event,) in some] == [second, second + 1]
    assert {name for event, name in found if event >= second} == {"ListBuckets", "Get1"}


def test_a_bucket_is_told_by_its_name() -> None:
    assert Files("api_activity", ("s3://lake/a.parquet",)).remote


@pytest.fixture
def remote(tmp_path: Path, aws: Callable[..., Any]) -> Files:
    """Three files in a bucket, of five events each in groups of two."""
    client = aws("s3")
    client.create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    names = []
    for number in range(3):
        (one,) = stored(records(*({**EVENT, "eventName": f"Get{number}{at}"} for at in range(5))), tmp_path)
        pq.write_table(pq.read_table(one.path), one.path, row_group_size=2)
        client.put_object(Bucket="lake", Key=f"a/{number}.parquet", Body=Path(one.path).read_bytes())
        names.append(f"s3://lake/a/{number}.parquet")
    return Files("api_activity", tuple(names), 7)


def test_files_of_a_bucket_are_near_for_a_while(remote: Files, tmp_path: Path) -> None:
    folder = tmp_path / "near"
    with near(remote, folder) as here, session() as connection:
        found = connection.execute(
            f'select event, "api.operation" from {relation(here, ["api.operation"])} order by event'
        ).fetchall()
    assert found == [((7 + at // 5 << ROWS) + at % 5, f"Get{at // 5}{at % 5}") for at in range(15)]
    assert not folder.exists()


def test_files_of_a_folder_are_near_already(tmp_path: Path) -> None:
    files = Files("api_activity", ("x.parquet",))
    with near(files, tmp_path / "near") as here:
        assert here is files
    assert not (tmp_path / "near").exists()


def test_single_events_of_a_bucket(remote: Files) -> None:
    wanted = [7 << ROWS, (7 << ROWS) + 1, (7 << ROWS) + 4, (9 << ROWS) + 3]
    found = events_of(remote, np.array(wanted), ["api.operation", "metadata.uid", "nothing.of.it"])
    assert found.column("event").to_pylist() == wanted
    assert [one["operation"] for one in found.column("api").to_pylist()] == ["Get00", "Get01", "Get04", "Get23"]
    assert found.column_names == ["api", "metadata", "event"]
    none = events_of(remote, np.array([], np.int64), ["api.operation"])
    assert (len(none), none.schema.field("event").type) == (0, pa.int64())


@pytest.mark.parametrize(
    ("path", "said"),
    [("s3://lake/a/gone.parquet", "the file is there no more"), ("s3://nobody-has-this/a", "there no more|S3 refuses")],
)
def test_what_a_bucket_does_not_give_says_why(remote: Files, tmp_path: Path, path: str, said: str) -> None:
    files = Files("api_activity", (remote.paths[0], path))
    with pytest.raises(UsageError, match=said), near(files, tmp_path / "near"):
        pass
    assert not (tmp_path / "near").exists()
    with pytest.raises(UsageError, match=said):
        events_of(files, np.array([1 << ROWS]), ["api.operation"])
