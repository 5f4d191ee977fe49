"""One configuration item, whatever it came in: a snapshot's, a history's, an answer of the API, a row of a query."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from bastide.sources.aws.answers import plain

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_TEXT = 4 * 1024 * 1024
MAX_TIME = 1e18
"""Numbers from there on, and what is none, are no time."""
LEFT_OUT = "ResourceNotRecorded"
"""The state of an item that says that the recorder leaves the resource out."""
GONE = ("ResourceDeleted", "ResourceDeletedNotRecorded", LEFT_OUT)
"""States of items that say nothing of what is there now."""

_ACCOUNT = re.compile(r"\d{12}")
_PLACE = re.compile(r"[a-z0-9-]{2,32}")
_TYPE = re.compile(r"AWS::\w{1,64}::\w{1,64}")
_FRACTION = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{3}(Z|\+00:00)")


class ConfigItem(NamedTuple):
    """What AWS Config says of one resource at one time; `configuration` and `supplementary` are None if it says none.

    `region` is `global` for what is in no region; `tags` is a map; `time` is seconds since the epoch.
    """

    type: str
    account: str
    region: str
    id: str
    arn: str
    status: str
    time: float
    configuration: dict[str, Any] | None
    supplementary: dict[str, Any] | None
    tags: dict[str, str] | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Equal for items of the same resource, and only for these."""
        return self.account, self.region, self.type, self.id or self.arn

    @property
    def partition(self) -> str:
        """The partition: of its ARN, else the usual one."""
        parts = self.arn.split(":", 2)
        return parts[1] if len(parts) == 3 and _PLACE.fullmatch(parts[1]) else "aws"


def read_item(value: Any, is_wanted: Callable[[str], bool] = lambda _: True) -> ConfigItem | None:
    """The item, without secrets; None for what is none. Of a type that is not wanted, it has no configuration."""
    value = decoded(value)
    if not isinstance(value, dict):
        return None
    arn = _text(value.get("arn") or value.get("ARN"))
    parts = arn.split(":")
    account = _text(value.get("awsAccountId") or value.get("accountId")) or (parts[4] if len(parts) > 4 else "")
    kind, identity = _text(value.get("resourceType")), _text(value.get("resourceId"))
    region = _text(value.get("awsRegion")) or (parts[3] if len(parts) > 4 else "") or "global"
    if not (_TYPE.fullmatch(kind) and _ACCOUNT.fullmatch(account) and _PLACE.fullmatch(region) and (identity or arn)):
        return None
    wanted = is_wanted(kind)
    return ConfigItem(
        kind,
        account,
        region,
        identity or arn,
        arn,
        _text(value.get("configurationItemStatus")),
        _time(value.get("configurationItemCaptureTime")),
        _object(value.get("configuration")) if wanted else None,
        _supplementary(value.get("supplementaryConfiguration")) if wanted else None,
        _tags(value.get("tags")) if wanted else None,
    )


def decoded(value: Any) -> Any:
    """The value of JSON text, of text in text too; everything else as it is."""
    for _ in range(3):
        if not isinstance(value, str) or len(value) > MAX_TEXT or not value.lstrip().startswith(("{", "[", '"')):
            break
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            break
    return value


def _text(value: Any) -> str:
    return value[:2048] if isinstance(value, str) else ""


def _object(value: Any) -> dict[str, Any] | None:
    found = decoded(value)
    if not isinstance(found, dict):
        return None
    safe: dict[str, Any] = _whole_seconds(plain(found))
    return safe


def _supplementary(value: Any) -> dict[str, Any] | None:
    found = decoded(value)
    if not isinstance(found, dict):
        return None
    safe: dict[str, Any] = _whole_seconds(plain({str(name): decoded(item) for name, item in found.items()}))
    return safe


def _whole_seconds(value: Any) -> Any:
    """Times as bastide writes them: whole seconds, `Z`."""
    if isinstance(value, str):
        match = _FRACTION.fullmatch(value) if len(value) < 40 else None
        return f"{match[1]}Z" if match else value
    if isinstance(value, dict):
        return {key: _whole_seconds(item) for key, item in value.items()}
    return [_whole_seconds(item) for item in value] if isinstance(value, list) else value


def _time(value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not abs(value) < MAX_TIME:
            return 0.0
        return float(value) / 1000 if abs(value) > 1e11 else float(value)
    try:
        moment = dt.datetime.fromisoformat(_text(value))
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()


def _tags(value: Any) -> dict[str, str] | None:
    value = decoded(value)
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = [(one.get("key"), one.get("value", "")) for one in value if isinstance(one, dict)]
    else:
        return None
    tags = {key: text for key, text in pairs if isinstance(key, str) and isinstance(text, str)}
    safe: dict[str, str] = plain(tags)
    return safe
