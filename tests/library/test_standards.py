"""The library's standards: every criterion runs over real tables, can say no, and never says yes for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bastide.posture.answers import ask, tables_read
from bastide.posture.asked import Tree, put_asked
from bastide.posture.standard import library_standards, load_standard
from bastide.posture.whole import Whole, open_whole
from tests.posture.conftest import MAIN, MANIFEST, git

CRITERIA = [one for name in library_standards() for one in load_standard(name).criteria]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """The shop of the tests of posture, opened once; each test leaves its tables as they were."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "bastide.yaml").write_text(MANIFEST)
    (folder / "main.tf").write_text(MAIN)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "all")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("XDG_STATE_HOME", str(folder.parent / "state"))
        patch.delenv("BASTIDE_STATE", raising=False)
        with open_whole() as found:
            put_asked(found.known, Tree())
            yield found


def word(shop: Whole, name: str, environment: str = "") -> str:
    (found,) = [one for one in ask(shop.known, load_standard("baseline"), "", environment) if one.criterion.id == name]
    return found.word


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda one: one.id)
def test_every_criterion_runs_and_declares_itself(shop: Whole, criterion) -> None:  # type: ignore[no-untyped-def]
    columns = shop.known.columns(criterion.require, criterion.place)
    assert columns[-1] == "detail"
    assert set(columns) <= {"subject", "ok", "detail"}
    shop.known.select(criterion.require, criterion.place)
    assert "ok" in columns or criterion.evidence, "nothing tells why it is a yes"
    if criterion.evidence:
        assert shop.known.columns(criterion.evidence, criterion.place) == ["detail"]
    read = tables_read(shop.known, criterion.require)
    assert set(criterion.may_be_empty) <= read, "what may be empty is not read at all"
    assert read - set(criterion.may_be_empty), "it would be a yes over nothing"
    assert criterion.id.startswith(f"{criterion.stage}.")
    for text in (criterion.title, criterion.why, criterion.remedy):
        assert text[0].isupper() or text[0] == "`"
    assert criterion.why.endswith(".")


CHANGES = [
    (name, case.get("change", ""), case["word"])
    for name, cases in yaml.safe_load(Path(__file__).with_name("standards_baseline.yaml").read_text()).items()
    for case in cases
]


@pytest.mark.parametrize(("name", "change", "expected"), CHANGES, ids=lambda text: str(text)[:60])
def test_what_moves_a_criterion(shop: Whole, name: str, change: str, expected: str) -> None:
    connection = shop.known._connection
    connection.execute("begin")
    try:
        for statement in filter(None, change.split("; ")):
            connection.execute(statement)
        assert word(shop, name) == expected
    finally:
        connection.execute("rollback")


def test_every_criterion_of_the_baseline_is_moved() -> None:
    words: dict[str, set[str]] = {}
    for name, _, expected in CHANGES:
        words.setdefault(name, set()).add(expected)
    assert words.keys() == {one.id for one in load_standard("baseline").criteria}
    assert not {name for name, seen in words.items() if "yes" not in seen or len(seen) < 2}
