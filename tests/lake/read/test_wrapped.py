"""What wraps events."""

from __future__ import annotations

import pytest

from bastide.lake.read import documents


def test_a_subscription_that_is_only_tried_has_no_event() -> None:
    control = b'{"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","message":"Checking health of destination"}]}'
    found = documents.document(control)
    assert (found.texts, found.refused) == ([], [])
    assert [bytes(one) for one in documents.document(control + b'\n{"a":1}').texts] == [b'{"a":1}']


@pytest.mark.parametrize(
    ("owner", "told"),
    [(b'"123456789012"', "123456789012"), (b'"\xff\xfe"', ""), (b'{"a":1}', ""), (b'"../../x"', ""), (b"7", "")],
)
def test_the_owner_of_a_log_group_is_an_account_or_nobody(owner: bytes, told: str) -> None:
    """Bytes that are no text ended the whole ingest."""
    found = documents.document(b'{"messageType":"DATA_MESSAGE","owner":%s,"logEvents":[{"message":"x"}]}' % owner)
    assert [(bytes(text), getattr(text, "owner", None)) for text in found.texts] == [(b"x", told)]
