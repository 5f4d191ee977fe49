"""Texts of controls: cleaned, in the language of the source, the library's and a stranger's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from bastide.controls.library import load_library
from bastide.redact import clean
from bastide.report.texts import row_of, texts_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_control_is_listed_as_its_summary_is() -> None:
    library = load_library()
    summary = next(one for one in library.summaries if one.id == "kms.key-rotates")
    assert row_of(summary) == row_of(library.get("kms.key-rotates")) == texts_of(library.get("kms.key-rotates")).row


def test_no_text_of_the_library_needs_cleaning() -> None:
    for summary in load_library().summaries:
        row = row_of(summary)
        tags = [text for name, items in row.frameworks.items() for text in (name, *items)]
        for text in (row.id, row.title, row.resource, *tags, *row.attack):
            assert clean(text, secrets=False) == text


def test_a_file_of_a_strangers_is_not_taken_for_the_librarys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "library" / "controls"
    folder.mkdir(parents=True)
    own = replace(load_library().get("kms.key-rotates"), id="own.key-rotates", title="AKIAIOSFODNN7EXAMPLE")
    entry = msgspec.to_builtins(own)
    kept = ("id", "title", "resource", "severity", "require", "rationale", "remediation", "frameworks", "concern")
    (folder / "own.yaml").write_text(json.dumps([{name: entry[name] for name in kept}]))
    library = load_library(["library/controls/own.yaml"])
    assert "AKIA" not in row_of(library.get("own.key-rotates")).title


def test_the_fix_is_in_the_language_of_the_source() -> None:
    control = load_library().get("kms.key-rotates")
    texts = texts_of(control)
    for source, language in (("terraform", "terraform"), ("plan", "terraform"), ("aws", "cli")):
        assert texts.fix(source) == control.remediation[language].strip()
    assert texts_of(replace(control, remediation={"cli": "aws x"})).fix("terraform") == "aws x"
    assert texts_of(replace(control, remediation={})).fix("terraform") == ""


def test_secrets_and_control_characters_of_a_stranger_are_taken_out() -> None:
    control = replace(load_library().get("kms.key-rotates"), place="own.yaml:1")
    control.title = "Key AKIAIOSFODNN7EXAMPLE\x1b[31m"
    control.rationale = "password = hunter2hunter2\x07"
    texts = texts_of(control)
    assert "AKIA" not in texts.row.title
    assert "\x1b" not in texts.row.title
    assert "\x07" not in texts.rationale
