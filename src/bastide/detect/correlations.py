"""Correlations over matches, in SQL with sliding windows: a window ends at each event and reaches back the time span.

Windows in which the condition holds and that overlap are one match: an attack that goes on is told once, with all its
events. Events that lack a field that is grouped by belong to no group. Time spans include both of their ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.detect.fields import Unsupported
from bastide.detect.hits import Value, is_list, places, row
from bastide.detect.sql import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from bastide.detect.rules import Rule

_EPISODES = """create or replace temp table episodes (rule INTEGER, event BIGINT, time BIGINT, members BIGINT[],
  first BIGINT, last BIGINT, count BIGINT)"""
MAX_MEMBERS = 1000
"""Events that are named for one match, the first of them; all are counted."""

_COMPARE = {"LT": "<", "LTE": "<=", "GT": ">", "GTE": ">=", "EQ": "=", "NEQ": "<>"}


def prepare(connection: duckdb.DuckDBPyConnection, files: Sequence[str] = ()) -> None:
    """Give a session `matched`, its `hits` and those in files, and `episodes`.

    The files stay where they are: most of what rules match is only counted, and there is much of it.
    """
    connection.execute(_EPISODES)
    more = f" union all from read_parquet([{texts(list(files))}])" if files else ""
    connection.execute(f"create temp view matched as from hits{more}")


class Part(Struct, frozen=True):
    """A rule that is counted, with the names of its fields that stand for each group and for what is measured."""

    rule: int
    groups: tuple[str, ...]
    measured: tuple[str, ...]


def parts_of(rule: Rule, numbers: Mapping[int, int]) -> list[Part]:
    """What a correlation counts; `numbers` has the number of each rule by the identity of what pySigma parsed."""
    correlation = rule.parsed
    names = correlation.group_by or []
    wanted = _measured(correlation)
    return [
        Part(
            numbers[id(one.rule)],
            tuple(_alias(correlation, name, one.reference) for name in names),
            tuple(_alias(correlation, name, one.reference) for name in wanted),
        )
        for one in correlation.referenced_rules
    ]


def _measured(correlation: Any) -> list[str]:
    found = getattr(correlation.condition, "fieldref", None) if correlation.type.name.startswith("VALUE") else None
    return [found] if isinstance(found, str) else list(found or [])


def _alias(correlation: Any, name: str, reference: str) -> str:
    """The field of a rule that a name of the correlation means."""
    alias = correlation.aliases.aliases.get(name)
    if alias is None:
        return name
    return next((field for one, field in alias.mapping.items() if one.reference == reference), name)


def wanted_fields(rules: Iterable[Rule]) -> tuple[dict[int, list[str]], set[int]]:
    """By rule the fields that correlations need of its matches, and all rules that some correlation counts."""
    rules = list(rules)
    numbers = {id(rule.parsed): rule.number for rule in rules}
    wanted: dict[int, dict[str, None]] = {}
    counted: set[int] = set()
    for rule in rules:
        if not rule.is_correlation:
            continue
        for part in parts_of(rule, numbers):
            counted.add(part.rule)
            wanted.setdefault(part.rule, {}).update(dict.fromkeys((*part.groups, *part.measured)))
    return {number: list(names) for number, names in wanted.items()}, counted


def grouped(rule: Rule) -> tuple[Value, ...]:
    """What stands in the rows of a correlation's own matches."""
    return tuple(map(Value, rule.parsed.group_by or ()))


