"""The list of files that a build does not send to the builder: where it is, and whether a file is on it."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from bastide.sources.dockerfile.limits import MAX_IGNORE
from bastide.sources.files import head

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MAX_PATTERNS = 500


def ignore_file(path: str, within: Sequence[str]) -> tuple[str, str] | None:
    """The path and text of the list that most likely counts for a Dockerfile; None when there is none.

    The context of a build is not written in a Dockerfile. It is taken to be its folder, or one above that is still
    within what is scanned, whichever has a list.
    """
    folder, name = posixpath.split(path)
    candidates = [posixpath.join(folder, f"{name}.dockerignore")]
    for one in _above(folder, within):
        candidates += [posixpath.join(one, ".dockerignore"), posixpath.join(one, ".containerignore")]
    for candidate in candidates:
        try:
            return candidate, head(candidate, MAX_IGNORE).decode("utf-8", "replace")
        except (OSError, ValueError):
            continue
    return None


def _above(folder: str, within: Sequence[str]) -> Iterator[str]:
    """The folder and those above it, as far as they are below what is scanned."""
    yield folder
    roots = {posixpath.normpath(root) for root in within}
    at = posixpath.normpath(folder or ".")
    while at not in roots and at not in (".", "/", "") and not at.startswith(".."):
        at = posixpath.dirname(at) or "."
        yield "" if at == "." else at


def is_ignored(name: str, text: str) -> bool:
    """Whether a list ignores a file or folder at the top of the context."""
    ignored = False
    for line in text.splitlines()[:_MAX_PATTERNS]:
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        if pattern.startswith("!"):
            # What an exception brings back lies in the folder; that of the folder itself brings all back.
            ignored = ignored and not _matches(pattern[1:].strip(), name)
        else:
            ignored = ignored or _matches(pattern, name)
    return ignored


def _matches(pattern: str, name: str) -> bool:
    cleaned = posixpath.normpath(pattern.strip("/") or ".").removeprefix("**/").removesuffix("/**")
    if len(cleaned) > 200 or "/" in cleaned:
        return False
    pieces = re.split(r"(\*+|\?)", cleaned)
    return (
        re.fullmatch("".join({"*": ".*", "**": ".*", "?": "."}.get(one, re.escape(one)) for one in pieces), name)
        is not None
    )
