"""What identities were given, whole: what their policies allow and leave out, what stores they read, what is not known.

Denials, conditions, boundaries and policies of organizations are not subtracted: it is what an identity may do at most.
It is read from the tables of a model while they are there (`build.model_with`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from bastide.threats.model.access import access_of
from bastide.threats.model.rules import load_rules

if TYPE_CHECKING:
    from bastide.workload.known import Known

TYPES = {"AWS::IAM::Role": "role", "AWS::IAM::User": "user", "AWS::SSO::PermissionSet": "permission-set"}
"""Types of identities that somebody acts as, and what they are called."""
_OF_AWS = "arn:aws:iam::aws:policy/"

_IDENTITIES = """
select r.id, r.type, r.source, r.unit, r.address,
  coalesce(r.p->>'$.RoleName', r.p->>'$.UserName', r.p->>'$.Name', '') as name
from m_resources r where r.type in ('AWS::IAM::Role', 'AWS::IAM::User', 'AWS::SSO::PermissionSet')
"""

_ALLOWED = """
select distinct o.element as identity, s.actions, s.not_actions, s.resources
from statements s join m_owners o on o.resource = s.resource join m_resources r on r.id = o.element
join m_kinds k on k.type = r.type and k.kind = 'identity'
where s.effect = 'allow' and not starts_with(s.property, 'AssumeRolePolicyDocument')
"""

_ATTACHED = """
select distinct r.id as identity, t.text, p.target from m_resources r
join m_kinds k on k.type = r.type and k.kind = 'identity'
join m_strings t on t.resource = r.id and t.plain in ('ManagedPolicyArns', 'ManagedPolicies')
left join m_points p on p.resource = t.resource and p.property = t.property
"""

_UNRESOLVED = """
select o.element as identity, min(u.reason) as reason from unresolved u join m_owners o on o.resource = u.resource
join m_resources r on r.id = o.element join m_kinds k on k.type = r.type and k.kind = 'identity'
where regexp_matches(u.property, '^(Polic|ManagedPolic|CustomerManagedPolic|InlinePolicy|Groups|$)') group by all
"""

_GROUPS = """
with named as (
  select r.id as identity, r.unit, unnest(from_json(r.p->'$.Groups', '["VARCHAR"]')) as text from m_resources r
  where r.type = 'AWS::IAM::User' and json_type(r.p->'$.Groups') = 'ARRAY'
  union all
  select o.element, r.unit, r.p->>'$.GroupName' from m_resources r join m_owners o on o.resource = r.id
  where r.type = 'AWS::IAM::UserToGroupAddition'
), linked as (
  select l.resource as identity, l.target from links l where starts_with(l.property, 'Groups')
  union all
  select o.element, l.target from links l join m_owners o on o.resource = l.resource
  join m_resources r on r.id = l.resource where r.type = 'AWS::IAM::UserToGroupAddition' and l.property = 'GroupName'
)
select distinct identity, target from linked join m_resources g on g.id = target and g.type = 'AWS::IAM::Group'
union
select n.identity, g.id from named n join m_resources g on g.type = 'AWS::IAM::Group' and g.unit = n.unit
  and n.text in (g.p->>'$.GroupName', g.address)
"""


class Identity(Struct, frozen=True):
    """Somebody that one acts as. `name` is empty where the code leaves it to AWS, `account` for all but live ones."""

    id: str
    kind: str
    name: str
    account: str
    address: str


class Allowed(Struct, frozen=True):
    """What one statement allows: `actions`, or all but `excepted` of them where that is not None."""

    actions: tuple[str, ...]
    excepted: tuple[str, ...] | None
    resources: tuple[str, ...]


class Given(Struct):
    """What all identities of a scan were given, by their ids; what a user's groups were given is the user's, too.

    `reads` are ids of elements of the model. `vague` says what of it is not known. `parts` are ids of stores by the
    service and the last part of their ARNs.
    """

    identities: list[Identity] = field(default_factory=list)
    allowed: dict[str, list[Allowed]] = field(default_factory=dict)
    reads: dict[str, set[str]] = field(default_factory=dict)
    vague: dict[str, list[str]] = field(default_factory=dict)
    parts: dict[tuple[str, str], set[str]] = field(default_factory=dict)


def given(known: Known) -> Given:
    """All of it; the tables of the model must be there."""
    found = Given([_identity(row) for row in known.run(_IDENTITIES)])
    for row in known.run(_ALLOWED):
        excepted = tuple(row["not_actions"]) or None
        some = Allowed(tuple(row["actions"]), excepted, tuple(row["resources"]))
        found.allowed.setdefault(row["identity"], []).append(some)
    for row in known.run(_ATTACHED):
        _attach(found, row)
    for row in known.run(_UNRESOLVED):
        found.vague.setdefault(row["identity"], []).append(row["reason"])
    for row in access_of(known):
        if row["reads"]:
            found.reads.setdefault(row["source"], set()).add(row.get("target") or f"many:{row['unit']}:{row['type']}")
    for row in known.run(_GROUPS):
        _join(found, row["identity"], row["target"])
    for row in known.run("select service, part, store from m_store_parts where part <> ''"):
        found.parts.setdefault((row["service"], row["part"]), set()).add(row["store"])
    return found


def _attach(found: Given, row: dict[str, str]) -> None:
    """What a policy that an identity names gives it, where that is not part of the identity already."""
    rules, name = load_rules(), row["text"].removeprefix(_OF_AWS)
    if name in rules.powers.excepted:
        some = Allowed((), tuple(rules.powers.excepted[name]), ("*",))
    elif name in rules.managed:
        some = Allowed(tuple(rules.managed[name]), None, ("*",))
    else:
        if row["target"] is None:
            found.vague.setdefault(row["identity"], []).append(f"what {name} allows is in no scan")
        return
    found.allowed.setdefault(row["identity"], []).append(some)


def _join(found: Given, member: str, group: str) -> None:
    """What a group was given is its members', too."""
    if group in found.allowed:
        found.allowed.setdefault(member, []).extend(found.allowed[group])
    if group in found.reads:
        found.reads.setdefault(member, set()).update(found.reads[group])
    if group in found.vague:
        found.vague.setdefault(member, []).extend(found.vague[group])


def _identity(row: dict[str, str]) -> Identity:
    live = row["source"] == "aws"
    name = row["name"] or (row["address"].rpartition("/")[2] if row["address"].startswith("arn:") else "")
    account = row["unit"].removeprefix("aws:") if live else ""
    return Identity(row["id"], TYPES[row["type"]], name, account, row["address"])
