"""Regular expressions that could take unbounded time are refused."""

from __future__ import annotations

import pytest

from bastide.sources.terraform.functions.patterns import MAX_PATTERN, MAX_SUBJECT, pattern
from bastide.sources.terraform.values import Beyond


@pytest.mark.parametrize(
    "expression",
    [
        "^arn:aws:[a-z]+:.*$",
        "^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$",
        "(abc)+",
        "[+*]+",
        r"\(a+\)+",
        "a{1,3}b",
        r"x\z",
        "(?:a|b)c+",
        "https?://(?P<host>[^/]+)/.*",
    ],
)
def test_taken(expression: str) -> None:
    assert pattern(expression, "arn:aws:iam::1:role/x")


@pytest.mark.parametrize(
    "expression",
    [
        "(a+)+",
        "(a*)*b",
        "((a+)b)*",
        "(a|b+){2,}",
        "(a|aa)+$",
        "(a?){50}a",
        "a?" * 30 + "a" * 30,
        "(?:x*)+",
        "a" * (MAX_PATTERN + 1),
    ],
)
def test_refused(expression: str) -> None:
    with pytest.raises(Beyond, match="too costly"):
        pattern(expression, "aaaa")


def test_long_subjects_are_refused_for_many_repetitions() -> None:
    assert pattern(".*a.*b.*c", "x" * 50)
    with pytest.raises(Beyond, match="too costly"):
        pattern(".*a.*b.*c", "x" * 5000)
    with pytest.raises(Beyond, match="too costly"):
        pattern("a", "x" * (MAX_SUBJECT + 1))


def test_many_repeats_that_may_take_the_same_letters_are_too_costly() -> None:
    for expression in (
        "a*" * 11 + "b",
        "^" + "[ab]+" * 8 + "c",
        "\\w*" * 6 + "!",
        "(.*)a(.*)a(.*)a(.*)a(.*)a(.*)b",
        "x*y*z",
    ):
        with pytest.raises(Beyond, match="too costly"):
            pattern(expression, "a" * (10_000 if "z" in expression else 200))


def test_repeats_that_the_next_letter_ends_cost_little() -> None:
    arn = "arn:aws:iam:eu-west-1:111122223333:role/" + "x" * 400
    found = pattern(r"^arn:([^:]+):([a-z0-9-]*):([^:]*):(\d+):([^/]+)/(.+)$", arn).search(arn)
    assert found
    assert found[4] == "111122223333"


@pytest.mark.parametrize(
    ("expression", "subject", "found"),
    [
        ("^[[:alpha:]]+$", "abc", "abc"),
        ("[^[:alnum:]-]+", "a_b", "_"),
        ("[[:space:][:punct:]]+", "a, b", ", "),
        (r"\[[[:upper:]]\]", "[A]", "[A]"),
        ("[:alpha:]+", "xlap", "lap"),
        ("[][:digit:]]+", "a]1", "]1"),
    ],
)
def test_named_classes_of_characters_are_those_of_the_language(expression: str, subject: str, found: str) -> None:
    match = pattern(expression, subject).search(subject)
    assert match is not None
    assert match[0] == found


def test_what_only_the_languages_engine_knows_is_not_guessed() -> None:
    for expression in (r"^\p{L}+$", "[[:^alpha:]]", "[[:nonsense:]]"):
        with pytest.raises(Beyond, match="not understood"):
            pattern(expression, "a")
