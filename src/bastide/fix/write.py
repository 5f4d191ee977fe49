"""Drafts into their files: whole or not at all, with their permissions, and only if nobody changed them since."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from bastide.sources.files import head

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.fix.draft import Draft


def write_drafts(drafts: Iterable[Draft]) -> tuple[list[str], dict[str, str]]:
    """The paths that were written, and by path why others were not."""
    written: list[str] = []
    refused: dict[str, str] = {}
    for draft in drafts:
        try:
            reason = _write(draft)
        except OSError as error:
            reason = f"it cannot be written: {error.strerror}"
        if reason:
            refused[draft.path] = reason
        else:
            written.append(draft.path)
    return written, refused


def _write(draft: Draft) -> str:
    """Why a draft was not written; empty when it was."""
    status = os.lstat(draft.path)
    if not stat.S_ISREG(status.st_mode):
        return "it is no longer a regular file"
    if head(draft.path, len(draft.original) + 1) != draft.original:
        return "it has changed since it was read: run this again"
    folder, name = os.path.split(draft.path)
    temporary = os.path.join(folder, f".{name[:200]}.{os.getpid()}.part")  # noqa: PTH118
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(draft.data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, stat.S_IMODE(status.st_mode))  # noqa: PTH101
        os.replace(temporary, draft.path)  # noqa: PTH105
    except BaseException:
        os.unlink(temporary)  # noqa: PTH108
        raise
    return ""
