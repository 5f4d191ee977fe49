"""Every fix of the library, tried on every failing example of its control, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bastide.controls.fixes import lint_fix
from bastide.controls.library import load_library, read_controls
from bastide.fix.judge import Judge
from bastide.fix.plan import Plan, Planner
from bastide.fix.write import write_drafts
from bastide.sources.discover import Unit
from bastide.sources.terraform.parser import parse_body
from bastide.sources.terraform.syntax import Body, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTROLS = {control.id: control for control in read_controls() if control.fix}
PROVIDER: dict[str, Any] = json.loads(
    (Path(__file__).parent.parent / "sources" / "terraform" / "provider_attributes.json").read_text("utf-8")
)

_ATTACHED = "an attachment is a resource of its own"
_EMPTY = "nothing would be left of the list"
_OTHER = "something else has a part in it"
BY_HAND: dict[tuple[str, int, str], str] = {
    ("apigateway.stage-encrypts-its-cache", 3, "terraform"): _OTHER,  # settings, method by method
    ("apigateway.stage-keeps-content-out-of-logs", 2, "terraform"): _OTHER,
    ("cloudtrail.trail-records-reads-and-writes", 1, "cloudformation"): _OTHER,  # advanced selectors
    ("cloudtrail.trail-records-reads-and-writes", 1, "terraform"): _OTHER,
    ("cloudtrail.trail-records-reads-and-writes", 5, "cloudformation"): _OTHER,
    ("cloudtrail.trail-records-reads-and-writes", 5, "terraform"): _OTHER,
    ("cloudtrail.trail-records-reads-and-writes", 6, "cloudformation"): _OTHER,
    ("cloudtrail.trail-records-reads-and-writes", 8, "cloudformation"): _OTHER,
    ("cloudtrail.trail-records-reads-and-writes", 6, "terraform"): _OTHER,
    ("cloudtrail.trail-records-reads-and-writes", 8, "terraform"): _OTHER,
    ("dynamodb.global-table-has-point-in-time-recovery", 0, "terraform"): "part of another resource",
    ("dynamodb.global-table-has-point-in-time-recovery", 3, "terraform"): "part of another resource",
    ("dynamodb.global-table-is-protected-from-deletion", 0, "terraform"): "part of another resource",
    ("dynamodb.global-table-is-protected-from-deletion", 2, "terraform"): "part of another resource",
    ("ec2.instance-has-no-public-address", 1, "cloudformation"): _OTHER,  # an elastic address
    ("ec2.instance-has-no-public-address", 1, "terraform"): _OTHER,
    ("ec2.instance-has-no-public-address", 2, "cloudformation"): _OTHER,
    ("ec2.instance-has-no-public-address", 2, "terraform"): _OTHER,
    ("ec2.instance-volumes-are-encrypted", 0, "cloudformation"): _OTHER,  # the root device's name is the image's
    ("ecs.task-definition-is-not-privileged", 0, "terraform"): "one JSON text",
    ("ecs.task-definition-is-not-privileged", 3, "terraform"): "one JSON text",
    ("ecs.task-definition-root-is-read-only", 0, "terraform"): "one JSON text",
    ("ecs.task-definition-root-is-read-only", 3, "terraform"): "one JSON text",
    ("iam.group-has-no-full-cloudshell", 0, "cloudformation"): _EMPTY,
    ("iam.group-has-no-full-cloudshell", 0, "terraform"): _ATTACHED,
    ("iam.group-has-no-full-cloudshell", 1, "terraform"): _ATTACHED,
    ("iam.role-has-no-full-cloudshell", 0, "cloudformation"): _EMPTY,
    ("iam.role-has-no-full-cloudshell", 0, "terraform"): _ATTACHED,
    ("iam.role-has-no-full-cloudshell", 1, "terraform"): _ATTACHED,
    ("iam.user-has-no-full-cloudshell", 0, "cloudformation"): _EMPTY,
    ("iam.user-has-no-full-cloudshell", 0, "terraform"): _ATTACHED,
    ("iam.user-has-no-full-cloudshell", 1, "terraform"): _ATTACHED,
    ("rds.instance-password-is-not-in-code", 5, "cloudformation"): _OTHER,  # the password of encryption
    ("rds.proxy-requires-iam-authentication", 3, "cloudformation"): _OTHER,
    ("redshift.cluster-password-is-not-in-code", 3, "terraform"): _OTHER,  # the argument that is only written
    ("s3.bucket-does-without-acls", 0, "terraform"): "refuses an `aws_s3_bucket_acl`",
    ("s3.bucket-does-without-acls", 2, "terraform"): "refuses an `aws_s3_bucket_acl`",
    ("s3.bucket-has-no-public-acl", 1, "terraform"): _OTHER,  # grants, one by one
    ("s3.bucket-states-public-access-block", 2, "terraform"): "is a aws_s3_bucket_public_access_block.data already",
    ("ssm.secret-parameter-is-secure-string", 0, "cloudformation"): "cannot make a SecureString",
    ("ssm.secret-parameter-is-secure-string", 3, "cloudformation"): "cannot make a SecureString",
    ("transfer.server-refuses-plain-ftp", 0, "cloudformation"): _EMPTY,
}
"""Examples that a fix cannot help, by control, number and language, and words of the reason."""
COMPUTED = re.compile(
    r"comes from `[^`]*(\b(var|local|each|count|data)\.|!\w|\"(Fn::\w+|Ref)\"|\?)[^`]*`|is made by a dynamic block"
    r"|it is written as AWS::Serverless::\w+, which has other properties"
)
"""Reasons that hold for whatever control: the value, or the resource, is not written where it is judged."""


@pytest.fixture(scope="session")
def judge() -> Judge:
    return Judge(load_library(), {"var_file": []})


def test_there_are_many() -> None:
    assert len(CONTROLS) >= 150


def test_none_contradicts_the_schema() -> None:
    assert [text for control in CONTROLS.values() for text in lint_fix(control)] == []


def test_exceptions_are_of_controls_that_have_a_fix() -> None:
    assert {control for control, _, _ in BY_HAND} <= CONTROLS.keys()


@pytest.mark.parametrize("name", CONTROLS)
def test_the_control_passes_afterwards(
    name: str, judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the file can be read, comments are there, and there is nothing more to change."""
    monkeypatch.chdir(tmp_path)
    fixed = 0
    for number, language, text in failing_examples(name):
        unit = written(Path(f"{number}-{language}"), language, text)
        plan = planned(judge, unit, name)
        assert plan.outcomes
        reasons = [one.reason for one in plan.outcomes if one.reason]
        expected = BY_HAND.get((name, number, language))
        others = [reason for reason in reasons if not COMPUTED.search(reason)]
        assert bool(others) == bool(expected), reasons
        assert all(expected is not None and expected in reason for reason in others), reasons
        if reasons:
            assert not plan.drafts
            continue
        fixed += 1
        assert write_drafts(plan.drafts.values()) == (list(plan.drafts), {})
        after = judge.judge([unit])
        found = [one.status for (control, _), one in after.verdicts.items() if control == name]
        assert set(found) == {"pass"}
        assert not after.problems
        if language == "terraform":
            assert unknown_arguments(text, Path(unit.files[0]).read_text("utf-8")) == []
        assert planned(judge, unit, name).outcomes == []
    assert fixed, "a fix that helps no example"


