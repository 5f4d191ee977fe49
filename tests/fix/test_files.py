"""Which files may be changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.fix.draft import Edit, NotFixable
from bastide.fix.files import Drafts


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("in/a.tf", "out/b.tf", "in/.terraform/modules/m/c.tf"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("x = 1\n", "utf-8")
    Path("in/link.tf").symlink_to("../out/b.tf")
    Path("in/folder").symlink_to("../out")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("out/b.tf", "outside"),
        ("in/../out/b.tf", "outside"),
        ("in/link.tf", "a link"),
        ("in/folder/b.tf", "outside"),
        ("in/.terraform/modules/m/c.tf", "a copy"),
        ("in/missing.tf", "cannot be read"),
    ],
)
def test_what_is_refused(path: str, reason: str) -> None:
    with pytest.raises(NotFixable, match=reason):
        Drafts(["in"]).open(path)


def test_a_file_may_be_the_target() -> None:
    assert Drafts(["out/b.tf"]).open("out/b.tf").text == "x = 1\n"


def test_only_what_differs_is_changed() -> None:
    drafts = Drafts(["in"])
    assert drafts.open("in/a.tf") is drafts.open("in/a.tf")
    assert drafts.changed == {}
    saved = drafts.saved()
    drafts.open("in/a.tf").apply([Edit(0, 0, "y = 2\n")])
    assert list(drafts.changed) == ["in/a.tf"]
    drafts.restore(saved)
    assert drafts.changed == {}
