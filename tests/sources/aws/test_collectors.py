"""Collectors as they are written: checked field by field, with the line of a mistake."""

from __future__ import annotations

import msgspec
import pytest

from bastide.errors import BastideError
from bastide.sources.aws.collectors import Collectors, load_collectors, parse_collectors

ENTRY = "- {type: AWS::KMS::Key, service: kms, list: {call: ListKeys, items: Keys}, id: KeyId, arn: KeyArn}\n"


def test_an_entry_and_its_defaults() -> None:
    (plain,) = parse_collectors(ENTRY, "library/collectors/kms.yaml")
    (entry,) = msgspec.convert({"entries": [plain]}, Collectors).entries
    assert (entry.group, entry.place, entry.scope) == ("kms", "library/collectors/kms.yaml:1", "region")
    assert [call.call for call in entry.calls] == ["ListKeys"]
    assert entry.service_of(entry.listings[0]) == "kms"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\n", "kms.yaml:1: a file of collectors is a list"),
        (ENTRY + ENTRY.replace("id: KeyId, ", ""), "kms.yaml:2: no collector: .*`id`"),
        (ENTRY.replace("arn: KeyArn", "arn: KeyArn, nam: x"), "unknown field `nam`"),
        (ENTRY.replace("items: Keys", "items: Keys, callz: x"), "unknown field `callz`"),
        (ENTRY.replace("id: KeyId", "id: [1]"), "Expected `str`"),
        ("- 5\n", "kms.yaml:1: no collector"),
        ("- {", "not YAML"),
    ],
)
def test_mistakes(text: str, told: str) -> None:
    with pytest.raises(BastideError, match=told):
        parse_collectors(text, "kms.yaml")


def test_the_library() -> None:
    library = load_collectors()
    assert {"s3", "iam", "ec2", "kms"} <= set(library.groups())
    assert len(library.by_type()["AWS::S3::Bucket"]) == 1
    assert not set(library.by_type()) & {*library.part_of, *library.not_collected}
