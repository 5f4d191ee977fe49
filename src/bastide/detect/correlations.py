"""Correlations over matches, in SQL with sliding windows: a window ends at each event and reaches back the time span.

Windows in which the condition holds and that overlap are one match: an attack that goes on is told once, with all its
events. Events that lack a field that is grouped by belong to no group. Time spans include both of their ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.detect.fields import Unsupported
from bastide.detect.hits import Value, is_list, places, row
from bastide.detect.sql import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from bastide.detect.counting import Correlation, Limit, Part, Words
    from bastide.detect.rules import Rule

_EPISODES = """create or replace temp table episodes (rule INTEGER, event BIGINT, time BIGINT, members BIGINT[],
  fresh BOOLEAN, first BIGINT, last BIGINT, count BIGINT)"""
MAX_MEMBERS = 1000
"""Events that are named for one match, the first of them; all are counted."""


def prepare(connection: duckdb.DuckDBPyConnection, files: Sequence[str] = ()) -> None:
    """Give a session `matched`, its `hits` and those in files, and `episodes`.

    The files stay where they are: most of what rules match is only counted, and there is much of it.
    """
    connection.execute(_EPISODES)
    more = f" union all from read_parquet([{texts(list(files))}])" if files else ""
    connection.execute(f"create temp view matched as from hits{more}")


def wanted_fields(rules: Iterable[Rule]) -> tuple[dict[int, list[str]], set[int]]:
    """By rule the fields that correlations need of its matches, and all rules that some correlation counts."""
    wanted: dict[int, dict[str, None]] = {}
    for rule in rules:
        for part in rule.correlation.parts if rule.correlation else ():
            wanted.setdefault(part.rule, {}).update(dict.fromkeys((*part.groups, *part.measured)))
    return {number: list(names) for number, names in wanted.items()}, set(wanted)


def grouped(correlation: Correlation) -> tuple[Value, ...]:
    """What stands in the rows of a correlation's own matches."""
    return tuple(map(Value, correlation.by))


def statements(number: int, correlation: Correlation, values: Mapping[int, Sequence[Value]]) -> list[str]:
    """What to run to add a correlation's matches to `hits` and `episodes`; after one that makes no rows none does.

    `number` is that of its rule, `values` are, by rule, what stands in the rows of its matches. `Unsupported` for what
    there is no way to.
    """
    parts = correlation.parts
    for part in parts:
        known = {value.name for value in values[part.rule]}
        for name in (*part.groups, *part.measured):
            if name not in known:
                raise Unsupported(f"it groups by `{name}`, which a correlation that it counts does not")
    groups = [f"g{at}" for at in range(len(correlation.by))]
    events = " union all ".join(_events(at, part, values[part.rule]) for at, part in enumerate(parts))
    over = f"partition by {', '.join(groups)} " if groups else ""
    if groups and (least := _least(correlation)):
        chosen = f"select {', '.join(groups)} from events group by {', '.join(groups)} having {least}"
        events = f"with events as materialized ({events}) from events join ({chosen}) using ({', '.join(groups)})"
    return [
        f"create or replace temp table counted as {events}",
        f"create or replace temp table held as {_held(correlation, over, groups)}",
        _found(over, groups),
        f"insert into hits select {number}, event, time, fresh, {row(grouped(correlation), groups)} from found",
        f"insert into episodes select {number}, event, time, members, fresh, first, last, number from found",
    ]


def _events(at: int, part: Part, known: Sequence[Value]) -> str:
    """The matches of one rule, a row for each group that they belong to and for each value that is measured."""
    names = [*(f"g{index}" for index in range(len(part.groups))), *(f"m{index}" for index in range(len(part.measured)))]
    place_of = dict(zip([value.name for value in known], places(known), strict=True))
    chosen = dict(zip(names, [place_of[name] for name in (*part.groups, *part.measured)], strict=True))
    plain = {name: place for name, place in chosen.items() if not is_list(place)}
    there = "".join(f" and {place} is not null" for place in plain.values())
    columns = ["event", "time", "fresh", *(f"{place} as {name}" for name, place in plain.items())]
    listed = {name: place for name, place in chosen.items() if is_list(place)}
    columns += ["lists"] if listed else []
    found = f"select {', '.join(columns)} from matched where rule = {part.rule}{there}"
    for name, place in listed.items():
        values = place if name.startswith("m") else f"list_distinct({place})"
        each = f"select *, unnest({values}) as {name} from ({found})"
        found = f"select * from ({each}) where {name} is not null"
    groups, figures = names[: len(part.groups)], names[len(part.groups) :]
    measured = figures[0] if len(figures) == 1 else f"to_json([{', '.join(figures)}])::varchar"
    given = ", ".join(["event", "time", "fresh", *groups, f"{measured if figures else 'null::varchar'} as measured"])
    return f"select {at} as part, {given} from ({found})"


def _least(correlation: Correlation) -> str:
    """What must be true of all events of a group for any window of it to hold: most groups are left out by that."""
    limit, kind = correlation.limit, correlation.kind
    if limit is None:
        return ""
    if kind == "temporal_ordered":
        return f"count(distinct part) = {len(correlation.parts)}"
    counted = {"event_count": "event", "value_count": "measured", "temporal": "part"}.get(kind)
    return f"count(distinct {counted}) >= {limit.count}" if counted and limit.is_least else ""


