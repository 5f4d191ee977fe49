"""Settings: where a value comes from, and mistakes with line and near miss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.settings import SCAN, load_settings


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def load(text: str = "", environment: dict[str, str] | None = None, **arguments: Any) -> Any:
    if text:
        Path("bastide.yaml").write_text(text)
    return load_settings(arguments, "", environment or {})


def test_defaults() -> None:
    assert load().scan == {option.name: [] if option.kind == "texts" else option.default for option in SCAN}


def test_the_command_line_goes_before_the_environment_before_the_file() -> None:
    text = "scan: {fail_on: critical, only: [a.*], verbose: true}\n"
    assert load(text).scan["fail_on"] == "critical"
    assert load(text, {"BASTIDE_FAIL_ON": "medium"}).scan["fail_on"] == "medium"
    assert load(text, {"BASTIDE_FAIL_ON": "medium"}, fail_on="never").scan["fail_on"] == "never"
    assert load(text, {"BASTIDE_ONLY": "b.*;c.*"}).scan["only"] == ["b.*", "c.*"]
    assert load(text).scan["verbose"] is True


def test_the_file_of_a_folder_above_is_found_up_to_the_repository(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "bastide.yaml").write_text("workload: {name: shop}\n")
    inner = here / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert load().workload == {"name": "shop"}
    (here / "a" / ".git").mkdir()
    assert load().workload == {}


def test_exemptions_know_their_place() -> None:
    text = "exemptions:\n  - {control: s3.x, until: 2027-01-01, by: jo, reason: because}\n"
    assert load(text).exemptions == [
        {"control": "s3.x", "until": "2027-01-01", "by": "jo", "reason": "because", "place": "bastide.yaml:2"}
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("scann: {}\n", "bastide.yaml:1: `scann` is no setting. Did you mean `scan`?"),
        ("scan:\n  fail-on: high\n", "bastide.yaml:2: `fail-on` is no setting of scan. Did you mean `fail_on`?"),
        ("scan:\n  fail_on: hihg\n", "bastide.yaml:2: `hihg` is none of"),
        ("scan:\n  only: [3]\n", "bastide.yaml:2: `only` is text"),
        ("scan:\n  verbose: maybe\n", "bastide.yaml:2: `verbose` is true or false"),
        ("workload: shop\n", "bastide.yaml:1: a mapping with name"),
        ("workload:\n  ownr: jo\n", "bastide.yaml:2: `ownr` is no setting of workload. Did you mean `owner`?"),
        ("exemptions:\n  - control: s3.x\n", "bastide.yaml:2: an exemption needs `until`"),
        ("exemptions: {}\n  ", ""),
        ("[1]\n", "bastide.yaml:1: a mapping"),
        ("scan: [\n", "bastide.yaml:2"),
    ],
)
def test_mistakes(text: str, said: str) -> None:
    if not said:
        assert load(text).exemptions == []
        return
    with pytest.raises(UsageError) as error:
        load(text)
    assert str(error.value).startswith(said)


def test_a_wrong_environment_and_a_missing_file() -> None:
    with pytest.raises(UsageError, match="Did you mean `high`"):
        load("", {"BASTIDE_FAIL_ON": "hihg"})
    with pytest.raises(UsageError, match="cannot be read"):
        load_settings({}, "none.yaml", {})


@pytest.mark.parametrize("path", ["/tmp/x.json", "../x.json", "json=../x.json", "link/x.json", "json=a/../../x", "."])
def test_outputs_of_a_file_that_nobody_named_stay_below_it(here: Path, path: str) -> None:
    (here / "link").symlink_to("/tmp")
    with pytest.raises(UsageError, match="leads out of its folder") as caught:
        load(f"scan:\n  output: ['{path}']\n")
    assert caught.value.place == "bastide.yaml"
    assert load_settings({}, "bastide.yaml", {}).scan["output"] == [path]
    assert load(output=["../mine.json"], text="workload: {name: a}\n").scan["output"] == ["../mine.json"]


def test_outputs_below_are_taken() -> None:
    paths = ["a.json", "json=reports/b.json", "sarif=./c", "-"]
    assert load(f"scan:\n  output: {paths}\n").scan["output"] == paths
