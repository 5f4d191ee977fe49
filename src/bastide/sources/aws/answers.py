"""What botocore gives as plain JSON without secrets: the only form in which an answer is seen, kept or judged."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from typing import Any

from bastide.redact import redacted
from bastide.resources.model import REDACTED, REDACTED_WRITTEN

MAX_DEPTH = 48
MAX_TEXT = 1_000_000
MAX_BYTES = 4_000_000
"""The credential report, which comes as bytes, has a row of some 500 for each of up to 5,000 users."""


def plain(response: Any) -> dict[str, Any]:
    """The answer as JSON values, redacted. Times are RFC 3339 in UTC, bytes are text where they are and else vanish.

    A secret that an answer shows in the open is written in the configuration for all who may read it, and so it has
    the mark of a secret that stands in a source.
    """
    value = _decoded(_plain({key: item for key, item in response.items() if key != "ResponseMetadata"}, 0))
    safe = redacted(value)
    found: dict[str, Any] = value if safe is value else _written(safe)
    return found


def _plain(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, dict):
        return {str(key): _plain(item, depth + 1) for key, item in value.items()} if depth < MAX_DEPTH else None
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value] if depth < MAX_DEPTH else None
    return _odd(value)


def _odd(value: Any) -> str | None:
    """Text for what is neither JSON nor a container: times, bytes, streams."""
    if isinstance(value, (dt.datetime, dt.date)):
        return _time(value)
    if isinstance(value, (bytes, bytearray)):
        try:
            return bytes(value[:MAX_BYTES]).decode()
        except UnicodeDecodeError:
            return None
    read = getattr(value, "read", None)
    return _odd(read(MAX_TEXT)) if callable(read) else str(value)[:MAX_TEXT]


def _decoded(value: Any, name: str = "") -> Any:
    """User data, which AWS gives in base64, as text: a secret in it must be seen to be hidden."""
    if isinstance(value, dict):
        found = {
            key: _decoded(item, name if key == "Value" and name == "UserData" else key) for key, item in value.items()
        }
        return _unshared(found) if _SHARED & found.keys() else found
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if name == "UserData" and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (ValueError, binascii.Error):
            return value
    return value


_SHARED = {"HeaderValue", "SearchString", "RegexString"}
_SENDERS = {"SingleHeader", "Headers", "Cookies", "SingleQueryArgument", "AllQueryArguments"}


def _unshared(value: dict[str, Any]) -> dict[str, Any]:
    """Without what a request proves with where it comes from: CloudFront adds it as a header, WAF compares one with it.

    Nothing in its name or form need say that it is a secret.
    """
    place = value.get("FieldToMatch")
    if "HeaderValue" not in value and not (isinstance(place, dict) and _SENDERS & place.keys()):
        return value
    return {key: REDACTED_WRITTEN if key in _SHARED and item else item for key, item in value.items()}


def _time(value: dt.datetime | dt.date) -> str:
    if not isinstance(value, dt.datetime):
        return value.isoformat()
    moment = value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _written(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(REDACTED, REDACTED_WRITTEN) if REDACTED in value else value
    if isinstance(value, dict):
        return {key: _written(item) for key, item in value.items()}
    return [_written(item) for item in value] if isinstance(value, list) else value
