"""Folders with the code of functions, each searched once within a unit, and what is told of the search."""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from bastide.resources.model import Origin, Problem
from bastide.sources.code.detect import find, may_have
from bastide.sources.code.limits import MAX_BYTES, MAX_DEPTH, MAX_ENTRIES, MAX_FILE, MAX_FILES, MAX_FOUND
from bastide.sources.files import head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bastide.resources.model import Loaded, Resource

FUNCTION = "AWS::Lambda::Function"
_SKIPPED = frozenset({
    ".git", ".hg", ".svn", ".terraform", ".aws-sam", "cdk.out", "node_modules", ".venv", "venv", "site-packages",
    "vendor", "__pycache__", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".idea", ".vscode",
})  # fmt: skip
"""Folders of what others wrote, of tools and of caches."""
_OTHER = (
    *(".zip", ".jar", ".so", ".pyc", ".whl", ".gz", ".tar", ".png", ".jpg", ".gif", ".ico", ".pdf", ".woff", ".woff2"),
    *(".lock", ".map", ".min.js", ".min.css", ".svg", ".csv", ".parquet", ".dll", ".exe", ".class", ".node", ".wasm"),
    *("package-lock.json", "go.sum", ".ipynb"),
)
"""Ends of names of what is no text, or was written by a program."""
_TESTS = re.compile(
    r"(?:^|[/._-])(?:tests?|specs?|fixtures?|mocks?|examples?|samples?|docs?)(?:[/._-]|$)", re.IGNORECASE
)
"""What paths have in them whose literals are made up."""


def _counted(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


class Found(NamedTuple):
    """A secret: the file as it is shown, the line, the kind."""

    path: str
    line: int
    kind: str


class Search:
    """The search of one unit. `may_read` says of a real path whether it is within what is scanned."""

    def __init__(self, may_read: Callable[[str], bool]) -> None:
        self.may_read = may_read
        self.known: dict[str, list[Found] | None] = {}
        self.cut: set[str] = set()
        self.files = self.bytes = self.entries = self.left = self.large = 0

    def attach(self, resource: Resource, place: str) -> None:
        """Writes what is found at a place, a folder or a file, into a function: `CodeSecrets`, with their lines.

        Nothing is written when there is no such place, or none that may be read. When nothing is found in a search that
        did not see all, it is unresolved.
        """
        if "\0" in place:
            return
        real = os.path.realpath(place)
        if real not in self.known:
            before = self.left
            self.known[real] = self._search(real, place)
            if self.left > before:
                self.cut.add(real)
        found = self.known[real]
        if found is None:
            return
        if not found and real in self.cut:
            resource.unresolved["CodeSecrets"] = (
                "some of the code could not be searched: it is over a limit, or unreadable"
            )
            return
        resource.properties["CodeSecrets"] = [{"Path": one.path, "Line": one.line, "Kind": one.kind} for one in found]
        places = {f"CodeSecrets[{at}]": Origin(one.path, one.line, one.line) for at, one in enumerate(found)}
        resource.origins = {**resource.origins, **places}

    def tell(self, loaded: Loaded) -> None:
        """How much was searched and what was left out, as a note of the unit."""
        folders = [path for path, found in self.known.items() if found is not None]
        if not folders:
            return
        files, places = _counted(self.files, "file"), _counted(len(folders), "place")
        message = f"the code of functions was searched for secrets: {files} of text in {places}"
        if self.large:
            message += f", {_counted(self.large, 'larger file')} left out"
        if self.left:
            message += "; what is over a limit was left out"
        loaded.problems.append(Problem("note", loaded.unit, 1, message))

    def _search(self, real: str, place: str) -> list[Found] | None:
        try:
            if not self.may_read(real) or not os.path.exists(real):  # noqa: PTH110  plain text work
                return None
        except (OSError, ValueError):
            return None
        found: list[Found] = []
        for path in self._files(place) if os.path.isdir(real) else [place]:  # noqa: PTH112
            if len(found) >= MAX_FOUND:
                break
            found += self._file(path, loose=not _TESTS.search(path[len(place) :]))
        return found[:MAX_FOUND]

    def _files(self, place: str) -> Iterator[str]:
        """The files below a folder, links left out, in order of name."""
        waiting = [(place, 0)]
        while waiting:
            folder, depth = waiting.pop()
            try:
                with os.scandir(folder) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError:
                self.left += 1
                continue
            self.entries += len(entries)
            if self.entries > MAX_ENTRIES:
                self.left += 1
                return
            below = []
            for entry in entries:
                path = posixpath.join(folder, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in _SKIPPED and not entry.name.endswith((".dist-info", ".egg-info")):
                        if depth < MAX_DEPTH:
                            below.append((path, depth + 1))
                        else:
                            self.left += 1
                elif entry.is_file(follow_symlinks=False) and not entry.name.lower().endswith(_OTHER):
                    yield path
            waiting.extend(reversed(below))

    def _file(self, path: str, *, loose: bool) -> list[Found]:
        if self.files >= MAX_FILES or self.bytes >= MAX_BYTES:
            self.left += 1
            return []
        try:
            data = head(path, MAX_FILE + 1)
        except OSError:
            self.left += 1
            return []
        if b"\0" in data[:8192]:
            return []
        if len(data) > MAX_FILE:
            self.large += 1
            return []
        self.files += 1
        self.bytes += len(data)
        if not may_have(data):
            return []
        shown = posixpath.normpath(path)
        return [Found(shown, one.line, one.kind) for one in find(data.decode("utf-8", "replace"), loose=loose)]
