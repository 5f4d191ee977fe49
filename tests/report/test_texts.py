"""Texts of controls: cleaned, in the language of the source, the library's and a stranger's."""

from __future__ import annotations

from msgspec.structs import replace

from bastide.controls.library import load_library
from bastide.report.texts import row_of, texts_of


def test_a_control_is_listed_as_its_summary_is() -> None:
    library = load_library()
    summary = next(one for one in library.summaries if one.id == "kms.key-rotates")
    assert row_of(summary) == row_of(library.get("kms.key-rotates")) == texts_of(library.get("kms.key-rotates")).row


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
