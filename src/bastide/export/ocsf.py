"""The verdicts of the last live run as OCSF Compliance Findings, in files by region, account and day.

The files are `region=R/accountId=A/eventDay=YYYYMMDD/RUN.ndjson.gz`, as Security Lake partitions what it is given. Rows
go from the run's tables to a file one at a time; the same run gives the same names, so a second export replaces them.
"""

from __future__ import annotations

import datetime as dt
import gzip
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec import Struct

from bastide import __version__
from bastide.controls.entry import Control
from bastide.controls.verdict import Coverage, Report
from bastide.errors import UsageError
from bastide.export.files import whole_file
from bastide.history.findings import connect
from bastide.redact import clean
from bastide.report.ocsf import events
from bastide.report.view import CompensatedRow, LocationRow, ResourceRow, VerdictRow, View
from bastide.sources.aws.accounts import HOMES
from bastide.tables import of_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import duckdb


class Part(NamedTuple):
    """One file: the findings of one account that belong to one region; `key` is its name below the destination."""

    account: str
    region: str
    regions: tuple[str, ...]  # as the tables have them: `global` is part of its home
    key: str


class LastRun(Struct):
    """The newest run of the history, with its tables. `started` is in seconds since the epoch."""

    root: Path
    name: str
    started: float

    @property
    def tables(self) -> Path:
        """A folder of Parquet files for each account."""
        return self.root / self.name / "tables"


def last_run(root: Path) -> LastRun:
    """The newest run; `UsageError` when there is none, or its tables are gone."""
    with connect(root) as connection:
        row = connection.execute("select run, started from runs order by started desc, run desc limit 1").fetchone()
    if not row:
        raise UsageError("there are no findings of live accounts here", remedy="run `bastide scan aws` first")
    found = LastRun(root, str(row[0]), row[1].replace(tzinfo=dt.UTC).timestamp())
    if not found.tables.is_dir():
        raise UsageError(
            "the tables of the last run are gone", place=str(found.tables), remedy="run `bastide scan aws`"
        )
    return found


def parts(run: LastRun) -> Iterator[Part]:
    """The files that the run gives, by account and region."""
    day = dt.datetime.fromtimestamp(run.started, dt.UTC).strftime("%Y%m%d")
    for folder in sorted(run.tables.iterdir()):
        if not (folder / "verdicts.parquet").is_file():
            continue
        found: dict[str, list[str]] = {}
        with connect(run.root) as connection:
            for region, partition in connection.execute(_REGIONS.format(**_sources(folder))).fetchall():
                home = HOMES.get(partition, HOMES["aws"])
                found.setdefault(home if region == "global" else region, []).append(region)
        for region, regions in sorted(found.items()):
            key = f"region={region}/accountId={folder.name}/eventDay={day}/{run.name}.ndjson.gz"
            yield Part(folder.name, region, tuple(dict.fromkeys(regions)), key)


def write(run: LastRun, part: Part, controls: Mapping[str, Control], file: Path) -> int:
    """One file with the events of a part, and how many they are."""
    view = View(Report(__version__, run.started, 0.0, ("aws",), [], Coverage(), []))
    count, encoder = 0, msgspec.json.Encoder()
    with (
        connect(run.root) as connection,
        file.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as stream,
    ):
        rows = _Rows(run, part, controls, view)
        for event in events(rows.read(connection), view):
            if rows.opened:
                event["finding_info"]["created_time"] = int(rows.opened.replace(tzinfo=dt.UTC).timestamp() * 1000)
            event["cloud"] = {"provider": "AWS", "region": part.region, "account": {"uid": part.account}}
            event["metadata"] = event["metadata"] | {"profiles": ["cloud"]}
            stream.write(encoder.encode(event) + b"\n")
            count += 1
    return count


class _Rows(Struct):
    """The verdicts of a part as rows; `opened` is when the finding of the newest row was opened."""

    run: LastRun
    part: Part
    controls: Mapping[str, Control]
    view: View
    opened: dt.datetime | None = None

    def read(self, connection: duckdb.DuckDBPyConnection) -> Iterator[VerdictRow]:
        """One row at a time."""
        titles: dict[str, str] = {}
        sql = _VERDICTS.format(**_sources(self.run.tables / self.part.account))
        cursor = connection.execute(sql, {"regions": list(self.part.regions), "account": self.part.account})
        while rows := cursor.fetchmany(1000):
            for control, title, status, severity, kind, resource, path, fingerprint, new, layer, self.opened in rows:
                if control not in titles:
                    # One that is in no library any more is what the run says of it.
                    known = self.controls.get(control) or Control(
                        control, title or control, kind, severity, "", "", {}, {}
                    )
                    titles[control] = self.view.control(known).row.title
                unit, _, address = resource.partition("#")
                yield VerdictRow(
                    control, titles[control], status, severity, ResourceRow(kind, clean(address), unit, kind, "aws"),
                    LocationRow(path, 0), [], fingerprint, new, None, [], None,
                    _layer(self.controls.get(control), layer) if layer else None,
                )  # fmt: skip


def _layer(control: Control | None, address: str) -> CompensatedRow:
    """The layer at an address; what it does is known where the control names only one."""
    layers = control.compensated if control else []
    (kind, because) = (layers[0].by, layers[0].because) if len(layers) == 1 else ("", "")
    return CompensatedRow(clean(kind), clean(address), clean(because))


def _sources(folder: Path) -> dict[str, str]:
    """SQL for the tables of one account, and of the run."""
    mine = {name: f"({of_files(folder, name, '')})" for name in ("verdicts", "resources")}
    return {**mine, "controls": f"({of_files(folder.parent / 'run', 'controls', '')})"}


def into_folder(run: LastRun, folder: Path, controls: Mapping[str, Control], told: Callable[[Part, int], Any]) -> None:
    """Every part as a file below a folder, each whole or not at all; an `OSError` says why not."""
    for part in parts(run):
        with whole_file(folder / part.key) as file:
            count = write(run, part, controls, file)
        told(part, count)


_REGIONS = """
select split_part(v.path, '/', 2) as region, if(split_part(v.path, '/', 2) = 'global',
  coalesce(max(regexp_extract(r.address, '^arn:([a-z-]+):', 1)), ''), '') as partition
from {verdicts} v left join {resources} r on r.id = v.resource group by 1 order by 1
"""
_VERDICTS = """
with mine as (select * from {verdicts} where list_contains($regions, split_part(path, '/', 2))),
named as (select id, any_value(type) as type from {resources} group by id),
opened as (
  select fingerprint, resource, max(opened) as opened from findings
  where account = $account and closed is null group by all
)
select v.control, c.title, v.status, v.severity, coalesce(r.type, c.type, ''), v.resource, v.path, v.fingerprint,
  v.new, v.compensated_by, if(v.status = 'fail', f.opened, null)
from mine v left join named r on r.id = v.resource left join {controls} c on c.id = v.control
  left join opened f on f.fingerprint = v.fingerprint and f.resource = v.resource
order by v.control, v.resource
"""
