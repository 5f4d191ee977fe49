"""Items on disk by account: what goes in comes out, in order, whatever waits and however it is gone through."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.errors import UsageError
from bastide.sources.config_snapshot import spool
from bastide.sources.config_snapshot.item import ConfigItem
from bastide.sources.config_snapshot.spool import Spool

NAMES = st.text(max_size=20)  # surrogates and all
VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | NAMES
ITEMS = st.builds(
    ConfigItem,
    st.just("AWS::SQS::Queue"),
    st.sampled_from(["123456789012", "210987654321"]),
    st.sampled_from(["eu-west-1", "global"]),
    NAMES,
    NAMES,
    st.sampled_from(["OK", "ResourceNotRecorded"]),
    st.floats(allow_nan=False),
    st.none() | st.dictionaries(NAMES, VALUES | st.lists(VALUES, max_size=3), max_size=4),
    st.none(),
    st.none() | st.dictionaries(NAMES, NAMES, max_size=2),
)


def item(account: str, number: int, **configuration: Any) -> ConfigItem:
    name = f"q-{number}"
    return ConfigItem("AWS::SQS::Queue", account, "eu-west-1", name, name, "OK", 1.0, configuration, None, None)


@given(st.lists(ITEMS, max_size=12), st.sampled_from([1, 200, spool.HELD]), st.sampled_from([1, 64, spool.CHUNK]))
def test_what_goes_in_comes_out(items: list[ConfigItem], held: int, chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "HELD", held)
        patch.setattr(spool, "CHUNK", chunk)
        kept = Spool()
        for number, one in enumerate(items):
            kept.add(one, number)
        kept.flush()
        for account in ("123456789012", "210987654321", "000000000000"):
            records = list(kept.records(account))
            mine = [(number, one) for number, one in enumerate(items) if one.account == account]
            assert [(record.file, kept.item(record)) for record in records] == mine
            assert [(record.time, record.left_out) for record in records] == [
                (one.time, one.status == "ResourceNotRecorded") for _, one in mine
            ]
            assert [record.place for record in records] == [(one.region, one.type) for _, one in mine]


def test_keys_are_equal_for_the_same_resource_only() -> None:
    kept = Spool()
    for number in (1, 2, 1):
        kept.add(item("123456789012", number), 0)
    kept.flush()
    first, second, third = kept.records("123456789012")
    assert first.key == third.key != second.key


def test_the_file_has_no_name_and_processes_read_it_side_by_side(tmp_path: Path) -> None:
    kept = Spool(tmp_path)
    accounts = [f"{number:012}" for number in range(4)]
    for number in range(500):
        kept.add(item(accounts[number % 4], number, text="x" * 100), 0)
    kept.flush()
    assert list(tmp_path.iterdir()) == []
    global _READ  # noqa: PLW0603 (what a forked process has from here)
    _READ = kept
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(_count, accounts * 5) == [125] * 20


_READ: Spool | None = None


def _count(account: str) -> int:
    assert _READ is not None
    return sum(_READ.item(record).configuration == {"text": "x" * 100} for record in _READ.records(account))


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    kept = Spool(tmp_path)
    kept.add(item("123456789012", 1, text="x" * spool.CHUNK), 0)
    kept._file.close()
    with Path("/dev/full").open("r+b", buffering=0) as kept._file, pytest.raises(UsageError, match="No space left"):
        kept.flush()
