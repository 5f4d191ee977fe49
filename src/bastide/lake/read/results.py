"""Results of queries of CloudTrail Lake as CloudTrail's events: `result_1.csv.gz` in a bucket, and rows of its API.

`eventJson` is the whole event, byte for byte. Without it an event is made of the columns that are certain (`loose`); a
row that is no event, or whose meaning would have to be guessed, is refused as an answer of the API, so that it can be
tried again.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from typing import TYPE_CHECKING, Any

import msgspec

from bastide.lake.read.documents import until_cut
from bastide.lake.read.loose import SHAPES, Unreadable, moment
from bastide.lake.read.loose import read as read_loose
from bastide.lake.read.wrapped import Events, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bastide.lake.read.wrapped import Text

LARGEST = 4 * 1024 * 1024
"""Letters of one value; CloudTrail's events are smaller."""
MAX_COLUMNS = 1000
TRIES = 40
"""Texts of a piece that are looked at for rows."""
BATCH = 8 * 1024 * 1024
"""Bytes of events that are handed on together."""
PATH = re.compile(r"(?i)/CloudTrail-Lake/Query/|(?:^|/)result_\d+\.csv(?:\.gz)?$")
"""Where CloudTrail Lake saves results."""
SIGNED = "result_sign.json"
"""The file beside them that has their hashes."""
NEEDED = ("eventID", "eventTime", "eventName", "eventSource", "awsRegion", "recipientAccountId")
"""What an event has at least: by these it is known again when it comes from a trail."""
WHOLE = "eventJson"
_TEXTS = (
    *NEEDED,
    *("eventVersion", "sourceIPAddress", "userAgent", "errorCode", "errorMessage", "requestID", "eventType"),
    *("apiVersion", "sharedEventID", "vpcEndpointId", "vpcEndpointAccountId", "eventCategory"),
    "sessionCredentialFromConsole",
)
_FLAGS = ("readOnly", "managementEvent")
_KNOWN = {name.lower(): (name,) for name in (*_TEXTS, *_FLAGS, *SHAPES, WHOLE)}
_REMEDY = f"select `{WHOLE}`, which is the whole event"

Row = list[tuple[str, str]]


