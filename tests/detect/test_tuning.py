"""What settings say of detections."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bastide.detect.tuning import Suppressed, Suppression, aimless, read_tuning
from bastide.errors import UsageError
from tests.detect.conftest import match, rule

TODAY = dt.date(2026, 11, 27)


def suppression(**fields: str) -> Suppression:
    return Suppression(**{"rule": "*", "until": dt.date(2027, 3, 1), "by": "jo", "reason": "known", **fields})  # type: ignore[arg-type]


def test_what_is_known_is_left_out_and_counted() -> None:
    noise = match(rule("Root acts"), actor="arn:aws:iam::1:root")
    other = match(rule("Root acts"), actor="arn:aws:iam::2:root")
    known = suppression(rule="root*".title(), actor="*:1:root", place="bastide.yaml:3")
    suppressed = Suppressed([known], TODAY)
    assert [suppressed.takes(one) for one in (noise, other)] == [True, False]
    assert (suppressed.taken, suppressed.over) == ({"bastide.yaml:3": 1}, [])


def test_one_that_is_over_hides_nothing() -> None:
    suppressed = Suppressed([suppression(until=dt.date(2026, 1, 1))], TODAY)  # type: ignore[arg-type]
    assert not suppressed.takes(match())
    assert not suppressed.taken
    assert "over since 2026-01-01" in suppressed.over[0].cause


def test_one_for_no_rule_is_told() -> None:
    rules = [rule("Root acts", id="1"), rule("Keys are made", id="2")]
    fitting = [suppression(rule=word) for word in ("*", "Root acts", "2", "Keys*")]
    assert aimless(fitting, rules) == []
    (one,) = aimless([suppression(rule="Root act", place="bastide.yaml:3")], rules)
    assert (one.place, one.cause) == (
        "bastide.yaml:3",
        "this suppression is for `Root act`, which is no rule. did you mean `Root acts`?",
    )


@pytest.mark.parametrize(
    ("fields", "covers"),
    [
        ({"account": "111122223333"}, True),
        ({"account": "9"}, False),
        ({"resource": "arn:x*"}, True),
        ({"resource": "y"}, False),
    ],
)
def test_all_of_it_must_fit(fields: dict[str, str], covers: bool) -> None:
    assert suppression(**fields).covers(match(resources=("arn:x:1",))) is covers


def test_it_is_read_from_settings(tmp_path: Path) -> None:
    file = tmp_path / "bastide.yaml"
    file.write_text(
        "detections:\n  rules: [library, mine]\n  placeholders: {admins: [ann], robots: }\n  suppressions:\n"
        "    - {rule: x, until: 2027-03-01, by: jo, reason: known}\n"
    )
    found = read_tuning(str(file))
    assert found.rules == ["library", str(tmp_path / "mine")]
    assert found.placeholders == {"admins": ["ann"], "robots": []}
    assert found.suppressions[0].place.endswith("bastide.yaml:5")
    assert found.suppressions[0].until == dt.date(2027, 3, 1)


@pytest.mark.parametrize("line", ["{rule: x, until: 2027-03-01, by: jo}", "{rule: x, until: soon, by: jo, reason: y}"])
def test_one_that_nobody_answers_for_is_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "bastide.yaml"
    file.write_text(f"detections:\n  suppressions:\n    - {line}\n")
    with pytest.raises(UsageError) as caught:
        read_tuning(str(file))
    assert ":3" in caught.value.place


def test_without_settings_there_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    assert read_tuning() == read_tuning()
    assert read_tuning().suppressions == []
