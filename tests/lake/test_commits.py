"""Commits as they are written and read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.errors import SourceError
from bastide.lake.commits import Commit, File, Input, digest, encoded, path_of, read_commits
from bastide.lake.storage import Folder

FILE = File("api_activity/region=r/accountId=a/eventDay=20261101/x.parquet", 3, 9, 1, 2, "h", {"cloudtrail": 3})


def test_a_commit_is_read_as_it_was_written(tmp_path: Path) -> None:
    storage = Folder(tmp_path)
    first = Commit(1, 5, "ingest", add=(FILE,), inputs=(Input("a", 1, "m", "cloudtrail", 3),), events=3)
    second = Commit(2, 6, "expire", before=digest(encoded(first)), remove=(FILE.path,))
    for one in (first, second):
        storage.write(path_of(one.sequence), encoded(one))
    assert [one for one, _ in read_commits(storage)] == [first, second]
    assert [one for one, _ in read_commits(storage, after=1)] == [second]
    assert first.tables() == {"api_activity": [FILE]}
    assert FILE.partition.day == "20261101"


def test_what_is_no_commit(tmp_path: Path) -> None:
    Folder(tmp_path).write(path_of(1), b'{"sequence": "x"}')
    with pytest.raises(SourceError, match="not a commit"):
        list(read_commits(Folder(tmp_path)))


@pytest.mark.parametrize("path", ["../x", "api_activity/../../x", "/etc/x", "a\0b"])
def test_a_commit_names_no_file_outside_of_the_lake(tmp_path: Path, path: str) -> None:
    storage, file = Folder(tmp_path), File(path, 0, 0, 0, 0, "")
    for more in ({"add": (file,)}, {"quarantine": (file,)}, {"remove": (path,)}):
        storage.write(path_of(1), encoded(Commit(1, 5, "ingest", **more)))
        with pytest.raises(SourceError, match="outside of the lake"):
            list(read_commits(storage))


def test_a_path_that_is_none() -> None:
    with pytest.raises(SourceError):
        _ = File("x", 0, 0, 0, 0, "").partition
