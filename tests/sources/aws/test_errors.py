"""What error codes mean."""

from __future__ import annotations

import pytest

from bastide.sources.aws.errors import AGAIN, DENIED, NOT_OFFERED, THROTTLED, is_throttle, is_worth_another, outcome_of


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("AccessDenied", "denied"), ("UnauthorizedOperation", "denied"), ("OptInRequired", "not offered"),
     ("NoSuchThing", "absent"), ("Off", "not offered"), ("ValidationError", "failed"), ("Throttling", "failed")],
)  # fmt: skip
def test_outcomes(code: str, outcome: str) -> None:
    assert outcome_of(code, ("NoSuchThing",), ("Off",)) == outcome


def test_a_collectors_own_words_come_first() -> None:
    assert outcome_of("AccessDenied", ("AccessDenied",)) == "absent"
    assert outcome_of("OptInRequired", ("OptInRequired",)) == "absent"


def test_no_code_means_two_things() -> None:
    groups = [DENIED, NOT_OFFERED, THROTTLED, AGAIN]
    assert sum(map(len, groups)) == len(frozenset().union(*groups))
    assert is_throttle("SlowDown")
    assert not is_throttle("InternalError")
    assert is_worth_another("SlowDown")
    assert is_worth_another("InternalError")
    assert not is_worth_another("AccessDenied")
