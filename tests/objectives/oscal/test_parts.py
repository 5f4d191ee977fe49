"""What OSCAL documents are made of."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from bastide.objectives.oscal.parts import identity, metadata, prop, text
from bastide.workload.manifest import Manifest


@given(st.lists(st.text(), min_size=1, max_size=4), st.lists(st.text(), min_size=1, max_size=4))
def test_identifiers_stay_and_differ(one: list[str], other: list[str]) -> None:
    assert uuid.UUID(identity(*one)).version == 5
    assert (identity(*one) == identity(*other)) == ("\0".join(one) == "\0".join(other))


@given(st.text())
def test_texts_are_lines_without_spaces_at_their_ends(value: str) -> None:
    found = text(value)
    assert found == found.strip() != ""
    assert "\n" not in found
    assert found.isprintable()


def test_the_owner_is_a_party() -> None:
    found = metadata("A title", Manifest(name="shop", owner="Ada"), "2026-11-27T10:00:00.000Z")
    (party,) = found["parties"]
    assert found["responsible-parties"] == [{"role-id": "owner", "party-uuids": [party["uuid"]]}]
    assert "parties" not in metadata("A title", Manifest(name="shop"), "2026-11-27T10:00:00.000Z")
    assert prop("status", "met")["value"] == "met"
