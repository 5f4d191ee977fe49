"""Catalogs and profiles of others: read as frameworks of one's own; hostile ones are refused with their file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.controls.frameworks import framework
from bastide.errors import UsageError
from bastide.objectives.comply import assess
from bastide.objectives.oscal.catalog import nist_id, read_catalog, token
from tests.loop import Workload

CATALOG: dict[str, Any] = {
    "catalog": {
        "uuid": "11111111-1111-4111-8111-111111111111",
        "metadata": {"title": "Ours", "version": "3"},
        "groups": [
            {"id": "ac", "title": "Access", "controls": [
                {"id": "ac-6", "title": "Least privilege", "controls": [{"id": "ac-6.1", "title": "Named roles"}]}]},
            {"id": "zz", "title": "Own", "groups": [{"id": "zy", "title": "Inner", "controls": [
                {"id": "zz-1", "title": "Nobody knows it"}]}]},
        ],
    }
}  # fmt: skip


def write(folder: Path, value: Any, name: str = "own.json") -> str:
    (folder / name).write_text(value if isinstance(value, str) else json.dumps(value))
    return str(folder / name)


def profile(*imports: dict[str, Any]) -> dict[str, Any]:
    return {"profile": {"uuid": "x", "metadata": {"title": "Chosen"}, "imports": list(imports)}}


def test_a_catalog_follows_nist_where_the_ids_are_its(tmp_path: Path) -> None:
    found = read_catalog(write(tmp_path, CATALOG))
    assert (found.name, found.version, found.id) == ("Ours", "3", "file:own")
    assert list(found.requirements) == ["AC-6", "AC-6(1)", "ZZ-1"]
    assert found.requirements["AC-6(1)"].sources == {"nist-800-53-r5": ("AC-6(1)",)}
    assert found.requirements["AC-6(1)"].group == "ac"
    assert found.requirements["ZZ-1"].without
    assert found.groups == {"ac": "Access", "zy": "Inner"}


def test_a_profile_selects_of_a_catalog_beside_it(tmp_path: Path) -> None:
    write(tmp_path, CATALOG, "catalog.json")
    chosen = {"href": "catalog.json", "include-controls": [{"with-ids": ["ac-6"], "with-child-controls": "yes"}]}
    assert list(read_catalog(write(tmp_path, profile(chosen))).requirements) == ["AC-6", "AC-6(1)"]
    left_out = {"href": "catalog.json", "include-all": {}, "exclude-controls": [{"matching": [{"pattern": "ac-*"}]}]}
    assert list(read_catalog(write(tmp_path, profile(left_out))).requirements) == ["ZZ-1"]


def test_a_profile_of_what_is_not_here_selects_of_nist(tmp_path: Path) -> None:
    chosen = {"href": "https://example.com/nist.json", "include-controls": [{"with-ids": ["ac-6.1", "sc-7", "xx-9"]}]}
    found = read_catalog(write(tmp_path, profile(chosen)))
    assert list(found.requirements) == ["AC-6(1)", "SC-7", "XX-9"]
    everything = read_catalog(write(tmp_path, profile({"href": "#x", "include-all": {}})))
    assert list(everything.requirements) == list(framework("nist-800-53-r5").requirements)


def test_it_is_assessed_as_a_framework(workload: Workload) -> None:
    file = write(workload.folder, profile({"href": "#x", "include-controls": [{"with-ids": ["sc-28", "at-2"]}]}))
    with workload.whole() as whole:
        (own,) = assess(whole.known, [read_catalog(file)])
        (nist,) = assess(whole.known, [framework("nist-800-53-r5")])
    same = {one.requirement.id: one for one in nist.standings}
    assert [one.requirement.id for one in own.standings] == ["AT-2", "SC-28"], "in the order of the catalog"
    for one in own.standings:
        assert (one.status, one.counts, one.controls) == (
            same[one.requirement.id].status, same[one.requirement.id].counts, same[one.requirement.id].controls
        )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ({"catalog": []}, "no catalog and no profile"),
        ({"component-definition": {}}, "no catalog and no profile"),
        ({"catalog": {"controls": [{"title": "x"}]}}, "a control has no id"),
        ({"catalog": {"groups": {"id": "x"}}}, "`groups` is no list of objects"),
        ({"catalog": {}}, "there is no control in it"),
        (profile(), "the profile imports nothing"),
        (profile({"href": "own.json"}), "in a circle"),
    ],
)
def test_what_is_none_is_refused(tmp_path: Path, value: Any, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint) as caught:
        read_catalog(write(tmp_path, value))
    assert caught.value.place.endswith("own.json")


def test_a_file_that_is_not_there_and_groups_without_end(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_catalog(str(tmp_path / "nowhere.json"))
    deep: dict[str, Any] = {"controls": [{"id": "ac-1"}]}
    for _ in range(20):
        deep = {"groups": [deep]}
    with pytest.raises(UsageError, match="nested too deeply"):
        read_catalog(write(tmp_path, {"catalog": deep}))


def test_ids_go_both_ways() -> None:
    nist = framework("nist-800-53-r5").requirements
    assert all(nist_id(token("nist-800-53-r5", one)) == one for one in nist)
    assert token("cis-aws-5.0", "2.1.4") == "_2.1.4"
    assert token("gdpr", "Art. 32(1)(a)") == "Art._32_1__a_"


@given(st.text(min_size=1))
def test_a_token_is_one_whatever_the_id(text: str) -> None:
    found = token("own", text)
    assert found[0].isalpha() or found[0] == "_"
    assert all(char.isascii() and (char.isalnum() or char in "._-") for char in found)
