"""The frameworks that controls name are lists of ids: each is exact, complete where it says so, and unique."""

import re
from importlib.resources import files
from typing import Any

import pytest
import yaml

FOLDER = files("bastide.library") / "frameworks"
NAMES = sorted(item.name.removesuffix(".yaml") for item in FOLDER.iterdir() if item.name.endswith(".yaml"))

SHAPES = {
    "attack-cloud": r"T\d{4}(\.\d{3})?",
    "cis-aws-3.0": r"[1-5](\.\d{1,2}){1,2}",
    "cis-aws-5.0": r"[1-5](\.\d{1,2}){1,2}",
    "nist-800-53-r5": r"[A-Z]{2}-\d{1,2}(\(\d{1,2}\))?",
    "pci-dss-4.0": r"(A[123]|\d{1,2})\.\d{1,2}\.\d{1,2}",
    "well-architected": r"SEC(0[1-9]|1[01])-BP0\d",
}
"""What an id looks like; the group that it belongs to can be read from it, in all but one framework."""

COUNTS = {
    "cis-aws-3.0": {"1": 22, "2": 9, "3": 9, "4": 16, "5": 6},
    "cis-aws-5.0": {"1": 21, "2": 9, "3": 9, "4": 16, "5": 8},
    "well-architected": dict(
        zip((f"SEC{number:02}" for number in range(1, 12)), (8, 6, 9, 4, 4, 5, 4, 4, 3, 8, 8), strict=True)
    ),
    "pci-dss-4.0": dict(
        zip(
            [str(number) for number in range(1, 13)] + ["A1", "A2", "A3"],
            (19, 11, 19, 4, 11, 18, 11, 28, 18, 18, 16, 32, 7, 3, 15),
            strict=True,
        )
    ),
}
"""How many requirements each group has, counted in the publishers' own tables of contents."""

NIST_BASE_CONTROLS = 300
"""298 in revision 5 as published, IA-13 since 5.1.1, SA-24 since 5.2.0."""


def load(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))


def ids(name: str) -> list[str]:
    return [entry["id"] for entry in load(name)["requirements"]]


def test_every_framework_has_a_shape() -> None:
    assert sorted(SHAPES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_fields(name: str) -> None:
    framework = load(name)
    assert framework.keys() == {"id", "name", "version", "publisher", "groups", "requirements"}
    assert framework["id"] == name
    for field in ("name", "version", "publisher"):
        assert isinstance(framework[field], str)
        assert framework[field].strip()


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_unique_and_of_one_shape(name: str) -> None:
    found = ids(name)
    assert len(found) == len(set(found))
    assert [found_id for found_id in found if not re.fullmatch(SHAPES[name], found_id)] == []


@pytest.mark.parametrize("name", NAMES)
def test_names_are_short(name: str) -> None:
    for entry in load(name)["requirements"]:
        assert entry.keys() == {"id", "name", "group"}
        assert 3 <= len(entry["name"]) <= 80, entry


@pytest.mark.parametrize("name", NAMES)
def test_groups_are_those_of_the_requirements(name: str) -> None:
    framework = load(name)
    declared = [group["id"] for group in framework["groups"]]
    used = {entry["group"] for entry in framework["requirements"]}
    assert len(declared) == len(set(declared))
    assert set(declared) == used
    if name != "attack-cloud":
        assert [e for e in framework["requirements"] if re.split(r"[.-]", e["id"])[0] != e["group"]] == []


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_complete(name: str) -> None:
    counted: dict[str, int] = {}
    for entry in load(name)["requirements"]:
        counted[entry["group"]] = counted.get(entry["group"], 0) + 1
    assert counted == COUNTS[name]


def test_nist_has_every_base_control() -> None:
    found = ids("nist-800-53-r5")
    base = {entry for entry in found if "(" not in entry}
    assert len(base) == NIST_BASE_CONTROLS
    assert {entry.split("(")[0] for entry in found} == base, "an enhancement without its control"


def test_attack_sub_techniques_come_with_their_technique() -> None:
    found = set(ids("attack-cloud"))
    assert {entry.split(".")[0] for entry in found} <= found
