"""The command lines of the lake."""

from __future__ import annotations

import pytest

from bastide.cli.parser import make_parser


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ingest a b --jobs 3", {"targets": ["a", "b"], "jobs": 3, "reread": False, "lake": None}),
        ("ingest --quarantined --trust-accounts", {"targets": [], "quarantined": True, "trust_accounts": True}),
        ("lake compact --size 64", {"action": "compact", "size": 64}),
        ("lake expire --before 30d --table a --table b", {"before": "30d", "table": ["a", "b"], "apply": False}),
        ("lake verify --lake s3://b/p", {"action": "verify", "lake": "s3://b/p"}),
        ("hunt", {"sql": None, "limit": 1000, "format": "terminal"}),
    ],
)
def test_what_is_taken(line: str, expected: dict[str, object]) -> None:
    words = line.split()
    found = vars(make_parser(words[0]).parse_args(words))
    assert {key: found[key] for key in expected} == expected


def test_what_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser("lake").parse_args(["lake", "expire"])
    assert "--before" in capsys.readouterr().err
