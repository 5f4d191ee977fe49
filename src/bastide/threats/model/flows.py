"""Flows that follow from properties: what one element asks, sends or is told, and what connects it with outsiders."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from msgspec import structs

from bastide.threats.model.points import wild_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bastide.threats.model.rules import FlowRule, Outside, Rules
    from bastide.workload.known import Columns, Known

_RULES: Columns = {
    "number": ("INTEGER", ""), "type": ("VARCHAR", ""), "property": ("VARCHAR", ""), "pattern": ("VARCHAR", ""),
    "kind": ("VARCHAR", ""), "to": ("VARCHAR[]", ""), "inwards": ("BOOLEAN", ""), "start": ("VARCHAR", ""),
    "wild": ("BOOLEAN", ""),
}  # fmt: skip
_RULES_OUTSIDE: Columns = {
    "number": ("INTEGER", ""), "type": ("VARCHAR", ""), "reads": ("VARCHAR[]", ""), "door": ("BOOLEAN", ""),
    "out": ("BOOLEAN", ""), "kind": ("VARCHAR", ""),
}  # fmt: skip

MADE = ("m_flow_rules", "m_outside", "m_naming", "m_element_kinds")

_NAMING = r"""
create or replace temp table m_naming as
select p.resource, p.property, p.target, p.target_type, p.sure, w.number
from m_points p join m_resources r on r.id = p.resource
join m_flow_rules w on w.type = r.type and (w.property = p.plain
  or (w.wild and starts_with(p.plain, w.start) and p.plain like w.pattern escape '\'))
where case when len(w.to) = 0 then p.sure else list_contains(w.to, p.target_type) end
"""

_FLOWS = """
select * exclude (wanted) from (
  select case when w.inwards then t.element else s.element end as source,
    case when w.inwards then s.element else t.element end as target, w.kind, n.resource, n.property,
    {protocol} as protocol, {encrypted} as encrypted, {authenticated} as authenticated, {wanted} as wanted
  from (
    select n.*, r.p, g.p as t, n.property as path
    from m_naming n join m_resources r on r.id = n.resource join m_resources g on g.id = n.target) n
  join m_flow_rules w on w.number = n.number
  join m_owners s on s.resource = n.resource join m_owners t on t.resource = n.target
  join m_element_kinds k on k.id = t.element
  where s.element <> t.element and (k.kind = 'identity') = (w.kind in ('acts-as', 'assume')))
where wanted order by source, target, kind, resource, property
"""

_ELEMENT_KINDS = """
create or replace temp table m_element_kinds as
select r.id, k.kind from m_resources r join m_kinds k on k.type = r.type where r.id in (select element from m_owners)
"""

_OUTSIDE = r"""
select entity, out, element, kind, resource, property, protocol, encrypted, authenticated,
  case when unread or (door and opened is null) then null else wanted end as certain
from (
  select e.element, w.kind, r.id as resource, w.reads[1] as property, w.door, w.out, {entity} as entity,
    {protocol} as protocol, {encrypted} as encrypted, {authenticated} as authenticated, {wanted} as wanted,
    case when d.element is null then true else d.opened end as opened,
    exists (select 1 from unresolved u where u.resource = r.id and (u.property = '' or list_contains(w.reads,
      regexp_replace(u.property, '\[\d+\]', '', 'g')))) as unread
  from (select distinct id, type, properties as p from resources) r join m_outside w on w.type = r.type
  join m_owners e on e.resource = r.id join (select id, p as o from m_resources) x on x.id = e.element
  left join m_opened d on d.element = e.element)
where not (ends_with(entity, '-') or contains(entity, '${{')) and (unread or wanted)
  and not (door and coalesce(not opened, false))
order by entity, element, kind, resource, property
"""


def flows_of(known: Known, rules: Rules) -> list[dict[str, Any]]:
    """The flows that properties tell of."""
    known.put("m_flow_rules", _RULES, _numbered(rules.flows))
    known.run(_NAMING)
    known.run(_ELEMENT_KINDS)
    return known.run(_filled(_FLOWS, rules.flows))


def outside_of(known: Known, rules: Rules) -> list[dict[str, Any]]:
    """What connects elements with somebody outside; `certain` is None where it is not known whether it does."""
    known.put("m_outside", _RULES_OUTSIDE, _numbered(rules.outside))
    return known.run(_filled(_OUTSIDE, rules.outside, "entity"))


def _numbered(rules: Sequence[FlowRule] | Sequence[Outside]) -> Iterable[dict[str, Any]]:
    for number, rule in enumerate(rules):
        row = structs.asdict(rule)
        yield {**row, "number": number, **wild_path(row.get("property", ""))}


def _filled(sql: str, rules: Sequence[FlowRule] | Sequence[Outside], *more: str) -> str:
    names = ("protocol", "encrypted", "authenticated", *more)
    texts = {name: _cases([getattr(rule, name) for rule in rules]) for name in names}
    return sql.format(**texts, wanted=_cases([rule.when for rule in rules]))


def _cases(expressions: Sequence[str]) -> str:
    """One expression that gives for each rule, by number, what its own gives."""
    numbers = defaultdict(list)
    for number, text in enumerate(expressions):
        numbers[text].append(str(number))
    cases = "".join(f" when w.number in ({', '.join(those)}) then ({text})" for text, those in numbers.items())
    return f"case{cases} end"
