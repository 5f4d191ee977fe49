"""Packs: which are in use, what is read of them, and that all mistakes are told at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bastide.controls import packs as module
from bastide.controls.frameworks import Crosswalk, framework, framework_names, library_names, own_frameworks
from bastide.controls.packs import packs, read_files, refuse, text_of, use
from bastide.errors import UsageError
from tests.controls.conftest import control

POLICY = """\
id: {name}
name: Our policy
version: "1"
publisher: Us
basis: judgement
about: Made for a test.
groups: [{{id: A, name: all}}]
requirements:
  - {{id: A-1, name: keys are managed, group: A, kind: technical, from: {{{sources}}}}}
"""


def write(folder: Path, name: str, text: str) -> str:
    """A file of a pack; gives the pack's folder."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return str(folder)


def policy(folder: Path, name: str, sources: str = "concern: [keys]") -> str:
    return write(folder, f"frameworks/{name}.yaml", POLICY.format(name=name, sources=sources))


def test_packs_are_in_use_for_as_long_as_somebody_says_so(tmp_path: Path) -> None:
    first, second = policy(tmp_path / "a", "policy-a"), policy(tmp_path / "b", "policy-b")
    assert packs().folders == ()
    with use((first,)) as outer:
        assert "policy-a" in framework_names()
        with use((first,)) as same:
            assert same is outer
        with use((second,)):
            assert list(own_frameworks()) == ["policy-b"]
        assert list(own_frameworks()) == ["policy-a"]
    assert framework_names() == library_names()
    with pytest.raises(UsageError, match="no framework is called `policy-a`"):
        framework("policy-a")


def test_what_changed_since_is_read_when_a_pack_is_used_again(tmp_path: Path) -> None:
    folder = policy(tmp_path, "ours")
    with use((folder,)):
        assert list(framework("ours").requirements) == ["A-1"]
    policy(tmp_path, "ours", "concern: [luck]")
    with use((folder,)), pytest.raises(UsageError, match="`luck`, which is not in concern"):
        framework("ours")


def test_a_framework_of_a_pack_is_served_as_those_of_the_library(tmp_path: Path) -> None:
    policy(tmp_path, "first", "concern: [keys], nist-800-53-r5: [AC-3]")
    folder = policy(tmp_path, "second", "first: [A-1]")
    controls = [
        control("true", id="x.keys", concern="keys"),
        control("true", id="x.nist", concern="logging", frameworks={"nist-800-53-r5": ["AC-3"]}),
        control("true", id="x.own", concern="logging", frameworks={"second": ["A-1"]}),
        control("true", id="x.else", concern="logging"),
    ]
    with use((folder,)):
        crosswalk = Crosswalk(controls)
        assert crosswalk.of("first") == {"x.keys", "x.nist"}
        assert crosswalk.of("second") == {"x.keys", "x.nist", "x.own"}
        assert crosswalk.requirements_of("x.own")["second"] == ["A-1"]


def test_all_mistakes_of_all_packs_at_once(tmp_path: Path) -> None:
    first = policy(tmp_path / "a", "cis-aws-5.0")
    policy(tmp_path / "a", "twice")
    write(tmp_path / "a", "frameworks/broken.yaml", "[")
    write(tmp_path / "a", "frameworks/list.yaml", "- 1")
    policy(tmp_path / "a", "lost", "gone: [A-1]")
    policy(tmp_path / "a", "circle", "round: [A-1]")
    policy(tmp_path / "a", "round", "circle: [A-1], list: [A-1]")
    second = policy(tmp_path / "b", "twice")
    write(tmp_path / "b", "frameworks/named.yaml", POLICY.format(name="otherwise", sources=""))
    with use((first, second)), pytest.raises(UsageError) as told:
        framework_names()
    text = str(told.value)
    for part in (
        "the packs have 8 mistakes",
        "cis-aws-5.0.yaml: `cis-aws-5.0` is a framework of the library",
        f"b/frameworks/twice.yaml: `twice` stands at {first}/frameworks/twice.yaml, too",
        "broken.yaml:2:1: not YAML",
        "list.yaml: a framework has the fields",
        "lost.yaml: A-1: follows `gone`, which is no other framework",
        "circle.yaml: follows itself, by way of `round`",
        "round.yaml: follows itself, by way of `circle`",
        "named.yaml: the id is `otherwise`, and that of the file `named`",
    ):
        assert part in text, text


def test_a_requirement_that_another_pack_has_not(tmp_path: Path) -> None:
    policy(tmp_path, "first")
    folder = policy(tmp_path, "second", "first: [A-2], second: [A-1]")
    with use((folder,)), pytest.raises(UsageError) as told:
        framework("first")
    assert "follows `A-2`, which is not in first" in str(told.value)
    assert "follows itself" in str(told.value)


def test_a_pack_with_nothing_in_it(tmp_path: Path) -> None:
    sound = policy(tmp_path / "a", "ours")
    with use((sound, str(tmp_path / "nothing"))), pytest.raises(UsageError, match="nothing of a pack") as told:
        framework_names()
    assert told.value.place == str(tmp_path / "nothing")


def test_what_is_no_text_is_told_and_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, "objectives/good.yaml", "[]")
    (tmp_path / "objectives" / "bad.yaml").write_bytes(b"\xff")
    (tmp_path / "objectives" / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "objectives" / "pipe.yaml")
    mistakes: list[str] = []
    with use((folder,)):
        assert [file.name for file, _, _ in read_files("objectives", mistakes)] == ["good.yaml"]
    assert [one.partition(": ")[0].rpartition("/")[2] for one in mistakes] == ["bad.yaml", "folder.yaml", "pipe.yaml"]
    monkeypatch.setattr(module, "MAX_BYTES", 1)
    with pytest.raises(UsageError, match="larger than"):
        text_of(tmp_path / "objectives" / "good.yaml")


def test_one_mistake_is_told_alone_and_none_not_at_all() -> None:
    refuse([])
    with pytest.raises(UsageError, match=r"^x\.yaml: wrong$"):
        refuse(["x.yaml: wrong", "x.yaml: wrong"])
