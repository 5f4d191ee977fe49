"""Rules and what they compile to, kept, so that only the first start parses and compiles them.

The library's come with a wheel, others stay in the user's cache for as long as their files do not change.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bastide.cache import compiled
from bastide.detect.plan import Plan, plan_of
from bastide.detect.rules import LIBRARY, RuleSet, load_rules, rule_files
from bastide.detect.sources import LOGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Compiled(Struct):
    """Rules with what they compile to; `sources` has of each rule the name of its logs, empty for a correlation.

    Of what pySigma parsed nothing is left.
    """

    rules: RuleSet
    plan: Plan
    sources: list[str]


def compiled_rules(
    places: Sequence[str] = (), placeholders: Mapping[str, Sequence[str]] | None = None
) -> tuple[RuleSet, Plan]:
    """The rules of folders and files, the library's without any, as `load_rules` and `plan_of` give them.

    What cannot be kept is compiled each time: files that cannot be read now, words that JSON has no way to say.
    """
    files = rule_files(places)
    if not all(os.access(file, os.R_OK) for file in files):
        return _given_back(_compiled(places, placeholders))
    try:
        return _given_back(_kept(files, places, placeholders))
    except (OSError, TypeError, ValueError, msgspec.DecodeError):
        return _given_back(_compiled(places, placeholders))


def _kept(files: list[Path], places: Sequence[str], placeholders: Mapping[str, Sequence[str]] | None) -> Compiled:
    own = list(places or [LIBRARY]) == [LIBRARY] and not placeholders
    with_all = [*files, *sorted(Path(__file__).parent.glob("*.py")), *_parser()]
    told = [os.getcwd(), *map(str, files)]  # noqa: PTH109  messages name files as they were given
    found: Compiled = compiled(
        "detections" if own else "rules",
        with_all,
        lambda: _compiled(places, placeholders),
        "" if own else repr((told, placeholders)),
        Compiled,
    )
    return found


def _parser() -> list[Path]:
    """Where pySigma is, which compiles otherwise once it is another."""
    spec = find_spec("sigma")
    return [Path(spec.origin)] if spec and spec.origin else []


def _compiled(places: Sequence[str], placeholders: Mapping[str, Sequence[str]] | None) -> Compiled:
    rules = load_rules(places, placeholders)
    plan = plan_of(rules)
    sources = [rule.source.name if rule.source else "" for rule in rules.rules]
    rules.rules = [replace(rule, parsed=None, source=None) for rule in rules.rules]
    return Compiled(rules, plan, sources)


def _given_back(kept: Compiled) -> tuple[RuleSet, Plan]:
    known = {log.name: log for log in LOGS}
    with_logs = zip(kept.rules.rules, kept.sources, strict=True)
    kept.rules.rules = [replace(rule, source=known.get(name)) for rule, name in with_logs]
    return kept.rules, kept.plan
