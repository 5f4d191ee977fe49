"""The SQL macros that controls may call: data in `library/macros.yaml`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from bastide.cache import compiled
from bastide.library import FOLDER

if TYPE_CHECKING:
    from pathlib import Path


class Macro(Struct, frozen=True):
    """One macro: `name(parameters)` stands for `sql`; `doc` says what it means.

    `written` ones ask for what stands in the source: of a value that a variable without one brings in, nothing does.
    """

    name: str
    parameters: list[str]
    sql: str
    doc: str
    written: bool = False

    @property
    def ddl(self) -> str:
        """The statement that creates it."""
        return f"create macro {self.name}({', '.join(self.parameters)}) as ({self.sql})"


def macros_file() -> Path:
    """The file that declares them."""
    return FOLDER / "macros.yaml"


@cache
def macros() -> dict[str, Macro]:
    """By name, in an order in which each uses only earlier ones."""
    entries = compiled("macros", [macros_file()], _read)
    return {entry["name"]: Macro(**entry) for entry in entries}


def _read() -> list[dict[str, Any]]:
    from bastide.yamltext import read_yaml  # only when the cache is cold

    entries: Any = read_yaml(macros_file().read_text("utf-8"), "library/macros.yaml")[0]
    return [structs.asdict(Macro(**entry)) for entry in entries]
