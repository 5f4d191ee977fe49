"""The files that a fix may change: below the targets, no links, and each read once."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from bastide.fix.draft import Draft, NotFixable
from bastide.sources.files import head
from bastide.sources.limits import MAX_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

_COPIES = (".terraform", ".terragrunt-cache", "cdk.out", "node_modules", ".aws-sam")


class Drafts:
    """Drafts by path as it is shown."""

    def __init__(self, targets: Sequence[str]) -> None:
        self.targets = tuple(targets)
        self._targets = [os.path.realpath(target) for target in targets]
        self.by_path: dict[str, Draft] = {}

    def open(self, path: str) -> Draft:
        """The draft of a file; `NotFixable` for one that is not to be changed."""
        if path not in self.by_path:
            self._refuse(path)
            try:
                data = head(path, MAX_FILE + 1)
            except OSError as error:
                raise NotFixable(f"{path} cannot be read: {error.strerror}") from None
            if len(data) > MAX_FILE:
                raise NotFixable(f"{path} is too large")
            self.by_path[path] = Draft(path, data)
        return self.by_path[path]

    def _refuse(self, path: str) -> None:
        if any(part in _COPIES for part in path.split("/")):
            raise NotFixable(f"{path} is a copy that another tool has made")
        real = os.path.realpath(path)
        folder = os.path.realpath(posixpath.dirname(path) or ".")
        if os.path.islink(path) or real != os.path.join(folder, posixpath.basename(path)):  # noqa: PTH114, PTH118
            raise NotFixable(f"{path} is a link")
        if not any(real == target or real.startswith(target.rstrip(os.sep) + os.sep) for target in self._targets):
            raise NotFixable(f"{path} is outside of what was named")

    def saved(self) -> dict[str, tuple[str, list[int]]]:
        """What `restore` takes back to."""
        return {path: draft.saved() for path, draft in self.by_path.items()}

    def restore(self, saved: dict[str, tuple[str, list[int]]]) -> None:
        """Undo all edits since `saved` was asked for."""
        for path in list(self.by_path):
            if path in saved:
                self.by_path[path].restore(saved[path])
            else:
                del self.by_path[path]

    @property
    def changed(self) -> dict[str, Draft]:
        """Those that differ from their files."""
        return {path: draft for path, draft in sorted(self.by_path.items()) if draft.changed}
