"""JSON files as the texts of their events, byte for byte: a document, a list, lines, or objects one after another.

What wraps events is taken off (`wrapped`). A document that is larger than a piece is divided between events without
being held whole.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import msgspec
from msgspec import Raw

from bastide.lake.read.unpack import CutError
from bastide.lake.read.wrapped import LIST, Decoder, Events, Refused, inside, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 64 * 1024 * 1024
"""Bytes of text without an end of an event after which a file is given up."""
HEAD = 64 * 1024
"""Bytes in which the bracket of a list of events is looked for."""
_TRIED = 256 * 1024 * 1024
"""Bytes that are tried in vain as one event, a bit longer each time, before what is left of a line is given up."""
_TRIES = 3
_TAILS = (64 * 1024, 4 * 1024 * 1024)
"""Bytes at the end of a piece in which the beginning of the last event is looked for."""
_FIRST_KEY = re.compile(rb'\{\s*"[^"\\]*"')
_OPENED = re.compile(
    rb'\s*(?:\{\s*(?:"[\w-]+"\s*:\s*(?:"[^"\\]*"|-?\d+|true|false|null|\{[^{}\[\]]*\})\s*,\s*)*"(?:%s)"\s*:\s*)?\['
)
_WRAPPERS = ("Records", "configurationItems", "Findings", "findings", "QueryResultRows")
_OPEN = re.compile(_OPENED.pattern % "|".join(_WRAPPERS).encode())
_AGAIN = re.compile(rb"\]\s*\}(?=\s*\{)%b(?:\s*\]\s*\}(?=\s*\{)%b)*" % (_OPEN.pattern, _OPEN.pattern))
"""Where one document's list ends and the next one's begins. No text has `}{"` in it: its quote would end it."""
_BETWEEN = re.compile(rb"\s*,?\s*")

_BEHIND = "broken JSON behind a list of events"
_DOCUMENT = json.JSONDecoder()
_ONE = Decoder(Raw)


def events(pieces: Iterator[bytes]) -> Iterator[Events]:
    """The events of a file piece by piece; the last of them says what its end was not."""
    rest, first, opened = b"", True, False
    cut = ""
    held: bytes | None = None
    source = until_cut(pieces)
    for piece in source:
        if isinstance(piece, str):
            cut = piece
            break
        if held is not None and first and len(held) < HEAD:
            held += piece
            continue
        if held is not None:
            if first:
                opened, held = _start(held)
                first = False
            found, rest = _divided(rest + held, opened=opened)
            yield found
            if len(rest) > LONGEST:
                yield Events([], [Refused(rest[:100_000], "no event ends in so much text")])
                return
        held = piece
    if held is not None:
        yield _last(rest + held, cut, opened=opened, whole=first)
    elif cut:
        yield Events([], [Refused(b"", cut)])


def until_cut(pieces: Iterator[bytes]) -> Iterator[bytes | str]:
    """The pieces, and at last why there are no more when the file is cut."""
    try:
        yield from pieces
    except CutError as error:
        yield str(error)


def _start(head: bytes) -> tuple[bool, bytes]:
    """Whether the text is one list of events, and what follows its bracket; else the text, which has lines."""
    if found := _OPEN.match(head.removeprefix(b"\xef\xbb\xbf")):
        return True, head.removeprefix(b"\xef\xbb\xbf")[found.end() :]
    return False, head


def _last(text: bytes, cut: str, *, opened: bool, whole: bool) -> Events:
    if whole and not cut:
        return document(text)
    if whole:
        opened, text = _start(text)
    found, rest = _divided(text, opened=opened)
    if opened:
        more, rest = _scanned(_one_list(rest), 0)
        found = _with(found, more)
    if cut:
        found.refused.append(Refused(rest[:100_000], cut))
    elif opened:
        found = _with(found, _after(rest.lstrip(b" \t\r\n,")))
    elif rest.strip():
        found = _with(found, lines(rest))
    return found


def _with(found: Events, more: Events) -> Events:
    return Events([*found.texts, *more.texts], [*found.refused, *more.refused])


def _one_list(text: bytes) -> bytes:
    """Documents that follow each other, each with a list of events, as one list."""
    return _AGAIN.sub(b",", text)


def _after(rest: bytes) -> Events:
    """What follows a list of events: the end of its document, which is no event, and whatever stands behind that."""
    if not rest.startswith(b"]"):
        return Events([], [Refused(rest[:100_000], "ends in the middle of an event")])
    text = rest.decode("utf-8", "surrogateescape")
    for opening in ('{"":[', "["):
        try:
            end = _DOCUMENT.raw_decode(opening + text)[1] - len(opening)
        except (ValueError, RecursionError):
            continue
        behind = text[end:].encode("utf-8", "surrogateescape").strip(b"\0 \t\r\n,")
        if behind[:1] in (b"{", b"["):
            return document(behind)
        return Events([], [Refused(behind[:100_000], _BEHIND)] if behind else [])
    return Events([], [Refused(rest[:100_000], _BEHIND)])


def document(text: bytes) -> Events:
    """The events of a whole file."""
    text = text.removeprefix(b"\xef\xbb\xbf").strip(b"\0 \t\r\n")
    if not text:
        return Events([])
    if (plain := _plain(text)) is not None:
        return plain
    try:
        if text.startswith(b"["):
            return unwrapped(LIST.decode(text))
        return inside(text) or Events([text])
    except msgspec.DecodeError as error:
        return _in_parts(text, error)


def _in_parts(text: bytes, error: msgspec.DecodeError) -> Events:
    """What a text has that is no document as a whole: lines, or events before the place where it breaks."""
    if "trailing" in str(error) or b"\n" in text:
        found = _of_several_lines(text) or lines(text)
        if found.texts or not found.refused:
            return found
    opened, after = _start(text)
    if not opened:
        return Events([], [Refused(text[:100_000], f"broken JSON: {error}")])
    found, rest = _scanned(after, 0)
    if not found.refused or rest.strip(b" \t\r\n,]}"):
        found.refused.append(Refused(rest[:100_000], f"broken JSON: {error}"))
    return found


def _of_several_lines(text: bytes) -> Events | None:
    """Objects that follow each other, each written over several lines; None for anything else."""
    if not _BROKEN_OFF.match(text):
        return None
    found = Events([])
    _one_after_another(text, "", found)
    return None if found.refused else unwrapped(found.texts)


_BROKEN_OFF = re.compile(rb"\{[ \t\r]*\n")
_CLOSED = re.compile(rb"\]\s*\}\Z")


def _plain(text: bytes) -> Events | None:
    """The events of a document that is nothing but their list, read in one go; None for any other."""
    opened, closed = _OPEN.match(text), _CLOSED.search(text, max(0, len(text) - 64))
    if opened is None or closed is None or not text.startswith(b"{"):
        return None
    try:
        return Events(list(LIST.decode(memoryview(text)[opened.end() - 1 : closed.start() + 1])))
    except msgspec.DecodeError:
        return None


def lines(text: bytes) -> Events:
    """Events of which each is a line, or that follow each other without anything between them."""
    found = Events([])
    for line in text.split(b"\n"):
        stripped = line.strip(b"\0 \t\r,")
        if not stripped:
            continue
        try:
            found.texts.append(_ONE.decode(stripped))
        except msgspec.DecodeError as error:
            _one_after_another(stripped, str(error), found)
    return unwrapped(found.texts, found.refused)


def _one_after_another(text: bytes, error: str, found: Events) -> None:
    """Divide `{…}{…}`, as Firehose writes; what cannot be is refused."""
    at, end, tried = 0, len(text), 0
    starts = [match.end() - 1 for match in re.finditer(rb"\}\s*\{", text)]
    for stop in [*starts, end]:
        try:
            found.texts.append(_ONE.decode(text[at:stop].strip()))
        except msgspec.DecodeError:
            tried += stop - at
            if tried > _TRIED:
                break
            continue
        at, tried = stop, 0
    if at < end:
        found.refused.append(Refused(text[at : at + 100_000], f"broken JSON: {error}"))


def _divided(text: bytes, *, opened: bool) -> tuple[Events, bytes]:
    """The whole events at the beginning of a text, and what is left of it."""
    if not opened:
        end = text.rfind(b"\n")
        return (lines(text[:end]), text[end + 1 :]) if end >= 0 else (Events([]), text)
    start = _BETWEEN.match(text).end()  # type: ignore[union-attr]
    for end in _ends(text, start):
        try:
            found = LIST.decode(b"".join((b"[", memoryview(text)[start:end], b"]")))
        except msgspec.DecodeError:
            continue
        return Events(list(found)), text[end:]
    joined = _one_list(text)  # no list ends where none could be decoded: to look for that in every text costs
    return _divided(joined, opened=True) if len(joined) < len(text) else _scanned(text, start)


def _ends(text: bytes, start: int) -> list[int]:
    """Where events may end, the last first: before what begins as the first event does, and at the end of the list.

    That is a guess, and decoding tells whether it was right: a text that decodes as a list ends with an event's end.
    """
    opening = _FIRST_KEY.match(text, start)
    if opening is None:
        return []
    last = text.rstrip()
    closed = [last.rfind(b"]"), len(last)] if last.endswith((b"}", b"]")) else []
    pattern = re.compile(rb"\}\s*,\s*" + re.escape(opening[0]))
    found: list[int] = []
    for tail in _TAILS:
        found = found or [match.start() + 1 for match in pattern.finditer(text, max(start, len(text) - tail))][-_TRIES:]
    return [end for end in closed if end > start] + found[::-1]


_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|"|[{}\[\]]', re.DOTALL)
"""A text in quotes, a quote that nothing closes, or a bracket."""


def _scanned(text: bytes, start: int) -> tuple[Events, bytes]:
    """As `_divided`, brace by brace: for the text whose end is inside of a very large event, or damaged."""
    depth, done, begun = 0, start, start
    found = Events([])
    for token in _TOKEN.finditer(text, start):
        mark = token[0]
        if mark == b'"':
            break
        if mark in (b"{", b"["):
            if depth == 0:
                begun = token.start()
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
            if depth < 0:
                break
            if depth == 0:
                done = token.end()
                try:
                    found.texts.append(_ONE.decode(text[begun:done]))
                except msgspec.DecodeError as error:
                    found.refused.append(Refused(text[begun:done][:100_000], f"broken JSON: {error}"))
    return found, text[done:]
