"""Which resource names which, and which are parts of an element: tables that all the rest of the model is made from.

A property names a resource by a reference, of which the scan has a link, or by an identifier that is written out: an
ARN, a name, a URL. Only those properties are looked at that a rule speaks of, and identifiers of networks everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bastide.threats.model.rules import Rules
    from bastide.workload.known import Columns, Known

DEPTH = 6
"""How many parts may lie within each other."""
MADE = (
    *("m_wanted", "m_kinds", "m_services", "m_resources", "m_ids", "m_strings", "m_points", "m_parts", "m_owners"),
    *("m_part_rules",),
)
"""The tables that are made on the way."""

SERVICES = {
    "AmazonMQ": "mq", "CertificateManager": "acm", "DocDB": "rds", "EFS": "elasticfilesystem",
    "ElasticLoadBalancing": "elasticloadbalancing", "ElasticLoadBalancingV2": "elasticloadbalancing",
    "Elasticsearch": "es", "EMR": "elasticmapreduce", "KinesisFirehose": "firehose", "MSK": "kafka", "Neptune": "rds",
    "OpenSearchServerless": "aoss", "OpenSearchService": "es", "RedshiftServerless": "redshift-serverless",
    "S3Express": "s3express", "StepFunctions": "states", "Cassandra": "cassandra", "CloudWatch": "cloudwatch",
    "EMRServerless": "emr-serverless", "APS": "aps", "MWAA": "airflow", "ApiGatewayV2": "apigateway",
}  # fmt: skip
"""The service in ARNs by the second part of a type, where it is not that in lower case."""

_WANTED: Columns = {
    "type": ("VARCHAR", ""), "property": ("VARCHAR", ""), "pattern": ("VARCHAR", ""), "start": ("VARCHAR", ""),
    "wild": ("BOOLEAN", ""),
}  # fmt: skip
_KINDS: Columns = {"type": ("VARCHAR", ""), "kind": ("VARCHAR", ""), "noun": ("VARCHAR", "")}
_SERVICES: Columns = {"part": ("VARCHAR", ""), "service": ("VARCHAR", "")}
_PARTS: Columns = {
    "type": ("VARCHAR", ""), "property": ("VARCHAR", ""), "has": ("BOOLEAN", ""), "to": ("VARCHAR[]", ""),
}  # fmt: skip

_RESOURCES = """
create or replace temp table m_resources as
select * exclude (n) from (
  select id, type, lower(split_part(type, '::', 2)) as service, name, address, unit, source, path, line,
    properties as p,
    row_number() over (partition by id order by length(properties::varchar) desc, properties::varchar) as n
  from resources)
where n = 1
"""

_IDS = r"""
create or replace temp table m_ids as
with named as (
  select r.id as resource, r.type, r.unit, t.atom->>'$' as text,
    lower(replace(split_part(r.type, '::', -1), '::', '')) as noun, lower(t.key) as key
  from m_resources r, json_tree(r.p) t
  where t.type = 'VARCHAR' and t.path = '$'
    and regexp_matches(t.key, '(Arn|ARN|Id|Name|Identifier|Url|URL|Family|^Endpoint)$')
)
select distinct resource, type, unit, text from (
  select resource, type, unit, text from named
  where key in ('arn', 'id', 'name', 'dnsname', 'family', 'domainname')
    or ends_with(noun, regexp_replace(key, '(arn|id|name|identifier|url)$', ''))
  union all
  select id, type, unit, address from m_resources where starts_with(address, 'arn:')
  union all
  select id, type, unit, regexp_extract(address, '[^:/]+$') from m_resources where starts_with(address, 'arn:')
)
where length(text) > 1 and not contains(text, '${')
"""

_STRINGS = r"""
create or replace temp table m_strings as
with found as (
  select r.id as resource, r.type, r.unit, replace(substr(t.fullkey, 3), '"', '') as property, t.atom->>'$' as text
  from m_resources r, json_tree(r.p) t
  where t.type = 'VARCHAR' and length(t.atom::varchar) between 3 and 2048
    and (r.type in (select type from m_wanted) or regexp_matches(t.atom::varchar, '^"(subnet|sg|vpc|igw|rtb)-'))
), plainly as (
  select *, regexp_replace(property, '\[\d+\]', '', 'g') as plain,
    regexp_full_match(text, '(subnet|sg|vpc|igw|rtb)-[0-9a-f]{8,17}') as is_id
  from found
)
select distinct resource, type, unit, property, text, plain from plainly where is_id
union
select f.resource, f.type, f.unit, f.property, f.text, f.plain from plainly f
semi join m_wanted w on w.type = f.type and w.property = f.plain
union
select f.resource, f.type, f.unit, f.property, f.text, f.plain from plainly f
join m_wanted w on w.wild and w.type = f.type and starts_with(f.plain, w.start) and f.plain like w.pattern escape '\'
"""

_ALIKE = r"""
create or replace temp macro _alike(plain, type) as (
  ends_with(regexp_replace(lower(split_part(plain, '.', -1)), '(arn|id|name|identifier|url|uri|v2)?s?$', ''),
    lower(split_part(type, '::', -1)))
)
"""

_POINTS = r"""
create or replace temp table m_points as
with literal as (
  select s.resource, s.property, s.plain, s.unit, s.text, unnest(list_distinct([
    s.text,
    regexp_extract(s.text, '(arn:[^:]*:lambda:[^/]*:function:[^/]+)', 1),
    regexp_replace(s.text, '(:\*|/\*)$', ''),
    regexp_extract(s.text, '^arn:(?:[^:]*:){4}(?:[a-z-]+[:/])?([^:/*]+)', 1),
    regexp_extract(s.text, '^arn:(?:[^:]*:){4}log-group:([^:*]+)', 1),
    regexp_extract(s.text, '^arn:.*[:/]([^:/*]+)$', 1),
    regexp_extract(s.text, '^s3://([^/]+)', 1),
    regexp_extract(s.text, '^https?://([^/:]+)', 1),
    regexp_extract(s.text, '^https?://sqs\.[^/]+/\d{12}/([^/]+)$', 1),
    regexp_extract(s.text, '(?:^|//)([a-z0-9.-]+)\.s3[.-][a-z0-9.-]*amazonaws\.com', 1),
    regexp_extract(s.text, '(?:^|//)([a-z0-9]+)\.execute-api\.', 1),
    regexp_extract(s.text, '\.dkr\.ecr\.[^/]+/([^:@]+)', 1)
  ])) as key
  from m_strings s where not contains(s.text, '${')
), matched as (
  select l.resource, l.property, l.plain, i.resource as target, i.type as target_type, '' as attribute,
    starts_with(l.text, 'arn:') or l.key like '%.%.%' or _alike(l.plain, i.type) as sure
  from literal l join m_ids i on i.text = l.key
  left join m_services v on v.part = split_part(i.type, '::', 2)
  where l.key <> '' and i.resource <> l.resource
    and (not starts_with(l.text, 'arn:') or l.key = l.text or contains(l.text, ':apigateway:')
      or split_part(l.text, ':', 3) = coalesce(v.service, lower(split_part(i.type, '::', 2))))
    and (i.unit = l.unit or starts_with(l.text, 'arn:') or i.type = 'AWS::S3::Bucket')
)
select resource, property, regexp_replace(property, '\[\d+\]', '', 'g') as plain, target, target_type,
  max(attribute) as attribute, bool_or(sure) as sure
