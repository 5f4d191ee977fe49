"""Which accounts and regions a scan is about, and the credentials for each: those at hand, or an assumed role."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import threading
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.errors import UsageError
from bastide.resources.model import Problem
from bastide.sources.aws.calls import Answer, LedgerRow, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bastide.sources.aws.client import Edge

HOMES = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1", "aws-iso": "us-iso-east-1"}
"""By partition, the region whose endpoints answer for services that have no regions."""
SESSION_NAME = "bastide"
ROLE_SECONDS = 3600
MAX_UNITS = 10_000

_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+){1,3}-\d")
_ROLE = re.compile(r"[\w+=,.@/-]{1,512}")


class Scope(Struct, frozen=True):
    """What was asked for, as on the command line."""

    org: bool = False
    role: str = ""
    external_id: str = ""
    accounts: tuple[str, ...] = ()
    ous: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def checked(self) -> Scope:
        """Itself; raises `UsageError` for what cannot be."""
        for name in self.accounts:
            if not _ACCOUNT.fullmatch(name):
                raise UsageError(f"--accounts: `{name}` is no account id", remedy="an account id has 12 digits")
        for name in self.regions:
            if not _REGION.fullmatch(name):
                raise UsageError(f"--regions: `{name}` is no region", remedy="write for example `eu-west-1`")
        if self.role and not _ROLE.fullmatch(self.role):
            raise UsageError(f"--role: `{self.role}` is no name of a role")
        if (self.org or self.ous or self.external_id) and not self.role:
            raise UsageError("other accounts are entered by assuming a role", remedy="name it with --role")
        return self


class Account(Struct):
    """One account: `entered` when there are credentials for it; `complete` when every enabled region is read."""

    id: str
    partition: str
    credentials: Any = None
    entered: bool = False
    regions: list[str] = field(default_factory=list)
    complete: bool = False
    ledger: list[LedgerRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def home(self) -> str:
        """The region of services without regions."""
        return HOMES.get(self.partition, self.regions[0] if self.regions else "us-east-1")

    def note(self, request: Request, answer: Answer, items: int = 0) -> None:
        """A row in the ledger for a call that was made about the account."""
        from bastide.sources.aws.calls import Ledger

        ledger = Ledger(self.id)
        ledger.add(request, answer, items)
        self.ledger += ledger.rows.values()


class Assumed:
    """Credentials of a role: new in time, and at once when AWS says that they are no longer good."""

    def __init__(self, make: Callable[..., Any], response: Any) -> None:
        self._make, self._lock = make, threading.Lock()
        self._now = make(response)

    def get_frozen_credentials(self) -> Any:
        """Those that are good now, as botocore wants them."""
        return self._now.get_frozen_credentials()

    def renew(self, refused: Any) -> None:
        """Assume the role again, unless somebody did since; where that fails, the next try says why."""
        from botocore.exceptions import CredentialRetrievalError

        with self._lock:
            if refused is None or self._now.get_frozen_credentials().token == refused.token:
                with contextlib.suppress(CredentialRetrievalError):
                    self._now = self._make()


class Accounts:
    """Finds the accounts of a scope with the calls of an edge."""

    def __init__(self, edge: Edge, credentials: Any, region: str, scope: Scope) -> None:
        self.edge, self.credentials, self.scope = edge, credentials, scope.checked()
        self.region = region or "us-east-1"
        self.own = self._own()

    def _own(self) -> Account:
        request = Request("sts", "GetCallerIdentity", self.region, {}, "sts:GetCallerIdentity")
        answer = self.edge.call(self.credentials, "", request)
        arn = (answer.value or {}).get("Arn")
        account = (answer.value or {}).get("Account")
        if answer.outcome != "read" or not isinstance(arn, str) or not _ACCOUNT.fullmatch(str(account)):
            raise UsageError(
                f"AWS does not accept the credentials: {request.why(answer)}",
                remedy="`aws sts get-caller-identity` shows whether they work; --profile chooses others",
            )
        found = Account(
            str(account), arn.split(":")[1] if arn.count(":") >= 5 else "aws", self.credentials, entered=True
        )
        found.note(request, answer, 1)
        return found

    def all(self) -> list[Account]:
        """Every account that was asked for, those that could not be entered too; without their regions."""
        wanted = list(dict.fromkeys(self.scope.accounts))
        if self.scope.org or self.scope.ous:
            wanted = self._listed(wanted)
        if not wanted:
            return [self._entered(self.own.id)] if self.scope.role else [self.own]
        if not self.scope.role and wanted != [self.own.id]:
            raise UsageError("other accounts are entered by assuming a role", remedy="name it with --role")
        return [self._entered(account) for account in wanted]

    def _listed(self, only: list[str]) -> list[str]:
        found: list[str] = []
        if self.scope.ous:
            for unit in self.scope.ous:
                found += self._of_unit(unit, 0)
        else:
            found = _active(self._organization("ListAccounts", {}, "Accounts"))
        return [account for account in dict.fromkeys(found) if not only or account in only] + [
            account for account in only if account not in found
        ]

    def _of_unit(self, unit: str, depth: int) -> list[str]:
        found = _active(self._organization("ListAccountsForParent", {"ParentId": unit}, "Accounts"))
        below = self._organization("ListOrganizationalUnitsForParent", {"ParentId": unit}, "OrganizationalUnits")
        for child in below if depth < 8 else ():
            found += self._of_unit(str(child.get("Id")), depth + 1)
        return found

    def _organization(self, operation: str, parameters: dict[str, Any], items: str) -> list[dict[str, Any]]:
        """All pages; raises `UsageError`, since without the list nobody knows what the organization is."""
        region = HOMES.get(self.own.partition, self.region)
        request = Request("organizations", operation, region, parameters, f"organizations:{operation}")
        found: list[dict[str, Any]] = []
        for _ in range(MAX_UNITS):
            answer = self.edge.call(self.credentials, self.own.id, request)
            if answer.outcome != "read":
                raise UsageError(
                    f"the organization cannot be listed: {request.why(answer)}",
                    remedy="use the management account or a delegated administrator, or name --accounts",
                )
            page = answer.value.get(items)
            found += [one for one in page if isinstance(one, dict)] if isinstance(page, list) else []
            self.own.note(request, answer, len(found))
            if not answer.next:
                return found
            request = request.page(answer.next)
        return found

    def _entered(self, account: str) -> Account:
        """The account with the role's credentials, or with the problem that kept them."""
        role = f"arn:{self.own.partition}:iam::{account}:role/{self.scope.role.lstrip('/')}"
        parameters = {"RoleArn": role, "RoleSessionName": SESSION_NAME, "DurationSeconds": ROLE_SECONDS}
        if self.scope.external_id:
            parameters["ExternalId"] = self.scope.external_id
        request = Request("sts", "AssumeRole", self.region, parameters, f"sts:AssumeRole on {role}")
        found = Account(account, self.own.partition)
        response, answer = self.edge.raw(self.credentials, self.own.id, request)
        found.note(request, answer, 1)
        if answer.outcome == "read":
            found.entered = True
            found.credentials = Assumed(lambda given=None: self._refreshable(request, given), response)
        else:
            why = f"the account was not entered: {request.why(answer)}"
            remedy = (
                f"; the role {self.scope.role} must be there and trust {self.own.id}"
                if answer.outcome == "denied"
                else ""
            )
            found.problems.append(Problem("unreadable", f"aws:{account}", 0, why + remedy))
        return found

    def _refreshable(self, request: Request, response: Any = None) -> Any:
        from botocore.credentials import RefreshableCredentials
        from botocore.exceptions import CredentialRetrievalError

        def refresh() -> dict[str, Any]:
            again, answer = self.edge.raw(self.credentials, self.own.id, request)
            if answer.outcome != "read":
                raise CredentialRetrievalError(provider="bastide", error_msg=request.why(answer))
            return _metadata(again)

        found = _metadata(response) if response else refresh()
        return RefreshableCredentials.create_from_metadata(found, refresh, "sts-assume-role")

    def find_regions(self, account: Account) -> None:
        """Give an account that was entered its regions: those asked for, else every one that is enabled."""
        request = Request("ec2", "DescribeRegions", self.region, {"AllRegions": True}, "ec2:DescribeRegions")
        answer = self.edge.call(account.credentials, account.id, request)
        listed = answer.value.get("Regions") if answer.outcome == "read" else None
        regions = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        account.note(request, answer, len(regions))
        enabled = sorted(str(one.get("RegionName")) for one in regions if one.get("OptInStatus") != "not-opted-in")
        enabled = [name for name in enabled if _REGION.fullmatch(name)]
        asked = list(dict.fromkeys(self.scope.regions))
        if enabled:
            account.regions = [name for name in asked if name in enabled] if asked else enabled
            account.complete = set(enabled) <= set(account.regions)
            for name in enabled:
                if name not in account.regions:
                    remedy = f"name {name} in --regions, or leave it out"
                    account.ledger.append(LedgerRow(account.id, name, "*", "*", "skipped", remedy=remedy))
            for name in asked:
                if name not in enabled:
                    row = LedgerRow(
                        account.id, name, "ec2", "DescribeRegions", "not offered", 0, code="RegionNotEnabled"
                    )
                    account.ledger.append(row)
            return
        account.regions = asked or [self.region]
        if not asked:
            message = f"which regions are enabled is not known, only {self.region} was read: {request.why(answer)}"
            account.problems.append(Problem("partial", f"aws:{account.id}", 0, message))


def _active(accounts: Sequence[dict[str, Any]]) -> list[str]:
    return [
        str(one["Id"])
        for one in accounts
        if _ACCOUNT.fullmatch(str(one.get("Id"))) and (one.get("Status") or one.get("State")) in ("ACTIVE", None)
    ]


def _metadata(response: Any) -> dict[str, Any]:
    """What botocore keeps of the answer to AssumeRole; it goes nowhere else."""
    found = response["Credentials"]
    expires = found["Expiration"]
    return {
        "access_key": found["AccessKeyId"],
        "secret_key": found["SecretAccessKey"],
        "token": found["SessionToken"],
        "expiry_time": expires.isoformat() if isinstance(expires, dt.datetime) else str(expires),
    }
