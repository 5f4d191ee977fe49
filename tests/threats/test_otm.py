"""Open Threat Model: in without loss, out as the format asks for."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.threats.exchange import read_file
from bastide.threats.otm import exported, read
from tests.threats.exchanged import complaints, of_file, row, taken, told

FILE: dict[str, Any] = {
    "otmVersion": "0.2.0",
    "project": {"id": "tickets", "name": "Tickets", "attributes": {"cmdb": 7}},
    "trustZones": [{"id": "z", "name": "Internet", "risk": {"trustRating": 20}}],
    "components": [
        {
            "id": "c1", "name": "orders", "type": "db", "parent": {"trustZone": "z"},
            "threats": [
                {"threat": "t1", "state": "exposed", "mitigations": [{"mitigation": "m", "state": "required"}]},
            ],
        },
        {"id": "c2", "name": "till", "type": "web", "parent": {"component": "c1"}, "threats": None},
    ],
    "dataflows": [
        {
            "id": "f", "name": "sale", "source": "c2", "destination": "c1",
            "threats": [{"threat": "t2", "state": "mitigated"}],
        },
    ],
    "threats": [
        {
            "id": "t1", "name": "Orders leak", "description": "steal orders", "cwes": ["CWE-79"],
            "categories": ["Information Disclosure", "confidentiality", None],
            "risk": {"likelihood": 50, "likelihoodComment": "open port", "impact": 100, "impactComment": "cards"},
        },
        {"id": "t2", "name": "Sale forged", "risk": {"likelihood": None, "impact": 0}},
        {"id": "t3", "name": "Nobody cares", "risk": {"likelihood": 100, "impact": 25}},
    ],
    "mitigations": [{"id": "m", "name": "Close it", "riskReduction": 50, "more": [1]}],
}  # fmt: skip


def test_what_is_read() -> None:
    project, (leak, forged, other) = read(FILE, "file.otm")
    assert project == "tickets"
    assert (leak.title, leak.action, leak.stride, leak.goals) == (
        "Orders leak", "steal orders", "information-disclosure", ("confidentiality",),
    )  # fmt: skip
    assert (leak.level, leak.because, leak.about) == ((3, 5), "open port; cards", ("orders", "c1"))
    assert (forged.level, forged.status, forged.about) == ((3, 1), "mitigated", ("sale", "f"))
    assert (other.level, other.about, other.because) == ((5, 2), (), "as file.otm says")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"project": None}, r"\$\.project"),
        ({"project": {"id": "x"}}, "name"),
        ({"threats": [{"id": "t1", "name": "n"}]}, "risk"),
        ({"threats": []}, "has a threat `t1`, which is not there"),
        ({"components": [{"id": "c", "name": "n", "threats": [{"state": "x"}]}]}, r"components\[0\]\.threats\[0\]"),
    ],
)
def test_what_is_wrong_is_told_with_its_path(change: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read({**FILE, **change}, "file.otm")


def test_yaml_is_taken_too() -> None:
    text = (
        "otmVersion: 0.2.0\nproject: {id: p, name: P}\nthreats: [{id: t, name: T, risk: {likelihood: 1, impact: 1}}]\n"
    )
    file = read_file("", text, "p.otm.yaml", ())
    assert (file.format, file.model, [one.title for one in file.threats()]) == ("otm", "p", ["T"])


def test_a_file_comes_back_as_it_was_but_for_what_was_decided() -> None:
    assert not complaints("otm-0.2.0", FILE)
    file = taken(FILE)
    assert exported(told(row("T-1")), file, "imported") == FILE
    decided = [of_file(file, "t1", status="accepted"), of_file(file, "t2", status="mitigated")]
    expected = copy.deepcopy(FILE)
    expected["components"][0]["threats"][0]["state"] = "accepted"
    assert exported(told(*decided), file, "imported") == expected


def test_model_and_register_go_out_as_the_format_asks() -> None:
    found = exported(told(row("T-1"), row("T-2", "workload", status="mitigated", first="2")), None, "all")
    assert not complaints("otm-0.2.0", found)
    parts = {part["id"]: part for part in found["components"]}
    assert parts["x#data"]["threats"][0]["mitigations"] == [
        {"mitigation": "data.no-public-storage", "state": "implemented"},
        {"mitigation": "detection.services-are-on", "state": "recommended"},
    ]
    assert [(one["threat"], one["state"]) for one in parts["workload"]["threats"]] == [("T-2", "mitigated")]
    assert parts["x#data"]["assets"] == {"stored": ["class:internal"]}
    zones = {zone["id"] for zone in found["trustZones"]}
    assert {part["parent"]["trustZone"] for part in found["components"]} <= zones
    assert {(flow["source"], flow["destination"]) for flow in found["dataflows"]} == {
        ("entity:internet", "x#api"),
        ("x#api", "x#data"),
    }
    assert (found["threats"][0]["risk"]["likelihood"], found["threats"][0]["risk"]["impact"]) == (75, 100)
    assert [one["riskReduction"] for one in found["mitigations"]] == [50, 0]


def test_what_is_new_is_added_to_a_file() -> None:
    found = exported(told(row("T-1")), taken(FILE), "all")
    assert not complaints("otm-0.2.0", found)
    assert found["project"] == FILE["project"]
    for key in ("components", "dataflows", "threats", "mitigations", "trustZones"):
        assert found[key][: len(FILE[key])] == FILE[key]
    assert [one["id"] for one in found["threats"]] == ["t1", "t2", "t3", "T-1"]


def test_a_threat_from_here_is_known_again() -> None:
    ours = exported(told(row("T-1")), None, "all")
    file = taken(ours, ("T-1",))
    assert [one.ours for one in file.threats()] == ["T-1"]
    assert exported(told(row("T-1")), file, "all") == ours
