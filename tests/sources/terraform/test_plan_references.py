"""What the configuration of a plan refers to: instances, variables of modules, outputs, keys."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.sources.terraform.plan_references import References, split

CONFIGURATION: dict[str, Any] = {
    "root_module": {
        "resources": [{"address": "aws_kms_key.k", "expressions": {"description": {"constant_value": "x"}}}],
        "module_calls": {
            "m": {
                "expressions": {"key": {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}},
                "module": {
                    "resources": [{"address": "aws_sqs_queue.q", "expressions": {}}],
                    "outputs": {"url": {"expression": {"references": ["aws_sqs_queue.q.url", "aws_sqs_queue.q"]}}},
                },
            },
            "loop": {
                "expressions": {"a": {"references": ["module.loop.b"]}},
                "module": {"outputs": {"b": {"expression": {"references": ["var.a"]}}}},
            },
        },
    }
}
ADDRESSES = [
    "aws_kms_key.k",
    'aws_s3_bucket.b["x"]',
    'aws_s3_bucket.b["y"]',
    "module.m[0].aws_sqs_queue.q",
    "module.m[1].aws_sqs_queue.q",
    "data.aws_iam_policy_document.d",
]


@pytest.fixture
def references() -> References:
    return References(CONFIGURATION, ADDRESSES)


@pytest.mark.parametrize(
    ("given", "origin", "wanted"),
    [
        (["aws_kms_key.k.arn", "aws_kms_key.k"], "aws_x.y", [("aws_kms_key.k", "arn")]),
        (["aws_kms_key.k"], "aws_x.y", [("aws_kms_key.k", "id")]),
        (["aws_s3_bucket.b", "each.key"], 'aws_x.y["y"]', [('aws_s3_bucket.b["y"]', "id")]),
        (['aws_s3_bucket.b["x"].id'], "aws_x.y", [('aws_s3_bucket.b["x"]', "id")]),
        (["var.key"], "module.m[1].aws_sqs_queue.q", [("aws_kms_key.k", "arn")]),
        (["module.m[1].url", "module.m[1]"], "aws_x.y", [("module.m[1].aws_sqs_queue.q", "url")]),
        (["data.aws_iam_policy_document.d.json"], "aws_x.y", [("data.aws_iam_policy_document.d", "json")]),
        (["var.unknown", "local.x", "each.value", "path.module"], "aws_x.y", []),
        (["module.loop.b"], "aws_x.y", []),
    ],
)
def test_targets(references: References, given: list[str], origin: str, wanted: list[tuple[str, str]]) -> None:
    assert list(references.targets(given, origin)) == wanted


def test_what_is_written_for_a_resource(references: References) -> None:
    assert references.expressions("aws_kms_key.k") == {"description": {"constant_value": "x"}}
    assert references.expressions("module.m[0].aws_sqs_queue.q") == {}
    assert references.expressions("aws_nothing.x") is None


def test_split() -> None:
    assert split("module.a.module.b.aws_x.y") == (("a", "b"), "aws_x.y")
    assert split("data.aws_x.y") == ((), "data.aws_x.y")


@given(st.text(alphabet='ab.[]"0module', max_size=30), st.text(alphabet='ab.[]"0module', max_size=30))
def test_any_text_resolves_to_something_known_or_nothing(reference: str, origin: str) -> None:
    found = References(CONFIGURATION, ADDRESSES).targets([reference], origin)
    assert {address for address, _ in found} <= set(ADDRESSES)
