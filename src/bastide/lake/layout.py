"""Where files of a lake lie: as Amazon Security Lake partitions what it is given, and what is ours beside it.

A table's files are `<table>/region=R/accountId=A/eventDay=YYYYMMDD/NAME.parquet`; what begins with `_` is ours, and
readers of Hive partitions (Athena, Spark, Trino, DuckDB) leave it out.
"""

from __future__ import annotations

import re
from typing import NamedTuple

OURS = "_bastide"
"""The folder beside the tables with commits, quarantine and saved hunts."""

UNKNOWN = "unknown"
"""The region or account of events that name none."""

_REGION = re.compile(r"[a-z0-9-]{1,32}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_FILE = re.compile(
    r"(?P<table>[a-z_]+)/region=(?P<region>[^/]+)/accountId=(?P<account>[^/]+)/eventDay=(?P<day>\d{8})/(?P<name>[^/]+)"
)


class Partition(NamedTuple):
    """The files of one day, UTC, of one account in one region; `day` is `YYYYMMDD`."""

    table: str
    region: str
    account: str
    day: str

    @property
    def folder(self) -> str:
        """Its path below the lake, without a slash at its end."""
        return f"{self.table}/region={self.region}/accountId={self.account}/eventDay={self.day}"


def region_of(text: str | None) -> str:
    """What stands for a region in a path: the region itself, `unknown` for what cannot be one."""
    return text if text and _REGION.fullmatch(text) else UNKNOWN


def account_of(text: str | None) -> str:
    """What stands for an account in a path: its twelve digits, or `unknown`."""
    return text if text and _ACCOUNT.fullmatch(text) else UNKNOWN


def partition_of(path: str) -> Partition | None:
    """The partition that a path below the lake lies in; None for what is no file of a table."""
    found = _FILE.fullmatch(path)
    return Partition(found["table"], found["region"], found["account"], found["day"]) if found else None
