"""Names of the files that make a module; imported where nothing of the language is needed."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")


def is_configuration(name: str) -> bool:
    """Whether a file of this name belongs to a module."""
    return name.endswith(SUFFIXES) and not name.startswith((".", "#"))


def effective(paths: Iterable[str]) -> list[str]:
    """The files that count, in order: where `x.tofu` is beside `x.tf`, OpenTofu reads only the first."""
    every = set(paths)
    shadowed = {path.replace(".tofu", ".tf") for path in every if path.endswith((".tofu", ".tofu.json"))}
    return sorted(every - shadowed)


def is_override(path: str) -> bool:
    """Whether a file's declarations change those of the others."""
    stem = posixpath.basename(path).partition(".")[0]
    return stem == "override" or stem.endswith("_override")
