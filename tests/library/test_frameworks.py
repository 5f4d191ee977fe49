"""The library's frameworks are lists of ids: each is exact, complete where it says so, and unique."""

import re
from importlib.resources import files
from typing import Any

import pytest
import yaml

from bastide.controls.frameworks import BASES, KINDS, Crosswalk, framework, framework_names, lint_frameworks
from bastide.controls.library import read_controls

FOLDER = files("bastide.library") / "frameworks"
NAMES = sorted(item.name.removesuffix(".yaml") for item in FOLDER.iterdir() if item.name.endswith(".yaml"))

_CIS = r"[1-6](\.\d{1,2}){1,2}"
_NIST = r"[A-Z]{2}-\d{1,2}(\(\d{1,2}\))?"
_ARTICLE = r"Art\. \d{1,2}(\(\d\)(\([a-f]\))?)?"
SHAPES = {
    "apra-cps-234": r"(1[3-9]|2\d|3[0-6])",
    "attack-cloud": r"T\d{4}(\.\d{3})?",
    "c5-2020": r"[A-Z]{2,3}-\d\d",
    "cis-aws-1.4": _CIS,
    "cis-aws-1.5": _CIS,
    "cis-aws-2.0": _CIS,
    "cis-aws-3.0": _CIS,
    "cis-aws-4.0": _CIS,
    "cis-aws-5.0": _CIS,
    "cis-aws-6.0": _CIS,
    "cis-aws-7.0": _CIS,
    "cis-aws-compute-1.0": r"\d{1,2}(\.\d{1,2}){1,2}",
    "dora": _ARTICLE,
    "ens-2022": r"(org|op\.(pl|acc|exp|ext|nub|cont|mon)|mp\.(if|per|eq|com|si|sw|info|s))\.\d{1,2}",
    "essential-eight": r"[1-8]",
    "fedramp-moderate-r5": _NIST,
    "fsbp": r"[A-Z][A-Za-z0-9]+\.\d{1,3}",
    "gdpr": _ARTICLE,
    "hipaa-security-rule": r"164\.3\d\d\([a-e]\)(\(\d\))?(\([iv]+\))?(\([A-F]\))?",
    "iso-27001-2022": r"A\.[5-8]\.\d{1,2}",
    "iso-27017": r"(CLD\.)?\d{1,2}\.\d\.\d{1,2}|(CLD\.)?\d{1,2}\.\d{1,2}\.\d",
    "nis2": r"\d{1,2}\.\d{1,2}",
    "nist-800-171-r2": r"3\.\d{1,2}\.\d{1,2}",
    "nist-800-53-r5": _NIST,
    "nist-csf-2.0": r"(GV|ID|PR|DE|RS|RC)\.[A-Z]{2}-\d\d",
    "pci-dss-4.0": r"(A[123]|\d{1,2})\.\d{1,2}\.\d{1,2}",
    "soc-2": r"(CC|A|C|PI|P)[1-9]\.\d",
    "well-architected": r"SEC(0[1-9]|1[01])-BP0\d",
}
"""What an id looks like."""

BY_ID = {
    **dict.fromkeys((name for name in SHAPES if name.startswith("cis-")), r"(\d+)\."),
    **dict.fromkeys(("nist-800-53-r5", "fedramp-moderate-r5", "c5-2020"), r"([A-Z]+)-"),
    **dict.fromkeys(("pci-dss-4.0", "nis2", "fsbp", "ens-2022", "nist-csf-2.0"), r"(\w+)\."),
    "iso-27001-2022": r"(A\.\d)",
    "iso-27017": r"(\w+)\.",
    "nist-800-171-r2": r"(3\.\d+)\.",
    "well-architected": r"(SEC\d\d)",
}
"""The group that a requirement belongs to can be read from its id, in these."""

