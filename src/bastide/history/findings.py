"""Findings and resources of live accounts over time: when they were first and last seen, opened and closed.

Kept beside the runs as Parquet, in a folder for each state; the file `current` names the one that counts, so that a
reader never sees half of one, and a process that is killed leaves the one before. A finding is closed only by what was
looked at: its control passes, or everything of its type was read where it was, and it is not there any more.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import shutil
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide import database
from bastide.errors import UsageError
from bastide.sources.files import write_whole
from bastide.tables import FINGERPRINT, as_kept, empty, quoted, whole_folder

if TYPE_CHECKING:
    from pathlib import Path


FOLDER = "history"
COLUMNS: dict[str, dict[str, tuple[str, str]]] = {
    "findings": {
        "fingerprint": ("VARCHAR", "identity of the finding"),
        "control": ("VARCHAR", "id of the control"),
        "severity": ("VARCHAR", "severity of the control when it was last seen"),
        "type": ("VARCHAR", "CloudFormation type of the resource"),
        "resource": ("VARCHAR", "id of the resource"),
        "account": ("VARCHAR", "account"),
        "region": ("VARCHAR", "region, or `global`"),
        "opened": ("TIMESTAMP", "start of the run that saw it first, UTC"),
        "last_seen": ("TIMESTAMP", "start of the run that saw it last, UTC"),
        "closed": ("TIMESTAMP", "start of the run that did not find it any more, UTC; NULL while it is open"),
        "reason": ("VARCHAR", "why it is closed: fixed, compensated, exempt, gone (the resource), or not applicable"),
    },
    "resources": {
        "resource": ("VARCHAR", "id of the resource"),
        "type": ("VARCHAR", "CloudFormation type"),
        "account": ("VARCHAR", "account"),
        "region": ("VARCHAR", "region, or `global`"),
        "first_seen": ("TIMESTAMP", "start of the run that saw it first, UTC"),
        "last_seen": ("TIMESTAMP", "start of the run that saw it last, UTC"),
        "gone": ("TIMESTAMP", "start of the run that did not find it any more, UTC; NULL while it is there"),
    },
    "runs": {
        "run": ("VARCHAR", "name of the run"),
        "started": ("TIMESTAMP", "when it started, UTC"),
        "accounts": ("BIGINT", "accounts that were judged"),
        "resources": ("BIGINT", "resources that were read"),
        "passed": ("BIGINT", "verdicts that passed"),
        "failed": ("BIGINT", "verdicts that failed"),
        "unknown": ("BIGINT", "verdicts that are not known"),
        "exempt": ("BIGINT", "verdicts that somebody answers for"),
        "opened": ("BIGINT", "findings that this run opened"),
        "closed": ("BIGINT", "findings that this run closed"),
        "open": ("BIGINT", "findings that are open after it"),
    },
}
"""The tables of the history, their columns, types and meaning."""


class Change(Struct, frozen=True):
    """What a run changed: findings opened, closed, and open after it."""

    opened: int
    closed: int
    open: int


def record(root: Path, tables: Path, run: str, started: float) -> Change:
    """Bring the history up to date with the tables of a run; whole or not at all."""
    with connect(root) as connection:
        now = (
            dt.datetime.fromtimestamp(started, dt.UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds")
        )
        for name in ("resources", "verdicts", "reads", "controls"):
            connection.execute(f"create temp view now_{name} as {as_kept(tables, name)}")
        for statement in _MERGE.split(";\n"):
            sql = statement.replace("$now", f"timestamp '{now}'").replace("$run", quoted(run))
            connection.execute(sql.replace("$fingerprint", FINGERPRINT))
        with whole_folder(root / FOLDER / run) as folder:
            for name in COLUMNS:
                file = quoted(str(folder / f"{name}.parquet"))
                connection.execute(f"copy new_{name} to {file} (format parquet, compression zstd, compression_level 1)")
                # What was made once is read from there: the findings of an organization do not fit into memory twice.
                connection.execute(f"create or replace temp view new_{name} as select * from read_parquet({file})")
            newest = "select opened, closed, open from new_runs order by started desc, run desc"
            row = connection.execute(newest).fetchone()
        write_whole(str(root / FOLDER / "current"), run)
    for old in (root / FOLDER).iterdir():
        if old.is_dir() and old.name != run:
            shutil.rmtree(old, ignore_errors=True)
    return Change(*row) if row else Change(0, 0, 0)


@contextlib.contextmanager
def connect(root: Path) -> Any:
    """A connection with the views `findings`, `resources` and `runs`; empty where there is no history yet."""
    connection = database.connect(memory_limit="1GB", preserve_insertion_order=False)
    try:
        current = root / FOLDER / "current"
        folder = root / FOLDER / current.read_text("utf-8") if current.is_file() else None
        for name, columns in COLUMNS.items():
            if folder and (folder / f"{name}.parquet").is_file():
                source = f"select * from read_parquet({quoted(str(folder / f'{name}.parquet'))})"
            else:
                source = empty(columns)
            connection.execute(f"create temp view {name} as {source}")
        yield connection
    finally:
        connection.close()


def opened_before(root: Path, when: str) -> frozenset[str]:
    """The fingerprints of findings that were open before a moment (`moment`)."""
    with connect(root) as connection:
        sql = "select distinct fingerprint from findings where opened < $1 and (closed is null or closed >= $1)"
        return frozenset(row[0] for row in connection.execute(sql, [moment(root, when)]).fetchall())


def moment(root: Path, text: str) -> dt.datetime:
    """`2026-11-27`, `2026-11-27T10:00`, `7d`, `last` (the start of the newest run); UTC. `UsageError` for others."""
    if found := re.fullmatch(r"(\d{1,5})([dhw])", text):
        hours = int(found[1]) * {"h": 1, "d": 24, "w": 168}[found[2]]
        return (dt.datetime.now(dt.UTC) - dt.timedelta(hours=hours)).replace(tzinfo=None)
    if text == "last":
        with connect(root) as connection:
            row = connection.execute("select max(started) from runs").fetchone()
        if not row or row[0] is None:
            raise UsageError("there is no run to compare with", remedy="run `bastide scan aws` once")
        found_at: dt.datetime = row[0]
        return found_at + dt.timedelta(milliseconds=1)
    try:
        parsed = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"`{text}` is no moment", remedy="write `2026-11-27`, `7d`, `12h` or `last`") from None
    return parsed.astimezone(dt.UTC).replace(tzinfo=None) if parsed.tzinfo else parsed


_MERGE = """
create temp table seen as
select id as resource, type, substr(unit, 5) as account, split_part(path, '/', 2) as region from now_resources;
create temp table looked as select distinct account, region, type from now_reads;
create temp table old_open as select * from findings where closed is null;
-- An `exists` under OR would have all verdicts kept until it is known.
create temp table judged as
select * replace ($fingerprint as fingerprint) from (
  select v.fingerprint, v.control, v.severity, v.status, v.compensated_by, s.type, v.resource, s.account, s.region
  from now_verdicts v join seen s on s.resource = v.resource
  left join (select distinct control, resource from old_open) o on o.control = v.control and o.resource = v.resource
  where v.status = 'fail' or o.control is not null);
