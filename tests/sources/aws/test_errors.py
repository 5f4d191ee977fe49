"""What error codes mean."""

from __future__ import annotations

import pytest

from bastide.sources.aws.calls import Outcome
from bastide.sources.aws.errors import outcome_of

OFF = ("AccessDeniedException: is not enabled", "NotFound")


@pytest.mark.parametrize(
    ("code", "message", "outcome"),
    [
        ("AccessDeniedException", "Macie is not enabled.", "absent"),
        ("AccessDeniedException", "MACIE IS NOT ENABLED", "absent"),
        ("AccessDeniedException", "User is not authorized to perform this", "denied"),
        ("AccessDeniedException", "", "denied"),
        ("NotFound", "whatever", "absent"),
        ("Other", "Macie is not enabled", "failed"),
    ],
)
def test_a_code_that_says_two_things_is_told_apart_by_its_message(code: str, message: str, outcome: Outcome) -> None:
    assert outcome_of(code, OFF, message=message) == outcome


def test_not_offered_is_told_apart_as_well() -> None:
    told = ("InvalidInputException: not supported",)
    assert outcome_of("InvalidInputException", (), told, "It is not supported here") == "not offered"
    assert outcome_of("InvalidInputException", (), told, "You sent nonsense") == "failed"
