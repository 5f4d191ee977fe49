"""Files of AWS Config, read as streams: what of them is wanted goes to a spool, by account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.errors import UsageError
from bastide.resources.model import Problem
from bastide.sources.config_snapshot.item import GONE, ConfigItem, read_item
from bastide.sources.config_snapshot.recording import Places, Recording
from bastide.sources.config_snapshot.spool import Spool
from bastide.sources.config_snapshot.stream import BadFile, elements
from bastide.sources.limits import MAX_FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bastide.sources.aws.collectors import Collectors
    from bastide.sources.config_snapshot.make import Makers

LISTS = ("", "configurationItems", "baseConfigurationItems", "BaseConfigurationItems", "configurationItem", "Results")
ENDINGS = (".json", ".json.gz", ".jsonl", ".jsonl.gz")
MAX_BAD = 1_000
"""Elements of a file that are no items, after which it is left."""
MAX_ITEMS = 3_000_000
"""Items that are wanted, of all files together, after which files are left."""


class _File(Struct):
    """What one file had: `fields` are those that a query asked for, `bad` its elements that are no items."""

    number: int
    bad: int = 0
    items: int = 0
    snapshot: bool = False
    fields: set[str] = field(default_factory=set)
    places: set[tuple[str, str]] = field(default_factory=set)


class Reader:
    """Reads files, one after the other; `recording` is what they came to."""

    def __init__(self, makers: Makers, library: Collectors, folder: Path | None = None) -> None:
        self._makers = makers
        self._spool = Spool(folder)
        self._found = Recording(makers, library, self._spool)
        self._number = self._items = 0

    def read(self, path: str, *, named: bool = True) -> None:
        """Read one file. `named`: somebody asked for this very file, so that one without items is a problem."""
        self._number += 1
        file = _File(self._number)
        problems = self._found.problems
        try:
            for name, value in elements(path):
                if name in LISTS:
                    self._element(file, value)
                else:
                    file.snapshot = file.snapshot or name == "configSnapshotId"
                    file.fields |= _selected(name, value)
        except BadFile as error:
            problems.append(Problem("unreadable", path, 0, str(error)))
            file.snapshot = False
        if file.bad:
            few = "is no configuration item" if file.bad == 1 else "are no configuration items"
            problems.append(Problem("partial", path, 0, f"{file.bad} of its elements {few}"))
        elif not file.items and named and not (file.snapshot or file.fields):
            problems.append(Problem("unreadable", path, 0, "it has no configuration items"))
        if file.items or named:
            self._found.files.append(path)
        if file.fields and not file.fields & {"*", "configuration"}:
            self._found.fields[file.number] = file.fields
        for account, region in file.places if file.snapshot else ():
            self._found.places[account].snapshots.add(region)

    def _element(self, file: _File, value: Any) -> None:
        item = read_item(value, self._makers.is_wanted)
        if item is not None:
            file.items += 1
            file.places.add((item.account, item.region))
            self._take(file, item)
            return
        file.bad += 1
        if file.bad > MAX_BAD:
            raise BadFile(f"more than {MAX_BAD} of its elements are no configuration items")

    def _take(self, file: _File, item: ConfigItem) -> None:
        places = self._found.places.setdefault(item.account, Places())
        places.regions.add(item.region)
        if not self._makers.is_wanted(item.type):
            return
        if item.status not in GONE:
            self._items += 1
            if self._items > MAX_ITEMS:
                raise BadFile(f"there are more than {MAX_ITEMS} items that are wanted")
        places.kinds.add(item.type)
        self._spool.add(item, file.number)

    @property
    def recording(self) -> Recording:
        """What was read."""
        self._spool.flush()
        return self._found


def _selected(name: str, value: Any) -> set[str]:
    """The fields that a query asked for, when a member says it."""
    if name != "QueryInfo" or not isinstance(value, dict):
        return set()
    fields = value.get("SelectFields")
    names = [one.get("Name") for one in fields if isinstance(one, dict)] if isinstance(fields, list) else []
    return {one for one in names if isinstance(one, str)}


def files_of(targets: Sequence[str]) -> list[tuple[str, bool]]:
    """The files to read, and whether each was named: the JSON files below folders, in order. Raises `UsageError`."""
    found: list[tuple[str, bool]] = []
    for target in targets:
        place = Path(target)
        if place.is_dir():
            below = sorted(str(one) for one in place.rglob("*") if one.name.endswith(ENDINGS) and one.is_file())
            if not below:
                raise UsageError("the folder has no .json or .json.gz file", place=target)
            found += [(one, False) for one in below[:MAX_FILES]]
        elif place.exists():
            found.append((target, True))
        else:
            raise UsageError("there is no such file or folder", place=target)
    if not found:
        raise UsageError("no file is named", remedy="run `bastide scan config-snapshot FILE…`")
    return found


def read_files(
    targets: Sequence[str],
    makers: Makers,
    library: Collectors,
    told: Callable[[str, int, int], None],
    folder: Path | None = None,
) -> Recording:
    """Read what is at the targets. What cannot be read is a problem; only wrong use raises, and a full disk.

    What is wanted of it is in a file in the `folder` that nobody else sees (where temporary files are, without).
    """
    files = files_of(targets)
    reader = Reader(makers, library, folder)
    for number, (path, named) in enumerate(files, 1):
        told("reading files of AWS Config", number, len(files))
        reader.read(path, named=named)
    return reader.recording
