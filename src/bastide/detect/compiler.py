"""A rule's condition as one SQL boolean over a table of the lake, and the operations without which it cannot be true.

What is compiled is never NULL below a `not`, so that a field that is absent is told apart as Sigma means it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.types import SigmaCasedString, SigmaExpansion, SigmaString, SpecialChars

from bastide.detect import values
from bastide.detect.fields import OPERATION, Field, Unsupported, field_of
from bastide.detect.sql import name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.detect.sources import Source

MAX_DEPTH = 200
_TOO_DEEP = "the condition is nested too deeply"
FEW_VALUES = frozenset({
    "actor.user.type", "actor.invoked_by", "http_request.user_agent", "api.response.error", "api.service.name",
    "metadata.event_code", "cloud.region", "cloud.account.uid", "activity_name", "status", "action",
})  # fmt: skip
"""Columns that have few different values, so that a condition on one of them is cheaply tried on all of these."""


class Compiled(Struct, frozen=True):
    """A condition over one table. `named` and `shapes` are all that the operation can be: words in lower case and
    patterns for `like`; `named` is None where a rule does not say. What says no more than that is `true` in the `sql`,
    which is for events of these operations only. `reads` are the columns, or parts of them, it reads.

    `gates` are conditions without which it cannot be true, each on one column of few different values, by its path.
    """

    sql: str
    reads: frozenset[str]
    named: frozenset[str] | None = None
    shapes: frozenset[str] = frozenset()
    gates: tuple[tuple[str, str], ...] = ()


class Operations(Struct, frozen=True):
    """Every operation that a condition can be true for."""

    named: frozenset[str] = frozenset()
    shapes: frozenset[str] = frozenset()

    def __or__(self, other: Operations) -> Operations:
        return Operations(self.named | other.named, self.shapes | other.shapes)

    @property
    def breadth(self) -> int:
        """How much is let through, for a choice between two: a pattern lets through more than names do."""
        return len(self.named) + 1000 * len(self.shapes)


def compile_tree(tree: Any, source: Source, table: str) -> Compiled:
    """Compile pySigma's condition tree; `Unsupported` for what cannot be, with the reason."""
    one = _Compiler(source, table)
    try:
        found, node = one.narrowest(tree)
    except RecursionError:
        raise Unsupported(_TOO_DEEP) from None
    one.reads, one.implied = set(), node
    sql = one.condition(tree, below_not=False, depth=0)
    if found is None:
        return Compiled(sql, frozenset(one.reads), gates=_gates(tree, source, table))
    return Compiled(sql, frozenset(one.reads), found.named, found.shapes)


def _gates(tree: Any, source: Source, table: str) -> tuple[tuple[str, str], ...]:
    """Of conditions that must all be true those that read one column, if it has few values.

    What is not to be hardly ever leaves an event out.
    """
    if isinstance(tree, ConditionNOT):
        return ()
    if isinstance(tree, ConditionAND):
        return tuple(gate for part in tree.args for gate in _gates(part, source, table))
    one = _Compiler(source, table)
    sql = one.condition(tree, below_not=False, depth=0)
    path = next(iter(one.reads)) if len(one.reads) == 1 else ""
    return ((path, sql),) if path in FEW_VALUES else ()


