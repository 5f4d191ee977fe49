"""What rules refer to: other rules by id or name, filters that go into rules, placeholders that settings fill."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from bastide.detect.rules import Problem, RuleSet, identity, made
from bastide.detect.sources import source_of
from bastide.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bastide.detect.documents import Document

MAX_DEPTH = 50
"""Correlations that may count each other in a row."""

Parsed = list[tuple[Any, "Document"]]


def resolve(parsed: Parsed, into: RuleSet, placeholders: Mapping[str, Sequence[str]]) -> None:
    """Add the rules to the set, each before the correlations that count it."""
    from sigma.correlations import SigmaCorrelationRule
    from sigma.filters import SigmaFilter

    filters = [(one, document) for one, document in parsed if isinstance(one, SigmaFilter)]
    rules = [(one, document) for one, document in parsed if not isinstance(one, SigmaFilter)]
    _distinct(rules)
    _aimless(filters, rules, into)
    detections = [rule.detection for rule, _ in rules if not isinstance(rule, SigmaCorrelationRule)]
    for detection in (*detections, *(one.filter for one, _ in filters)):
        _expand(detection, placeholders)
    rules = [(_filtered(rule, filters, into), document) for rule, document in rules]
    ordered = _ordered(rules, into)
    shown = _shown(ordered)
    numbers = {id(rule): number for number, (rule, _) in enumerate(ordered)}
    into.rules = [made(rule, document, numbers, id(rule) in shown) for rule, document in ordered]


def _distinct(rules: Parsed) -> None:
    seen: dict[str, str] = {}
    for rule, document in rules:
        key = identity(rule, document)
        if key in seen:
            raise UsageError(f"two rules have the id {key}", place=document.place, remedy=f"the other is {seen[key]}")
        seen[key] = document.place


def _aimless(filters: Parsed, rules: Parsed, into: RuleSet) -> None:
    """A filter for a rule that is not there leaves nothing out, which nobody would notice."""
    known = {str(word) for rule, _ in rules for word in (rule.id, rule.name) if word} | into.foreign
    for one, document in filters:
        meant = [] if isinstance(one.filter.rules, str) else [str(each.reference) for each in one.filter.rules]
        missing = [f"`{name}`" for name in meant if name not in known]
        if missing:
            cause = f"this filter is for {', '.join(missing)}, which is not among the rules"
            into.problems.append(Problem(document.place, cause))


def _filtered(rule: Any, filters: Parsed, into: RuleSet) -> Any:
    """The rule with the filters that are meant for it; one that cannot be used leaves it as it was written."""
    from sigma.rule import SigmaRule

    for one, document in filters if isinstance(rule, SigmaRule) else ():
        filtered = one.apply_on_rule(deepcopy(rule))
        if len(filtered.detection.detections) == len(rule.detection.detections):
            continue
        if cause := _hindrance(one, rule):
            problem = Problem(document.place, f"this filter cannot be used: {cause}")
            into.problems += [problem] if problem not in into.problems else []
        else:
            rule = filtered
    return rule


def _hindrance(one: Any, rule: Any) -> str:
    """Why a filter has no meaning for the logs of a rule; empty where it has one."""
    from bastide.detect.compiler import compile_tree
    from bastide.detect.fields import Unsupported
    from bastide.detect.plan import tree_of

    logs = rule.logsource
    source = source_of(logs.product, logs.service, logs.category)
    assert source is not None
    try:
        tree = tree_of(deepcopy(one.filter))
        for table in source.tables:
            compile_tree(tree, source, table)
    except Unsupported as error:
        return str(error)
    return ""


def _expand(detections: Any, placeholders: Mapping[str, Sequence[str]]) -> None:
    """Fill `%name%` where settings have values for it; what is left is refused when the rule is compiled."""
    from sigma.rule import SigmaDetection

    def fill(placeholder: Any) -> Iterator[Any]:
        yield from placeholders.get(placeholder.name) or [placeholder]

    def walk(detection: Any) -> None:
        for item in detection.detection_items:
            if isinstance(item, SigmaDetection):
                walk(item)
            else:
                item.value = [new for value in item.value for new in _filled(value, fill)]

    for detection in detections.detections.values():
        walk(detection)


def _filled(value: Any, fill: Any) -> list[Any]:
    from sigma.types import SigmaRegularExpression, SigmaString

    if isinstance(value, (SigmaString, SigmaRegularExpression)) and value.contains_placeholder():
        return list(value.replace_placeholders(fill))
    return [value]


def _ordered(rules: Parsed, into: RuleSet) -> Parsed:
    """Rules first, then correlations, each after those it counts; one that counts what is not there is a problem."""
    by_reference: dict[str, tuple[Any, Document]] = {}
    doubtful: set[str] = set()
    for rule, document in rules:
        for key in {str(rule.id or ""), rule.name or ""} - {""}:
            doubtful |= {key} & by_reference.keys()
            by_reference[key] = (rule, document)
    order = _Order(by_reference, doubtful, into)
    for rule, document in rules:
        order.place(rule, document, ())
    return order.found


class _Order:
    """Puts each correlation after what it counts."""

    def __init__(self, by_reference: dict[str, tuple[Any, Document]], doubtful: set[str], into: RuleSet) -> None:
        self.by_reference, self.doubtful, self.into = by_reference, doubtful, into
        self.usable: dict[int, bool] = {}
        self.found: Parsed = []

    def place(self, rule: Any, document: Document, above: tuple[int, ...]) -> bool:
        """Whether it can be used; then it is in its place."""
        if id(rule) in above or len(above) > MAX_DEPTH:
            return False
        if id(rule) not in self.usable:
            cause = self._obstacle(rule, above)
            if cause and self._is_foreign(rule):
                self.into.elsewhere += 1
                self.into.foreign |= {str(one) for one in (rule.id, rule.name) if one}
            elif cause:
                self.into.problems.append(Problem(document.place, cause, identity(rule, document)))
            else:
                self.found.append((rule, document))
            self.usable[id(rule)] = not cause
        return self.usable[id(rule)]

    def _is_foreign(self, rule: Any) -> bool:
        """Whether a correlation counts rules for other logs."""
        return any(one.reference in self.into.foreign for one in rule.referenced_rules)

    def _obstacle(self, rule: Any, above: tuple[int, ...]) -> str:
        from sigma.correlations import SigmaCorrelationRule

        if not isinstance(rule, SigmaCorrelationRule):
            return ""
        if missing := _connect(rule, self.by_reference):
            return f"it counts `{missing}`, which is not among the rules"
        for one in rule.referenced_rules:
            if one.reference in self.doubtful:
                return f"it counts `{one.reference}`, which is the name of two rules"
            if not self.place(*self.by_reference[one.reference], (*above, id(rule))):
                return f"it counts `{one.reference}`, which cannot be used or counts this one"
        return ""


def _connect(rule: Any, by_reference: dict[str, tuple[Any, Document]]) -> str:
    """Set what a correlation refers to; the reference that leads nowhere, or an empty text."""
    from sigma.correlations import SigmaRuleReference

    names = [one.reference for one in rule.rules] if rule.rules else rule.condition.get_referenced_rules()
    rule.referenced_rules = [SigmaRuleReference(name) for name in names]
    references = [*rule.referenced_rules, *(one for alias in rule.aliases for one in alias.mapping)]
    for one in references:
        if one.reference not in by_reference:
            return str(one.reference)
        one.rule = by_reference[one.reference][0]
    return ""


def _shown(ordered: Parsed) -> set[int]:
    """Rules whose own matches are told: all but those that a correlation counts and does not say `generate`."""
    from sigma.correlations import SigmaCorrelationRule

    correlations = [rule for rule, _ in ordered if isinstance(rule, SigmaCorrelationRule)]
    counted = {id(one.rule) for rule in correlations if not rule.generate for one in rule.referenced_rules}
    told = {id(one.rule) for rule in correlations if rule.generate for one in rule.referenced_rules}
    return {id(rule) for rule, _ in ordered} - (counted - told)
