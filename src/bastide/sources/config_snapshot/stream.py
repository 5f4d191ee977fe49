"""The elements of the lists in a JSON file, one after the other: of a file of any size, one element is in memory.

A file is an object with a list (`{"configurationItems": […]}`), a list itself, or values one behind the other. It may
be gzipped. Lists are gone through; every other member is given as one value.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import stat
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 4 * 1024 * 1024
"""Characters read at once."""
MAX_ELEMENT = 32 * 1024 * 1024
"""Characters of one element."""
MAX_UNPACKED = 16 * 1024**3
"""Bytes that one file unpacks to."""

MAX_SPACE = 16 * 1024 * 1024
"""Characters that are nothing but space, one behind the other."""

_SPACE = re.compile(r"[ \t\r\n]*")
_LISTS = ('onfigurationItems"', '"Results"')


class BadFile(Exception):  # noqa: N818 (it is the file that is bad; where it is caught, it becomes a problem)
    """What is wrong with a file, for people; what came before it was sound."""


def elements(path: str) -> Iterator[tuple[str, Any]]:
    """The name of the list (empty at the top) and an element of it, or the name of a member and its value.

    Raises `BadFile` where it cannot be read any further.
    """
    try:
        with _opened(path) as stream, io.TextIOWrapper(_unpacked(stream), "utf-8-sig", errors="strict") as text:
            yield from _Reader(text).elements()
    except OSError as error:
        raise BadFile(error.strerror or str(error)) from None
    except (EOFError, zlib.error):
        raise BadFile("its compressed data is cut off or damaged") from None
    except UnicodeDecodeError:
        raise BadFile("it is no UTF-8") from None


def _opened(path: str) -> BinaryIO:
    """A regular file; never waits for a writer."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    stream = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        stream.close()
        raise BadFile("it is not a regular file")
    return stream


def _unpacked(stream: BinaryIO) -> Any:
    packed = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    return gzip.GzipFile(fileobj=stream) if packed else stream


class _Reader:
    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self._text, self._at, self._read, self._ended = "", 0, 0, False
        self._decoder = json.JSONDecoder()

    def elements(self) -> Iterator[tuple[str, Any]]:
        if self._peek() == "":
            raise BadFile("it is empty")
        while (char := self._peek()) != "":
            if char == "[":
                yield from self._list("")
            elif char == "{" and self._is_envelope():
                yield from self._members()
            else:
                yield "", self._value()

    def _is_envelope(self) -> bool:
        """Whether an object at the top is what holds a list, not an item: items stand in no `Results`."""
        self._more(4096)
        start = self._text[self._at : self._at + 4096]
        return '"resourceType"' not in start or 'onfigurationItem"' in start or any(word in start for word in _LISTS)

    def _members(self) -> Iterator[tuple[str, Any]]:
        self._take("{")
        while self._peek() != "}":
            name = self._value()
            if not isinstance(name, str):
                raise BadFile(f"a name was expected near character {self._place()}")
            self._take(":")
            if self._peek() == "[":
                yield from self._list(name)
            else:
                yield name, self._value()
            if self._peek() == ",":
                self._take(",")
        self._take("}")

    def _list(self, name: str) -> Iterator[tuple[str, Any]]:
        self._take("[")
        while self._peek() != "]":
            yield name, self._value()
            if self._peek() == ",":
                self._take(",")
            elif self._peek() != "]":
                what = "no comma between elements" if self._peek() else "it is cut off"
                raise BadFile(f"{what} near character {self._place()}")
        self._take("]")

    def _value(self) -> Any:
        """The value that begins here; reads on until it is whole."""
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise BadFile(f"it is nested too deeply near character {self._place()}") from None
            except json.JSONDecodeError as error:
                if self._ended:
                    raise BadFile(f"it is cut off or no JSON near character {self._place()}: {error.msg}") from None
                self._more(2 * (len(self._text) - self._at))
                if len(self._text) - self._at > MAX_ELEMENT:
                    message = f"no JSON value of at most {MAX_ELEMENT} characters is at character {self._place()}"
                    raise BadFile(message) from None
                continue
            except ValueError:
                raise BadFile(f"a number is too long near character {self._place()}") from None
            if end == len(self._text) and not self._ended and isinstance(value, (int, float)):
                self._more(end - self._at + 1)  # the number may go on
                continue
            self._at = end
            return value

    def _peek(self) -> str:
        """The next character that is no space; empty at the end."""
        skipped = 0
        while True:
            match = _SPACE.match(self._text, self._at)
            assert match is not None, "it matches nothing, too"
            skipped += match.end() - self._at
            self._at = match.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            if skipped > MAX_SPACE:
                raise BadFile(f"there is nothing but space before character {self._place()}")
            self._more(1)

    def _take(self, wanted: str) -> None:
        if self._peek() != wanted:
            raise BadFile(f"it is cut off or no JSON near character {self._place()}: `{wanted}` was expected")
        self._at += 1

    def _more(self, wanted: int) -> None:
        """Have `wanted` characters from here on, if there are as many."""
        if len(self._text) - self._at >= wanted or self._ended:
            return
        parts = [self._text[self._at :]]
        self._read += self._at
        length = len(parts[0])
        while length < wanted:
            part = self._stream.read(max(CHUNK, wanted - length))
            if not part:
                self._ended = True
                break
            parts.append(part)
            length += len(part)
        self._text, self._at = "".join(parts), 0
        if self._read + length > MAX_UNPACKED:
            raise BadFile(f"it unpacks to more than {MAX_UNPACKED} characters")

    def _place(self) -> int:
        return self._read + self._at