create temp view checked as
select o.*, j.status as status, j.compensated_by, s.resource is not null as there,
  exists (select 1 from looked l where l.account = o.account and l.type = o.type and l.region in (o.region, '*'))
  and exists (select 1 from now_controls c where c.id = o.control) as was_looked_at
from old_open o left join judged j on j.fingerprint = o.fingerprint left join seen s on s.resource = o.resource;
create temp view new_findings as
select * from findings where closed is not null
union all
select fingerprint, control, severity, type, resource, account, region, opened,
  case when status = 'fail' then $now else last_seen end,
  case when status in ('pass', 'exempt') or (status is null and was_looked_at) then $now end,
  case when compensated_by is not null then 'compensated' when status = 'pass' then 'fixed'
    when status = 'exempt' then 'exempt'
    when status is null and was_looked_at then if(there, 'not applicable', 'gone') end
from checked
union all
select j.fingerprint, j.control, j.severity, j.type, j.resource, j.account, j.region, $now, $now, null, null
from judged j where j.status = 'fail' and not exists (select 1 from old_open o where o.fingerprint = j.fingerprint);
create temp view new_resources as
select r.resource, r.type, r.account, r.region, r.first_seen, r.last_seen, r.gone from resources r
where r.gone is not null
union all
select r.resource, r.type, r.account, r.region, r.first_seen,
  case when s.resource is not null then $now else r.last_seen end,
  case when s.resource is null and exists (select 1 from looked l
    where l.account = r.account and l.type = r.type and l.region in (r.region, '*')) then $now end
from resources r left join seen s on s.resource = r.resource where r.gone is null
union all
select s.resource, s.type, s.account, s.region, $now, $now, null from seen s
where not exists (select 1 from resources r where r.gone is null and r.resource = s.resource);
create temp view new_runs as
select * from runs
union all
select $run, $now, (select count(distinct account) from seen), (select count(*) from seen),
  count(*) filter (status = 'pass'), count(*) filter (status = 'fail'), count(*) filter (status = 'unknown'),
  count(*) filter (status = 'exempt'), (select count(*) from new_findings where opened = $now),
  (select count(*) from new_findings where closed = $now), (select count(*) from new_findings where closed is null)
from now_verdicts
"""
"""From the history before and the tables of a run to the history after: `looked` is what the run would have found.

Of the verdicts only those are kept in between that failed, or that an open finding waits for: most of a run is neither.
"""
