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
        ("- id", "id", "own.yaml"),
        ("severity: high", "severity: 'high", "own.yaml:"),
        ("severity: high", "severity: high\n  severity: low", "own.yaml:6: `severity` stands here twice"),
    ],
)
def test_mistakes_name_their_line(old: str, new: str, said: str) -> None:
    with pytest.raises(BastideError) as error:
        parse_controls(GOOD.replace(old, new, 1), "own.yaml")
    assert str(error.value).startswith(said)
