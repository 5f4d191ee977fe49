"""Who is let in by policies: principals of trust policies and of policies of resources, as entities and flows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bastide.controls.macros import macros
from bastide.redact import clean
from bastide.threats.model.names import MAX_NAME
from bastide.threats.model.shape import INTERNET, PEOPLE, Element

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.workload.known import Known

MADE = ("m_let",)
GITHUB = "entity:github"
OWN_ACCOUNT = "entity:own-account"

HOSTS = {
    "token.actions.githubusercontent.com": (GITHUB, "GitHub"),
    "gitlab.com": ("entity:gitlab", "GitLab"),
    "accounts.google.com": ("entity:google", "people with a Google account"),
    "graph.facebook.com": ("entity:facebook", "people with a Facebook account"),
    "www.amazon.com": ("entity:amazon", "people with an Amazon account"),
    "appleid.apple.com": ("entity:apple", "people with an Apple account"),
    "cognito-identity.amazonaws.com": ("entity:cognito", "users of a Cognito identity pool"),
}
"""Identity providers by host: id and name of who comes through them."""

CALLED = {
    INTERNET: ("anybody on the internet", "internet", "the internet"),
    PEOPLE: ("people who administer", "internet", "somebody administers what is there"),
    "entity:on-premises": ("own network on premises", "internet", "a private connection"),
    "entity:recipients": ("recipients of messages", "internet", "a subscription"),
    GITHUB: ("GitHub", "internet", "code or deployments come from there"),
    "entity:bitbucket": ("Bitbucket", "internet", "code or deployments come from there"),
    "entity:gitlab": ("GitLab", "internet", "code or deployments come from there"),
    "entity:devices": ("devices in the field", "internet", "they send to the workload"),
    "entity:signed-in": ("people who sign in", "internet", "they sign in to the workload"),
}
"""Entities that are no account, service or host: name, boundary, and why they are there."""

_MACROS = ("none_of", "any_of", "is_public_cidr", "names_anybody", "is_narrowed")
"""What a control asks of a policy that lets everybody in is asked here, too."""

_LET = r"""
create or replace temp table m_let as
select o.element, s.resource, s.property, s.actions, w.kind as who, w.id, k.kind as element_kind,
  is_narrowed({'conditions': [c for c in s.conditions if c.key <> 'lambda:functionurlauthtype']}) as narrowed
from statements s join m_owners o on o.resource = s.resource join m_resources r on r.id = o.element
join m_kinds k on k.type = r.type,
  unnest(case when len(s.not_principals) > 0 then [{'kind': 'aws', 'id': '*'}] else s.principals end) as u(w)
where s.effect = 'allow' and (k.kind <> 'identity' or starts_with(s.property, 'AssumeRolePolicyDocument'))
"""

_NAMED = r"""
select l.element as target, l.resource, l.property, l.element_kind, l.actions, p.target as source, k.kind as source_kind
from (select distinct element, resource, property, actions, element_kind from m_let) l
join m_points p on p.resource = l.resource and starts_with(p.property, l.property || '.Principal')
join m_owners o on o.resource = p.target and o.element = p.target
join m_resources r on r.id = p.target join m_kinds k on k.type = r.type
where p.target <> l.element
"""

_FOUND = r"""
select l.*, i.resource as source,
  l.id = '*' and (coalesce((b.p->>'$.PublicAccessBlockConfiguration.RestrictPublicBuckets') = 'true', false)
    or exists (select 1 from m_resources a where a.type = 'AWS::S3::AccountPublicAccessBlock' and a.unit = b.unit
      and (a.p->>'$.RestrictPublicBuckets') = 'true')) as blocked
from m_let l
left join (select distinct text, resource from m_ids where starts_with(text, 'arn:')) i on i.text = l.id
left join m_resources b on b.id = l.element and b.type = 'AWS::S3::Bucket'
where not contains(l.id, '${') or regexp_matches(l.id, 'AccountId}(:root)?$')
"""

_ACCOUNT = re.compile(r"(?:arn:[^:]*:(?:iam|sts)::)?(\d{12})(?::.*)?")
_PROVIDER = re.compile(r"arn:[^:]*:iam::(?P<account>\d{12}):(?P<kind>oidc|saml)-provider/(?P<host>.+)")


def trusted(known: Known, own: dict[str, str]) -> Iterator[tuple[Element | None, dict[str, Any]]]:
    """Flows of who is let in, each with the entity that it comes from, or None where that is an element already.

    `own` are the workload's accounts, their names by id.
    """
    for name in _MACROS:
        known.run(macros()[name].ddl.replace("create macro", "create or replace temp macro", 1))
    known.run(_LET)
    mine = {None, *(f"account:{account}" for account in own)}
    for row in known.run(_NAMED):
        yield None, _flow(row, row["source"])
    for row in known.run(_FOUND):
        if row["source"]:
            yield None, _flow(row, row["source"])
        elif (entity := entity_of(row["who"], row["id"], own)) is not None:
            if entity.id == INTERNET and (row["narrowed"] or row["blocked"]):
                continue
            if entity.boundary in mine and row["element_kind"] != "identity":
                continue  # one's own account is let in anyway
            yield entity, _flow(row, entity.id)


def entity_of(kind: str, name: str, own: dict[str, str]) -> Element | None:
    """Who a principal of a policy is, None for what names nobody."""
    if name == "*":
        return outsider(INTERNET, "anybody on the internet", "internet")
    if kind == "service":
        return outsider(f"entity:service-{name.removesuffix('.amazonaws.com')}", f"AWS service {name}", "aws")
    if kind == "federated":
        return _federated(name)
    if "${" in name:
        return Element(id=OWN_ACCOUNT, kind="entity", name="identities of the own account")
    match = _ACCOUNT.fullmatch(name)
    return account_entity(match[1], own) if match else None


def entity_named(name: str, own: dict[str, str]) -> Element:
    """The entity of an id."""
    rest = name.removeprefix("entity:")
    if name in CALLED:
        return outsider(name, *CALLED[name])
    if rest.startswith("account-"):
        return account_entity(rest.removeprefix("account-"), own)
    if rest.startswith("service-"):
        return outsider(name, f"AWS service {rest.removeprefix('service-')}", "aws")
    return outsider(name, clean(rest.removeprefix("host-"), MAX_NAME), "internet")


def account_entity(account: str, own: dict[str, str]) -> Element:
    """The identities of an account, of the workload's own or of another's."""
    if account in own:
        return outsider(f"entity:account-{account}", f"identities of {own[account]}", f"account:{account}")
    return outsider(f"entity:account-{account}", f"account {account}", f"account:{account}")


def outsider(name: str, called: str, boundary: str, why: str = "") -> Element:
    """An entity."""
    return Element(id=name, kind="entity", name=called, boundary=boundary, why=why)


def _federated(name: str) -> Element:
    match = _PROVIDER.fullmatch(name)
    host = match["host"].split("/")[0] if match else name
    if match and match["kind"] == "saml":
        return outsider(f"entity:saml-{host}", f"people of identity provider {host}", "internet")
    if host in HOSTS:
        return outsider(*HOSTS[host], "internet")
    return outsider(f"entity:host-{host}", host, "internet")


def _flow(row: dict[str, Any], source: str) -> dict[str, Any]:
    kind = "assume" if row["element_kind"] == "identity" else "access"
    return {
        "source": source,
        "target": row.get("target") or row["element"],
        "kind": kind,
        "protocol": "HTTPS",
        "encrypted": True,
        "authenticated": source != INTERNET,
        "actions": row["actions"],
        "resource": row["resource"],
        "property": row["property"],
    }
