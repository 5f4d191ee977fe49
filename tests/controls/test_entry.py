"""Control files: what is wrong is said with its line."""

from __future__ import annotations

import pytest

from bastide.controls.entry import parse_controls
from bastide.errors import BastideError

GOOD = """
- id: s3.bucket-is-good
  title: Buckets are good
  resource: AWS::S3::Bucket
  severity: high
  require: BucketName is not null
  rationale: Because.
  remediation: {terraform: Do it.}
  frameworks: {well-architected: [SEC08-BP02]}
"""


def test_a_good_entry() -> None:
    control = parse_controls(GOOD + "  examples:\n    - fail: {terraform: x, missing: why}\n", "own.yaml")[0]
    assert (control.id, control.service, control.place, control.source) == (
        "s3.bucket-is-good",
        "s3",
        "own.yaml:2",
        "own.yaml",
    )
    assert control.examples[0].outcome == "fail"
    assert control.examples[0].missing == "why"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("severity: high", "severity: hihg", "own.yaml:5: severity is one of"),
        ("severity: high", "severity: high\n  concern: keyz", "own.yaml:6: a concern is one of public-exposure, "),
        ("severity: high", "severity: high\n  concern: 7", "own.yaml:6: `concern` is text"),
        ("severity: high", "severty: high", "own.yaml:5: `severty` is no field of a control. Did you mean `severity`?"),
        ("id: s3.bucket-is-good", "id: Bad Id", "own.yaml:2: an id is"),
        ("  rationale: Because.\n", "", "own.yaml:2: `rationale` is missing"),
        ("require: BucketName is not null", "require: [a]", "own.yaml:6: `require` is text"),
        ("{terraform: Do it.}", "text", "own.yaml:8: `remediation` is a mapping"),
        ("[SEC08-BP02]", "SEC08-BP02", "own.yaml:9: a framework has a list"),
        ("  title", "  related: {x: {type: T}}\n  title", "own.yaml:3: a related list has a `type`"),
        ("  title", "  examples:\n    - maybe: {}\n  title", "own.yaml:4: an example has one key"),
        ("  title", "  examples:\n    - fail: {terraform: x}\n  title", "own.yaml:4: an example without one"),
        ("  title", "  attack: T1530\n  title", "own.yaml:3: `attack` is a list"),
        ("  title", "  compensated: AWS::X\n  title", "own.yaml:3: `compensated` is a list"),
        ("  title", "  compensated: [{by: T, when: x}]\n  title", "own.yaml:3: a layer has `by`"),
        ("  title", "  compensated: [{by: T, when: x, because: y, so: z}]\n  title", "own.yaml:3: a layer has `by`"),
        ("  title", "  compensated: [{by: managed, when: x, because: y}]\n  title", "own.yaml:3: a layer has `by`"),
        (
            "  title",
            "  compensated: [{by: T, when: x, because: [y]}]\n  title",
            "own.yaml:3: a layer's fields are text",
        ),
        ("  title", "  examples:\n    - fail: {live: []}\n  title", "own.yaml:4: an example has terraform"),
        ("- id", "id", "own.yaml"),
        ("severity: high", "severity: 'high", "own.yaml:"),
        ("severity: high", "severity: high\n  severity: low", "own.yaml:6: `severity` stands here twice"),
    ],
)
def test_mistakes_name_their_line(old: str, new: str, said: str) -> None:
    with pytest.raises(BastideError) as error:
        parse_controls(GOOD.replace(old, new, 1), "own.yaml")
    assert str(error.value).startswith(said)


LAYERS = """  compensated:
    - {by: AWS::S3::AccountPublicAccessBlock, when: IgnorePublicAcls, because: it does, where: BucketName = 'x'}
    - {by: managed, because: AWS made it}
  examples:
    - pass: {live: [{AWS::S3::Bucket: {}}]}
"""


def test_layers_are_controls_of_their_own_and_examples_may_be_live() -> None:
    control = parse_controls(GOOD + LAYERS, "own.yaml")[0]
    assert [layer.by for layer in control.compensated] == ["AWS::S3::AccountPublicAccessBlock", "managed"]
    assert [(one.id, one.resource, one.require, one.live) for one in control.layer_controls()] == [
        ("s3.bucket-is-good#1", "AWS::S3::AccountPublicAccessBlock", "IgnorePublicAcls", True),
        ("s3.bucket-is-good#1?", "AWS::S3::Bucket", "BucketName = 'x'", True),
    ]
    assert control.examples[0].texts == {"live": '[{"AWS::S3::Bucket": {}}]'}
