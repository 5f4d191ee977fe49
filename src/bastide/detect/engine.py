"""Rules over a lake, from its files to matches in the order of time, correlations among them."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.detect.pool import Input, run
from bastide.detect.rules import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import duckdb

    from bastide.detect.plan import Plan
    from bastide.detect.rules import Rule, RuleSet

_MATCHES = """
copy (select h.rule, h.uid, h.time, h."table", h.account, h.region, h.actor, h.operation, h.service,
  h.source, h.error, h.resources, e.uids, e.first, e.last, e.count
from hits h left join episodes e on e.rule = h.rule and e.uid = h.uid and e.time = h.time
where h.fresh and h.rule in ({shown}) order by h.time, h.rule, h.uid) to {file} (format parquet)
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
    """What a run found: matches by time, where nobody else took them, problems with rules, and how many events there
    were.
    """

    matches: list[Match] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    events: int = 0
    rules: int = 0
    elsewhere: int = 0


def moment(milliseconds: int) -> str:
    """A time as ISO 8601 has it, UTC."""
    at = dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)
    return at.isoformat(timespec="milliseconds" if milliseconds % 1000 else "seconds").replace("+00:00", "Z")


def span_of(rules: RuleSet) -> int:
    """The longest time span of a correlation, in milliseconds; 0 without any."""
    return max((rule.parsed.timespan.seconds * 1000 for rule in rules.rules if rule.is_correlation), default=0)


def detect(
    rules: RuleSet,
    plan: Plan,
    inputs: Sequence[Input],
    *,
    since: int = 0,
    jobs: int | None = None,
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
        broken = run(plan.passes, wanted, folder, since=since, jobs=jobs) if wanted else {}
        with contextlib.closing(_together(folder)) as connection:
            broken |= _correlate(connection, rules, plan)
            for match in _matches(connection, rules, folder / "told"):
                (tell or found.matches.append)(match)
    by_number = {rule.number: rule for rule in rules.rules}
    for number, cause in broken.items():
        rule = by_number[number]
        found.problems.append(Problem(rule.place, cause, rule.id))
    return found


def _together(folder: Path) -> duckdb.DuckDBPyConnection:
    """A database with all that matched."""
    from bastide.detect.correlations import EPISODES
    from bastide.detect.judge import session
    from bastide.detect.sql import texts

    connection = session(1, folder / "spill", "600MB")
    files = [str(file) for file in folder.glob("*.parquet")]
    if files:
        connection.execute(f"insert into hits select * from read_parquet([{texts(files)}])")
    connection.execute(EPISODES)
    return connection


def _correlate(connection: duckdb.DuckDBPyConnection, rules: RuleSet, plan: Plan) -> dict[int, str]:
    import duckdb

    from bastide.detect.correlations import statements
    from bastide.detect.fields import Unsupported

    fields = dict(plan.fields)
    broken: dict[int, str] = {}
    for rule in rules.rules:
        if not rule.is_correlation or rule.number not in plan.usable:
            continue
        fields[rule.number] = tuple(rule.parsed.group_by or ())
        try:
            for statement in statements(rule, rules.rules, fields):
                connection.execute(statement)
        except (duckdb.Error, Unsupported) as error:
            broken[rule.number] = (str(error).splitlines() or ["it broke"])[0]
    return broken


def _matches(connection: duckdb.DuckDBPyConnection, rules: RuleSet, file: Path) -> Iterator[Match]:
    """The matches that are told, by time, read from a file a few thousand at once."""
    import pyarrow.parquet as pq

    from bastide.detect.sql import texts

    by_number = {rule.number: rule for rule in rules.rules}
    shown = ", ".join(str(rule.number) for rule in rules.rules if rule.shown) or "null"
    connection.execute(_MATCHES.format(shown=shown, file=texts([str(file)])))
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
