"""The compiled form of a control: plain values, so that it can be cached as JSON and loaded without a parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bastide.controls.syntax import Formula, Read


@dataclass(slots=True)
class Atom:
    """A part of a control without AND, OR, NOT at its top.

    `reads` are the properties that decide it. When it is `none_of(…)` over the elements of one list as they
    stand, `items` is the SQL of the conditions and `list_path` the list: the element at fault can be named.
    """

    sql: str
    reads: list[Read]
    items: str = ""
    list_path: str = ""


@dataclass(slots=True)
class Compiled:
    """One control, ready to run; made of plain values, so that it can be cached as JSON."""

    id: str
    resource: str
    atoms: list[Atom]
    require: Formula
    when: Formula | None
    shape: dict[str, Any]
    related: list[dict[str, str]] = field(default_factory=list)

    @property
    def conjuncts(self) -> list[Formula]:
        """The parts that must all hold."""
        return self.require[1:] if self.require[0] == "and" else [self.require]
