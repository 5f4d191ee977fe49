"""Where files of a lake lie."""

from __future__ import annotations

import pytest

from bastide.lake.layout import Partition, account_of, partition_of, region_of


def test_a_partition_and_its_folder() -> None:
    one = Partition("api_activity", "eu-west-1", "111111111111", "20261101")
    assert one.folder == "api_activity/region=eu-west-1/accountId=111111111111/eventDay=20261101"
    assert partition_of(f"{one.folder}/x.parquet") == one


@pytest.mark.parametrize("path", ["api_activity/x.parquet", "x", "_bastide/commits/1.json", "a/region=/accountId=/x"])
def test_no_file_of_a_table(path: str) -> None:
    assert partition_of(path) is None


@pytest.mark.parametrize("text", [None, "", "../../etc", "eu/west", "EU", "a" * 40, "eu-west-1\n"])
def test_a_region_that_is_none(text: str | None) -> None:
    assert region_of(text) == "unknown"


@pytest.mark.parametrize("text", [None, "", "11111111111", "../", "1111111111111", "11111111111a", "\u0661" * 12])
def test_an_account_that_is_none(text: str | None) -> None:
    assert account_of(text) == "unknown"


def test_what_is_one_stays() -> None:
    assert (region_of("us-gov-east-1"), account_of("012345678901")) == ("us-gov-east-1", "012345678901")