class _Compiler:
    def __init__(self, source: Source, table: str) -> None:
        self.source, self.table = source, table
        self.reads: set[str] = set()
        self.fields: dict[str, Field] = {}
        self.implied: Any = None

    def field(self, name: str) -> Field:
        if name not in self.fields:
            self.fields[name] = field_of(name, self.source, self.table)
        self.reads |= self.fields[name].reads
        return self.fields[name]

    def condition(self, node: Any, *, below_not: bool, depth: int) -> str:
        if depth > MAX_DEPTH:
            raise Unsupported(_TOO_DEEP)
        if node is self.implied:
            return "true"
        if isinstance(node, ConditionNOT):
            return f"not {self.condition(node.args[0], below_not=True, depth=depth + 1)}"
        if isinstance(node, ConditionAND):
            parts = [self.condition(part, below_not=below_not, depth=depth + 1) for part in node.args]
            return f"({' and '.join(parts)})"
        if isinstance(node, ConditionOR):
            return self._either(node.args, below_not=below_not, depth=depth)
        if isinstance(node, ConditionFieldEqualsValueExpression):
            return self._exact(values.condition(self.field(node.field), [node.value], self.field), below_not)
        if isinstance(node, ConditionValueExpression):
            self.reads.add("raw_data")
            return self._exact(values.keyword(Field('"raw_data"'), node.value), below_not)
        raise Unsupported("the condition has nothing to judge")

    def _either(self, nodes: list[Any], *, below_not: bool, depth: int) -> str:
        """Values of one field are judged together: reading it is what costs."""
        by_field: dict[str, list[Any]] = {}
        parts: list[str] = []
        for node in nodes:
            if isinstance(node, ConditionFieldEqualsValueExpression):
                by_field.setdefault(node.field, []).append(node.value)
            else:
                parts.append(self.condition(node, below_not=below_not, depth=depth + 1))
        for word, wanted in by_field.items():
            parts.append(self._exact(values.condition(self.field(word), wanted, self.field), below_not))
        return f"({' or '.join(parts)})"

    @staticmethod
    def _exact(sql: str, below_not: bool) -> str:  # noqa: FBT001  it is passed on as it came
        return f"coalesce({sql}, false)" if below_not else sql

    def narrowest(self, node: Any) -> tuple[Operations | None, Any]:
        """All that the operation can be, and the part of the condition that says just that, None without one."""
        if isinstance(node, ConditionAND):
            some = [one for part in node.args if (one := self.narrowest(part))[0] is not None]
            return min(some, key=lambda one: one[0].breadth if one[0] else 0, default=(None, None))
        found = self.operations(node)
        return found, node if found is not None and self._just_names(node) else None

    def _just_names(self, node: Any) -> bool:
        """Whether it is true for exactly the operations that it names, however these are written."""
        if isinstance(node, ConditionOR):
            return all(map(self._just_names, node.args))
        is_field = isinstance(node, ConditionFieldEqualsValueExpression)
        return is_field and self.field(node.field).sql == name(OPERATION) and _is_word(node.value)

    def operations(self, node: Any) -> Operations | None:
        if isinstance(node, ConditionFieldEqualsValueExpression):
            named = self.field(node.field).path == OPERATION
            return _operations_of(node.value) if named else None
        if isinstance(node, ConditionOR):
            return _together(self.operations(part) for part in node.args)
        if isinstance(node, ConditionAND):
            some = [one for part in node.args if (one := self.operations(part)) is not None]
            return min(some, key=lambda one: one.breadth, default=None)
        return None


def _together(every: Iterable[Operations | None]) -> Operations | None:
    """All of them; None where one may be any."""
    together = Operations()
    for one in every:
        if one is None:
            return None
        together |= one
    return together


def _operations_of(value: Any) -> Operations | None:
    if isinstance(value, SigmaExpansion):
        return _together(_operations_of(one) for one in value.values)
    if not isinstance(value, SigmaString):
        return None
    if all(isinstance(part, str) for part in value.s):
        word = "".join(part for part in value.s if isinstance(part, str))
        return Operations(named=frozenset([word.lower()])) if word.isascii() else None
    if any(not isinstance(part, (str, SpecialChars)) for part in value.s):
        return None
    pattern = "".join(_pattern(part) for part in value.s)
    return Operations(shapes=frozenset([pattern])) if pattern.isascii() and pattern.strip("%") else None


def _is_word(value: Any) -> bool:
    """Whether it is a text, or several, without wildcards, for which case does not count."""
    if isinstance(value, SigmaExpansion):
        return all(map(_is_word, value.values))
    plain = isinstance(value, SigmaString) and not isinstance(value, SigmaCasedString)
    return plain and bool(value.s) and all(isinstance(part, str) for part in value.s)


def _pattern(part: str | SpecialChars | Any) -> str:
    if isinstance(part, str):
        return part.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return "%" if part is SpecialChars.WILDCARD_MULTI else "_"
