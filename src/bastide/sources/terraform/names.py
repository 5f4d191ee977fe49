"""Names of the files that make a module; imported where nothing of the language is needed."""

from __future__ import annotations

import posixpath

SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")


def is_configuration(name: str) -> bool:
    """Whether a file of this name belongs to a module."""
    return name.endswith(SUFFIXES) and not name.startswith((".", "#"))


def is_override(path: str) -> bool:
    """Whether a file's declarations change those of the others."""
    stem = posixpath.basename(path).partition(".")[0]
    return stem == "override" or stem.endswith("_override")
