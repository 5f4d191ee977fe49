"""How items of AWS Config differ from what the API answers: `library/collectors/_config.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from bastide.cache import compiled
from bastide.library import FOLDER

FILE = FOLDER / "collectors" / "_config.yaml"


class Recorded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How items of one type are read; the file's head explains each field."""

    type: str = ""
    item: str = ""
    answers: dict[str, str] = {}
    unrecorded: list[str] = []


def load_table() -> dict[str, Recorded]:
    """The table, by the name that AWS Config has for a type."""
    plain = compiled("config-items", [Path(__file__), FILE], _read)
    return msgspec.convert(plain, dict[str, Recorded])


def _read() -> dict[str, Any]:
    from bastide.yamltext import read_yaml  # scans use what was read before

    value, _ = read_yaml(FILE.read_text("utf-8"), f"library/collectors/{FILE.name}")
    found: dict[str, Any] = value
    return found
