"""Controls judged without a database: what DuckDB says of the same resources, also of what is not known of them.

`conftest.judge` compares the two for every test that uses it; here it is the library, over properties made at random.
"""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from bastide.controls.evaluate import Evaluation, groups_of
from bastide.controls.library import Library, load_library
from bastide.resources.model import Link, Resource
from tests.controls.conftest import said

SCALARS: dict[str, list[Any]] = {
    "BOOLEAN": [True, False, "true", "no"],
    "BIGINT": [0, 1, 22, 3389, 90, 400, "7", -1],
    "DOUBLE": [0.5, 2, 3.5],
    "JSON": [
        {"a": "b"},
        "text",
        {"PASSWORD": "hunter22x"},
        {"EncryptionConfiguration": {"EnableAtRestEncryption": True}},
    ],
    "MAP(VARCHAR, VARCHAR)": [{}, {"DB_PASSWORD": "hunter22x", "STAGE": "x"}],
}
TEXTS = [
    "",
    "*",
    "a",
    "${x.Arn}",
    "0.0.0.0/0",
    "arn:aws:kms:eu-west-1:123456789012:key/x",
    "tcp",
    "hunter22x",
    "\u00e9",
]
STATEMENTS = [
    {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"},
    {
        "Effect": "Allow",
        "Action": ["iam:PassRole", "s3:*"],
        "Resource": ["*"],
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    },
    {
        "Effect": "Allow",
        "NotAction": "iam:*",
        "Resource": "arn:aws:s3:::b/*",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Condition": {"StringLike": {"aws:SourceArn": "arn:aws:s3:::b"}},
    },
    {
        "Effect": "Deny",
        "Action": "s3:*",
        "Resource": "*",
        "Principal": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    },
]


class Maker:
    """Makes properties of a shape; texts are mostly those that the controls compare with."""

    def __init__(self, seed: str, words: list[str]) -> None:
        self.random = random.Random(seed)
        self.words = words + TEXTS
        self.unknown: dict[str, str] = {}

    def value(self, shape: Any, path: str) -> Any:
        if self.random.random() < 0.06:
            self.unknown[path] = "var.x: variable without a value"
            return None
        if isinstance(shape, dict):
            made = {
                key: self.value(inner, f"{path}.{key}") for key, inner in shape.items() if self.random.random() < 0.7
            }
            return {key: value for key, value in made.items() if value is not None}
        if isinstance(shape, list):
            return [self.value(shape[0], f"{path}[{index}]") for index in range(self.random.randrange(4))]
        return self.random.choice(SCALARS.get(shape, self.words))

    def resource(self, kind: str, number: int, shape: dict[str, Any], related: set[str], target: str) -> Resource:
        self.unknown = {}
        own = {key: inner for key, inner in shape.items() if key not in related | {"statements"}}
        made = {key: self.value(inner, key) for key, inner in own.items() if self.random.random() < 0.8}
        properties = {key: value for key, value in made.items() if value is not None}
        for name in ("PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy", "ResourcePolicy", "Policy"):
            properties[name] = {"Statement": self.random.sample(STATEMENTS, 2)}
        links = [
            Link(path, target, "Ref") for path in ("Bucket", "S3BucketName", "LogGroupName", "ResourceArn", "UserName")
        ]
        unknown = {path: why for path, why in self.unknown.items() if self.random.random() < 0.8}
        return Resource(
            kind, f"r{number}", "u", "terraform", "main.tf", 1, 2, properties, unresolved=unknown, links=links
        )


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_every_control_of_the_library_can_be_judged_without_a_database(library: Library) -> None:
    assert [compiled.id for compiled in library.compiled if compiled.needs_database] == []


def test_without_a_database_verdicts_and_evidence_are_the_same(library: Library) -> None:
    controls = {control.id: control for control in library.controls}
    resources = []
    for group in groups_of(library.compiled):
        shape: dict[str, Any] = {}
        for compiled in group:
            shape |= compiled.shape
        sql = "\n".join(controls[compiled.id].require + controls[compiled.id].when for compiled in group)
        related = {item["name"] for compiled in group for item in compiled.related}
        maker = Maker(group[0].resource, re.findall(r"'([^'\n]{1,40})'", sql))
        kind = group[0].resource
        resources += [
            maker.resource(kind, len(resources) + number, shape, related, f"r{len(resources)}") for number in range(30)
        ]
    evaluation = Evaluation(library.controls, library.compiled)
    direct, queried = evaluation.verdicts(resources), evaluation.verdicts(resources, direct=-1)
    assert not evaluation.broken
    assert {verdict.status for verdict in direct} == {"pass", "fail", "unknown"}
    assert len({verdict.control.id for verdict in direct if verdict.status == "fail"}) > len(controls) * 2 / 5
    assert said(direct) == said(queried)


def test_a_value_in_doubt_is_judged_by_duckdb(library: Library) -> None:
    """The case of letters beyond ASCII is DuckDB's to say, for that resource alone."""
    (compiled,) = (item for item in library.compiled if item.id == "opensearch.domain-publishes-audit-logs")
    options = {"AUDIT_LOGS": {"Enabled": "\u0130"}}
    kind = "AWS::OpenSearchService::Domain"
    odd = Resource(kind, "odd", "u", "terraform", "main.tf", 1, 2, {"LogPublishingOptions": options})
    plain = Resource(
        kind, "plain", "u", "terraform", "main.tf", 1, 2, {"LogPublishingOptions": {"AUDIT_LOGS": {"Enabled": True}}}
    )
    evaluation = Evaluation(library.controls, [compiled])
    assert [v.status for v in evaluation.verdicts([plain])] == ["pass"]
    assert not evaluation._connections
    assert {v.resource.address: v.status for v in evaluation.verdicts([plain, odd])} == {"plain": "pass", "odd": "fail"}
    assert evaluation._connections
