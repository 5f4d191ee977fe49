"""Regular expressions that are none: told with the rule, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bastide.detect.rules import RuleSet
from tests.detect.conftest import rule_text


def test_what_re2_refuses_is_told_with_the_rule_alone(
    loaded: Callable[..., RuleSet], capfd: pytest.CaptureFixture[str]
) -> None:
    rules = loaded(
        rule_text("  a: {userAgent|re: '(?=aws)'}\n  condition: a"),
        rule_text("  a: {userAgent|re|i|m|s: '^AWS.cli$'}\n  condition: a", number=2),
    )
    assert [problem.cause for problem in rules.problems] == [
        "not a valid rule: Regular expression '(?=aws)' is invalid: invalid perl operator: (?="
    ]
    assert len(rules.rules) == 1
    assert capfd.readouterr() == ("", "")
