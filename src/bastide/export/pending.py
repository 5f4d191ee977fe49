"""Which findings a Security Hub has not been told of, and what it was told: kept beside the history.

What is about to be sent is written down before, and what became of it after, line by line; so a process that is killed
forgets nothing that AWS may have. The lines become one Parquet file when an export ends.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from bastide import database
from bastide.errors import UsageError
from bastide.export.asff import Finding
from bastide.history.findings import connect
from bastide.sources.aws.runs import Run
from bastide.tables import empty, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


FOLDER = "export"
REFRESH_DAYS = 30
"""Security Hub deletes a finding that nobody updated for 90 days: an open one is sent anew before."""

COLUMNS = {
    "fingerprint": ("VARCHAR", "identity of the finding"),
    "account": ("VARCHAR", "account of the finding"),
    "region": ("VARCHAR", "region of the finding, or `global`"),
    "into": ("VARCHAR", "account and region of all, or empty: its own"),
    "digest": ("VARCHAR", "of what was sent; empty when that is not known, NULL when nothing was"),
    "archived": ("BOOLEAN", "whether it was sent as archived"),
    "sent": ("TIMESTAMP", "when, UTC"),
    "number": ("BIGINT", "the newest line of a finding counts"),
}


class Pending(Struct):
    """A finding and what was sent of it: `digest` is None when nothing was, empty when that is not known."""

    finding: Finding
    digest: str | None
    archived: bool
    sent: dt.datetime | None

    def is_due(self, digest: str, now: dt.datetime) -> bool:
        """Whether what has this digest now is to be sent."""
        if self.finding.closed:
            return not self.archived
        old = self.sent is not None and now - self.sent > dt.timedelta(days=REFRESH_DAYS)
        return self.digest != digest or old


class State:
    """What the Security Hubs were told. Use `held` around everything that writes."""

    def __init__(self, root: Path, into: str = "") -> None:
        self.root, self.into = root, into
        self.folder = root / FOLDER
        self._file, self._lines = self.folder / "securityhub.parquet", self.folder / "securityhub.jsonl"
        self._stream: Any = None
        self._number = 0

    def pending(self) -> Iterator[Pending]:
        """Findings that are open, and closed ones that were sent, by account and region; not all are due."""
        with connect(self.root) as connection:
            if not connection.execute("select count(*) from runs").fetchone()[0]:
                raise UsageError("there are no findings of live accounts here", remedy="run `bastide scan aws` first")
            cursor = connection.execute(_PENDING.replace("$sent", self._source()), {"into": self.into})
            while rows := cursor.fetchmany(1000):
                for row in rows:
                    yield Pending(Finding(*row[:-3]), row[-3], bool(row[-2]), row[-1])

    def _source(self) -> str:
        parts = [empty(COLUMNS)]
        if self._file.is_file():
            parts.append(f"select * from read_parquet({quoted(str(self._file))})")  # noqa: S608 (quoted)
        if self._lines.is_file():
            described = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, (kind, _) in COLUMNS.items())
            # The half of a last line says nothing that happened: lines are written before and after, and whole.
            parts.append(
                f"select * from read_json({quoted(str(self._lines))}, format='newline_delimited', "  # noqa: S608
                f"columns={{{described}}}, ignore_errors=true) where fingerprint is not null"
            )
        return " union all ".join(parts)

    @contextlib.contextmanager
    def held(self) -> Iterator[State]:
        """Within, others may not export; `UsageError` while another does."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        run = Run(self.folder)
        run.hold()
        try:
            self._compact()
            self._stream = self._lines.open("wb")
            yield self
        finally:
            if self._stream is not None:
                self._stream.close()
                self._stream = None
                self._compact()
            run.release()

    def note(self, rows: list[tuple[Pending, str | None]], now: dt.datetime) -> None:
        """Write down what of these was sent, by its digest: "" for perhaps, None for nothing."""
        for one, digest in rows:
            self._number += 1
            line = {"fingerprint": one.finding.fingerprint, "account": one.finding.account,
                    "region": one.finding.region, "into": self.into, "digest": digest,
                    "archived": bool(digest) and one.finding.closed is not None, "sent": now.isoformat(sep=" "),
                    "number": self._number}  # fmt: skip
            self._stream.write(msgspec.json.encode(line) + b"\n")
        self._stream.flush()

    def _compact(self) -> None:
        """The lines into the Parquet file, which is replaced whole."""
        if not self._lines.is_file():
            return
        fresh = self._file.with_name(".securityhub.part")
        with database.connect(memory_limit="1GB") as connection:
            newest = _NEWEST.replace("$sent", self._source())
            connection.execute(f"copy ({newest}) to {quoted(str(fresh))} (format parquet, compression zstd)")
        fresh.replace(self._file)
        self._lines.unlink()


def batches(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """Lists of so many items, the last one shorter."""
    while found := list(islice(items, size)):
        yield found


_NEWEST = """
select * exclude (number, place), 0 as number
from (select *, row_number() over (partition by fingerprint, account, region, "into" order by number desc) as place
  from ($sent))
where place = 1 and digest is not null
"""
_PENDING = f"""
with sent as ({_NEWEST}),
latest as (select *, row_number() over (partition by fingerprint, account, region order by opened desc) as place
  from findings)
select f.fingerprint, f.control, f.severity, f.type, f.resource, f.account, f.region, f.opened, f.last_seen, f.closed,
  f.reason, s.digest, s.archived, s.sent
from latest f left join sent s
  on s.fingerprint = f.fingerprint and s.account = f.account and s.region = f.region and s."into" = $into
where f.place = 1 and (f.closed is null or s.fingerprint is not null)
order by f.account, if(f.region = 'global', '', f.region), f.fingerprint
"""  # noqa: S608 (no text of anybody else's)
