"""The narrow door: an edge that may make the calls of an export, and no other that writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.errors import UsageError
from bastide.sources.aws.accounts import Accounts, Scope
from bastide.sources.aws.client import Edge, open_session

if TYPE_CHECKING:
    from bastide.sources.aws.calls import Answer, Request

WRITES = {
    "securityhub": frozenset({"securityhub:BatchImportFindings"}),
    "s3": frozenset({
        "s3:PutObject", "s3:CreateMultipartUpload", "s3:UploadPart", "s3:CompleteMultipartUpload",
        "s3:AbortMultipartUpload",
    }),
}  # fmt: skip
"""By export, the operations that write which it may call."""


class Door:
    """Calls of one export, with the credentials at hand or those of a role in each account."""

    def __init__(self, export: str, profile: str = "", edge: Edge | None = None) -> None:
        session = open_session(profile)
        self.edge = edge or Edge(session, writes=WRITES[export])
        self._credentials = session.get_credentials()
        self.region = session.get_config_variable("region") or ""
        self._entered: dict[str, Any] = {}
        self._why: dict[str, str] = {}

    def enter(self, accounts: list[str], role: str = "", external_id: str = "") -> None:
        """Get credentials for these accounts; `UsageError` when those at hand are another account's, or nobody's."""
        scope = Scope(role=role, external_id=external_id, accounts=tuple(accounts))
        for account in Accounts(self.edge, self._credentials, self.region, scope).all():
            self._entered[account.id] = account.credentials
            self._why[account.id] = "; ".join(problem.message for problem in account.problems)

    def call(self, account: str, request: Request) -> Answer:
        """The answer for an account that was entered; denied for one that was not let in."""
        from bastide.sources.aws.calls import Answer

        credentials = self._entered.get(account)
        if credentials is None:
            return Answer("denied", code=self._why.get(account) or "the account was not entered")
        return self.edge.call(credentials, account, request)

    def plain(self, request: Request) -> Answer:
        """The answer for the credentials at hand."""
        if self._credentials is None:
            raise UsageError("there are no credentials", remedy="--profile chooses some")
        return self.edge.call(self._credentials, "", request)
