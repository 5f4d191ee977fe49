"""A correlation as plain data: which rules it counts, over which time, by what, and what must hold of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sigma.correlations import SigmaCorrelationRule


class Part(Struct, frozen=True):
    """A rule that is counted, by its number, with the names of its fields that stand for each group and for what is
    measured.
    """

    rule: int
    title: str
    groups: tuple[str, ...]
    measured: tuple[str, ...]


class Limit(Struct, frozen=True):
    """What a figure is held against; `operator` is SQL's. `percentile` is there for a percentile only."""

    operator: str
    count: int | float
    percentile: int | None = None

    @property
    def is_least(self) -> bool:
        """Whether few can never be enough."""
        return self.operator in (">=", ">", "=")


class Words(Struct, frozen=True):
    """A condition in words: `and`, `or` or `not` over others, or, without a word, the place of a part."""

    word: str = ""
    over: tuple[Words, ...] = ()
    part: int = 0


class Correlation(Struct, frozen=True):
    """What a correlation judges, of Sigma's `kind`, over `seconds`, which were written as `within`.

    Its condition is either a limit or in words.
    """

    kind: str
    seconds: int
    within: str
    by: tuple[str, ...]
    parts: tuple[Part, ...]
    limit: Limit | None = None
    words: Words | None = None


_OPERATORS = {"LT": "<", "LTE": "<=", "GT": ">", "GTE": ">=", "EQ": "=", "NEQ": "<>"}


def counting(parsed: SigmaCorrelationRule, numbers: Mapping[int, int]) -> Correlation:
    """The correlation that pySigma has parsed; `numbers` has the number of each rule by the identity of its own."""
    by, condition = tuple(parsed.group_by or ()), parsed.condition
    measured = _measured(parsed)
    parts = tuple(
        Part(
            numbers[id(one.rule)],
            str(one.rule.title or ""),
            tuple(_alias(parsed, name, one.rule) for name in by),
            tuple(_alias(parsed, name, one.rule) for name in measured),
        )
        for one in parsed.referenced_rules
    )
    tree = getattr(condition, "parsed", None)
    return Correlation(
        kind=parsed.type.name.lower(),
        seconds=parsed.timespan.seconds,
        within=parsed.timespan.spec,
        by=by,
        parts=parts,
        limit=None if tree else _limit(condition),
        words=_words(tree, [one.reference for one in parsed.referenced_rules]) if tree else None,
    )


def _measured(parsed: Any) -> list[str]:
    found = getattr(parsed.condition, "fieldref", None) if parsed.type.name.startswith("VALUE") else None
    return [found] if isinstance(found, str) else list(found or [])


def _alias(parsed: Any, name: str, rule: Any) -> str:
    """The field of a rule that a name of the correlation means, whether it calls the rule by its id or its name."""
    alias = parsed.aliases.aliases.get(name)
    if alias is None:
        return name
    return next((field for one, field in alias.mapping.items() if one.rule is rule), name)


def _limit(condition: Any) -> Limit:
    return Limit(_OPERATORS[condition.op.name], condition.count, condition.percentile)


def _words(node: Any, references: list[str]) -> Words:
    from sigma.correlations import CorrelationConditionAND, CorrelationConditionNOT, SigmaRuleReference

    if isinstance(node, SigmaRuleReference):
        return Words(part=references.index(node.reference))
    word = {CorrelationConditionNOT: "not", CorrelationConditionAND: "and"}.get(type(node), "or")
    return Words(word, tuple(_words(one, references) for one in node.args))
