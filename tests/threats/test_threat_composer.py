"""Threat Composer's files: in without loss, out as that tool takes them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.threats.threat_composer import OURS, exported, read
from tests.threats.exchanged import complaints, of_file, row, taken, told

BOT, CLERK = "33333333-3333-4333-8333-333333333333", "44444444-4444-4444-8444-444444444444"
LIMIT, TLS = "22222222-2222-4222-8222-222222222222", "11111111-1111-4111-8111-111111111111"
FILE: dict[str, Any] = {
    "schema": 1,
    "applicationInfo": {"name": "Ticket shop", "description": "# Shop"},
    "architecture": {"image": "", "description": "boxes"},
    "dataflow": {"description": "arrows"},
    "assumptions": [{"id": TLS, "numericId": 7, "displayOrder": 1, "content": "Visitors use TLS", "tags": ["a"]}],
    "mitigations": [{"id": LIMIT, "numericId": 3, "content": "Rate limit", "status": "mitigationInProgress"}],
    "assumptionLinks": [{"type": "Threat", "linkedId": BOT, "assumptionId": TLS}],
    "mitigationLinks": [{"linkedId": BOT, "mitigationId": LIMIT}],
    "threats": [
        {
            "id": BOT,
            "numericId": 12,
            "displayOrder": 2,
            "threatSource": "bot",
            "prerequisites": "with many addresses",
            "threatAction": "buy all tickets",
            "threatImpact": "angry visitors",
            "impactedGoal": ["availability", "fairness"],
            "impactedAssets": ["orders"],
            "statement": "A bot with many addresses can buy all tickets.",
            "metadata": [
                {"key": "STRIDE", "value": ["D", "S"]},
                {"key": "Priority", "value": "High"},
                {"key": "custom:x", "value": ["y", "z"]},
            ],
            "tags": ["sales"],
            "displayedStatement": ["A ", {"type": "b", "content": "bot", "tooltip": "source"}],
        },
        {"id": CLERK, "numericId": 13, "threatAction": "reprint tickets", "status": "threatResolvedNotUseful"},
    ],
}


def test_what_is_read() -> None:
    model, (bot, clerk) = read(FILE, "shop.tc.json")
    assert model == "Ticket shop"
    assert (bot.key, bot.title, bot.stride, bot.goals, bot.level) == (
        BOT, "buy all tickets", "denial-of-service", ("availability",), (4, 4),
    )  # fmt: skip
    assert (bot.status, bot.about, bot.because) == ("", ("orders",), "priority High in shop.tc.json")
    assert (clerk.title, clerk.status, clerk.level) == ("reprint tickets", "not-applicable", (3, 3))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 2}, "schema 2"),
        ({"schema": "1"}, r"\$\.schema"),
        ({"threats": {}}, r"\$\.threats"),
        ({"threats": [{"numericId": 1}]}, r"\$\.threats\[0\]"),
        ({"threats": [{"id": "", "numericId": 1}]}, r"threats\[0\]\.id"),
        ({"threats": [{"id": "a", "metadata": [{"key": 1}]}]}, r"metadata\[0\]\.key"),
    ],
)
def test_what_is_wrong_is_told_with_its_path(change: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read({**FILE, **change}, "shop.tc.json")


def test_a_file_comes_back_as_it_was() -> None:
    assert not complaints("threat-composer-1", FILE)
    file = taken({**FILE, "new": {"of": [1.5, None, "ü", 10**30]}})
    assert exported(told(row("T-1")), file, "imported") == file.document()
    assert file.document()["new"] == {"of": [1.5, None, "ü", 10**30]}


def test_only_the_status_of_a_threat_that_was_decided_on_changes() -> None:
    file = taken(FILE)
    rows = [of_file(file, BOT, status="accepted"), of_file(file, CLERK, status="not-applicable")]
    expected = copy.deepcopy(FILE)
    expected["threats"][0]["status"] = "threatResolved"
    assert exported(told(*rows), file, "imported") == expected
    reopened = [of_file(file, BOT, status="open"), of_file(file, CLERK, status="open")]
    expected = copy.deepcopy(FILE)
    expected["threats"][1]["status"] = "threatIdentified"
    assert exported(told(*reopened), file, "imported") == expected


def test_what_is_new_is_added_and_the_tool_takes_it() -> None:
    file = taken(FILE)
    found = exported(told(row("T-1"), row("T-2", first="2", status="closed"), row("T-3", first="3")), file, "all")
    assert not complaints("threat-composer-1", found)
    assert found["threats"][:2] == FILE["threats"]
    assert [item["numericId"] for item in found["threats"]] == [12, 13, 14, 16]
    assert found["dataflow"] == FILE["dataflow"]
    assert [item["numericId"] for item in found["mitigations"]] == [3, 4, 5]
    assert found["mitigations"][1]["status"] == "mitigationResolved"
    links = {(link["linkedId"], link["mitigationId"]) for link in found["mitigationLinks"]}
    assert {(item["id"], one["id"]) for item in found["threats"][2:] for one in found["mitigations"][1:]} < links
    assert {"key": OURS, "value": "T-1"} in found["threats"][2]["metadata"]


def test_without_a_file_there_is_one_of_our_own() -> None:
    found = exported(told(row("T-1")), None, "all")
    assert not complaints("threat-composer-1", found)
    assert found["applicationInfo"] == {"name": "shop", "description": "sells"}
    assert "mermaid" in found["dataflow"]["description"]
    (threat,) = found["threats"]
    assert threat["statement"].startswith("Somebody with a key can read it, which leads to disclosure")
    assert exported(told(row("T-1")), taken(FILE), "derived")["threats"] == [threat]


def test_long_texts_have_the_length_that_the_tool_takes() -> None:
    one = row("T-1", title="x" * 5_000)
    one.threat.source = one.threat.action = one.threat.impact_text = "y" * 5_000
    one.threat.assets, one.threat.data_class, one.threat.element = ["z" * 5_000], "c" * 50, "e" * 5_000
    one.threat.because["impact"] = ["w" * 5_000]
    assert not complaints("threat-composer-1", exported(told(one), None, "all"))


def test_a_threat_from_here_is_known_again() -> None:
    ours = exported(told(row("T-1"), row("T-2", first="2")), None, "all")
    assert [one.ours for one in taken(ours, ("T-1",)).threats()] == ["T-1", ""]
    file = taken(ours, ("T-1", "T-2"))
    again = exported(told(row("T-1"), row("T-2", first="2"), row("T-3", first="3")), file, "all")
    assert [item["numericId"] for item in again["threats"]] == [1, 2, 3]
    assert again["threats"][:2] == ours["threats"]
    assert len(again["mitigations"]) == 2
