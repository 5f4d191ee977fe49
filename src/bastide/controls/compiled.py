"""The compiled form of a control: plain values, so that it can be cached as JSON and loaded without a parser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Raw, Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterator

Read = tuple[str, str]
"""A path and its mode: `value`, `presence`, `walk`, `macro` or `written`, see `bastide.controls.syntax`."""
ASKING = ("presence", "walk")
"""The modes of reads that do not depend on what is inside."""
Formula = list[Any]
"""`["and"|"or", formula, …]` or `["atom", index, negated]`, with NOT pushed down to the atoms."""
Program = list[Any]
"""`[operation, operand, …]`, see `bastide.controls.program`."""


class Atom(Struct, omit_defaults=True):
    """A part of a formula without AND, OR, NOT at its top; `reads` are the properties that decide it.

    When it quantifies over the elements of one list (`none_of`, `any_of`, `all_of` of a comprehension), `over`
    says how: then one element decides although another is not known, and the element at fault can be named.
    `listed` is the path of that list. `program` is what `sql` means without a database, None where only DuckDB can say;
    `database` says that only it can say something of the elements.
    """

    sql: str
    reads: list[Read]
    program: Program | None = None
    listed: str = ""
    database: bool = False
    packed: Raw = Raw(b"")
    """`over` as JSON: most of a control's text, and read only where an element fails or is not known."""

    @property
    def over(self) -> Over | None:
        """Made anew each time."""
        return msgspec.json.decode(self.packed, type=Over) if self.listed else None

    @over.setter
    def over(self, over: Over) -> None:
        self.listed, self.packed = over.path, Raw(msgspec.json.encode(over))
        self.database = over.listed is None or over.conditions is None or any(map(_needs_database, over.atoms))


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
    shown: list[list[str]] = field(default_factory=list)
    """For each of the `conjuncts` the properties that are its evidence."""

    @property
    def needs_database(self) -> bool:
        """Whether a part of it has no program."""
        return any(map(_needs_database, self.atoms))

    @property
    def conjuncts(self) -> list[Formula]:
        """The parts that must all hold."""
        return self.require[1:] if self.require[0] == "and" else [self.require]


def reads_of(compiled: Compiled, part: Formula) -> Iterator[Read]:
    """What decides a part of its formulas."""
    if part[0] == "atom":
        yield from compiled.atoms[part[1]].reads
    else:
        for inner in part[1:]:
            yield from reads_of(compiled, inner)


def _needs_database(atom: Atom) -> bool:
    return atom.program is None or atom.database
