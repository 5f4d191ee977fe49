"""The commit that is checked out, read from git's own files: a process for it would cost more than a small scan."""

from __future__ import annotations

import os
import re

_HASH = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_FAR = 64


def checked_out(folder: str = ".") -> str:
    """The commit of the repository around a folder, as hex digits; empty outside one, or when it has none yet."""
    try:
        git = _git(os.path.realpath(folder))
        head = _read(os.path.join(git, "HEAD")) if git else ""  # noqa: PTH118 (pathlib costs more than this)
        if not head.startswith("ref: "):
            return head if _HASH.fullmatch(head) else ""
        return _of_ref(git, head[5:])
    except (OSError, UnicodeDecodeError):
        return ""


def _git(folder: str) -> str:
    for _ in range(_FAR):
        found = f"{folder}/.git"
        if os.path.isdir(found):  # noqa: PTH112
            return found
        if os.path.isfile(found):  # noqa: PTH113
            text = _read(found)  # a worktree, or a submodule
            return os.path.join(folder, text[8:]) if text.startswith("gitdir: ") else ""  # noqa: PTH118
        if folder == (folder := os.path.dirname(folder)):  # noqa: PTH120
            break
    return ""


def _of_ref(git: str, ref: str) -> str:
    common = git
    if os.path.isfile(f"{git}/commondir"):  # noqa: PTH113
        common = os.path.join(git, _read(f"{git}/commondir"))  # noqa: PTH118
    if ".." in ref.split("/"):
        return ""
    for place in (git, common):
        if os.path.isfile(f"{place}/{ref}"):  # noqa: PTH113
            text = _read(f"{place}/{ref}")
            return text if _HASH.fullmatch(text) else ""
    with open(f"{common}/packed-refs", encoding="utf-8") as stream:  # noqa: PTH123
        for line in stream:
            if line.rstrip("\n").endswith(f" {ref}"):
                return line.split(" ", 1)[0]
    return ""


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as stream:  # noqa: PTH123
        return stream.read(4096).strip()
