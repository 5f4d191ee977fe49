"""Standards: what a file may say, and how one extends another."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.controls.packs import use
from bastide.errors import UsageError
from bastide.posture.standard import library_standards, load_standard

OWN = """\
id: ours
title: What we ask
extends: baseline
off:
  - {criterion: deploy.pipeline-is-trusted, because: there is none}
criteria:
  - id: design.has-a-purpose
    title: Somebody knows what it is for
    stage: design
    why: Who knows?
    require: select name as subject, 'no purpose' as detail from workload where purpose = ''
    remedy: Say so.
  - id: build.no-open-high
    title: Nothing critical fails
    stage: build
    why: One step after the other.
    require: select control as detail from verdicts where status = 'fail' and severity = 'critical'
    remedy: Mend it.
"""


def written(folder: Path, text: str, name: str = "ours.yaml") -> str:
    file = folder / name
    file.write_text(text)
    return str(file)


def test_the_library_has_one() -> None:
    standard = load_standard("baseline")
    assert "baseline" in library_standards()
    assert list(standard.stages) == ["design", "build", "deploy", "operate"]
    stages = [one.stage for one in standard.criteria]
    assert stages == sorted(stages, key=list(standard.stages).index)
    assert not any(one.off for one in standard.criteria)


def test_one_extends_another(tmp_path: Path) -> None:
    base = load_standard("baseline")
    ours = load_standard(written(tmp_path, OWN))
    by = {one.id: one for one in ours.criteria}
    assert by["deploy.pipeline-is-trusted"].off == "there is none"
    assert by["build.no-open-high"].title == "Nothing critical fails"
    assert by.keys() - {one.id for one in base.criteria} == {"design.has-a-purpose"}
    assert len(by) == len(base.criteria) + 1
    # A third, beside it, by a path from its own folder.
    third = load_standard(
        written(tmp_path, "id: more\ntitle: More\nextends: ours.yaml\noff:\n"
                          "  - {criterion: design.has-a-purpose, because: clear}\n", "more.yaml")
    )  # fmt: skip
    assert {one.id for one in third.criteria if one.off} == {"deploy.pipeline-is-trusted", "design.has-a-purpose"}


def test_all_mistakes_at_once_with_lines(tmp_path: Path) -> None:
    text = OWN.replace("stage: design", "stage: desing").replace("deploy.pipeline-is-trusted", "deploy.pipelines")
    text = text.replace("    why: One step after the other.\n", "").replace("remedy: Say so.", "remedi: Say so.")
    with pytest.raises(UsageError) as error:
        load_standard(written(tmp_path, text))
    said = str(error.value)
    for words in ("5: `deploy.pipelines` is no criterion of what is extended, did you mean `deploy.pipeline-is-tr",
                  "9: `desing` is none of design, build, deploy, operate, did you mean `design`", "needs `why`",
                  "`remedi` is no field", "needs `remedy`"):  # fmt: skip
        assert words in said, words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id: x\ntitle: X\n", "a standard has `stages`, or extends one that has"),
        ("id: x\ntitle: X\nextends: x.yaml\n", "these standards extend each other"),
        ("id: x\ntitle: X\nextends: basline\n", "Did you mean `baseline`"),
        ("[]", "the file is a mapping"),
        ("id: x\ntitle: X\nextends: ../nowhere.yaml\n", "cannot be read"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        load_standard(written(tmp_path, text, "x.yaml"))


def test_a_name_that_the_library_has_not() -> None:
    with pytest.raises(UsageError, match=r"a file is named as \./strict\.yaml"):
        load_standard("strict")


def test_a_standard_of_a_pack_by_its_name(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        (folder / "standards").mkdir(parents=True)
    written(first / "standards", OWN)
    with use((str(first),)):
        found = load_standard("ours")
        assert found.title == "What we ask"
        with pytest.raises(UsageError, match="Did you mean `ours`"):
            load_standard("our")
    written(second / "standards", OWN)
    written(second / "standards", OWN, "baseline.yaml")
    with use((str(first), str(second))), pytest.raises(UsageError) as told:
        load_standard("ours")
    assert "baseline.yaml: `baseline` is a standard of the library" in str(told.value)
    assert f"`ours` stands at {first}/standards/ours.yaml, too" in str(told.value)
