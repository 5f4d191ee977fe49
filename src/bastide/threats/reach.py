"""What actors of events may do, by the last scan of this folder: read once, and only when somebody asks.

An actor is matched to an identity of the scan by its account and name, never by less: what fits two is not known.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec import Struct

from bastide.detect.reach import EVERY, Held, Reach
from bastide.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bastide.threats.classes import Scale
    from bastide.threats.model.given import Allowed, Given, Identity
    from bastide.threats.model.rules import Powers
    from bastide.threats.model.shape import Element
    from bastide.workload.known import Known
    from bastide.workload.manifest import Manifest

_ARN = re.compile(r"arn:[^:]*:(?P<service>iam|sts)::(?P<account>\d{12}):(?P<kind>[^/:]+)(?:/(?P<rest>.+))?", re.DOTALL)
_SIGNED_ON = re.compile(r"AWSReservedSSO_(.+)_[0-9a-f]{16}", re.DOTALL)
"""The role that IAM Identity Center makes of a permission set."""
_ALL = ("*", "*:*")
_EVERYTHING = re.compile(r"\*+|arn(:[^:]*)?(:\*)+")


class Actor(Struct, frozen=True):
    """Who an ARN is: `kind` is root, role or user."""

    kind: str
    account: str
    name: str = ""


def actor_of(arn: str) -> Actor | None:
    """The actor of an ARN; None for one that is no identity of IAM."""
    match = _ARN.fullmatch(arn)
    if match is None:
        return None
    kind, account, rest = match["kind"], match["account"], match["rest"] or ""
    if kind == "root":
        return Actor("root", account)
    if kind == "assumed-role" and rest:
        return Actor("role", account, rest.partition("/")[0])
    if kind in ("role", "user") and rest:
        return Actor(kind, account, rest.rpartition("/")[2])
    return None


class _Scan(Struct, frozen=True):
    """What is known of a scan that reaches are told from."""

    manifest: Manifest
    given: Given
    elements: dict[str, Element]
    scanned: str
    live: bool
    accounts: frozenset[str]


class Reaches:
    """Reaches by the ARNs of actors. The first question reads the scan; what hinders that is the answer to all."""

    def __init__(self, config: str = "") -> None:
        self._config = config
        self._scan: _Scan | None = None
        self._hindered = ""
        self._known: dict[str, Reach] = {}

    def of(self, arn: str) -> Reach:
        """What this actor may do, or why that is not known."""
        found = self._known.get(arn)
        if found is None:
            found = self._known[arn] = self._look(arn)
        return found

    def touched(self, resources: Iterable[str], accounts: Sequence[str]) -> dict[str, float]:
        """Classes that somebody said of stores with these ARNs, with how sensitive each is from 0 to 1.

        A store of an account that is none of these is another's.
        """
        arns = [arn for arn in resources if arn.startswith("arn:")]
        scan = self._last() if arns else None
        if scan is None:
            return {}
        found = [one for arn in arns for one in _stores(scan, arn) if one.class_from in _SAID]
        units = {f"aws:{account}" for account in accounts}
        mine = (one for one in found if not scan.live or not units or one.id.partition("#")[0] in units)
        return {name: scan.manifest.sensitivity(name) for one in mine if (name := one.classification)}

    def _last(self) -> _Scan | None:
        if self._scan is None and not self._hindered:
            self._read()
        return self._scan

    def _look(self, arn: str) -> Reach:
        actor = actor_of(arn)
        if actor is None:
            return Reach(unknown="the actor is no role and no user")
        if actor.kind == "root":
            return Reach(
                identity=f"root user of {actor.account}", administrator=True, changes_iam=True, writes=(EVERY,)
            )
        scan = self._last()
        return _reach(scan, actor) if scan else Reach(unknown=self._hindered)

    def _read(self) -> None:
        import duckdb

        from bastide.workload.known import Known
        from bastide.workload.manifest import read_manifest

        try:
            manifest = read_manifest(self._config)
            with Known(manifest) as known:
                self._scan = _scan(manifest, known)
        except (UsageError, duckdb.Error) as error:
            self._hindered = (str(error).splitlines() or ["the last scan cannot be read"])[0]


def _stores(scan: _Scan, arn: str) -> Iterator[Element]:
    """The stores that an ARN names, or that what it names lies in: an object's is its bucket."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return
    rest = parts[5]
    slashes, colons = rest.split("/"), rest.split(":")
    keys = {rest, slashes[0], "/".join(slashes[:2]), ":".join(colons[:2]), re.sub(r"-[A-Za-z0-9]{6}$", "", rest)}
    for key in keys:
        for store in scan.given.parts.get((parts[2], key), ()):
            if store in scan.elements:
                yield scan.elements[store]