def _held(correlation: Correlation, over: str, groups: list[str]) -> str:
    """The events at which the condition holds: the group, event, `time` and `start` of the window that ends there."""
    span = correlation.seconds * 1000
    window = f"({over}order by time range between {span} preceding and current row)"
    kept = ", ".join([*groups, "event", "time"])
    if correlation.kind == "temporal_ordered":
        return _ordered(correlation, span, over, kept)
    if limit := correlation.limit:
        holds = f"{_measure(correlation, limit, window)} {limit.operator} {limit.count}"
    else:
        assert correlation.words is not None
        both = f"({over}order by time range between {span} preceding and {span} following)"
        holds = _expression(correlation.words, window, both)
    return f"select {kept}, time - {span} as start from counted qualify {holds}"


def _measure(correlation: Correlation, limit: Limit, window: str) -> str:
    number = "as_number(measured)"
    if correlation.kind == "value_percentile":
        if limit.percentile is None or not 0 <= limit.percentile <= 100:
            raise Unsupported("value_percentile needs a `percentile` from 0 to 100 in its condition")
        return f"quantile_cont({number}, {limit.percentile / 100}) over {window}"
    return {
        "event_count": "count(*)" if len(correlation.parts) == 1 else "count(distinct event)",
        "value_count": "count(distinct measured)",
        "temporal": "count(distinct part)",
        "value_sum": f"sum({number})",
        "value_avg": f"avg({number})",
        "value_median": f"median({number})",
    }[correlation.kind] + f" over {window}"


def _expression(words: Words, back: str, both: str) -> str:
    """A condition in words: a rule has a match in the window; under `not`, has none before or after, as near."""
    if not words.word:
        return f"bool_or(part = {words.part}) over {back}"
    if words.word == "not":
        return f"not ({_expression(words.over[0], both, both)})"
    return f"({f' {words.word} '.join(_expression(one, back, both) for one in words.over)})"


def _ordered(correlation: Correlation, span: int, over: str, kept: str) -> str:
    """Chains of one match of each rule in their order: for each last one the latest beginning that it can have."""
    count, words, limit = len(correlation.parts), correlation.words, correlation.limit
    if words is not None and (words.word != "and" or any(one.word for one in words.over)):
        raise Unsupported("temporal_ordered takes only rules joined by `and` in its condition")
    if limit is not None and (limit.operator not in (">=", "=") or limit.count != count):
        raise Unsupported("temporal_ordered needs every rule: leave its condition out")
    chain = "select *, case when part = 0 then time end as b0 from counted"
    for at in range(1, count):
        before = f"max(b{at - 1}) over ({over}order by time range between unbounded preceding and current row)"
        chain = f"select *, case when part = {at} then {before} end as b{at} from ({chain})"
    last = count - 1
    return f"select {kept}, b{last} as start from ({chain}) where part = {last} and time - b{last} <= {span}"


def _found(over: str, groups: list[str]) -> str:
    """One row for each run of windows that overlap, with the events in it and the event that tipped it."""
    keys = "".join(f"{name}, " for name in groups)
    before = f"max(time) over ({over}order by time, event rows between unbounded preceding and 1 preceding)"
    run = f"sum(new) over ({over}order by time, event rows unbounded preceding)"
    same = " and ".join([f"e.{name} = r.{name}" for name in groups] or ["true"])
    return f"""create or replace temp table found as
      with marked as (select *, case when start <= {before} then 0 else 1 end as new from held),
      runs as (select {keys}island, min(start) as s, max(time) as e, arg_min(event, (time, event)) as event,
          min(time) as time
        from (select *, {run} as island from marked) group by {keys}island)
      select {"".join(f"r.{name}, " for name in groups)}r.event, r.time, min(e.time) as first, max(e.time) as last,
        count(distinct e.event) as number, bool_or(e.fresh) as fresh,
        [x.event for x in list_sort(list(distinct {{'time': e.time, 'event': e.event}}))[:{MAX_MEMBERS}]] as members
      from runs r join counted e on {same} and e.time between r.s and r.e
      group by {"".join(f"r.{name}, " for name in groups)}r.island, r.event, r.time"""


def possible(correlation: Correlation, matches: Mapping[int, int]) -> bool:
    """Whether a correlation can have any match, by the number of matches of each rule; it costs a look, not a query."""
    parts = [matches.get(part.rule, 0) for part in correlation.parts]
    limit = correlation.limit
    if limit is None:
        return any(parts)
    if correlation.kind.startswith("temporal"):
        return all(parts) or (any(parts) and (limit.operator not in (">=", "=") or limit.count < len(parts)))
    if correlation.kind == "event_count" and limit.is_least:
        return sum(parts) >= max(1, int(limit.count))
    return any(parts)


def described(correlation: Correlation) -> str:
    """A correlation in a line: what is counted, over which time, by what."""
    words = f"{correlation.kind} within {correlation.within}"
    return f"{words} by {', '.join(correlation.by)}" if correlation.by else words
