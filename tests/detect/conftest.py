"""Rules, events and matches for the tests of detections."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bastide.detect.documents import Document
from bastide.detect.engine import Match
from bastide.detect.events import made
from bastide.detect.rules import Rule, RuleSet, load_rules
from tests.sources.aws.conftest import aws, credentials, moto_url

__all__ = ["aws", "credentials", "moto_url"]

RULE = """title: {title}
id: {id}
logsource: {{product: aws, service: cloudtrail}}
detection:
{detection}
level: {level}
tags: [{tags}]
"""


def rule_text(detection: str, title: str = "a rule", number: int = 1, level: str = "medium", tags: str = "") -> str:
    """A rule with a detection that is indented by two."""
    identity = f"00000000-0000-4000-8000-{number:012d}"
    return RULE.format(title=title, id=identity, detection=detection.rstrip(), level=level, tags=tags)


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., RuleSet]:
    """Loads rules from texts, each a file."""

    def load(*texts: str, **more: Any) -> RuleSet:
        folder = tmp_path / "rules"
        folder.mkdir(exist_ok=True)
        for number, text in enumerate(texts):
            (folder / f"{number}.yml").write_text(text)
        return load_rules([str(folder)], **more)

    return load


def records(*descriptions: dict[str, Any]) -> list[dict[str, Any]]:
    """CloudTrail records from short descriptions."""
    return made(descriptions, dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), "test")


def rule(title: str = "a rule", level: str = "medium", tactics: tuple[str, ...] = (), **more: Any) -> Rule:
    """A rule that was never parsed."""
    return Rule(0, more.pop("id", title), title, level, "rules.yml:1", None, tactics=tactics, **more)


def match(
    rule_: Rule | None = None, at: int = 0, actor: str = "arn:aws:iam::111122223333:user/bob", **more: Any
) -> Match:
    """A match, so many seconds after some time."""
    time = 1_772_445_600_000 + at * 1000
    fields = {"event_uid": f"e{at}", "table": "api_activity", "account": "111122223333", "region": "eu-west-1", **more}
    return Match(rule=rule_ or rule(), time=time, first=time, last=time, actor=actor, **fields)


def document(value: dict[str, Any]) -> Document:
    """A document that was never written."""
    return Document(value, "rules.yml", 1, 0)
