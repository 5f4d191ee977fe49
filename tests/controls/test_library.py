"""Loading, caching and selecting controls."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.controls.library import load_library, parse_selector, read_controls, select
from bastide.errors import ControlError, UsageError

OWN = """
- id: own.bucket-has-a-name
  title: Buckets have names
  resource: AWS::S3::Bucket
  severity: low
  require: BucketName is not null
  rationale: Because.
  remediation: {terraform: Do it.}
  frameworks: {well-architected: [SEC08-BP02]}
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    (tmp_path / "own.yaml").write_text(OWN)
    return str(tmp_path)


def test_own_controls_stand_beside_the_library(own: str) -> None:
    library = load_library([own])
    assert library.get("own.bucket-has-a-name").place == f"{own}/own.yaml:2"
    assert {item.id for item in library.compiled} | set(library.broken) == {c.id for c in library.controls}
    assert [c.id for c in library.controls] == sorted(c.id for c in library.controls)


def test_a_changed_file_is_compiled_again(own: str) -> None:
    assert not load_library([own]).broken
    file = Path(own) / "own.yaml"
    file.write_text(OWN.replace("BucketName is", "BucketNam is"))
    assert "BucketNam" in load_library([own]).broken["own.bucket-has-a-name"]


def test_the_same_id_twice_is_refused(own: str) -> None:
    (Path(own) / "two.yaml").write_text(OWN)
    with pytest.raises(ControlError, match="is also at"):
        load_library([own])


def test_what_is_no_folder_and_what_is_no_control(own: str) -> None:
    with pytest.raises(UsageError):
        load_library(["nowhere"])
    with pytest.raises(UsageError, match=r"Did you mean `own\.bucket-has-a-name`"):
        load_library([own]).get("own.bucket-has-name")


def test_the_library_compiles() -> None:
    assert load_library().broken == {}


def chosen(own: str, only: list[str], skip: list[str]) -> set[str]:
    library = select(load_library([own]), [parse_selector(t) for t in only], [parse_selector(t) for t in skip])
    assert {item.id for item in library.compiled} == {c.id for c in library.controls}
    return {c.id for c in library.controls}


def test_selecting(own: str) -> None:
    everything = chosen(own, [], [])
    name = "own.bucket-has-a-name"
    assert chosen(own, ["own.*"], []) == {name}
    assert chosen(own, ["control=own.*", "severity=high"], []) == set()
    assert name in chosen(own, ["severity=low", "severity=high"], [])
    assert chosen(own, [], ["own.*"]) == everything - {name}
    assert name in chosen(own, ["type=AWS::S3::*", "framework=well-*"], [])
    assert chosen(own, ["path=x"], []) == everything


def test_selecting_by_framework_and_concern(own: str) -> None:
    direct = {one.id for one in load_library().summaries if "cis-aws-5.0" in one.frameworks}
    assert chosen(own, ["framework=cis-aws-5.0"], []) == direct
    assert chosen(own, ["framework=cis-aws-6.0"], []) == direct  # all that it has is derived
    assert chosen(own, ["framework=cis-aws-5.0"], ["framework=cis-aws-*"]) == set()
    keys = {one.id for one in load_library().summaries if one.concern == "keys"}
    assert chosen(own, ["concern=keys"], []) == keys
    assert chosen(own, ["concern=keys", "framework=essential-eight"], []) < keys
    with pytest.raises(UsageError, match=r"means no control\. Did you mean `cis-aws-\d"):
        chosen(own, ["framework=cis-aws"], [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sevrity=high", "Did you mean `severity`"),
        ("severity=hihg", "Did you mean `high`"),
        ("severity=", "selects nothing"),
        ("concern=keyz", "Did you mean `keys`"),
    ],
)
def test_slips_in_selectors(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_selector(text)


def test_a_selector_that_means_nothing_is_a_slip(own: str) -> None:
    with pytest.raises(UsageError, match=r"means no control\. Did you mean"):
        chosen(own, ["own.bucket-has-name"], [])


def test_examples_are_read_only_when_wanted(own: str) -> None:
    assert [c.id for c in read_controls([own], library=False)] == ["own.bucket-has-a-name"]


def test_only_the_controls_of_the_types_that_were_met_are_read(own: str) -> None:
    library = load_library([own])
    controls, compiled = library.of(["AWS::S3::Bucket", "AWS::Nowhere::Thing"], live=False)
    assert "own.bucket-has-a-name" in {item.id for item in compiled}
    assert {control.id for control in controls} == {item.id for item in compiled}
    assert [control.id for control in controls] == [
        one.id for one in library.summaries if one.resource == "AWS::S3::Bucket" and not one.live
    ]


def test_live_controls_are_read_only_when_live_accounts_are_judged() -> None:
    library = load_library()
    live = {one.id for one in library.summaries if one.resource == "AWS::RDS::DBInstance" and one.live}
    assert live
    assert live.isdisjoint(control.id for control in library.of(["AWS::RDS::DBInstance"], live=False)[0])
    assert live <= {control.id for control in library.of(["AWS::RDS::DBInstance"])[0]}


def test_a_summary_says_what_its_control_says() -> None:
    library = load_library()
    assert [control.id for control in library.controls] == [summary.id for summary in library.summaries]
    for control, summary in zip(library.controls, library.summaries, strict=True):
        same = [name for name in type(summary).__slots__ if name != "has_fix"]  # fixes are read when somebody asks
        assert all(getattr(control, name) == getattr(summary, name) for name in same)
    assert {one.id for one in library.summaries if one.has_fix} == {one.id for one in read_controls() if one.fix}


def test_compiled_forms_one_type_after_the_other(own: str) -> None:
    library = load_library([own])
    assert {one.id for one in library.each_compiled()} == {one.id for one in library.compiled}
    some = select(library, [parse_selector("control=own.*")], [])
    assert [one.id for one in some.each_compiled()] == ["own.bucket-has-a-name"]


def test_a_library_about_some_types_has_no_other_controls(own: str) -> None:
    library = load_library([own])
    about = library.about({"AWS::S3::Bucket"})
    assert about.summaries == library.summaries
    assert about.types == {one.resource for one in about.controls} == {"AWS::S3::Bucket"}
    assert {one.id for one in about.compiled} == {
        one.id for one in library.compiled if one.resource == "AWS::S3::Bucket"
    } >= {"own.bucket-has-a-name"}  # fmt: skip
