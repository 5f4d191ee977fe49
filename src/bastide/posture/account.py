"""What an account says of itself with a few calls that only read: who it is, and whom AWS writes to about security."""

from __future__ import annotations

from msgspec import Struct

from bastide.sources.aws.accounts import HOMES, Accounts, Scope
from bastide.sources.aws.calls import Request
from bastide.sources.aws.client import Edge, open_session


class OfAccount(Struct, frozen=True):
    """`region` is the one that is configured, `contact` name and address; empty where that is not known."""

    account: str
    region: str = ""
    alias: str = ""
    contact: tuple[str, str] = ("", "")

    @property
    def where(self) -> str:
        """How it was found."""
        return f"the account of the current credentials{f' ({self.alias})' if self.alias else ''}"


def ask_account(profile: str = "") -> OfAccount:
    """The account of the current credentials. What may not be asked is left out.

    Raises `UsageError` where there are no credentials that AWS takes.
    """
    session = open_session(profile)
    region = session.get_config_variable("region") or ""
    edge = Edge(session)
    own = Accounts(edge, session.get_credentials(), region, Scope()).own
    home = HOMES.get(own.partition, "us-east-1")
    aliases = Request("iam", "ListAccountAliases", home, {})
    alias = next(iter((edge.call(own.credentials, own.id, aliases).value or {}).get("AccountAliases") or []), "")
    contacts = Request("account", "GetAlternateContact", home, {"AlternateContactType": "SECURITY"})
    contact = (edge.call(own.credentials, own.id, contacts).value or {}).get("AlternateContact") or {}
    return OfAccount(own.id, region, str(alias), (str(contact.get("Name", "")), str(contact.get("EmailAddress", ""))))
