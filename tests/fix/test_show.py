"""Patches as text: `git apply` takes them, and no secret is in them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bastide.fix.draft import Draft, Edit
from bastide.fix.plan import Plan
from bastide.fix.show import coloured, masked, patch, summary
from bastide.resources.model import REDACTED

if TYPE_CHECKING:
    from tests.fix.conftest import Planned


@pytest.mark.parametrize("text", ["a\nb\nc\n", "a\r\nb\r\n", "a\nb", "\ufeffa\nb\n", "a\x0cb\nc\u2028d\n"])
def test_git_applies_it(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.tf").write_bytes(text.encode())
    draft = Draft("x.tf", text.encode())
    draft.apply(
        [Edit(len(draft.text), len(draft.text), "new\n"), Edit(draft.text.index("a"), draft.text.index("a") + 1, "z")]
    )
    Path("p.patch").write_bytes(patch(Plan(drafts={"x.tf": draft})).text.encode())
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "apply", "--whitespace=nowarn", "p.patch"], check=True)
    assert Path("x.tf").read_bytes() == draft.data


def test_a_secret_is_hidden_and_not_in_the_patch(planned: Planned) -> None:
    text = 'resource "aws_sns_topic" "t" {}\nresource "aws_db_instance" "d" {\n  password = "correct-horse-9"\n}\n'
    made = patch(planned({"main.tf": text}, "sns.topic-is-encrypted"))
    assert "correct-horse" not in made.shown + made.text
    assert REDACTED in made.shown
    assert "alias/aws/sns" in made.shown
    assert made.secret == ("main.tf",)


@pytest.mark.parametrize(
    ("line", "expressions", "after"),
    [
        ('+  password = "hunter2x"\n', True, f"+  password = {REDACTED}\n"),
        ("+  password = var.password\n", True, "+  password = var.password\n"),
        ("   MasterUserPassword: hunter2x\n", False, f"   MasterUserPassword: {REDACTED}\n"),
        (
            "-  A: {Name: x, MasterUserPassword: hunter2x}\n",
            False,
            f"-  A: {{Name: x, MasterUserPassword: {REDACTED}}}\n",
        ),
        ("   MasterUserPassword: !Ref Password\n", False, "   MasterUserPassword: !Ref Password\n"),
        ('   "SecretString": "hunter2x",\n', False, f'   "SecretString": {REDACTED},\n'),
        (" " + "QUJDRA" * 10 + "\n", False, f" {REDACTED}\n"),
        ("+  encrypted = true\n", True, "+  encrypted = true\n"),
    ],
)
def test_lines(line: str, expressions: bool, after: str) -> None:
    assert masked(line, expressions=expressions) == after


def test_colours_and_nothing_that_steers_a_terminal() -> None:
    text = coloured("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\x1b[2J\r\n+b\n c\n")
    assert text == ("\x1b[1m--- a/x\x1b[0m\n\x1b[1m+++ b/x\x1b[0m\n\x1b[36m@@ -1 +1 @@\x1b[0m\n"
                    "\x1b[31m-a�[2J\x1b[0m\n\x1b[32m+b\x1b[0m\n c\n")  # fmt: skip


def test_the_summary_says_what_is_fixed_and_what_is_left(planned: Planned) -> None:
    text = (
        'resource "aws_sns_topic" "t" {}\nresource "aws_sns_topic" "u" {\n'
        '  kms_master_key_id = ""\n}\nresource "aws_ebs_volume" "v" {}\n'
    )
    plan = planned(
        {"main.tf": text}, "sns.topic-is-encrypted", "sns.topic-uses-customer-key", "ec2.volume-is-encrypted"
    )
    told = summary(plan, applied=False, verbose=True)
    assert "2 findings fixed by this patch, in 1 file:" in told
    assert "main.tf:1  aws_sns_topic.t  sns.topic-is-encrypted" in told
    assert "changing Encrypted replaces the resource: --replace" in told
    assert "2 findings left to a person, who has to choose:" in told
    assert told.endswith("--apply writes it\n")
    assert "--verbose lists them" in summary(plan, applied=True, verbose=False)
    assert summary(Plan(), applied=False, verbose=False) == "nothing to fix\n"
