"""What kind of log a file is, and its events: by its first bytes, by what its events have, and by where it lies."""

from __future__ import annotations

import codecs
import re
from itertools import chain, groupby, starmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Raw, Struct, structs

from bastide.lake.read import documents, results
from bastide.lake.read.unpack import CutError, pieces
from bastide.lake.read.wrapped import Delivered, Events, Refused, Text
from bastide.lake.source import Apart, Source, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.lake.read.found import Found

TRIES = 40
"""Events that are looked at before a file is of no known kind."""
_STAMPED = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ")
_NONE: tuple[str, ...] = ()
_UNKNOWN = "of no kind that is known"


class Piece(Struct):
    """Events of one kind that follow each other in a file; `first` is the number of the first, counted from 1.

    `header` names the fields of a text's lines, `apart` counts lines that are no events of the log.
    """

    source: Source | None
    header: tuple[str, ...]
    texts: list[Text]
    refused: list[Refused]
    first: int = 1
    apart: int = 0


def read(found: Found, only: Source | None = None) -> Iterator[Piece]:
    """The events of a file piece by piece; `only` is the kind that it is said to be. `OSError` when it cannot be."""
    with found.open() as stream:
        unpacked = pieces(stream)
        try:
            head = next(unpacked, b"")
        except CutError as error:
            yield Piece(None, (), [], [Refused(b"", str(error))])
            return
        if head[:4] == b"PAR1":
            yield from _numbered(_parquet(found, only))
            return
        whole = chain([head], unpacked)
        if _is_json(head):
            yield from _numbered(_json(whole, found.path, only))
        elif (names := _columns(head, found.path, only)) is not None:
            yield from _numbered(_piece(_trail(), _NONE, part) for part in results.rows(whole, names))
        else:
            yield from _numbered(_text(whole, found.path, only))


def reread(text: bytes, path: str) -> Piece | None:
    """One record of a file once more; None when it is of no kind that is known."""
    whole = iter([text])
    return next(_json(whole, path, None) if _is_json(text) else _text(whole, path, None), None)


def _trail() -> Source:
    return sources()["cloudtrail"]


def _columns(head: bytes, path: str, only: Source | None) -> list[str] | None:
    """The columns of a result of CloudTrail Lake; None for what is none, or is said to be something else."""
    return results.names_of(head, path) if only in (None, _trail()) else None


def _numbered(parts: Iterator[Piece]) -> Iterator[Piece]:
    number = 1
    for piece in parts:
        piece.first = number
        number += len(piece.texts) + len(piece.refused) + piece.apart
        yield piece


