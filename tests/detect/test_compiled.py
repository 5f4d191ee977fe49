"""What rules compile to is kept, and is the same as when they are compiled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from bastide.detect.compiled import compiled_rules
from bastide.detect.plan import plan_of
from bastide.detect.rules import load_rules
from bastide.errors import UsageError
from tests.detect.conftest import rule_text

COUNT = """title: often
name: often
correlation:
  type: event_count
  rules: [a]
  group-by: [userIdentity.arn]
  timespan: 5m
  condition: {gte: 3}
"""
CALL = rule_text("  call: {eventName|expand: '%what%'}\n  condition: call") + "name: a\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rules, which is the working directory, and a cache beside it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rules = tmp_path / "work" / "rules"
    rules.mkdir(parents=True)
    (rules / "a.yml").write_text(CALL)
    (rules / "b.yml").write_text(COUNT)
    (rules / "c.yml").write_text("title: none\n")
    monkeypatch.chdir(rules.parent)
    return rules


def kept(tmp_path: Path) -> set[str]:
    names = {path.name.rpartition("-")[0] for path in (tmp_path / "cache" / "bastide").glob("*.json")}
    return names & {"detections", "rules"}


def test_what_is_kept_is_what_is_compiled(tmp_path: Path) -> None:
    for places, words in ((["rules"], {"what": ["x", "y"]}), ([], {})):
        loaded = load_rules(places, words)
        plan = plan_of(loaded)
        loaded.rules = [replace(rule, parsed=None) for rule in loaded.rules]
        first, second = (compiled_rules(places, words) for _ in range(2))
        assert first == second == (loaded, plan)
    assert kept(tmp_path) == {"detections", "rules"}


def test_nothing_is_parsed_twice() -> None:
    code = (
        "import sys; from bastide.detect.run import Detections; assert len(Detections(['library']).rules.rules) > 300;"
        "print(sorted({'sigma', 'yaml', 're2', 'duckdb', 'pyarrow'} & set(sys.modules)))"
    )
    said = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert "sigma" in said[0].stdout
    assert said[1].stdout == "[]\n"


def test_other_words_and_other_files_are_compiled_anew(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled_rules(["rules"], {"what": ["x"]})[1].passes[0].steps[0].named == {"x"}
    assert compiled_rules(["rules"], {"what": ["z"]})[1].passes[0].steps[0].named == {"z"}
    (place / "d.yml").write_text(rule_text("  call: {eventName: x}\n  condition: call", number=2))
    assert len(compiled_rules(["rules"], {"what": ["x"]})[0].rules) == 3
    monkeypatch.chdir(place)
    assert {one.place for one in compiled_rules(["."], {"what": ["x"]})[0].rules} == {"a.yml:1", "b.yml:1", "d.yml:1"}


def test_what_is_wrong_is_told_each_time(place: Path) -> None:
    for _ in range(2):
        rules, plan = compiled_rules(["rules"])
        assert [problem.cause[:18] for problem in rules.problems] == ["this is no Sigma r"]
        assert len(plan.problems) == 3
    (place / "d.yml").write_text(CALL)
    for _ in range(2):
        with pytest.raises(UsageError, match="two rules have the id"):
            compiled_rules(["rules"])


def test_what_json_cannot_say_is_compiled_each_time(place: Path, tmp_path: Path) -> None:
    (place / "d.yml").write_text(rule_text("  a: {eventName: x}\n  condition: a", number=2) + "bastide: {null: 1}\n")
    for _ in range(2):
        assert {None: 1} in [rule.extra for rule in compiled_rules(["rules"])[0].rules]
    assert not kept(tmp_path)


def test_a_file_that_cannot_be_read_is_read_once_it_can(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.name == "a.yml":
            raise PermissionError
        return read(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda path, _: path.name != "a.yml")
        patched.setattr(Path, "read_bytes", refused)
        assert any(one.cause.startswith("cannot be read") for one in compiled_rules(["rules"])[0].problems)
    assert len(compiled_rules(["rules"], {"what": ["x"]})[0].rules) == 2
    assert not any(one.cause.startswith("cannot be read") for one in compiled_rules(["rules"])[0].problems)
