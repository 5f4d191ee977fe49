"""Files that are written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A file to write that takes the place of `target` when all went well; what is no file stays and is written to."""
    if target.exists() and not target.is_file():
        yield target
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".part-", dir=target.parent))
    try:
        yield fresh / target.name
        (fresh / target.name).replace(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