def _is_json(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\0 \t\r\n")[:1] in (b"{", b"[", b"")


def _json(whole: Iterator[bytes], path: str, only: Source | None) -> Iterator[Piece]:
    known: dict[str, tuple[Source | None, tuple[str, ...]]] = {}
    for of, part in chain.from_iterable(map(_by_delivery, documents.events(whole))):
        kind, header = known.get(of, (only, _NONE))
        if kind in (None, _trail()) and results.are_rows(part.texts):
            kind, part = _trail(), results.translated(part)  # noqa: PLW2901
        if kind is None and part.texts:
            kind, header = _kind(part.texts, path)
        known[of] = kind, header
        if kind is not None and kind.reader == "ocsf":
            yield from _by_class(part, path)
        elif kind is not None and kind.reader == "text" and not header:
            yield Piece(kind, _NONE, list(map(_named, part.texts)), part.refused)
        else:
            yield _piece(kind, header, part)


def _by_delivery(part: Events) -> Iterator[tuple[str, Events]]:
    """Texts by what was delivered together: a stream of EventBridge or CloudWatch has logs of several kinds."""
    if not any(type(text) is Delivered for text in part.texts):
        yield "", part
        return
    found = [(of, Events(list(some))) for of, some in groupby(part.texts, lambda text: getattr(text, "of", ""))]
    found[-1][1].refused += part.refused
    yield from found


def _named(text: Text) -> Text:
    """An object of a log that is lines as a rule: its names as those of fields."""
    try:
        event = msgspec.json.decode(text, type=dict[str, Raw])
    except (msgspec.MsgspecError, RecursionError):
        return text
    return msgspec.json.encode({field_name(key): value for key, value in event.items()})


class _Class(Struct):
    class_uid: int = -1


def _by_class(part: Events, path: str) -> Iterator[Piece]:
    """Events that are OCSF already, by their class."""
    by_class: dict[int, list[Text]] = {}
    for text in part.texts:
        try:
            uid = msgspec.json.decode(text, type=_Class).class_uid
        except (msgspec.DecodeError, RecursionError):
            uid = -1
        by_class.setdefault(uid, []).append(text)
    for texts in by_class.values():
        yield _piece(_kind(texts, path)[0], _NONE, Events(texts))
    if part.refused:
        yield Piece(None, _NONE, [], part.refused)


def _piece(kind: Source | None, header: tuple[str, ...], part: Events) -> Piece:
    if kind is None and part.texts:
        lost = [Refused(bytes(text)[:100_000], _UNKNOWN) for text in part.texts]
        return Piece(None, (), [], part.refused + lost)
    if kind is not None and kind.apart:
        return _without(kind.apart, Piece(kind, header, part.texts, part.refused))
    return Piece(kind, header, part.texts, part.refused)


def _without(apart: Apart, piece: Piece) -> Piece:
    """The piece without lines that are none of its log's events."""
    line = re.compile(apart.line.encode())
    refused = [one for one in piece.refused if not line.match(one.text)]
    texts = [text for text in piece.texts if not line.match(memoryview(text))]
    piece.apart = len(piece.texts) + len(piece.refused) - len(texts) - len(refused)
    piece.texts, piece.refused = texts, refused
    return piece


def _kind(texts: list[Text], path: str) -> tuple[Source | None, tuple[str, ...]]:
    """The source of JSON events, or of lines that CloudWatch has wrapped in JSON."""
    for text in texts[:TRIES]:
        content = bytes(text)
        if content[:1] not in (b"{", b"["):
            found = _kind_of_line(content.decode("utf-8", "replace"), path)
            if found:
                return found, found.default
            continue
        try:
            event = msgspec.json.decode(content)
        except (msgspec.DecodeError, RecursionError):
            continue
        if isinstance(event, dict) and (known := kind_of(event, path)):
            return known, ()
    return None, ()


def kind_of(event: dict[str, Any], path: str = "") -> Source | None:
    """The source that an event is of: it has the fields that the source names; of several, the one by the path."""
    lowered = {name.lower() for key in event for name in (key, field_name(key))}
    fitting = [
        one
        for one in sources().values()
        if one.recognise.fitting(lowered)
        and all(re.search(pattern, str(event.get(key, ""))) for key, pattern in one.recognise.where.items())
    ]
    by_path = [one for one in fitting if one.recognise.path and re.search(one.recognise.path, path)]
    return max(by_path or fitting, key=lambda one: one.recognise.fitting(lowered), default=None)


def _text(whole: Iterator[bytes], path: str, only: Source | None) -> Iterator[Piece]:
    about, rest = _About(only, only.default if only else _NONE), b""
    begun = False
    for piece in documents.until_cut(whole):
        if isinstance(piece, str):
            yield Piece(about.source, about.header, [], [Refused(rest[:100_000], piece)])
            return
        text = rest + piece
        end = text.rfind(b"\n") + 1
        rest = text[end:]
        lines = text[:end].splitlines()
        if lines:
            if not begun:
                lines[0] = lines[0].removeprefix(codecs.BOM_UTF8)
                about, begun = _beginning(lines, path, only), True
            stretches = list(_by_header(about, lines))
            about = stretches[-1][0]
            yield from starmap(_lines, stretches)
        if len(rest) > documents.LONGEST:
            yield Piece(None, (), [], [Refused(rest[:100_000], "a line without end")])
            return
    if rest.strip():
        rest = rest if begun else rest.removeprefix(codecs.BOM_UTF8)
        about = about if begun else _beginning([rest], path, only)
        yield from starmap(_lines, _by_header(about, [rest]))


class _About(Struct, frozen=True):
    """What a text is: its source, the names of its fields, and whether CloudWatch has put a time before each line."""

    source: Source | None
    header: tuple[str, ...] = ()
    stamped: bool = False


def _beginning(lines: list[bytes], path: str, only: Source | None) -> _About:
    """What a text is, by its first lines."""
    for stamped in (False, True):
        shown = [_bare(line, stamped=stamped).decode("utf-8", "replace") for line in lines[:TRIES]]
        for line in shown if not stamped or _STAMPED.match(lines[0]) else ():
            if line.startswith("{") and (found := only or _kind([line.encode()], path)[0]):
                return _About(found, _NONE, stamped)
            if line and (found := _kind_of_line(line, path)) and only in (None, found):
                return _About(found, header_of(found, shown), stamped)
    return _About(only, header_of(only, shown) if only else _NONE, stamped=bool(_STAMPED.match(lines[0])))


def _kind_of_line(line: str, path: str) -> Source | None:
    fitting = [one for one in sources().values() if one.recognise.line and re.search(one.recognise.line, line)]
    by_path = [one for one in fitting if one.recognise.path and re.search(one.recognise.path, path)]
    return next(iter(by_path or fitting), None)


def header_of(source: Source, lines: list[str]) -> tuple[str, ...]:
    """The names of the fields as the text itself gives them before its first event, else as the source has them."""
    for line in lines:
        if source.header and (found := re.match(source.header, line)):
            return tuple(field_name(word) for word in line[found.end() :].split())
        if line and not line.startswith("#"):
            break
    return source.default


def field_name(word: str) -> str:
    """A column's name as a source's fields have it: `account-id` is `account_id`."""
    return re.sub(r"[^A-Za-z0-9]+", "_", word).strip("_")


def _by_header(about: _About, lines: list[bytes]) -> Iterator[tuple[_About, list[bytes]]]:
    """Bare lines with the names of their fields: files that were put together to one have several lines of names."""
    bare = (_bare(line, stamped=about.stamped) for line in lines)
    if about.source is None or not about.source.header:
        yield about, list(bare)
        return
    pattern, some = re.compile(about.source.header.encode()), list[bytes]()
    for line in bare:
        if not pattern.match(line):
            some.append(line)
            continue
        yield about, some
        if about.header:
            names = header_of(about.source, [line.decode("utf-8", "replace")])
            about = structs.replace(about, header=names)
        some = []
    yield about, some


def _lines(about: _About, lines: list[bytes]) -> Piece:
    kind, header = about.source, about.header
    texts = [line for line in lines if line and not line.startswith(b"#")]
    if kind is None:
        return Piece(None, (), [], [Refused(text[:100_000], _UNKNOWN) for text in texts])
    if not header and kind.reader == "json":
        return _of_json_lines(kind, texts)
    return Piece(kind, header, list(texts), [])


def _of_json_lines(kind: Source, texts: list[bytes]) -> Piece:
    return _piece(kind, (), documents.lines(b"\n".join(texts)))


def _bare(line: bytes, *, stamped: bool) -> bytes:
    """A line, without the time that CloudWatch writes before each when it exports."""
    found = _STAMPED.match(line) if stamped else None
    return line[found.end() :].strip() if found else line.strip()


def _parquet(found: Found, only: Source | None) -> Iterator[Piece]:
    """Rows as JSON, with the names that a source's fields have."""
    import pyarrow as pa
    from pyarrow import parquet

    from bastide.lake.read.rows import as_json

    try:
        if found.path.startswith("s3://"):
            from bastide.lake.storage import bucket_files

            source = bucket_files().open_input_file(found.path.removeprefix("s3://"))
        else:
            source = found.path if found.shown == found.path else pa.BufferReader(Path(found.path).read_bytes())
        file = parquet.ParquetFile(source)
        kind = only
        for batch in file.iter_batches(batch_size=8192):
            texts = as_json(batch)
            kind = kind or _kind(texts, found.path)[0]
            if kind is not None and kind.reader == "ocsf":
                yield from _by_class(Events(texts), found.path)
            else:
                yield _piece(kind, _NONE, Events(texts))
    except (pa.ArrowException, OSError) as error:
        yield Piece(None, (), [], [Refused(b"", f"damaged Parquet: {str(error)[:200]}")])
