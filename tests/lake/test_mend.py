"""Dirty events made readable, and nothing made up."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.lake.mend import mended, renamed

FIELDS = {"eventName": "text", "userIdentity": {"type": "text", "sessionContext": {"attributes": "json"}}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"EVENTNAME":"x"}', {"eventName": "x"}),
        ('{"EventName":"forged","eventName":"x"}', {"EventName": "forged", "eventName": "x"}),
        ('{"userIdentity":[{"Type":"Root"}]}', {"userIdentity": {"type": "Root"}}),
        ('{"userIdentity":[{"type":"a"},{"type":"b"}]}', {"userIdentity": [{"type": "a"}, {"type": "b"}]}),
        ('{"EventName":"x","More":{"IpAddressV4":[{"Z":1}]}}', {"eventName": "x", "more": {"ipAddressV4": [{"z": 1}]}}),
        ('{"eventName":"\\ud800"}', {"eventName": "\ufffd"}),
        ('{"eventName":NaN}', {"eventName": "NaN"}),
    ],
)
def test_what_can_be_mended(text: str, expected: object) -> None:
    assert json.loads(mended(text, FIELDS) or "") == expected


@pytest.mark.parametrize(
    ("text", "changed"),
    [('{"eventName":"x"}', False), ('{"EventName":"x"}', True), ('{"userIdentity":[{"type":"a"}]}', True),
     ('{"userIdentity":"x"}', False), ("[1]", False), ('{"eventName":"\\ud800"}', False)],
)  # fmt: skip
def test_what_is_called_otherwise(text: str, *, changed: bool) -> None:
    assert (renamed(text, FIELDS) is not None) is changed


@pytest.mark.parametrize("text", ["", "[1]", "7", '{"a":', "[" * 5000, '{"a":' * 900 + "1" + "}" * 900])
def test_what_cannot(text: str) -> None:
    assert mended(text, FIELDS) is None


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=5))
def test_other_fields_stay_as_they_are(event: dict[str, object]) -> None:
    event = {key: value for key, value in event.items() if key.lower() not in ("eventname", "useridentity")}
    assert json.loads(mended(json.dumps(event), FIELDS) or "") == event
