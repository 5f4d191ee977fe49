"""The SQL macros that controls may call: data in `library/macros.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bastide.yamltext import read_yaml


@dataclass(slots=True, frozen=True)
class Macro:
    """One macro: `name(parameters)` stands for `sql`; `doc` says what it means."""

    name: str
    parameters: tuple[str, ...]
    sql: str
    doc: str

    @property
    def ddl(self) -> str:
        """The statement that creates it."""
        return f"create macro {self.name}({', '.join(self.parameters)}) as ({self.sql})"


def read_macros() -> list[Macro]:
    """All macros, in an order in which each uses only earlier ones."""
    text = resources.files("bastide.library").joinpath("macros.yaml").read_text("utf-8")
    value: Any = read_yaml(text, "library/macros.yaml")[0]
    return [Macro(item["name"], tuple(item["parameters"]), item["sql"].strip(), item["doc"]) for item in value]


@cache
def macros() -> dict[str, Macro]:
    """By name."""
    return {macro.name: macro for macro in read_macros()}
