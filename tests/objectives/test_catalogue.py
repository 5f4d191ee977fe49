"""Objectives, and the controls that their tags choose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bastide.controls.entry import Summary
from bastide.controls.library import load_library
from bastide.controls.packs import use
from bastide.errors import UsageError
from bastide.objectives.catalogue import Choice, Index, by_objective, controls_of, kinds_of, load_objectives, objective


def control(name: str, **extra: Any) -> Summary:
    texts = {
        "title": "x",
        "resource": "AWS::S3::Bucket",
        "severity": "high",
        "frameworks": {},
        "attack": [],
        "live": False,
    }
    return Summary(**{**texts, "id": name, "place": "", **extra})


def test_all_keys_of_a_choice_match_and_any_pattern_of_a_key() -> None:
    index = Index([
        control("s3.a", concern="keys", frameworks={"well-architected": ["SEC08-BP01"]}),
        control("s3.b", concern="logging", frameworks={"well-architected": ["SEC08-BP01"]}),
        control("sqs.a", concern="keys", attack=["T1530"]),
    ])  # fmt: skip
    assert Choice({"service": ("s3",), "concern": ("keys", "network")}).taken(index) == {"s3.a"}
    assert Choice({"well-architected": ("SEC08-*",)}).taken(index) == {"s3.a", "s3.b"}
    assert Choice({"attack": ("T15*",)}).taken(index) == {"sqs.a"}
    assert Choice({"id": ("*.a",)}, (Choice({"attack": ("T1530",)}),)).taken(index) == {"s3.a"}
    assert Choice({"type": ("AWS::S3::*",), "concern": ("nothing",)}).taken(index) == set()


def test_a_control_of_ones_own_serves_by_its_tags_and_by_what_it_names() -> None:
    own = [control("own.a", concern="encryption-at-rest"), control("own.b", objectives=["response.prepared"])]
    serving = by_objective(own)
    assert serving["data.encrypted-at-rest"] == {"own.a"}
    assert serving["response.prepared"] == {"own.b"}
    assert serving.keys() == {one.id for one in load_objectives()}
    assert controls_of("data.encrypted-at-rest", own) == {"own.a"}


def test_kinds_follow_what_a_control_judges_and_is_about() -> None:
    assert kinds_of(control("s3.a", concern="keys", has_fix=True)) == ("preventive", "detective", "responsive")
    assert kinds_of(control("s3.a", concern="keys", live=True)) == ("detective",)
    assert kinds_of(control("s3.a", concern="logging")) == ("detective",)
    assert kinds_of(control("github.a", concern="identity", resource="GitHub::Actions::Workflow")) == ("preventive",)


def test_every_control_of_the_library_is_of_some_kind() -> None:
    kinds = {kind for one in load_library().summaries for kind in kinds_of(one)}
    assert kinds == {"preventive", "detective", "responsive"}
    assert all(kinds_of(one) for one in load_library().summaries)


def test_an_objective_that_is_not_there() -> None:
    assert objective("secrets.rotate").area == "secrets"
    with pytest.raises(UsageError, match=r"Did you mean `data.encrypted-at-rest`"):
        objective("data.encrypted-at-res")


OWN = """\
- id: data.tickets-stay
  title: Tickets stay
  why: Who paid gets in.
  controls: [{concern: [recovery]}]
"""


def pack(folder: Path, text: str, name: str = "data") -> str:
    (folder / "objectives").mkdir(parents=True, exist_ok=True)
    (folder / "objectives" / f"{name}.yaml").write_text(text)
    return str(folder)


def test_objectives_of_packs_stand_in_their_area_while_the_pack_is_in_use(tmp_path: Path) -> None:
    library = [one.id for one in load_objectives()]
    controls = [control("own.a", concern="recovery"), control("own.b", objectives=["data.tickets-stay"])]
    with use((pack(tmp_path, OWN),)):
        ids = [one.id for one in load_objectives()]
        assert objective("data.tickets-stay").place == f"{tmp_path}/objectives/data.yaml:1"
        assert controls_of("data.tickets-stay", controls) == {"own.a", "own.b"}
    assert [one for one in ids if one != "data.tickets-stay"] == library
    assert ids[ids.index("data.tickets-stay") - 1].startswith("data.")
    assert [one.id for one in load_objectives()] == library


def test_all_mistakes_of_objectives_of_packs_at_once(tmp_path: Path) -> None:
    first = pack(tmp_path / "a", OWN + OWN.replace("data.tickets-stay", "data.encrypted-at-rest"))
    second = pack(tmp_path / "b", OWN)
    pack(tmp_path / "b", OWN.replace("recovery", "luck"), "luck")
    pack(tmp_path / "b", "[", "broken")
    with use((first, second)), pytest.raises(UsageError) as told:
        load_objectives()
    text = str(told.value)
    for part in (
        "the packs have 4 mistakes",
        "a/objectives/data.yaml:5: `data.encrypted-at-rest` stands at library/objectives/data.yaml, too",
        f"b/objectives/data.yaml:1: `data.tickets-stay` stands at {first}/objectives/data.yaml:1, too",
        "b/objectives/luck.yaml: data.tickets-stay: `luck` means no concern",
        "b/objectives/broken.yaml:2:1: not YAML",
    ):
        assert part in text, text
