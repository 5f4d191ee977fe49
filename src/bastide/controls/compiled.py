"""The compiled form of a control: plain values, so that it can be cached as JSON and loaded without a parser."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

Read = tuple[str, str]
"""A path and its mode: `value`, `presence` or `macro`."""
Formula = list[Any]
"""`["and"|"or", formula, …]` or `["atom", index, negated]`, with NOT pushed down to the atoms."""
Program = list[Any]
"""`[operation, operand, …]`, see `bastide.controls.program`."""


class Atom(Struct, omit_defaults=True):
    """A part of a formula without AND, OR, NOT at its top; `reads` are the properties that decide it.

    When it quantifies over the elements of one list (`none_of`, `any_of`, `all_of` of a comprehension), `over`
    says how: then one element decides although another is not known, and the element at fault can be named.
    `program` is what `sql` means without a database, None where only DuckDB can say.
    """

    sql: str
    reads: list[Read]
    over: Over | None = None
    program: Program | None = None


class Over(Struct, omit_defaults=True):
    """The elements that an atom quantifies over: of the list at `path` (`sql`), each called `name`.

    `items` is the SQL of the list of their conditions, `formula` the condition of one element over `atoms`, which
    may quantify over a list inside the element. `keyed` ones are entries of a map, where what is unknown is absent.
    `listed` and `conditions` are the programs of `sql` and `items`.
    """

    quantifier: str
    path: str
    sql: str
    name: str
    items: str
    formula: Formula
    atoms: list[Atom]
    keyed: bool = False
    listed: Program | None = None
    conditions: Program | None = None


class Compiled(Struct, omit_defaults=True):
    """One control, ready to run; made of plain values, so that it can be cached as JSON."""

    id: str
    resource: str
    atoms: list[Atom]
    require: Formula
    when: Formula | None
    shape: dict[str, Any]
    related: list[dict[str, str]] = field(default_factory=list)
    live: bool = False
    layers: list[Compiled] = field(default_factory=list)
    """What compensates it: `Control.layer_controls`, compiled."""

    @property
    def needs_database(self) -> bool:
        """Whether a part of it has no program."""
        return any(_needs_database(atom) for atom in self.atoms)

    @property
    def conjuncts(self) -> list[Formula]:
        """The parts that must all hold."""
        return self.require[1:] if self.require[0] == "and" else [self.require]


def _needs_database(atom: Atom) -> bool:
    over = atom.over
    if over and (over.listed is None or over.conditions is None or any(map(_needs_database, over.atoms))):
        return True
    return atom.program is None
