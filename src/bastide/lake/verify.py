"""Whether a lake is as its commits say: every file by its hash, every commit by the next one's."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from msgspec import Struct

from bastide.errors import SourceError
from bastide.lake.classes import tables
from bastide.lake.commits import digest, read_commits
from bastide.lake.quarantine import FOLDER
from bastide.lake.store import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.lake.store import Lake


class Fault(Struct):
    """A file that is not as it should be: `changed`, `missing`, `unknown`, or a `commit` that does not fit."""

    path: str
    kind: str
    text: str


class Verified(Struct):
    """What was looked at; `head` is the hash of the last commit, to be kept elsewhere as evidence."""

    commits: int
    files: int
    bytes: int
    head: str
    faults: list[Fault]


def verify(lake: Lake, told: Callable[[str, int, int], None] = lambda *_: None) -> Verified:
    """Read all of the lake and compare."""
    state, faults = State(), []
    before = ""
    try:
        for commit, content in read_commits(lake.storage):
            name = f"commit {commit.sequence}"
            if commit.before != before:
                faults.append(Fault(name, "commit", "does not follow from the commit before it"))
            if commit.sequence != state.sequence + 1:
                faults.append(Fault(name, "commit", f"follows on commit {state.sequence}"))
            before = digest(content)
            state.apply(commit, before)
    except SourceError as error:
        faults.append(Fault(error.place, "commit", error.cause))
    known = {**state.files, **state.quarantine}
    size = 0
    for number, file in enumerate(known.values()):
        found = _hash(lake, file.path)
        size += file.bytes
        if found is None:
            faults.append(Fault(file.path, "missing", "is not there"))
        elif found != file.sha256:
            faults.append(Fault(file.path, "changed", "is not what was committed"))
        told("files", number + 1, len(known))
    faults += [
        Fault(path, "unknown", "is in no commit")
        for folder in (*tables(), FOLDER)
        for path in lake.storage.names(folder)
        if path not in known
    ]
    return Verified(state.sequence, len(known), size, state.head, faults)


def _hash(lake: Lake, path: str) -> str | None:
    found = hashlib.sha256()
    try:
        stream = lake.storage.stream(path)
    except FileNotFoundError:
        return None
    with stream:
        while part := stream.read(4 * 1024 * 1024):
            found.update(part)
    return found.hexdigest()
