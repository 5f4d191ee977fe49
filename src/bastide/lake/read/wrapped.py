"""Texts of events, and what wraps them, which is taken off.

That is `Records`, `configurationItems`, `Findings`, EventBridge's `detail`, a notification's `configurationItem`, the
`logEvents` of CloudWatch, the `QueryResultRows` of CloudTrail Lake.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Raw, Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

Text = Raw | bytes


class Delivered(bytes):
    """A text that others delivered together with texts of other kinds.

    `of` tells those apart: the kind that EventBridge names, or CloudWatch's log group. `owner` is the account of that
    group, empty where that is not said.
    """

    of: str = ""
    owner: str = ""


class Refused(Struct, frozen=True):
    """A text that is no event, and why."""

    text: bytes
    reason: str


class Events(Struct):
    """Events that follow each other in a file, and what of it was none."""

    texts: list[Text]
    refused: list[Refused] = msgspec.field(default_factory=list)


_ABSENT = Raw(b"")
_ACCOUNT = re.compile(rb'"(\d{12})"')
_CONTROL = b'"CONTROL_MESSAGE"'
"""With which CloudWatch tries, again and again, whether a subscription still works: it has no event."""


class _Wrapper(Struct):
    records: Raw = msgspec.field(name="Records", default=_ABSENT)
    items: Raw = msgspec.field(name="configurationItems", default=_ABSENT)
    item: Raw = msgspec.field(name="configurationItem", default=_ABSENT)
    message_type: Raw = msgspec.field(name="messageType", default=_ABSENT)
    asff: Raw = msgspec.field(name="Findings", default=_ABSENT)
    findings: Raw = _ABSENT
    rows: Raw = msgspec.field(name="QueryResultRows", default=_ABSENT)
    log_events: Raw = msgspec.field(name="logEvents", default=_ABSENT)
    owner: Raw = _ABSENT
    group: Raw = msgspec.field(name="logGroup", default=_ABSENT)
    detail: Raw = _ABSENT
    kind: Raw = msgspec.field(name="detail-type", default=_ABSENT)


class _Logged(Struct):
    message: str = ""


class Decoder:
    """msgspec's, for which a text that is nested too deeply is broken like any other."""

    def __init__(self, kind: Any) -> None:
        self._decode = msgspec.json.Decoder(kind).decode

    def decode(self, text: Any) -> Any:
        try:
            return self._decode(text)
        except RecursionError:
            raise msgspec.DecodeError("nested too deeply") from None


LIST = Decoder(list[Raw])
"""A list of events, each as it is written."""
_WRAP = Decoder(_Wrapper)
_MESSAGES = Decoder(list[_Logged])


def unwrapped(texts: list[Any], refused: list[Refused] | None = None) -> Events:
    """The events inside of those that only wrap others: the first tells whether they do."""
    found = Events(texts, refused or [])
    if not texts or not _wraps(bytes(memoryview(texts[0])[:4096])):
        return found
    result = Events([], found.refused)
    for text in texts:
        try:
            inner = inside(bytes(text))
        except msgspec.DecodeError:
            inner = None
        result.texts += [text] if inner is None else inner.texts
        result.refused += [] if inner is None else inner.refused
    return result


_WRAPS = re.compile(rb'"(?:Records|configurationItems?|Findings|findings|logEvents|detail-type|QueryResultRows)"\s*:')


def _wraps(head: bytes) -> bool:
    return _WRAPS.search(head) is not None


def inside(text: bytes) -> Events | None:
    """What a document wraps; None for one that is an event itself."""
    try:
        wrapper = _WRAP.decode(text)
    except msgspec.ValidationError:
        return None
    if _is_list(wrapper.log_events):
        found = [] if bytes(wrapper.message_type) == _CONTROL else _MESSAGES.decode(wrapper.log_events)
        owner = _ACCOUNT.fullmatch(wrapper.owner)
        group = bytes(wrapper.group).decode("utf-8", "replace")
        texts = [one.message.encode() for one in found]
        return Events(_delivered(texts, group, owner[1].decode() if owner else ""))
    detail = bytes(wrapper.detail)
    if detail.startswith(b"{") and (kind := bytes(wrapper.kind)):
        inner = inside(detail) or Events([detail])
        return Events(_delivered(inner.texts, kind.decode("utf-8", "replace")), inner.refused)
    if bytes(wrapper.item).startswith(b"{"):
        return Events([wrapper.item])
    for listed in (wrapper.records, wrapper.items, wrapper.asff, wrapper.findings, wrapper.rows):
        if _is_list(listed):
            return Events(list(LIST.decode(listed)))
    return None


def _delivered(texts: Iterable[Text], of: str, owner: str = "") -> list[Text]:
    found: list[Text] = []
    for one in texts:
        text = Delivered(one)
        text.of, text.owner = of, owner
        found.append(text)
    return found


def _is_list(text: Raw) -> bool:
    return bytes(memoryview(text)[:1]) == b"["
