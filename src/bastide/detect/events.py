"""CloudTrail made from short descriptions, for examples of rules and for scenarios of attacks.

A description has what matters of a record, under CloudTrail's own names; the rest is as of an ordinary call. Beside
them stand `by` (who calls: `root`, `user/NAME`, `role/NAME`, `role/NAME/SESSION`, `service/NAME`), `after` (time since
the event before, `30s`), `repeat` (how often) and `every` (time between those). `${name}` in a text is a variable,
`${n}` the number of a repetition. `raw` is an event of another log, as it is; `${time}`, `${seconds}`,
`${milliseconds}` and `${uid}` in it are its time and an id of its own.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import TYPE_CHECKING, Any

from bastide.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ACCOUNT = "111122223333"
REGION = "eu-west-1"
SOURCE = "198.51.100.23"
MAX_EVENTS = 20_000
WORDS = ("by", "after", "repeat", "every", "raw")
"""What stands in a description beside fields of the record."""

_SPAN = re.compile(r"(\d+)(ms|s|m|h|d)")
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_VARIABLE = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")
_TIMES = ("eventTime", "updatedAt", "createdAt", "query_timestamp", "requestReceivedTimestamp")
"""Where events of the several logs say when they happened; flow logs and web access lists have numbers."""
_READS = ("Get", "List", "Describe", "Lookup", "Head", "Select", "Search")
_SPACE = uuid.UUID("6f1c1d0e-5f0a-4d8c-9c55-0d2f7a1b3c4e")


def made(
    descriptions: Sequence[Mapping[str, Any]],
    start: dt.datetime,
    seed: str,
    variables: Mapping[str, Any] | None = None,
    place: str = "",
) -> list[dict[str, Any]]:
    """The records, in their order; the same for the same `seed`. `UsageError` names the place of what is no event."""
    known = {"account": ACCOUNT, "region": REGION, "source": SOURCE, **(variables or {})}
    at = start
    found: list[dict[str, Any]] = []
    for index, description in enumerate(descriptions):
        if not isinstance(description, dict):
            raise UsageError("an event is a mapping of fields", place=place)
        at = _later(at, description.get("after", "1s" if index else "0s"), place)
        for number in range(_count(description.get("repeat", 1), place)):
            if number:
                at = _later(at, description.get("every", "1s"), place)
            if len(found) >= MAX_EVENTS:
                raise UsageError(f"more than {MAX_EVENTS:,} events", place=place)
            uid = str(uuid.uuid5(_SPACE, f"{seed}/{index}/{number}"))
            filled = _filled(dict(description), {**known, **_own(at, uid), "n": number}, place)
            found.append(_record(filled, at, uid, known, place))
    return found


def moment(event: Mapping[str, Any]) -> int:
    """When an event of any log happened, in milliseconds since 1970; 0 for one that does not say.

    `UsageError` for a text that is no time.
    """
    for key in _TIMES:
        if isinstance(text := event.get(key), str):
            try:
                return int(dt.datetime.fromisoformat(text).timestamp() * 1000)
            except (ValueError, OverflowError):
                raise UsageError(f"`{key}: {text[:40]}` of an event is no time") from None
    for key, factor in (("timestamp", 1), ("start", 1000)):
        if isinstance(number := event.get(key), int):
            return number * factor
    return 0


def _own(at: dt.datetime, uid: str) -> dict[str, Any]:
    milliseconds = int(at.timestamp() * 1000)
    return {
        "time": _moments(at)["eventTime"],
        "seconds": milliseconds // 1000,
        "milliseconds": milliseconds,
        "uid": uid,
    }


def _count(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise UsageError("`repeat` is a number from 1", place=place)
    return value


def _later(at: dt.datetime, text: Any, place: str) -> dt.datetime:
    found = _SPAN.fullmatch(str(text))
    if not found:
        raise UsageError(f"`{str(text)[:40]}` is no span of time", place=place, remedy="write `30s`, `5m` or `2h`")
    try:
        return at + dt.timedelta(milliseconds=int(found[1]) * _MILLISECONDS[found[2]])
    except (OverflowError, ValueError):
        raise UsageError(f"`{str(text)[:40]}` is too long a time", place=place) from None


def _filled(value: Any, known: Mapping[str, Any], place: str) -> Any:
    """The description with its variables filled in; a text that is one variable becomes its value."""
    if isinstance(value, dict):
        return {_filled(key, known, place): _filled(one, known, place) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, known, place) for one in value]
    if not isinstance(value, str):
        return value

    def look_up(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise UsageError(f"the variable `{found[1]}` is not defined", place=place)
        return str(known[found[1]])

    whole = _VARIABLE.fullmatch(value)
    return known[whole[1]] if whole and whole[1] in known else _VARIABLE.sub(look_up, value)


def _record(
    description: dict[str, Any], at: dt.datetime, uid: str, known: Mapping[str, Any], place: str
) -> dict[str, Any]:
    if isinstance(raw := description.get("raw"), dict):
        return _deep(_moments(at), raw) if "eventTime" not in raw and "eventName" in raw else raw
    name = description.get("eventName")
    if not isinstance(name, str) or not isinstance(description.get("eventSource"), str):
        raise UsageError("an event has `eventName` and `eventSource`", place=place)
    reads = name.startswith(_READS)
    base: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": identity(str(description.get("by", "user/alice")), str(known["account"]), place),
        **_moments(at),
        "eventSource": description["eventSource"],
        "eventName": name,
        "awsRegion": known["region"],
        "sourceIPAddress": known["source"],
        "userAgent": "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8 lang/python#3.13.7",
        "requestParameters": None,
        "responseElements": None,
        "requestID": str(uuid.uuid5(_SPACE, f"{uid}/request")),
        "eventID": uid,
        "readOnly": reads,
        "eventType": "AwsConsoleSignIn" if description["eventSource"] == "signin.amazonaws.com" else "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": known["account"],
        "eventCategory": "Management",
    }
    if str(description.get("by", "")).startswith("service/"):
        base |= {"sourceIPAddress": base["userIdentity"]["invokedBy"], "userAgent": base["userIdentity"]["invokedBy"]}
    return _deep(base, {key: value for key, value in description.items() if key not in WORDS})


def _moments(at: dt.datetime) -> dict[str, str]:
    return {"eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _deep(under: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = _deep(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def identity(who: str, account: str, place: str = "") -> dict[str, Any]:
    """CloudTrail's `userIdentity` of a caller; `UsageError` for a kind that there is not."""
    kind, _, rest = who.partition("/")
    name, _, session = rest.partition("/")
    if kind == "root":
        return {
            "type": "Root",
            "principalId": account,
            "arn": f"arn:aws:iam::{account}:root",
            "accountId": account,
        }
    if kind == "user" and name:
        return {
            "type": "IAMUser",
            "principalId": "AIDA" + _letters(name, account),
            "arn": f"arn:aws:iam::{account}:user/{name}",
            "accountId": account,
            "accessKeyId": "AKIA" + _letters(f"key/{name}", account),
            "userName": name,
        }
    if kind == "role" and name:
        return _role(name, session or "session", account)
    if kind == "service" and name:
        return {"type": "AWSService", "invokedBy": name if "." in name else f"{name}.amazonaws.com"}
    raise UsageError(f"`{who[:60]}` is nobody who calls", place=place, remedy="write `user/NAME` or `role/NAME`")


def _role(name: str, session: str, account: str) -> dict[str, Any]:
    principal = "AROA" + _letters(name, account)
    return {
        "type": "AssumedRole",
        "principalId": f"{principal}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        "accountId": account,
        "accessKeyId": "ASIA" + _letters(f"{name}/{session}", account),
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": principal,
                "arn": f"arn:aws:iam::{account}:role/{name}",
                "accountId": account,
                "userName": name,
            },
            "attributes": {"creationDate": "2026-03-02T08:00:00Z", "mfaAuthenticated": "false"},
        },
    }


def _letters(name: str, account: str) -> str:
    """Sixteen letters and digits as ids of AWS have them, the same for the same name."""
    number = uuid.uuid5(_SPACE, f"{account}/{name}").int
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return "".join(alphabet[(number >> (5 * at)) & 31] for at in range(16))
