"""Collectors are held to botocore's models and AWS's schemas."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from botocore.session import Session

from bastide.controls.library import load_library
from bastide.live import reads_of
from bastide.sources.aws.collectors import Collectors, load_collectors, parse_collectors
from bastide.sources.aws.lint import lint
from tests.sources.aws.conftest import BUCKETS

GOOD = """
- type: AWS::KMS::Key
  service: kms
  list: {call: ListKeys, items: Keys}
  id: KeyId
  arn: KeyArn
  complete:
    - {call: DescribeKey, with: {KeyId: KeyId}, item: KeyMetadata, absent: [NotFoundException]}
"""


def linted(text: str, models: Session, reads: dict[str, set[str]] | None = None, **more: Any) -> list[str]:
    """The mistakes of one file of collectors."""
    entries = parse_collectors(text, "library/collectors/kms.yaml")
    library = msgspec.convert({"entries": entries, **more}, Collectors)
    return lint(library, reads or {"AWS::KMS::Key": {"Enabled"}}, models)


def test_the_library_has_no_mistakes(models: Session) -> None:
    assert lint(load_collectors(), reads_of(load_library().compiled), models) == []


def test_a_good_one_has_none(models: Session) -> None:
    assert linted(GOOD, models) == []


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ("AWS::KMS::Key", "AWS::KMS::Kay", "no such CloudFormation type"),
        ("service: kms", "service: kmz", "botocore knows no service `kmz`"),
        ("call: ListKeys", "call: ListKays", "kms has no operation `ListKays`"),
        ("items: Keys", "items: Kays", "`Kays` is not in"),
        ("items: Keys", "items: 'Keys['", "is no JMESPath"),
        ("id: KeyId", "id: KeyName", "`KeyName` is not in"),
        ("arn: KeyArn", "arn: 'arn:{nation}:x'", "`nation` is not in"),
        ("{KeyId: KeyId}", "{KayId: KeyId}", "DescribeKey has no parameter `KayId`"),
        ("with: {KeyId: KeyId}, ", "", "DescribeKey needs the parameter `KeyId`"),
        ("item: KeyMetadata", "item: KeyData", "`KeyData` is not in"),
        ("[NotFoundException]", "[NOTFOUNDEXCEPTION]", "the error code is `NotFoundException`"),
        ("[NotFoundException]", "['no code']", "`no code` is no error code"),
        ("id: KeyId", "id: KeyId\n  properties: {Kee: KeyId}", "Kee is no property of the type"),
        ("id: KeyId", "id: KeyId\n  properties: {KeySpec: Spec}", "KeySpec: `Spec` is not in"),
        ("id: KeyId", "id: KeyId\n  each: AWS::S3::Bucket", "has no entry above it"),
        ("call: ListKeys", "permission: all, call: ListKeys", "`all` is no permission"),
    ],
)  # fmt: skip
def test_mistakes(models: Session, good: str, bad: str, told: str) -> None:
    assert good in GOOD
    mistakes = linted(GOOD.replace(good, bad, 1), models)
    assert any(told in mistake for mistake in mistakes), mistakes


def test_what_a_control_reads_is_filled_or_excused(models: Session) -> None:
    reads = {"AWS::KMS::Key": {"EnableKeyRotation"}}
    assert "controls read EnableKeyRotation" in linted(GOOD, models, reads)[0]
    assert linted(GOOD + "  unread: {EnableKeyRotation: why}\n", models, reads) == []
    assert linted(GOOD + "  never: {EnableKeyRotation: why}\n", models, reads) == []


def test_a_type_without_collector_needs_a_reason_that_holds(models: Session) -> None:
    reads = {"AWS::KMS::Key": set[str](), "AWS::S3::Bucket": set[str]()}
    assert "AWS::S3::Bucket: a control judges" in linted(GOOD, models, reads)[0]
    assert linted(GOOD, models, reads, part_of={"AWS::S3::Bucket": "why"}) == []
    assert "has a collector now" in linted(GOOD, models, part_of={"AWS::KMS::Key": "why"})[0]
    assert "no control judges AWS::S3::Bucket" in linted(GOOD, models, not_collected={"AWS::S3::Bucket": "why"})[0]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("NotFoundException: is not here", ""),
        ("NOTFOUNDEXCEPTION: is not here", "the error code is `NotFoundException`"),
        ("no code: is not here", "`no code: is not here` is no error code"),
    ],
)
def test_a_code_with_words_of_its_message(models: Session, code: str, told: str) -> None:
    mistakes = linted(GOOD.replace("[NotFoundException]", f"['{code}']"), models)
    assert [told in mistake for mistake in mistakes] == ([True] if told else [])


SPARED = (
    BUCKETS
    + """\
  complete:
    - {call: GetBucketPolicy, with: {Bucket: Name}, absent: [NoSuchBucketPolicy], otherwise: {Policy: null}, as: Known}
    - {call: GetBucketPolicyStatus, with: {Bucket: Name}, unless: '!(Known.Policy)', absent: [NoSuchBucketPolicy],
       properties: {PolicyIsPublic: PolicyStatus.IsPublic}}
"""
)


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ("as: Known", "as: Known", ""),
        ("!(Known.Policy)", "!(Known.Policies)", "`Policies` is not in"),
        ("!(Known.Policy)", "!(Known.", "is no JMESPath"),
        ("otherwise: {Policy: null}, ", "", "`Known` is not there when there is none: give its call `otherwise`"),
        ("as: Known", "as: Known, when: Name", "`Known` is not there when its call is not made"),
        ("'!(Known.Policy)', absent: [NoSuchBucketPolicy]", "'!(Known.Policy)'", "`unless` needs what it stands for"),
        ("items: Buckets}", "items: Buckets, unless: '!Name'}", "list: `unless` is of calls that complete an item"),
        ("with: {Bucket: Name}, unless", "match: Name, with: {Bucket: Name}, unless", "does not go with"),
    ],
)  # fmt: skip
def test_what_spares_a_call(models: Session, good: str, bad: str, told: str) -> None:
    assert good in SPARED
    mistakes = linted(SPARED.replace(good, bad, 1), models, {"AWS::S3::Bucket": set[str]()})
    assert any(told in mistake for mistake in mistakes) if told else mistakes == [], mistakes
