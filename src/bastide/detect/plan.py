"""What is to be run over the lake: for each table and kind of log the rules as SQL, ready to be handed to a process.

A plan is plain data. Rules that cannot be compiled are problems in it, and the others run.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.detect.fields import OPERATION, Unsupported, field_of
from bastide.detect.hits import Value
from bastide.detect.rules import Problem, RuleSet
from bastide.detect.sql import literal, name, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bastide.detect.fields import Field
    from bastide.detect.rules import Rule
    from bastide.detect.sources import Source


class Step(Struct, frozen=True):
    """One rule over one table; `values` are what correlations group by or measure (`hits`), `fields` each as SQL.

    The `sql` is for events of the operations that are `named` or of one of the `shapes`, None and all without.
    `reads` are the columns, or parts of them, that all of that reads.
    """

    rule: int
    sql: str
    reads: frozenset[str]
    named: frozenset[str] | None
    shapes: frozenset[str]
    gates: tuple[tuple[str, str], ...] = ()
    values: tuple[Value, ...] = ()
    fields: tuple[str, ...] = ()
    counted: bool = False

    @property
    def whole(self) -> str:
        """The condition for events of any operation."""
        if self.named is None:
            return self.sql
        operation = f"lower({name(OPERATION)})"
        listed = [f"{operation} in ({texts(sorted(self.named))})"] if self.named else []
        alike = [f"{operation} like {literal(one)} escape '\\'" for one in sorted(self.shapes)]
        return f"({' or '.join([*listed, *alike])}) and {self.sql}"


class Pass(Struct, frozen=True):
    """The rules over one kind of log in one table. `where` restricts the table to that log; `logs` are its sources."""

    table: str
    where: str
    steps: tuple[Step, ...]
    logs: frozenset[str] = frozenset()


class Plan(Struct):
    """Everything to run. `values` are, by rule, what stands in the rows of its matches (`hits`)."""

    passes: list[Pass] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    values: dict[int, tuple[Value, ...]] = field(default_factory=dict)
    usable: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    """Correlations by fields that what they count does not have."""

    @property
    def tables(self) -> list[str]:
        """The tables that are read."""
        return sorted({one.table for one in self.passes})


def plan_of(rules: RuleSet) -> Plan:
    """Compile all rules; a correlation is left out as well when what it counts cannot be, or has not its fields."""
    from bastide.detect.correlations import wanted_fields

    plan = Plan(problems=list(rules.problems))
    wanted, counted = wanted_fields(_with_their_fields(rules.rules, plan))
    by_pass: dict[tuple[str, str], list[Step]] = {}
    sources = {rule.source.name: rule.source for rule in rules.rules if rule.source}
    for rule in rules.rules:
        if rule.source is None:
            continue
        try:
            found = _steps(rule, wanted.get(rule.number, ()), rule.number in counted)
        except Unsupported as error:
            plan.problems.append(Problem(rule.place, str(error), rule.id))
            continue
        plan.usable.add(rule.number)
        plan.values[rule.number] = found[0][1].values if found else ()
        for table, step in found:
            by_pass.setdefault((table, rule.source.name), []).append(step)
    plan.passes = [_pass(table, sources[source], steps) for (table, source), steps in by_pass.items()]
    _leave_out(plan, rules.rules)
    return plan


def _with_their_fields(rules: Sequence[Rule], plan: Plan) -> list[Rule]:
    """The rules without correlations by fields that no event of what they count has: these alone are problems."""
    kept = []
    for rule in rules:
        try:
            _look_for_fields(rule, rules)
        except Unsupported as error:
            plan.problems.append(Problem(rule.place, str(error), rule.id))
            plan.refused.add(rule.number)
        else:
            kept.append(rule)
    return kept


def _look_for_fields(rule: Rule, rules: Sequence[Rule]) -> None:
    for part in rule.correlation.parts if rule.correlation else ():
        counted = rules[part.rule]
        if counted.source is None:
            continue
        try:
            for name, table in product((*part.groups, *part.measured), counted.source.tables):
                field_of(name, counted.source, table)
        except Unsupported as error:
            raise Unsupported(f"by a field of `{counted.name or counted.title}`: {error}") from None


def _leave_out(plan: Plan, rules: Iterable[Rule]) -> None:
    """Correlations are usable when all that they count is."""
    for rule in rules:
        if rule.correlation is None or rule.number in plan.refused:
            continue
        if all(part.rule in plan.usable for part in rule.correlation.parts):
            plan.usable.add(rule.number)
        else:
            plan.problems.append(Problem(rule.place, "a rule that it counts cannot be used", rule.id))


def _pass(table: str, source: Source, steps: list[Step]) -> Pass:
    where = f'"metadata.product.name" in ({texts(list(source.products))})' if source.products else "true"
    return Pass(table, where, tuple(steps), frozenset(source.lake))


def tree_of(detection: Any) -> Any:
    """The condition tree of a rule's or a filter's detection; several conditions are alternatives.

    `Unsupported` where pySigma refuses it.
    """
    from sigma.conditions import ConditionOR
    from sigma.exceptions import SigmaError

    conditions, detections = detection.parsed_condition, detection.detections
    if any("|" in str(one.condition) for one in conditions) or "timeframe" in detections:
        raise Unsupported("`timeframe` and what follows `|` are no longer part of Sigma: a correlation counts matches")
    try:
        trees: list[Any] = [one.parse() for one in conditions]
    except (SigmaError, RecursionError, TypeError, AttributeError, ValueError) as error:
        raise Unsupported((str(error).splitlines() or ["the condition cannot be read"])[0]) from None
    if any(tree is None for tree in trees):
        raise Unsupported("the condition has nothing to judge")
    return trees[0] if len(trees) == 1 else ConditionOR(trees)


def _steps(rule: Rule, names: Sequence[str], counted: bool) -> list[tuple[str, Step]]:  # noqa: FBT001
    from bastide.detect.compiler import compile_tree

    assert rule.source is not None
    tree = tree_of(rule.parsed.detection)
    kept = {table: [field_of(name, rule.source, table) for name in names] for table in rule.source.tables}
    many = [any(fields[at].kept[1] for fields in kept.values()) for at in range(len(names))]
    values = tuple(map(Value, names, many))
    found = []
    for table, fields in kept.items():
        compiled = compile_tree(tree, rule.source, table)
        step = Step(
            rule=rule.number,
            sql=compiled.sql,
            reads=compiled.reads.union(*(one.reads for one in fields)),
            named=compiled.named,
            shapes=compiled.shapes,
            gates=compiled.gates,
            values=values,
            fields=tuple(map(_as_kept, fields, many)),
            counted=counted,
        )
        found.append((table, step))
    return found


def _as_kept(one: Field, many: bool) -> str:  # noqa: FBT001
    sql, is_list = one.kept
    return f"[{sql}]" if many and not is_list else sql
