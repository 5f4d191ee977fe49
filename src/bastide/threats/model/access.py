"""What identities may do to stores by their policies, and what components do through the identities that they act as.

Denials, boundaries and policies of organizations are not subtracted: the model says what somebody was given. A wildcard
that takes in more than `MANY` stores of a type becomes one flow, to an element that stands for all of that type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.threats.model.rules import Rules
    from bastide.workload.known import Columns, Known

MANY = 25
"""How many stores of a type a wildcard may take in; where it takes in more, one element stands for all of the type."""
MADE = (
    "m_store_rules",
    "m_managed",
    "m_allows",
    "m_grants",
    "m_access",
    "m_store_parts",
    "m_matches",
    "m_how_many",
    "m_acting",
)

_STORES: Columns = {
    "type": ("VARCHAR", ""), "service": ("VARCHAR", ""), "arn": ("VARCHAR", ""), "action": ("VARCHAR", ""),
    "reads": ("BOOLEAN", ""),
}  # fmt: skip
_ACTING: Columns = {"source": ("VARCHAR", ""), "target": ("VARCHAR", "")}
_MANAGED: Columns = {"name": ("VARCHAR", ""), "actions": ("VARCHAR[]", "")}

_ALLOWS = r"""
create or replace temp table m_allows as
select row_number() over () as number, *, split_part(holder, '#', 1) as unit,
  len(list_filter(resources, lambda x: x = '(all)' or regexp_full_match(x, '\*+|arn(:[^:]*)?(:\*)+'))) > 0 as everywhere
from (
  select distinct o.element as identity, s.resource as holder, s.property,
    case when len(s.not_actions) > 0 then ['*'] else s.actions end as actions,
    case when len(s.not_resources) > 0 then ['(all)'] else s.resources end as resources
  from statements s join m_owners o on o.resource = s.resource join m_resources r on r.id = o.element
  join m_kinds k on k.type = r.type and k.kind = 'identity'
  where s.effect = 'allow' and not starts_with(s.property, 'AssumeRolePolicyDocument')
  union all
  select distinct r.id, r.id, t.property, m.actions, ['(all)']
  from m_resources r join m_kinds k on k.type = r.type and k.kind = 'identity'
  join m_strings t on t.resource = r.id and t.plain in ('ManagedPolicyArns', 'ManagedPolicies')
  join m_managed m on t.text = 'arn:aws:iam::aws:policy/' || m.name
)
"""

_GRANTS = """
create or replace temp table m_grants as
with distinct_actions as (select distinct unnest(actions) as action from m_allows),
matched as (
  select a.action, s.type, bool_or(s.reads) as reads from distinct_actions a
  join m_store_rules s on s.action glob a.action group by all)
