"""Folders and buckets as lakes see them: the same, tried on a disk and on an emulated S3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bastide.errors import UsageError
from bastide.lake.storage import Bucket, Folder, Storage, storage


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    return Folder(tmp_path / "lake") if request.param == "folder" else Bucket(request.getfixturevalue("bucket"))


def test_files_are_written_read_named_and_gone(place: Storage, tmp_path: Path) -> None:
    assert place.names("x") == []
    assert place.size("x/a") is None
    place.write("x/a", b"one")
    place.write("x/a", b"two")
    local = tmp_path / "local"
    local.write_bytes(b"three")
    place.bring(local, "x/y/b")
    assert not local.exists()
    assert (place.read("x/a"), place.read("x/y/b")) == (b"two", b"three")
    assert (place.names("x"), place.size("x/y/b")) == (["x/a", "x/y/b"], 5)
    with place.stream("x/a") as stream:
        assert stream.read() == b"two"
    place.rename("x/a", "x/c")
    place.delete("x/y/b")
    place.delete("x/y/b")
    assert place.names("") == ["x/c"]
    with pytest.raises(FileNotFoundError):
        place.read("x/a")
    with pytest.raises(FileNotFoundError):
        place.stream("x/a")


def test_a_place_by_its_name(tmp_path: Path) -> None:
    assert isinstance(storage(tmp_path), Folder)
    with pytest.raises(UsageError, match="is no bucket"):
        storage("s3://No_Bucket/x")


def test_a_bucket_that_is_not_there(bucket: str) -> None:
    with pytest.raises(UsageError, match="S3 refuses"):
        Bucket("s3://nobody-has-this-one").write("x", b"y")


def test_what_goes_to_a_bucket_waits_in_a_private_folder_of_its_own(bucket: str) -> None:
    one, other = Bucket(bucket), Bucket(bucket)
    assert one.staging() == one.staging()
    assert one.staging() != other.staging()
    folder = one.staging()
    assert folder.stat().st_mode & 0o777 == 0o700
    del one
    assert not folder.exists()


def test_empty_folders_do_not_stay(tmp_path: Path) -> None:
    place = Folder(tmp_path)
    place.write("a/b/c", b"")
    place.delete("a/b/c")
    assert list(tmp_path.iterdir()) == []
