"""Rules over a lake, from its files to matches in the order of time, correlations among them."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.detect.pool import HITS, LOCAL, Input, Ran, run, workers_for
from bastide.detect.rules import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import duckdb

    from bastide.detect.files import Files
    from bastide.detect.plan import Plan
    from bastide.detect.rules import Rule, RuleSet

_TOLD = """
create or replace temp table told as select row_number() over () as number, * from (
  select rule, event, time, null::bigint[] as members, null::bigint as first, null::bigint as last,
    null::bigint as count from matched where fresh and rule in ({single})
  union all select rule, event, time, members, first, last, count from episodes where fresh and rule in ({shown}))
"""
_MATCHES = """
copy (with named as (
  select m.number, list(v.uid order by m.place) as uids
  from (select number, unnest(members) as member, generate_subscripts(members, 1) as place from told) m
  join events v on v.event = m.member group by m.number)
select t.rule, v.uid, t.time, v."table", v.account, v.region, v.actor, v.operation, v.service, v.source, v.error,
  v.resources, n.uids, t.first, t.last, t.count
from told t join events v on v.event = t.event left join named n on n.number = t.number
order by t.time, t.rule, v.uid) to {file} (format parquet)
"""


class Match(Struct, frozen=True, omit_defaults=True):
    """A rule and the event that it is true for. A correlation's event is the one that tipped it; `event_uids` are all.

    `time` is in milliseconds since 1970.
    """

    rule: Rule
    event_uid: str
    time: int
    table: str
    account: str = ""
    region: str = ""
    actor: str = ""
    operation: str = ""
    service: str = ""
    source: str = ""
    error: str = ""
    resources: tuple[str, ...] = ()
    event_uids: tuple[str, ...] = ()
    first: int = 0
    last: int = 0
    count: int = 1

    def record(self) -> dict[str, Any]:
        """As it is printed: one object of JSON."""
        found: dict[str, Any] = {
            "rule_id": self.rule.id,
            "event_uid": self.event_uid,
            "rule_title": self.rule.title,
            "level": self.rule.level,
            "time": moment(self.time),
            "actor": self.actor,
            "account": self.account,
            "region": self.region,
            "table": self.table,
            "operation": self.operation,
            "service": self.service,
            "source": self.source,
            "error": self.error,
            "resources": list(self.resources),
            "techniques": list(self.rule.techniques),
        }
        if self.rule.is_correlation:
            found |= {
                "event_uids": list(self.event_uids),
                "first": moment(self.first),
                "last": moment(self.last),
                "count": self.count,
            }
        return found


class Detected(Struct):
    """What a run found: matches by time, where nobody else took them, problems with rules, what else is to be told,
    and how many events there were.
    """

    matches: list[Match] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    events: int = 0
    rules: int = 0
    elsewhere: int = 0


def moment(milliseconds: int) -> str:
    """A time as ISO 8601 has it, UTC."""
    at = dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)
    return at.isoformat(timespec="milliseconds" if milliseconds % 1000 else "seconds").replace("+00:00", "Z")


def span_of(rules: RuleSet) -> int:
    """How far correlations look back, in milliseconds; 0 without any.

    One that counts others looks back its own time span to where they begin, and they do from there.
    """
    spans: dict[int, int] = {}
    for rule in rules.rules:
        if rule.correlation:
            below = max((spans.get(part.rule, 0) for part in rule.correlation.parts), default=0)
            spans[rule.number] = rule.correlation.seconds * 1000 + below
    return max(spans.values(), default=0)


def detect(
    rules: RuleSet,
    plan: Plan,
    inputs: Sequence[Input],
    *,
    since: int = 0,
    jobs: int | None = None,
    engine: str = LOCAL,
    tell: Callable[[Match], object] | None = None,
) -> Detected:
    """Judge files of a lake by compiled rules; matches before `since` (milliseconds) are only counted.

    `tell` hears each match in the order of time; without it they are kept, however many there are.
    """
    found = Detected(
        problems=list(plan.problems),
        events=sum(one.rows for one in inputs if one.fresh),
        rules=len(plan.usable),
        elsewhere=rules.elsewhere,
    )
    wanted = [one for one in inputs if one.table in plan.tables]
    with tempfile.TemporaryDirectory(prefix="bastide-detect-") as place:
        folder = Path(place)
        ran = run(plan.passes, wanted, folder, since=since, jobs=jobs, engine=engine) if wanted else Ran()
        found.notes = [Problem(engine, text) for text in ran.notes]
        workers = workers_for(wanted, jobs)
        with contextlib.closing(_together(folder, workers)) as connection:
            ran.broken |= _correlate(connection, rules, plan)
            connection.execute("set threads = 1")  # events are read by processes beside, which no thread may hinder
            _tell(connection, rules, ran.files, folder, workers)
            for match in _matches(rules, folder / "told"):
                (tell or found.matches.append)(match)
    by_number = {rule.number: rule for rule in rules.rules}
    for number, cause in ran.broken.items():
        rule = by_number[number]
        found.problems.append(Problem(rule.place, cause, rule.id))
    return found


def _together(folder: Path, threads: int) -> duckdb.DuckDBPyConnection:
    """A database with all that matched."""
    from bastide.detect.correlations import prepare
    from bastide.detect.judge import session

    connection = session(threads, folder / "spill")
    prepare(connection, sorted(str(file) for file in folder.glob(f"*{HITS}")))
    return connection


def _correlate(connection: duckdb.DuckDBPyConnection, rules: RuleSet, plan: Plan) -> dict[int, str]:
    import duckdb

    from bastide.detect.correlations import grouped, possible, statements
    from bastide.detect.fields import Unsupported

    values = dict(plan.values)
    matches = dict(connection.execute("select rule, count(*) from matched group by rule").fetchall())
    broken: dict[int, str] = {}
    for rule in rules.rules:
        if rule.correlation is None or rule.number not in plan.usable:
            continue
        values[rule.number] = grouped(rule.correlation)
        try:
            todo = statements(rule.number, rule.correlation, values)
            if possible(rule.correlation, matches):
                matches[rule.number] = _run(connection, todo)
        except (duckdb.Error, Unsupported) as error:
            broken[rule.number] = (str(error).splitlines() or ["it broke"])[0]
    return broken


def _run(connection: duckdb.DuckDBPyConnection, todo: list[str]) -> int:
    """Run statements until one makes no rows; the rows of the last."""
    rows = 0
    for statement in todo:
        made = connection.execute(statement).fetchone()
        rows = made[0] if made else 0
        if not rows:
            break
    return rows


def _tell(
    connection: duckdb.DuckDBPyConnection, rules: RuleSet, files: Sequence[Files], folder: Path, workers: int
) -> None:
    """Write the matches that are told, by time, to the file `told`."""
    from bastide.detect.matched import read_events
    from bastide.detect.sql import texts

    shown = [rule for rule in rules.rules if rule.shown]
    single = ", ".join(str(rule.number) for rule in shown if not rule.is_correlation)
    several = ", ".join(str(rule.number) for rule in shown if rule.is_correlation)
    connection.execute(_TOLD.format(single=single or "null", shown=several or "null"))
    wanted = "select event from told union all select unnest(members) from told"
    read_events(connection, files, wanted, folder, workers)
    connection.execute(_MATCHES.format(file=texts([str(folder / "told")])))


def _matches(rules: RuleSet, file: Path) -> Iterator[Match]:
    """The matches of a file, read a few thousand at once."""
    import pyarrow.parquet as pq

    by_number = {rule.number: rule for rule in rules.rules}
    with pq.ParquetFile(file) as stream:
        for batch in stream.iter_batches(8192):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                yield _match(by_number[row[0]], row)


def _match(rule: Rule, row: tuple[Any, ...]) -> Match:
    _, uid, time, table, *texts = row[:11]
    account, region, actor, operation, service, source, error = (text or "" for text in texts)
    resources, uids, first, last, count = row[11:]
    return Match(
        rule=rule,
        event_uid=uid or "",
        time=time,
        table=table,
        account=account,
        region=region,
        actor=actor,
        operation=operation,
        service=service,
        source=source,
        error=error,
        resources=tuple(one for one in resources or () if one),
        event_uids=tuple(uids or ()),
        first=first or time,
        last=last or time,
        count=count or 1,
    )
