"""ATT&CK's names."""

from __future__ import annotations

import re

from bastide.detect.attack import TECHNIQUES, in_order, tactic, technique


def test_tactics_in_the_order_of_an_attack() -> None:
    assert in_order({"impact", "initial_access", "discovery", "unheard"}) == ["Initial Access", "Discovery", "Impact"]
    assert tactic("Credential_Access") == ("TA0006", "Credential Access")
    assert tactic("unheard") is None


def test_techniques_have_ids_and_names() -> None:
    assert all(re.fullmatch(r"T\d{4}(\.\d{3})?", uid) and name for uid, name in TECHNIQUES.items())
    assert technique("t1530") == "Data from Cloud Storage"
    assert technique("T9999") == ""
