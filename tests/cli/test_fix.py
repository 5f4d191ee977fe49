"""`bastide fix` from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

TOPIC = 'resource "aws_sns_topic" "t" {}\n'
ONLY = ("--only", "control=sns.topic-is-encrypted", "--jobs", "1")


@pytest.fixture
def file(project: Path) -> Path:
    path = project / "main.tf"
    path.write_text(TOPIC, "utf-8")
    return path


def test_it_shows_and_writes_nothing(run: Run, file: Path) -> None:
    done = run("fix", *ONLY)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("--- a/main.tf\n+++ b/main.tf\n@@ -1 +1,3 @@\n")
    assert "nothing was written" in done.stderr
    assert file.read_text("utf-8") == TOPIC


def test_it_writes_when_asked(run: Run, file: Path) -> None:
    done = run("fix", "--apply", *ONLY)
    assert (done.returncode, "written: main.tf" in done.stderr) == (0, True)
    assert "alias/aws/sns" in file.read_text("utf-8")
    again = run("fix", "--apply", *ONLY)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "nothing to fix\n")


def test_a_patch_into_a_file(run: Run, file: Path) -> None:
    done = run("fix", "--output", "p.patch", *ONLY)
    assert (done.returncode, done.stdout) == (1, "")
    assert "+  kms_master_key_id" in (file.parent / "p.patch").read_text("utf-8")


def test_what_cannot_be_read_makes_it_incomplete(run: Run, file: Path) -> None:
    (file.parent / "broken.tf").write_text("resource {", "utf-8")
    assert run("fix", "--apply", *ONLY).returncode == 3


def test_live_accounts_are_not_fixed(run: Run) -> None:
    done = run("fix", "aws")
    assert (done.returncode, "what can be fixed is code" in done.stderr) == (2, True)


def test_a_patch_that_cannot_be_written(run: Run, file: Path) -> None:
    done = run("fix", "--output", f"{file.name}/p.patch", *ONLY)
    assert (done.returncode, "the patch cannot be written" in done.stderr) == (2, True)


def test_a_control_says_whether_it_has_a_fix(run: Run) -> None:
    shown = run("controls", "show", "sns.topic-is-encrypted", "s3.bucket-uses-customer-key").stdout
    assert "`bastide fix` sets KmsMasterKeyId" in shown
    assert "`bastide fix` has no patch for it" in shown
