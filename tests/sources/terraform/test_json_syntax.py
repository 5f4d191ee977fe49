"""The JSON syntax gives what the native one gives, with lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Reference, Sensitive

if TYPE_CHECKING:
    from collections.abc import Callable

CONTENT: dict[str, Any] = {
    "//": "a comment",
    "variable": {"name": {"type": "string", "default": "shop"}, "key": {"sensitive": True, "default": "hush"}},
    "locals": {"tags": {"Owner": "${var.name}"}, "ports": [22, 80]},
    "resource": {
        "aws_s3_bucket": {
            "b": {"bucket": "${var.name}-data", "tags": "${local.tags}", "key": "${var.key}", "n": -1.5},
            "many": {"count": 2, "bucket": "b${count.index}"},
        },
        "aws_security_group": {
            "g": {
                "dynamic": {"ingress": {"for_each": "${local.ports}", "content": {"from_port": "${ingress.value}"}}},
                "egress": [{"from_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
                "provider": "aws.eu",
            }
        },
    },
    "provider": {"aws": [{"region": "eu-west-1"}, {"alias": "eu", "region": "eu-central-1"}]},
    "output": {"arn": {"value": "${aws_s3_bucket.b.arn}"}},
}


def test_the_same_as_native(configuration: Callable[..., Any]) -> None:
    found = configuration({"main.tf.json": json.dumps(CONTENT, indent=2)})
    assert found.told() == []
    assert found.of("aws_s3_bucket.b") == {
        "bucket": "shop-data",
        "tags": {"Owner": "shop"},
        "key": Sensitive(written=True),
        "n": -1.5,
    }
    assert found.of("aws_s3_bucket.many[1]") == {"bucket": "b1"}
    group = found.resources["aws_security_group.g"]
    assert group.attributes["ingress"] == [{"from_port": 22}, {"from_port": 80}]
    assert group.attributes["egress"] == [{"from_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]
    assert group.provider == {"region": "eu-central-1", "alias": "eu"}


def test_lines(configuration: Callable[..., Any]) -> None:
    text = json.dumps(CONTENT, indent=2)
    bucket = configuration({"main.tf.json": text}).resources["aws_s3_bucket.b"]
    lines = text.splitlines()
    assert lines[bucket.line - 1].strip().startswith('"b"')
    assert lines[bucket.origins["bucket"].line - 1].strip().startswith('"bucket"')
    assert lines[bucket.end_line - 1].strip() == "},"


def test_native_and_json_files_are_one_module(configuration: Callable[..., Any]) -> None:
    found = configuration(
        {
            "a.tf": 'resource "aws_s3_bucket" "b" {}\n',
            "b.tf.json": '{"resource": {"aws_s3_bucket_versioning": {"b": {"bucket": "${aws_s3_bucket.b.id}"}}}}',
        }
    )
    link = Reference("${aws_s3_bucket.b.id}", (("aws_s3_bucket.b", "id"),))
    assert found.of("aws_s3_bucket_versioning.b") == {"bucket": link}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1', "a comma or } is wanted here (column 8)"),
        ('{"a" 1}', ": is wanted here (column 6)"),
        ("{a: 1}", "a name in quotes is wanted here (column 2)"),
        ('{"resource": {"a": 1}}', "an object is wanted here (column 20)"),
        ('{"a": "b', "the string is not closed (column 7)"),
        ('{"locals": {"a": "${"}}', "an expression is wanted here (column 18)"),
        ("{} {}", "the file should end here (column 4)"),
        ("[" * 200, "it is nested too deep (column 62)"),
        ('{"locals": {"a": tru}}', "a JSON value is wanted here (column 18)"),
    ],
)
def test_faults_name_the_place(configuration: Callable[..., Any], text: str, message: str) -> None:
    found = configuration({"main.tf.json": text})
    assert found.told() == [f"unreadable main.tf.json:1 {message}"]