from (
  select k.resource, k.property, k.target, t.type as target_type, k.attribute, true as sure
  from links k join m_resources t on t.id = k.target
  union all
  select resource, property, target, target_type, attribute, sure from matched
)
where resource <> target
group by all
"""

_PART = """
create or replace temp table m_parts as
select distinct case when w.has then p.target else p.resource end as part,
  case when w.has then p.resource else p.target end as whole
from m_points p join m_resources r on r.id = p.resource
join m_part_rules w on w.type = r.type and w.property = p.plain
where case when len(w.to) = 0 then p.sure else list_contains(w.to, p.target_type) end
"""

_OWNERS = """
create or replace temp table m_owners as
with recursive up(resource, reached, depth) as (
  select id, id, 0 from m_resources
  union
  select up.resource, m.whole, up.depth + 1 from up join m_parts m on m.part = up.reached where up.depth < {depth}
), roots as (
  select r.id from m_resources r join m_kinds k on k.type = r.type
  where r.id not in (
    select m.part from m_parts m join m_resources w on w.id = m.whole join m_kinds on m_kinds.type = w.type)
)
select distinct up.resource, up.reached as element from up join roots on roots.id = up.reached
"""


def prepare(known: Known, rules: Rules) -> None:
    """Make the tables: resources once each, their identifiers, who names whom, and who is part of which element."""
    wanted = [(part.type, part.of or part.has) for part in rules.parts]
    wanted += [(rule.type, rule.property) for rule in rules.flows]
    wanted += [
        (name, policies) for name in rules.elements["identity"] for policies in ("ManagedPolicyArns", "ManagedPolicies")
    ]
    known.put("m_wanted", _WANTED, ({"type": t, **wild_path(p)} for t, p in sorted(set(wanted))))
    known.put("m_kinds", _KINDS, ({"type": t, "kind": k, "noun": rules.nouns[t]} for t, k in rules.kinds.items()))
    known.put("m_services", _SERVICES, ({"part": part, "service": service} for part, service in SERVICES.items()))
    known.put(
        "m_part_rules",
        _PARTS,
        ({"type": p.type, "property": p.of or p.has, "has": bool(p.has), "to": p.to} for p in rules.parts),
    )
    for sql in (_RESOURCES, _IDS, _STRINGS, _ALIKE, _POINTS, _PART, _OWNERS.format(depth=DEPTH)):
        known.run(sql)


def clear(known: Known, *more: str) -> None:
    """Take away what `prepare` made, and tables of `more` names."""
    for name in (*MADE, *more):
        known.run(f'drop table if exists "{name}"')


def wild_path(path: str) -> dict[str, Any]:
    """A path in which * stands for any text: itself, as a pattern of `like`, its start, whether it is wild."""
    pattern = path.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
    return {"property": path, "pattern": pattern, "start": path.partition("*")[0], "wild": "*" in path}
