"""`bastide detections list`, `show` and `test`."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from bastide.errors import INCOMPLETE, UsageError, near_miss
from bastide.redact import block, clean
from bastide.report.words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bastide.detect.rules import Rule
    from bastide.detect.run import Detections


def run(arguments: argparse.Namespace) -> int:
    """List, show or test the rules that are meant."""
    from bastide.detect.run import Detections

    detections = Detections(arguments.rules or (), arguments.config or "")
    chosen = _chosen(detections.rules.rules, arguments.patterns)
    command = {"list": _list, "show": _show, "test": _test}[arguments.action]
    return command(detections, chosen, arguments.format)


def _chosen(rules: Sequence[Rule], patterns: Sequence[str]) -> list[Rule]:
    if not patterns:
        return list(rules)
    found = [rule for rule in rules if any(_is(rule, pattern) for pattern in patterns)]
    for pattern in patterns:
        if not any(_is(rule, pattern) for rule in rules):
            hint = near_miss(pattern, [rule.title for rule in rules])
            raise UsageError(f"there is no rule `{pattern[:80]}`", remedy=hint or "`bastide detections list` names all")
    return found


def _is(rule: Rule, pattern: str) -> bool:
    names = (rule.id, rule.title, rule.name, rule.place.rpartition(":")[0].rpartition("/")[2].rpartition(".")[0])
    return any(fnmatchcase(name.lower(), pattern.lower()) for name in names if name)


def _list(detections: Detections, rules: list[Rule], form: str) -> int:
    from bastide.detect.show import rule_record

    used = detections.plan.usable
    if form == "json":
        records = [rule_record(rule) | {"used": rule.number in used} for rule in rules]
        print(json.dumps({"version": 1, "detections": records}, indent=2))
    else:
        for rule in rules:
            kind = "correlation" if rule.is_correlation else rule.source.name if rule.source else ""
            more = " ".join([*rule.techniques, *([] if rule.number in used else ["(not used)"])])
            print(f"{rule.level:<14} {kind:<12} {clean(rule.title, 90):<62} {more}".rstrip())
        print(counted(len(rules), "rule"))
    return tell_unused(detections)


def _show(detections: Detections, rules: list[Rule], form: str) -> int:
    from bastide.detect.show import cleaned, rule_record

    records: list[Any] = [rule_record(rule) | {"sql": cleaned(_sql(detections, rule))} for rule in rules]
    if form == "json":
        print(json.dumps({"version": 1, "detections": records}, indent=2))
        return tell_unused(detections)
    for rule, record in zip(rules, records, strict=True):
        print(f"{clean(rule.title)}\n  {rule.id}  {rule.level}  {clean(rule.place, 300)}")
        print(f"  {block(rule.description, 2000)}" if rule.description else "", end="\n" * bool(rule.description))
        for word in ("counts", "logs", "techniques", "threats", "false_positives", "playbook"):
            value = record.get(word)
            if value:
                print(f"  {word.replace('_', ' ')}: {', '.join(value) if isinstance(value, list) else value}")
        for table, sql in record["sql"].items():
            print(f"  {table}: {sql}")
    return tell_unused(detections)


def _sql(detections: Detections, rule: Rule) -> dict[str, str]:
    steps = [(one.table, step) for one in detections.plan.passes for step in one.steps]
    return {table: step.whole for table, step in steps if step.rule == rule.number}


def _test(detections: Detections, rules: list[Rule], form: str) -> int:
    from bastide.detect.examples import run_examples
    from bastide.detect.show import cleaned
    from bastide.lake.extra import needed
    from bastide.threats.templates import library_templates

    needed()
    threats = [template.id for template in library_templates()]
    outcomes = run_examples(detections.rules, detections.plan, rules, threats)
    failed = [one for one in outcomes if one.failed]
    if form == "json":
        records = [
            {"id": one.rule.id, "title": one.rule.title, "examples": one.examples, "failed": list(one.failed)}
            for one in outcomes
        ]
        print(json.dumps({"version": 1, "detections": cleaned(records)}, indent=2))
    else:
        for one in failed:
            print(f"{clean(one.rule.place, 300)}: {clean(one.rule.title)}: {clean('; '.join(one.failed), 500)}")
        total = sum(one.examples for one in outcomes)
        print(f"{counted(total, 'example')} of {counted(len(outcomes), 'rule')}; {len(failed)} failed")
    return 1 if failed else tell_unused(detections)


def tell_unused(detections: Detections) -> int:
    """Tell, on standard error, which rules are not used; the exit code that this comes to."""
    import sys

    from bastide.detect.show import problem_line

    for one in detections.plan.problems:
        print(problem_line(one), file=sys.stderr)
    if detections.rules.elsewhere:
        print(f"{counted(detections.rules.elsewhere, 'rule')} not for this lake", file=sys.stderr)
    return INCOMPLETE if detections.plan.problems else 0