@pytest.mark.parametrize("name", CONTROLS)
def test_comments_stay(name: str, judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before each line, and behind it: all are there in their order; only those behind a line go with it."""
    monkeypatch.chdir(tmp_path)
    tried = 0
    for number, language, text in failing_examples(name):
        for kind, commented in (("lines", with_comments(text)), ("ends", with_comments_behind(text))):
            unit = written(Path(f"{number}-{language}-{kind}"), language, commented)
            plan = planned(judge, unit, name)
            for draft in plan.drafts.values():
                tried += 1
                gone = set(comments_of(commented)) - set(comments_of(draft.text))
                if not removed(name):
                    assert comments_of(draft.text) == comments_of(commented)
                assert not gone or kind == "ends"
    assert tried


def failing_examples(name: str) -> Iterator[tuple[int, str, str]]:
    for number, example in enumerate(CONTROLS[name].examples):
        if example.outcome == "fail":
            yield from ((number, language, text) for language, text in example.texts.items() if language != "live")


def written(folder: Path, language: str, text: str) -> Unit:
    folder.mkdir()
    file = folder / ("main.tf" if language == "terraform" else "template.yaml")
    file.write_text(text, "utf-8")
    if language == "terraform":
        return Unit("terraform", str(folder), (str(file),), (str(folder),))
    return Unit("cloudformation", str(file), (), (str(folder),))


def planned(judge: Judge, unit: Unit, name: str) -> Plan:
    failing = [
        one for (control, _), one in judge.judge([unit]).verdicts.items() if control == name and one.status == "fail"
    ]
    fix = CONTROLS[name].fix
    assert fix
    return Planner(judge, [unit], [unit.within[0]], replace=True, fixes={name: fix}).plan(failing)


def with_comments(text: str) -> str:
    lines = [(f"{' ' * (len(line) - len(line.lstrip()))}# kept {at}", line) for at, line in enumerate(text.split("\n"))]
    return "\n".join(part for pair in lines for part in pair if pair[1].strip())


def with_comments_behind(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(f"{line} # kept {at}" if line.strip() else line for at, line in enumerate(lines))


def comments_of(text: str) -> list[str]:
    return re.findall(r"# kept \d+", text)


def removed(name: str) -> bool:
    """Whether the fix takes whole lines away, with the comments behind them."""
    fix = CONTROLS[name].fix
    assert fix
    changes = [*fix.changes, *(change for override in fix.overrides.values() for change in override.changes)]
    return any(change.verb == "remove" for change in changes)


def unknown_arguments(before: str, after: str) -> list[str]:
    """Arguments that a fix has written and that the provider does not have."""
    found = []
    for path in sorted(arguments(after) - arguments(before)):
        inside = PROVIDER
        for name in path:
            if name not in inside:
                found.append(".".join(path))
                break
            inside = inside[name]
    return found


def arguments(text: str) -> set[tuple[str, ...]]:
    blocks = [block for block in parse_body(Text("main.tf", text)).blocks if block.type == "resource"]
    return {(block.labels[0], *path) for block in blocks for path in paths_of(block.body)}


def paths_of(body: Body) -> Iterator[tuple[str, ...]]:
    for name in body.attributes:
        yield (name,)
    for block in body.blocks:
        if block.type != "dynamic":
            yield (block.type,)
            yield from ((block.type, *path) for path in paths_of(block.body))