def _scan(manifest: Manifest, known: Known) -> _Scan:
    from bastide.threats.model.build import model_with
    from bastide.threats.model.given import given

    model, found = model_with(known, given)
    rows = known.run("select strftime(make_timestamp(started * 1000), '%Y-%m-%d') as day, live from scan")
    day, live = (rows[0]["day"] or "", bool(rows[0]["live"])) if rows else ("", False)
    if live:
        units = known.run("select distinct unit from resources where source = 'aws'")
        accounts = [row["unit"].removeprefix("aws:") for row in units]
    else:
        accounts = [account for one in manifest.environments for account in one.accounts]
    stores = {one.id: one for one in model.elements if one.kind == "store"}
    return _Scan(manifest, found, stores, day, live, frozenset(accounts))


def _reach(scan: _Scan, actor: Actor) -> Reach:
    if actor.account not in scan.accounts and (scan.live or scan.accounts):
        why = "was not scanned" if scan.live else "is none of those that the manifest names"
        return Reach(unknown=f"account {actor.account} {why}")
    fitting = [one for one in scan.given.identities if _is(one, actor)]
    if len(fitting) != 1:
        told = f"{len(fitting)} identities of the last scan are" if fitting else "no identity of the last scan is"
        return Reach(unknown=f"{told} {actor.kind} {actor.name}")
    return _of_identity(scan, fitting[0])


def _is(identity: Identity, actor: Actor) -> bool:
    if identity.account not in ("", actor.account):
        return False
    if identity.kind == "permission-set":
        match = _SIGNED_ON.fullmatch(actor.name) if actor.kind == "role" else None
        return match is not None and match[1] == identity.name and not identity.account
    return (identity.kind, identity.name) == (actor.kind, actor.name)


def _of_identity(scan: _Scan, identity: Identity) -> Reach:
    from bastide.threats.classes import Scale
    from bastide.threats.model.rules import load_rules

    powers = load_rules().powers
    allowed = scan.given.allowed.get(identity.id, [])
    administrator = any(_is_all(one) for one in allowed)
    return Reach(
        identity=identity.address,
        scanned=scan.scanned,
        live=scan.live,
        administrator=administrator,
        changes_iam=administrator or any(_grants(one, powers) for one in allowed),
        reads=_held(scan, identity, Scale(scan.manifest.scale)),
        writes=(EVERY,) if administrator else _writes(allowed, powers),
        actions=len({action for one in allowed for action in one.actions}),
        vague=tuple(dict.fromkeys(scan.given.vague.get(identity.id, ()))),
    )


def _is_all(one: Allowed) -> bool:
    return one.excepted is None and any(action in _ALL for action in one.actions) and _anywhere(one.resources)


def _anywhere(resources: Iterable[str]) -> bool:
    return any(_EVERYTHING.fullmatch(text) for text in resources)


def _grants(one: Allowed, powers: Powers) -> bool:
    """Whether it may change who may do what, but for what everybody may do to themselves."""
    if one.resources and all("${aws:username}" in text for text in one.resources):
        return False
    return any(_allows(one, action) for action in powers.grants)


def _allows(one: Allowed, action: str) -> bool:
    if one.excepted is not None:
        return not any(fnmatchcase(action, pattern) for pattern in one.excepted)
    return any(fnmatchcase(action, pattern) for pattern in one.actions)


def _writes(allowed: Iterable[Allowed], powers: Powers) -> tuple[str, ...]:
    """Services in which one of the actions may change something; every one where an action is of every service."""
    services: set[str] = set()
    for one in allowed:
        if one.excepted is not None:
            return (EVERY,)
        for action in one.actions:
            service, _, name = action.partition(":")
            known = re.split(r"[*?]", name, maxsplit=1)[0]
            if not known.startswith(tuple(powers.looks)):
                services.add(service)
    return (EVERY,) if any(EVERY in service for service in services) else tuple(sorted(services))


def _held(scan: _Scan, identity: Identity, scale: Scale) -> tuple[Held, ...]:
    found = [scan.elements[one] for one in scan.given.reads.get(identity.id, ()) if one in scan.elements]
    classed = [one for one in found if one.classification]
    classed.sort(key=lambda one: (-scale.rank(one.classification), one.name, one.id))
    return tuple(Held(one.name, one.classification or "", one.class_from in _SAID) for one in classed)


_SAID = ("manifest", "tag", "default")
"""Where a class comes from that somebody said; all others follow from names, and from what flows in."""