select w.number, m.type, bool_or(m.reads) as reads, list_sort(list_distinct(list(m.action))) as actions
from (select number, unnest(actions) as action from m_allows) w join matched m on m.action = w.action group by all
"""

_STORE_PARTS = r"""
create or replace temp table m_store_parts as
select distinct r.id as store, r.type, r.unit, s.service, replace(s.arn, '{name}', ltrim(i.text, '/')) as part
from m_resources r join m_owners o on o.element = r.id and o.resource = r.id
join (select distinct type, service, arn from m_store_rules) s on s.type = r.type
join m_ids i on i.resource = r.id and not starts_with(i.text, 'arn:') and not contains(i.text, '://')
"""

_MATCHES = r"""
create or replace temp table m_matches as
with texts as (
  select distinct text, split_part(plain, ':', 3) as service,
    case when regexp_matches(plain, '^arn(:[^:]*){2,4}\*$') then '*'
      else regexp_replace(plain, '^arn:([^:]*:){4}', '') end as rest
  from (select text, regexp_replace(text, '\$\{[a-z][a-z0-9.-]*:[^}]*\}', '*', 'g') as plain
    from (select unnest(resources) as text from m_allows))
  where starts_with(plain, 'arn:') and not contains(plain, '${')
), keys as (
  select text, service, unnest(list_distinct([rest, regexp_replace(rest, ':\*$|/\*$', ''), split_part(rest, '/', 1),
    regexp_extract(rest, '^[^/]+/[^/]+'), regexp_extract(rest, '^[^:]+:[^:]+'),
    regexp_replace(rest, '-([A-Za-z0-9]{6}|\?{6}|\*)$', '')])) as key
  from texts
)
select k.text, p.store, p.type, p.unit, false as wide from keys k
join m_store_parts p on p.service = k.service and p.part = k.key where not regexp_matches(k.key, '[*?]')
union all
select t.text, p.store, p.type, p.unit, true from texts t
join m_store_parts p on p.service = t.service and (p.part glob t.rest or p.part || '/x' glob t.rest)
where regexp_matches(t.rest, '[*?]') and p.part <> split_part(t.rest, '/', 1)
"""

_HOW_MANY = """
create or replace temp table m_how_many as
select text, type, unit, count(distinct store) as stores from m_matches where wide group by all
union all
select '', r.type, r.unit, count(*) from m_resources r join m_owners o on o.element = r.id and o.resource = r.id
where r.type in (select type from m_store_rules) group by all
"""

_NAMED = r"""
create or replace temp table m_access as
with reached as (
  select w.number, m.store, m.type, m.wide from (select number, unit, unnest(resources) as text from m_allows) w
  join m_matches m on m.text = w.text and (not m.wide or m.unit = w.unit)
  left join m_how_many h on m.wide and h.text = m.text and h.type = m.type and h.unit = m.unit
  where coalesce(h.stores, 0) <= ?
  union all
  select w.number, p.target, p.target_type, false from m_allows w join m_points p
    on p.resource = w.holder and regexp_replace(p.property, '\[\d+\]$', '') = w.property || '.Resource'
  union all
  select w.number, r.id, r.type, true from m_allows w join m_grants g on g.number = w.number
  join m_how_many h on h.text = '' and h.type = g.type and h.unit = w.unit and h.stores <= ?
  join m_resources r on r.type = g.type and r.unit = w.unit join m_owners o on o.element = r.id and o.resource = r.id
  where w.everywhere
)
select w.identity, n.store, n.type, w.unit, w.holder, w.property, bool_or(g.reads) as reads,
  any_value(g.actions) as actions, bool_and(n.wide) as wide
from reached n join m_grants g on g.number = n.number and g.type = n.type join m_allows w on w.number = n.number
group by w.identity, n.store, n.type, w.unit, w.holder, w.property
"""

_FEW = """
select identity as source, store as target, 'access' as kind, holder as resource, property, actions, reads
from m_access order by source, target, resource, property
"""

_MANY = """
select distinct on (w.number, g.type) w.identity as source, w.unit, g.type, 'access' as kind, w.holder as resource,
  w.property, g.actions, g.reads
from m_allows w join m_grants g on g.number = w.number
join (select number, unnest(case when everywhere then [''] else resources end) as text from m_allows) t
  on t.number = w.number
join m_how_many h on h.text = t.text and h.type = g.type and h.unit = w.unit and h.stores > ?
order by w.number, g.type
"""

_THROUGH = """
select distinct on (c.source, a.store) c.source, a.store as target, a.type, a.holder as resource, a.property, a.actions,
  a.reads
from m_acting c join m_access a on a.identity = c.target where not a.wide
order by c.source, a.store, a.reads desc, a.holder, a.property
"""


def prepare_access(known: Known, rules: Rules) -> None:
    """Make the tables of what identities were given."""
    known.put("m_store_rules", _STORES, _store_rows(rules))
    known.put("m_managed", _MANAGED, ({"name": name, "actions": actions} for name, actions in rules.managed.items()))
    for sql in (_ALLOWS, _GRANTS, _STORE_PARTS, _MATCHES, _HOW_MANY):
        known.run(sql)
    known.run(_NAMED, [MANY, MANY])


def access_of(known: Known) -> list[dict[str, Any]]:
    """Flows from identities to stores; those to very many have `unit` and `type` in the place of a target."""
    return [*known.run(_FEW), *known.run(_MANY, [MANY])]


def through_identities(known: Known, acting: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """What components (first of each pair) reach by a policy that names it, through the identity that they act as."""
    known.put("m_acting", _ACTING, ({"source": source, "target": target} for source, target in acting))
    return known.run(_THROUGH)


def _store_rows(rules: Rules) -> Iterable[dict[str, Any]]:
    for name, store in rules.stores.items():
        for reads, actions in ((True, store.reads), (False, store.writes)):
            for action in actions:
                yield {"type": name, "service": store.arn_service or action.partition(":")[0], "arn": store.arn,
                       "action": action, "reads": reads}  # fmt: skip
