"""Where a project keeps what bastide knows of it: a folder beside its manifest, which no repository takes up."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from bastide.errors import UsageError
from bastide.lastscan import folder_of_last_scan
from bastide.settings import nearest_file

FOLDER = ".bastide"


def data_folder(*, make: bool = False) -> Path:
    """`.bastide` beside the nearest `bastide.yaml`; where there is none, a folder of the user's state for this one.

    With `make` it is there afterwards, for its owner only, and git ignores it. `UsageError` where that cannot be.
    """
    file = nearest_file()
    folder = Path(file).resolve().parent / FOLDER if file else folder_of_last_scan().parent.parent / "projects" / _key()
    if make:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="utf-8") as stream:
                stream.write("*\n")
        except OSError as error:
            raise UsageError(
                f"the project's data cannot be kept: {error.strerror}",
                place=str(folder),
                remedy="make the folder writable, or name another place with --state or --lake",
            ) from None
    return folder


def has_register(file: str) -> bool:
    """Whether a register of the workload that this manifest is of is kept beside it, or elsewhere by name."""
    if not file:
        return False
    beside = (Path(file).parent / FOLDER / "state.db").is_file()
    return beside or bool(os.environ.get("BASTIDE_STATE")) or _names_state(Path(file))


def _names_state(file: Path) -> bool:
    try:
        return any(line.startswith("state:") for line in file.read_text("utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        return False


def _key() -> str:
    return folder_of_last_scan().name
