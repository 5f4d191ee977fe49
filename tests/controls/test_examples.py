"""Examples run through the real sources and the real engine, and say what went wrong with them."""

from __future__ import annotations

from typing import Any, cast

import pytest

from bastide.controls.entry import Control, Example, Outcome, Related
from bastide.controls.examples import Result, run_examples
from tests.controls.conftest import control

TERRAFORM = 'resource "aws_s3_bucket" "b" {\n  bucket = "%s"\n}\n'
TEMPLATE = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: %s}\n"
QUEUE = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n"


def named(*examples: tuple[str, dict[str, str]], require: str = "BucketName = 'good'", **fields: Any) -> Control:
    """A control over buckets, with examples as outcome and texts."""
    return control(require, examples=[Example(cast("Outcome", out), texts) for out, texts in examples], **fields)


def brief(results: list[Result]) -> list[tuple[int, str, str, tuple[str, ...], bool]]:
    return [(r.number, r.language, r.wanted, r.got, r.right) for r in results]


def test_every_text_of_every_example_is_judged_in_order() -> None:
    one = named(
        ("fail", {"terraform": TERRAFORM % "bad", "cloudformation": TEMPLATE % "bad"}),
        ("pass", {"cloudformation": TEMPLATE % "good"}),
        ("unknown", {"terraform": TERRAFORM.replace('"%s"', "var.name") + 'variable "name" {}\n'}),
        ("none", {"cloudformation": QUEUE}),
    )
    assert brief(run_examples([one])) == [
        (1, "terraform", "fail", ("fail",), True),
        (1, "cloudformation", "fail", ("fail",), True),
        (2, "cloudformation", "pass", ("pass",), True),
        (3, "terraform", "unknown", ("unknown",), True),
        (4, "cloudformation", "none", (), True),
    ]


@pytest.mark.parametrize(
    ("wanted", "text", "got"),
    [
        ("pass", TEMPLATE % "bad", ("fail",)),
        ("fail", TEMPLATE % "good", ("pass",)),
        ("fail", QUEUE, ()),
        ("none", TEMPLATE % "bad", ("fail",)),
        ("fail", (TEMPLATE % "bad") + (TEMPLATE % "good").split("\n", 1)[1].replace("B:", "C:"), ("fail", "pass")),
    ],
)
def test_an_example_that_is_not_as_it_says(wanted: str, text: str, got: tuple[str, ...]) -> None:
    (result,) = run_examples([named((wanted, {"cloudformation": text}))])
    assert (tuple(sorted(result.got)), result.right) == (got, False)
    assert result.detail


def test_the_detail_says_what_was_seen() -> None:
    (result,) = run_examples([named(("pass", {"cloudformation": TEMPLATE % "bad"}))])
    assert result.detail == 'BucketName = "bad"'
    (result,) = run_examples([named(("fail", {"cloudformation": QUEUE}))])
    assert result.detail == "resources: AWS::SQS::Queue"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("terraform", 'resource "aws_s3_bucket" "b" {\n'),
        ("cloudformation", "Resources: [\n"),
    ],
)
def test_an_example_that_cannot_be_read_is_wrong_whatever_it_wants(language: str, text: str) -> None:
    for wanted in ("none", "fail"):
        (result,) = run_examples([named((wanted, {language: text}))])
        assert not result.right
        assert result.detail.startswith("! ")


def test_a_control_that_does_not_compile_has_wrong_examples() -> None:
    broken = named(("fail", {"cloudformation": TEMPLATE % "bad"}), require="NoSuchProperty", id="a.broken")
    good = named(("fail", {"cloudformation": TEMPLATE % "bad"}), id="b.good")
    first, second = run_examples([broken, good])
    assert (first.control, first.right, first.got) == ("a.broken", False, ())
    assert "NoSuchProperty" in first.detail
    assert (second.control, second.right) == ("b.good", True)


def test_controls_do_not_see_the_examples_of_others() -> None:
    strict = named(("pass", {"cloudformation": TEMPLATE % "good"}), id="a.strict")
    other = named(("fail", {"cloudformation": TEMPLATE % "bad"}), id="b.other")
    assert [result.got for result in run_examples([strict, other])] == [("pass",), ("fail",)]


def test_no_controls_have_no_results() -> None:
    assert run_examples([]) == []
    assert run_examples([named()]) == []


ROOT = "AWS::IAM::RootUser"


def test_examples_of_a_live_account() -> None:
    one = named(
        ("fail", {"live": f'[{{"{ROOT}": {{"LastUsed": "3 days ago"}}}}]'}),
        ("pass", {"live": f'[{{"{ROOT}": {{"LastUsed": "90 days ago", "$arn": "arn:aws:iam::123456789012:root"}}}}]'}),
        ("unknown", {"live": f'[{{"{ROOT}": {{"LastUsed": "$unknown"}}}}]'}),
        require="days_since(LastUsed) >= 90",
        resource=ROOT,
        live=True,
    )
    assert [(r.wanted, r.got, r.right) for r in run_examples([one])] == [
        ("fail", ("fail",), True),
        ("pass", ("pass",), True),
        ("unknown", ("unknown",), True),
    ]


def test_an_example_of_a_live_account_has_everything_that_the_control_relates_to() -> None:
    trail = (
        '{"AWS::CloudTrail::Trail": {"CloudWatchLogsLogGroupArn": "arn:aws:logs:eu-west-1:123456789012:log-group:a"}}'
    )
    group = '{"AWS::Logs::LogGroup": {"$arn": "arn:aws:logs:eu-west-1:123456789012:log-group:a"}}'
    one = control(
        "len(trails) > 0",
        resource="AWS::Logs::LogGroup",
        related=[Related("trails", "AWS::CloudTrail::Trail", to="CloudWatchLogsLogGroupArn")],
        examples=[Example("fail", {"live": f"[{group}]"}), Example("pass", {"live": f"[{trail}, {group}]"})],
        live=True,
    )
    assert [result.got for result in run_examples([one])] == [("fail",), ("pass",)]