def _leaves(path: tuple[str, ...], shape: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(shape, dict):
        for name, inner in shape.items():
            yield from _leaves((*path, name), inner)
    elif shape is None:
        yield path


_PATHS = {
    separator.join(path).lower(): path
    for path in _leaves(("userIdentity",), SHAPES["userIdentity"])
    for separator in "._"
}
"""Columns that are called by the whole path of what they hold."""


def are_rows(texts: Sequence[Text]) -> bool:
    """Whether texts of a JSON file are rows of a query's result: lists of columns."""
    return any(bytes(memoryview(text)[:1]) == b"[" and _row(text) is not None for text in texts[:TRIES])


def translated(part: Events) -> Events:
    """Rows of the API as events; what is no row stays as it is."""
    found = Events([], list(part.refused))
    for text in part.texts:
        row = _row(text) if bytes(memoryview(text)[:1]) == b"[" else None
        if row is None:
            found.texts.append(text)
        else:
            _take(row, found)
    return found


def _row(text: Text) -> Row | None:
    """The columns of a row that has some of CloudTrail's; None for anything else."""
    try:
        columns = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(columns, list) or not all(isinstance(one, dict) for one in columns):
        return None
    row = [(name, _as_text(value)) for one in columns for name, value in one.items()]
    return row if any(name.lower() in _KNOWN or name.lower() in _PATHS for name, _ in row) else None


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else msgspec.json.encode(value).decode()


def names_of(head: bytes, path: str) -> list[str] | None:
    """The columns that the first line of a file names; empty for a result without such a line, None for other files."""
    line = head.removeprefix(codecs.BOM_UTF8).split(b"\n", 1)[0][:LARGEST].rstrip(b"\r")
    saved = PATH.search(path) is not None
    try:
        (names,) = csv.reader([line.decode("utf-8")], strict=True)
    except (csv.Error, ValueError):
        return [] if saved else None
    known = {_KNOWN.get(name.lower()) or _PATHS.get(name.lower()) for name in names} - {None}
    sure = len(known) >= 2 or known & {("eventID",), (WHOLE,)}
    if len(names) <= MAX_COLUMNS and (sure or (saved and known)):
        return names
    return [] if saved else None


def rows(pieces: Iterator[bytes], names: list[str]) -> Iterator[Events]:
    """The events of a file of comma-separated values whose columns have these names, in batches."""
    lines = _Lines(pieces)
    if names:
        next(lines, None)
    limit = csv.field_size_limit(LARGEST)
    try:
        yield from _batches(lines, names)
    finally:
        csv.field_size_limit(limit)


def _batches(lines: _Lines, names: list[str]) -> Iterator[Events]:
    found, size = Events([]), 0
    for values, text, error in _records(lines):
        if reason := error or _misfit(values, names):
            found.refused.append(Refused(text[:100_000], reason))
        else:
            _take(list(zip(names, values, strict=True)), found)
        size += len(text)
        if size >= BATCH:
            yield found
            found, size = Events([]), 0
    if lines.cut:
        found.refused.append(Refused(lines.rest, lines.cut))
    yield found


def _misfit(values: list[str], names: list[str]) -> str:
    """Why a record does not stand under the names of the first line; empty where it does."""
    if not names:
        return "the first line names no column of CloudTrail"
    return "" if len(values) == len(names) else f"a row with {len(values)} values under {len(names)} names"


def _records(lines: _Lines) -> Iterator[tuple[list[str], bytes, str]]:
    """Values, text and error of each record. After one that breaks, its further lines are read once more."""
    reader = csv.reader(lines, strict=True)
    while True:
        lines.taken.clear()
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield [], *lines.broken(f"broken row: {error}")
            reader = csv.reader(lines, strict=True)
            continue
        if values:
            yield values, _bytes("".join(lines.taken)), ""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


class _Lines:
    """The lines of a file, each with its end. `cut` is why the last, `rest`, is not whole; `taken` are the latest."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._lines, self._back = self._divided(pieces), deque[str]()
        self.taken: list[str] = []
        self.cut, self.rest, self._ended = "", b"", False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        try:
            line = self._back.popleft() if self._back else next(self._lines)
        except StopIteration:
            self._ended = True
            raise
        self.taken.append(line)
        return line

    def broken(self, reason: str) -> tuple[bytes, str]:
        """The text of a record that breaks, and why: of one that the file's end cuts all of it, else its first line.

        The lines after that come once more.
        """
        if self.cut and self._ended:
            text, reason = _bytes("".join(self.taken)) + self.rest, self.cut
            self.cut = ""
            return text, reason
        self._back.extendleft(reversed(self.taken[1:]))
        self._ended = False
        return _bytes("".join(self.taken[:1])), reason

    def _divided(self, pieces: Iterator[bytes]) -> Iterator[str]:
        rest, first = b"", True
        for piece in until_cut(pieces):
            if isinstance(piece, str):
                self.cut, self.rest = piece, rest[:100_000]
                return
            text = rest + (piece.removeprefix(codecs.BOM_UTF8) if first else piece)
            first = False
            whole = text.split(b"\n")
            rest = whole.pop()
            for line in whole:
                yield line.decode("utf-8", "surrogateescape") + "\n"
            if len(rest) > LARGEST * 4:
                self.cut, self.rest = "a line without end", rest[:100_000]
                return
        if rest:
            yield rest.decode("utf-8", "surrogateescape")


def _take(row: Row, into: Events) -> None:
    """Add the event of a row, or the row as refused."""
    event = _event(row)
    if isinstance(event, str):
        answer = {"QueryResultRows": [[{name: value} for name, value in row]]}
        into.refused.append(Refused(msgspec.json.encode(_clean(answer)), event))
    else:
        into.texts.append(event)


def _clean(value: Any) -> Any:
    """A text that JSON can hold: bytes that were no UTF-8 are replaced."""
    if isinstance(value, str):
        return _bytes(value).decode("utf-8", "replace")
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(one) for name, one in value.items()}
    return value


def _event(row: Row) -> bytes | str:
    """The event that a row is, or why it is none."""
    columns: dict[tuple[str, ...], str] = {}
    others: dict[str, str] = {}
    for name, text in row:
        path = _KNOWN.get(name.lower()) or _PATHS.get(name.lower())
        if path is None:
            others[name] = text
        elif columns.setdefault(path, text) != text:
            return f"two columns are called `{name[:80]}`"
    if whole := columns.get((WHOLE,), "").strip():
        return _whole(whole, columns.get(("eventID",), ""))
    try:
        return _made(columns, others)
    except RecursionError:
        return "nested too deeply"


def _whole(text: str, uid: str) -> bytes | str:
    content = _bytes(text)
    try:
        event = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        return f"`{WHOLE}` is broken JSON: {error}"
    known = {name.lower(): value for name, value in event.items()} if isinstance(event, dict) else {}
    if not known.get("eventid"):
        return f"no eventID in `{WHOLE}`"
    return f"`{WHOLE}` is of another event than its eventID" if uid not in ("", known["eventid"]) else content


def _made(columns: dict[tuple[str, ...], str], others: dict[str, str]) -> bytes | str:
    """An event of the columns that are certain; the others are kept with it as they are, under `lakeColumns`."""
    if lacking := [name for name in NEEDED if columns.get((name,), "") in ("", "null")]:
        return f"no {', no '.join(lacking)}"
    event: dict[str, Any] = {}
    for (name, *below), text in sorted(columns.items(), key=lambda item: len(item[0])):
        try:
            value = _value(name, text) if not below else _leaf(below[-1], text)
        except Unreadable as error:
            return f"`{name}` cannot be read without guessing: {error}; {_REMEDY}"
        if value is None or (below and columns.get((name,), "") not in ("", "null")):
            continue
        _set(event, (name, *below), value)
    if kept := {name: text for name, text in others.items() if text}:
        event["lakeColumns"] = kept
    return msgspec.json.encode(_clean(event))


def _value(name: str, text: str) -> Any:
    """What a column holds; None for nothing. Texts that may be the word `null` are left as they are."""
    if name in SHAPES:
        value = read_loose(text, SHAPES[name])
        return _with_moment(value) if name == "userIdentity" else value
    if name in _FLAGS and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return _leaf(name, text)


def _leaf(name: str, text: str) -> str | None:
    if not text or (text == "null" and name not in ("userAgent", "errorMessage")):
        return None
    return moment(text) if name in ("eventTime", "creationDate") else text


def _with_moment(identity: Any) -> Any:
    """An identity with the time of its session as CloudTrail writes it."""
    session = identity.get("sessionContext") if isinstance(identity, dict) else None
    attributes = session.get("attributes") if isinstance(session, dict) else None
    if isinstance(attributes, dict) and isinstance(begun := attributes.get("creationDate"), str):
        attributes["creationDate"] = moment(begun)
    return identity


def _set(event: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        event = event.setdefault(name, {})
    event[path[-1]] = value
