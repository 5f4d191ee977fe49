"""Packs: folders with threats, objectives, frameworks and standards of a project's own, beside those of the library.

Which packs count is said once, by `use`; the catalogues look there. What they read is kept for as long as it is in use.
"""

from __future__ import annotations

import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bastide.errors import UsageError
from bastide.yamltext import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bastide.yamltext import Lines

T = TypeVar("T")
AREAS = ("threats", "objectives", "frameworks", "standards")
"""The folders of a pack."""


class Packs:
    """The packs in use, and what was read of them."""

    def __init__(self, folders: Sequence[str] = ()) -> None:
        self.folders = tuple(folders)
        self._kept: dict[str, Any] = {}

    def once(self, what: str, make: Callable[[], T]) -> T:
        """What `make` gives, made when it is first asked for under this name."""
        if what not in self._kept:
            self._kept[what] = make()
        found: T = self._kept[what]
        return found

    def files(self, area: str) -> list[Path]:
        """The files of all packs in one of `AREAS`; `UsageError` for a pack that has none in any."""
        for folder in self.folders:
            if not any(_files(folder, one) for one in AREAS):
                listed = ", ".join(f"{one}/*.yaml" for one in AREAS)
                raise UsageError("there is nothing of a pack in it", place=folder, remedy=f"a pack has {listed}")
        return [file for folder in self.folders for file in _files(folder, area)]


_NONE = Packs()
_stack = [_NONE]


def packs() -> Packs:
    """The packs in use."""
    return _stack[-1]


@contextmanager
def use(folders: Sequence[str]) -> Iterator[Packs]:
    """While it lasts, these packs are in use, and no others; those that are in use already are not read again."""
    _stack.append(packs() if packs().folders == tuple(folders) else Packs(folders))
    try:
        yield packs()
    finally:
        _stack.pop()


def read_files(area: str, mistakes: list[str]) -> Iterator[tuple[Path, Any, Lines]]:
    """The files of an area with values and lines; what cannot be read goes to the mistakes, and hides no other."""
    from bastide.yamltext import read_yaml

    for file in packs().files(area):
        try:
            yield file, *read_yaml(text_of(file), str(file))
        except UsageError as error:
            mistakes.append(error.text())


def text_of(file: Path) -> str:
    """The text of a file of a pack; `UsageError` for what is no file, is no text, or is too large."""
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UsageError("it is not a regular file", place=str(file))
        if status.st_size > MAX_BYTES:
            raise UsageError(f"larger than {MAX_BYTES >> 20} MB", place=str(file))
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"it cannot be read: {error}", place=str(file)) from None


def refuse(mistakes: Iterable[str]) -> None:
    """One error for all mistakes of packs; nothing where there are none."""
    listed = list(dict.fromkeys(mistakes))
    if len(listed) == 1:
        raise UsageError(listed[0])
    if listed:
        raise UsageError(f"the packs have {len(listed)} mistakes\n" + "\n".join(f"  {one}" for one in listed))


def _files(folder: str, area: str) -> list[Path]:
    return sorted(Path(folder, area).glob("*.yaml"))
