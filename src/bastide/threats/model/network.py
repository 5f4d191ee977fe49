"""Networks: which security groups guard an element, whom they let in, and in which VPC and subnets it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.threats.model.shape import INTERNET, PEOPLE

if TYPE_CHECKING:
    from bastide.workload.known import Known

PAIRS = 1_000
"""Flows that one entry of a security group makes at most: in a larger mesh, those of the first stand for all."""
MADE = ("m_doors", "m_guards", "m_opened", "m_subnets", "m_vpcs", "m_ports")

ADMIN = {22: "SSH", 3389: "RDP", 5985: "WinRM", 5986: "WinRM"}
PORTS = {
    **ADMIN, 80: "HTTP", 443: "HTTPS", 1433: "SQL Server", 1521: "Oracle", 2049: "NFS", 3306: "MySQL",
    5432: "PostgreSQL", 5439: "Redshift", 5671: "AMQPS", 5672: "AMQP", 6379: "Redis", 8080: "HTTP",
    8182: "Gremlin", 8443: "HTTPS", 9092: "Kafka", 9094: "Kafka", 9096: "Kafka", 9098: "Kafka", 9200: "HTTPS",
    11211: "Memcached", 27017: "MongoDB",
}  # fmt: skip
"""What is spoken on a port, by custom."""
ENCRYPTED = {"HTTPS": True, "HTTP": False, "SSH": True, "RDP": True, "AMQPS": True}

_DOORS = r"""
create or replace temp table m_doors as
with entries as (
  select r.id as "group", r.id as resource, 'SecurityGroupIngress[' || e.key || ']' as property, e.value as v
  from m_resources r, json_each(r.p, '$.SecurityGroupIngress') e where r.type = 'AWS::EC2::SecurityGroup'
  union all
  select p.target, r.id, '', r.p from m_resources r join m_points p on p.resource = r.id and p.plain = 'GroupId'
  where r.type = 'AWS::EC2::SecurityGroupIngress'
)
select e."group", e.resource, e.property, e.cidr, e.everybody,
  try_cast(e.low as integer) as low, try_cast(e.high as integer) as high,
  e.protocol in ('-1', 'all') as whole, p.target as source, e.cidr is null and e.prefixes is null and p.target is null
    and e.other is null as unknown
from (
  select "group", resource, property, (v->>'$.FromPort') as low, (v->>'$.ToPort') as high,
    lower(coalesce(v->>'$.IpProtocol', '-1')) as protocol, (v->>'$.SourcePrefixListId') as prefixes,
    coalesce(v->>'$.CidrIp', (v->>'$.CidrIpv6')) as cidr, (v->>'$.SourceSecurityGroupId') as other,
    regexp_matches(coalesce(v->>'$.CidrIp', ''), '(/0|^0\.0\.0\.0/1|^128\.0\.0\.0/1)$')
      or regexp_matches(coalesce(v->>'$.CidrIpv6', ''), '(/0|^2000::/3)$') as everybody
  from entries) e
left join m_points p on p.resource = e.resource and p.target_type = 'AWS::EC2::SecurityGroup'
  and p.property = e.property || case when e.property = '' then '' else '.' end || 'SourceSecurityGroupId'
"""

_GUARDS = """
create or replace temp table m_guards as
select distinct o.element, p.target as "group", p.resource, p.property
from m_points p join m_owners o on o.resource = p.resource where p.target_type = 'AWS::EC2::SecurityGroup'
"""

_OPENED = """
create or replace temp table m_opened as
select g.element, case when bool_or(coalesce(d.everybody, false)) then true
  when bool_or(coalesce(d.unknown, false)) then null else false end as opened