def statements(rule: Rule, rules: Sequence[Rule], values: Mapping[int, Sequence[Value]]) -> list[str]:
    """What to run to add a correlation's matches to `hits` and `episodes`; after one that makes no rows none does.

    `Unsupported` for what there is no way to.

    `values` are, by rule, what stands in the rows of its matches.
    """
    numbers = {id(one.parsed): one.number for one in rules}
    parts = parts_of(rule, numbers)
    for part in parts:
        known = {value.name for value in values[part.rule]}
        for name in (*part.groups, *part.measured):
            if name not in known:
                raise Unsupported(f"it groups by `{name}`, which a correlation that it counts does not")
    correlation = rule.parsed
    span = correlation.timespan.seconds * 1000
    groups = [f"g{at}" for at in range(len(correlation.group_by or []))]
    events = " union all ".join(_events(at, part, values[part.rule]) for at, part in enumerate(parts))
    over = f"partition by {', '.join(groups)} " if groups else ""
    if groups and (least := _least(correlation, len(parts))):
        chosen = f"select {', '.join(groups)} from events group by {', '.join(groups)} having {least}"
        events = f"with events as materialized ({events}) from events join ({chosen}) using ({', '.join(groups)})"
    return [
        f"create or replace temp table counted as {events}",
        f"create or replace temp table held as {_held(correlation, len(parts), span, over, groups)}",
        _found(over, groups),
        f"insert into hits select {rule.number}, event, time, fresh, {row(grouped(rule), groups)} from found",
        f"insert into episodes select {rule.number}, event, time, members, first, last, number from found",
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
        each = f"select *, unnest(list_distinct({place})) as {name} from ({found})"
        found = f"select * from ({each}) where {name} is not null"
    groups, values = names[: len(part.groups)], names[len(part.groups) :]
    measured = values[0] if len(values) == 1 else f"to_json([{', '.join(values)}])::varchar"
    given = ", ".join(["event", "time", "fresh", *groups, f"{measured if values else 'null::varchar'} as measured"])
    return f"select {at} as part, {given} from ({found})"


def _least(correlation: Any, count: int) -> str:
    """What must be true of all events of a group for any window of it to hold: most groups are left out by that."""
    if hasattr(correlation.condition, "parsed"):
        return ""
    limit, kind = correlation.condition, correlation.type.name
    if kind == "TEMPORAL_ORDERED":
        return f"count(distinct part) = {count}"
    if kind not in ("EVENT_COUNT", "VALUE_COUNT", "TEMPORAL") or limit.op.name not in ("GTE", "GT", "EQ"):
        return ""
    counted = {"EVENT_COUNT": "event", "VALUE_COUNT": "measured", "TEMPORAL": "part"}[kind]
    return f"count(distinct {counted}) >= {limit.count}"


def _held(correlation: Any, count: int, span: int, over: str, groups: list[str]) -> str:
    """The events at which the condition holds: the group, event, `time` and `start` of the window that ends there."""
    window = f"({over}order by time range between {span} preceding and current row)"
    kept = ", ".join([*groups, "event", "time"])
    kind = correlation.type.name
    if kind == "TEMPORAL_ORDERED":
        return _ordered(correlation, count, span, over, kept)
    if hasattr(correlation.condition, "parsed"):
        both = f"({over}order by time range between {span} preceding and {span} following)"
        holds = _expression(correlation, correlation.condition.parsed, window, both)
        return f"select {kept}, time - {span} as start from counted qualify {holds}"
    limit = correlation.condition
    measure = _measure(correlation, count, window)
    return (
        f"select {kept}, time - {span} as start from counted qualify {measure} {_COMPARE[limit.op.name]} {limit.count}"
    )


def _measure(correlation: Any, count: int, window: str) -> str:
    number = "as_number(measured)"
    kind = correlation.type.name
    if kind == "VALUE_PERCENTILE":
        percentile = correlation.condition.percentile
        if percentile is None or not 0 <= percentile <= 100:
            raise Unsupported("value_percentile needs a `percentile` from 0 to 100 in its condition")
        return f"quantile_cont({number}, {percentile / 100}) over {window}"
    return {
        "EVENT_COUNT": "count(*)" if count == 1 else "count(distinct event)",
        "VALUE_COUNT": "count(distinct measured)",
        "TEMPORAL": "count(distinct part)",
        "VALUE_SUM": f"sum({number})",
        "VALUE_AVG": f"avg({number})",
        "VALUE_MEDIAN": f"median({number})",
    }[kind] + f" over {window}"


def _expression(correlation: Any, node: Any, back: str, both: str) -> str:
    """A condition in words: a rule has a match in the window; under `not`, has none before or after, as near."""
    from sigma.correlations import CorrelationConditionAND, CorrelationConditionNOT, SigmaRuleReference

    if isinstance(node, SigmaRuleReference):
        at = [one.reference for one in correlation.referenced_rules].index(node.reference)
        return f"bool_or(part = {at}) over {back}"
    if isinstance(node, CorrelationConditionNOT):
        return f"not ({_expression(correlation, node.args[0], both, both)})"
    word = " and " if isinstance(node, CorrelationConditionAND) else " or "
    return f"({word.join(_expression(correlation, one, back, both) for one in node.args)})"


def _ordered(correlation: Any, count: int, span: int, over: str, kept: str) -> str:
    """Chains of one match of each rule in their order: for each last one the latest beginning that it can have."""
    from sigma.correlations import CorrelationConditionAND, SigmaRuleReference

    condition = correlation.condition
    if hasattr(condition, "parsed"):
        tree = condition.parsed
        if not isinstance(tree, CorrelationConditionAND) or not all(
            isinstance(one, SigmaRuleReference) for one in tree.args
        ):
            raise Unsupported("temporal_ordered takes only rules joined by `and` in its condition")
    elif condition.op.name not in ("GTE", "EQ") or condition.count != count:
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
      group by {"".join(f"r.{name}, " for name in groups)}r.island, r.event, r.time having bool_or(e.fresh)"""


def possible(rule: Rule, numbers: Mapping[int, int], matches: Mapping[int, int]) -> bool:
    """Whether a correlation can have any match, by the number of matches of each rule; it costs a look, not a query."""
    parts = [matches.get(part.rule, 0) for part in parts_of(rule, numbers)]
    correlation = rule.parsed
    if hasattr(correlation.condition, "parsed"):
        return any(parts)
    if correlation.type.name.startswith("TEMPORAL"):
        limit = correlation.condition
        return all(parts) or (any(parts) and (limit.op.name not in ("GTE", "EQ") or limit.count < len(parts)))
    if correlation.type.name == "EVENT_COUNT" and correlation.condition.op.name in ("GTE", "GT", "EQ"):
        return sum(parts) >= max(1, int(correlation.condition.count))
    return any(parts)


def described(rule: Rule) -> str:
    """A correlation in a line: what is counted, over which time, by what."""
    correlation = rule.parsed
    words = f"{correlation.type.name.lower()} within {correlation.timespan.spec}"
    return f"{words} by {', '.join(correlation.group_by)}" if correlation.group_by else words