COUNTS = {
    "apra-cps-234": {"roles": 2, "capability": 3, "policy": 2, "assets": 1, "controls": 2, "incidents": 4,
                     "testing": 5, "audit": 3, "notification": 2},
    "c5-2020": {"OIS": 7, "SP": 3, "HR": 6, "AM": 6, "PS": 7, "OPS": 24, "IDM": 9, "CRY": 4, "COS": 8, "PI": 3,
                "DEV": 10, "SSO": 5, "SIM": 5, "BCM": 4, "COM": 4, "INQ": 4, "PSS": 12},
    "cis-aws-1.4": {"1": 21, "2": 7, "3": 11, "4": 15, "5": 4},
    "cis-aws-1.5": {"1": 21, "2": 10, "3": 11, "4": 16, "5": 5},
    "cis-aws-2.0": {"1": 22, "2": 9, "3": 11, "4": 16, "5": 6},
    "cis-aws-3.0": {"1": 22, "2": 9, "3": 9, "4": 16, "5": 6},
    "cis-aws-4.0": {"1": 22, "2": 9, "3": 9, "4": 16, "5": 8},
    "cis-aws-5.0": {"1": 21, "2": 9, "3": 9, "4": 16, "5": 8},
    "cis-aws-6.0": {"2": 21, "3": 9, "4": 9, "5": 16, "6": 8},
    "cis-aws-7.0": {"2": 26, "3": 9, "4": 10, "5": 16, "6": 9},
    "cis-aws-compute-1.0": {"2": 21, "3": 12, "4": 12, "5": 2, "6": 4, "10": 1, "11": 1},
    "ens-2022": {"org": 4, "op": 33, "mp": 36},
    "essential-eight": {"E8": 8},
    "fedramp-moderate-r5": {"AC": 43, "AT": 6, "AU": 16, "CA": 14, "CM": 27, "CP": 23, "IA": 27, "IR": 17, "MA": 10,
                            "MP": 7, "PE": 19, "PL": 7, "PS": 10, "RA": 11, "SA": 21, "SC": 29, "SI": 24, "SR": 12},
    "iso-27001-2022": {"A.5": 37, "A.6": 8, "A.7": 14, "A.8": 34},
    "nist-800-171-r2": dict(
        zip([f"3.{number}" for number in range(1, 15)], (22, 3, 9, 9, 11, 3, 6, 9, 2, 6, 3, 4, 16, 7), strict=True)
    ),
    "nist-csf-2.0": {"GV": 31, "ID": 21, "PR": 22, "DE": 11, "RS": 13, "RC": 8},
    "pci-dss-4.0": dict(
        zip(
            [str(number) for number in range(1, 13)] + ["A1", "A2", "A3"],
            (19, 11, 19, 4, 11, 18, 11, 28, 18, 18, 16, 32, 7, 3, 15),
            strict=True,
        )
    ),
    "soc-2": {"CC1": 5, "CC2": 3, "CC3": 4, "CC4": 2, "CC5": 3, "CC6": 8, "CC7": 5, "CC8": 1, "CC9": 2, "A1": 3,
              "C1": 2, "PI1": 5, "P": 18},
    "well-architected": dict(
        zip((f"SEC{number:02}" for number in range(1, 12)), (8, 6, 9, 4, 4, 5, 4, 4, 3, 8, 8), strict=True)
    ),
}  # fmt: skip
"""How many requirements each group has, counted in the publishers' own tables of contents."""

NIST_BASE_CONTROLS = 300
"""298 in revision 5 as published, IA-13 since 5.1.1, SA-24 since 5.2.0."""


def load(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))


def ids(name: str) -> list[str]:
    return [entry["id"] for entry in load(name)["requirements"]]


def test_every_framework_has_a_shape() -> None:
    assert sorted(SHAPES) == NAMES == list(framework_names())
    assert len(NAMES) >= 20


def test_the_linter_has_no_complaints() -> None:
    assert lint_frameworks() == []


@pytest.mark.parametrize("name", NAMES)
def test_fields(name: str) -> None:
    found = load(name)
    assert found["id"] == name
    assert found["basis"] in BASES
    assert len(found["about"].split()) >= 6
    for field in ("name", "version", "publisher", "about"):
        assert isinstance(found[field], str)
        assert found[field].strip()


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_unique_and_of_one_shape(name: str) -> None:
    found = ids(name)
    assert len(found) == len(set(found))
    assert [found_id for found_id in found if not re.fullmatch(SHAPES[name], found_id)] == []


@pytest.mark.parametrize("name", NAMES)
def test_names_are_short_and_kinds_known(name: str) -> None:
    for entry in load(name)["requirements"]:
        assert {"id", "name", "group", "kind"} <= entry.keys() <= {"id", "name", "group", "kind", "from", "without"}
        assert 3 <= len(entry["name"]) <= 80, entry
        assert entry["kind"] in KINDS


@pytest.mark.parametrize("name", NAMES)
def test_groups_are_those_of_the_requirements(name: str) -> None:
    found = load(name)
    declared = [group["id"] for group in found["groups"]]
    used = {entry["group"] for entry in found["requirements"]}
    assert len(declared) == len(set(declared))
    assert set(declared) == used
    if name in BY_ID:
        read = [(entry["group"], re.match(BY_ID[name], entry["id"])) for entry in found["requirements"]]
        assert [group for group, match in read if match is None or match.group(1) != group] == []


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


def test_editions_of_the_benchmark_of_cis_say_the_same_of_a_control() -> None:
    crosswalk = Crosswalk(read_controls())
    for name, one in (("cis-aws-1.4", "5.3"), ("cis-aws-2.0", "5.4"), ("cis-aws-5.0", "5.5"), ("cis-aws-7.0", "6.5")):
        assert crosswalk.serving(name, one) == crosswalk.serving("cis-aws-3.0", "5.4") != frozenset(), name


@pytest.mark.parametrize("name", NAMES)
def test_what_is_procedural_is_served_by_no_control_and_something_is_served(name: str) -> None:
    crosswalk = Crosswalk(read_controls())
    served = [one for one in framework(name).requirements.values() if crosswalk.serving(name, one.id)]
    assert [one.id for one in served if one.kind == "procedural"] == []
    assert [one.id for one in served if one.without] == []
    assert served