from m_guards g left join m_doors d on d."group" = g."group" group by g.element
"""

_SUBNETS = r"""
create or replace temp table m_subnets as
with routed as (
  select distinct a.target as subnet
  from m_points a join m_points b on b.resource = a.resource and b.target_type = 'AWS::EC2::RouteTable'
  join m_points c on c.target = b.target and c.target_type = 'AWS::EC2::RouteTable'
  join m_resources r on r.id = c.resource and r.type = 'AWS::EC2::Route'
  join m_points i on i.resource = r.id and i.target_type = 'AWS::EC2::InternetGateway'
  where a.target_type = 'AWS::EC2::Subnet'
)
select distinct r.id as subnet, v.target as vpc,
  routed.subnet is not null or coalesce((r.p->>'$.MapPublicIpOnLaunch') = 'true', false)
    or regexp_matches(r.address, '(?i)(public|dmz)')
    or len(list_filter(coalesce(r.p->>'$.Tags[*].Value', []), lambda x: regexp_matches(x, '(?i)public'))) > 0 as public
from m_resources r left join routed on routed.subnet = r.id
left join m_points v on v.resource = r.id and v.target_type = 'AWS::EC2::VPC'
where r.type = 'AWS::EC2::Subnet'
"""

_VPCS = """
create or replace temp table m_vpcs as
select element, coalesce(max(vpc) filter (subnet), max(vpc) filter (not subnet)) as vpc,
  coalesce(bool_or(public) filter (subnet), false) as public, coalesce(bool_or(subnet), false) as has_subnet
from (
  select o.element, s.vpc, s.public, true as subnet from m_points p join m_owners o on o.resource = p.resource
  join m_subnets s on s.subnet = p.target
  union all
  select o.element, p.target, false, false from m_points p join m_owners o on o.resource = p.resource
  where p.target_type = 'AWS::EC2::VPC'
  union all
  select g.element, p.target, false, false from m_guards g join m_points p on p.resource = g."group"
  where p.target_type = 'AWS::EC2::VPC')
group by element
"""

_BETWEEN = """
select s.element as source, t.element as target, d.low, d.high, d.whole, d.resource, d.property
from m_doors d join m_guards t on t."group" = d."group" join m_guards s on s."group" = d.source
where s.element <> t.element
qualify row_number() over (partition by d.resource, d.property order by s.element, t.element) <= ?
"""

_ADMIN = """
select distinct t.element as target, d.everybody, d.unknown, d.cidr, d.resource, d.property, port.port
from m_doors d join m_guards t on t."group" = d."group"
join (select unnest(?::integer[]) as port) port on d.whole or port.port between d.low and d.high
where d.source is null and (d.cidr is not null or d.unknown)
"""


def prepare_networks(known: Known) -> None:
    """Make the tables of doors, of what they guard, and of where elements lie."""
    for sql in (_DOORS, _GUARDS, _OPENED, _SUBNETS, _VPCS):
        known.run(sql)


def between_groups(known: Known) -> list[dict[str, Any]]:
    """Flows that security groups allow by naming each other."""
    found = []
    for row in known.run(_BETWEEN, [PAIRS]):
        protocol = None if row["whole"] else _protocol(row["low"], row["high"])
        kind = "admin" if protocol in ADMIN.values() else "request"
        found.append({**row, "kind": kind, "protocol": protocol, "encrypted": ENCRYPTED.get(protocol or "")})
    return found


def administration(known: Known) -> list[dict[str, Any]]:
    """Who may open a session on a machine over the network: everybody, or people of some address ranges."""
    flows = []
    for row in known.run(_ADMIN, [list(ADMIN)]):
        protocol = ADMIN[row["port"]]
        source = INTERNET if row["everybody"] else PEOPLE
        flows.append(
            {**row, "source": source, "kind": "admin", "protocol": protocol, "encrypted": ENCRYPTED.get(protocol),
             "authenticated": True}
        )  # fmt: skip
    return flows


def _protocol(low: int | None, high: int | None) -> str | None:
    if low is None:
        return None
    if low in PORTS and (high in (None, low)):
        return PORTS[low]
    return f"port {low}" if high in (None, low) else f"ports {low} to {high}"
