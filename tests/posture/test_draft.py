"""The text of a manifest: valid whatever the names are, and never a line of somebody else's lost."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from bastide.errors import UsageError
from bastide.posture.draft import Data, added, fresh, scalar, sections
from bastide.posture.repository import Contact, Named, Seen, Stage
from bastide.settings import load_settings
from bastide.workload.manifest import Manifest, read_manifest

HOSTILE = "a: b # c\n- \"'{}[]&*!|>%@`\x1b[31m"


def seen(name: str = "shop") -> Seen:
    return Seen(
        Named(name, "here"),
        Named(name, "there\nover two lines"),
        [Contact("security", name, "ada@example.com", "SECURITY.md:1")],
        [Stage("production", "envs/prod", {"012345678901": "x.tf:1"}, {"eu-west-1": "x.tf:2"}), Stage("test", "t")],
        {"999988887777": "y.tf:1"},
    )


STORES = [
    Data("aws_s3_bucket.a", "confidential", "its name suggests it", said=False),
    Data('aws_s3_bucket.b["x"]', "restricted", "flow", said=False),
    Data("aws_s3_bucket.c", "", "", said=False),
    Data("aws_s3_bucket.d", "public", "tag", said=True),
]


def read(tmp_path: Path, text: str) -> Manifest:
    file = tmp_path / "bastide.yaml"
    file.write_bytes(text.encode())
    load_settings({}, str(file))
    return read_manifest(str(file))


def test_a_new_file(tmp_path: Path) -> None:
    text = fresh(sections(seen(), STORES, "DataClass"))
    manifest = read(tmp_path, text)
    assert (manifest.name, manifest.owner, manifest.class_tag) == ("shop", "shop", "DataClass")
    assert manifest.environments[0].accounts == ("012345678901",)
    assert [one.name for one in manifest.environments] == ["production", "test"]
    assert [(one.resource, one.classification) for one in manifest.stores] == [
        ("aws_s3_bucket.a", "confidential"), ('aws_s3_bucket.b["x"]', "restricted"),
    ]  # fmt: skip
    assert "# - {resource: aws_s3_bucket.c, class: }" in text
    assert "1 more have a class by a tag" in text
    assert "999988887777 (y.tf:1)" in text


def test_a_new_file_where_nothing_is_found(tmp_path: Path) -> None:
    manifest = read(tmp_path, fresh(sections(Seen(Named("x", "the name of the folder")), [])))
    assert (manifest.name, manifest.owner, manifest.environments, manifest.stores) == ("x", "", (), ())


@example(".0")
@example(".inf")
@given(st.text(min_size=1, max_size=80).filter(str.strip))
def test_every_text_is_read_back_as_text(text: str) -> None:
    value = yaml.safe_load(f"key: {scalar(text)}")["key"]
    assert isinstance(value, str)
    assert yaml.safe_load(f"- {{a: {scalar(text)}, b: 1}}") == [{"a": value, "b": 1}]


def test_hostile_names(tmp_path: Path) -> None:
    stores = [Data(HOSTILE, "public", HOSTILE, said=False), Data(HOSTILE, "", "", said=False)]
    manifest = read(tmp_path, fresh(sections(seen(HOSTILE), stores, HOSTILE)))
    assert manifest.name.startswith("a: b # c")
    assert "\x1b" not in manifest.name


OLD = """\
# ours
workload:   # the shop
  name: ticket-shop   # keep me
  description: |
    Sells tickets.

    And more.
  stores:
  - {resource: x, class: public}  # indented like this
# a comment between

scan:
  fail_on: high
"""


def lines_stay(before: str, after: str) -> bool:
    """Whether every line of `before` is in `after`, in its order."""
    left = iter(after.splitlines())
    return all(line in left for line in before.splitlines())


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    after = added(OLD, sections(seen(), STORES), "bastide.yaml")
    assert lines_stay(OLD, after)
    manifest = read(tmp_path, after)
    assert (manifest.name, manifest.owner) == ("ticket-shop", "shop")
    assert [one.resource for one in manifest.stores] == ["x"]
    assert [one.name for one in manifest.environments] == ["production", "test"]
    assert load_settings({}, str(tmp_path / "bastide.yaml")).scan["fail_on"] == "high"
    assert added(after, sections(seen(), STORES), "bastide.yaml") == after


@pytest.mark.parametrize(
    "old",
    [
        "", "# only a comment", "scan: {fail_on: high}", "scan:\n  fail_on: high", "workload:\nscan: {fail_on: high}\n",
        "workload:\n", "workload:", "workload:\n    name: x\n", "workload:\n name: x",
        'workload:\n  name: "x\n    y"\n',
        "workload:\r\n  name: x\r\nscan: {}\r\n", "scan: {}\nworkload:\n  name: x\n\n\n# end\n",
        "workload:\n  name: >-\n    x\n    y\n\n  appetite: low\n", "---\nworkload:\n  name: x\n",
        "workload:\n  name: x\n  code: [\n    a,\n    b\n  ]\nscan: {}\n",
        "workload:\n  name: |+\n    x\n\n\nscan: {}\n",
    ],
)  # fmt: skip
def test_files_of_all_kinds(tmp_path: Path, old: str) -> None:
    after = added(old, sections(seen(), STORES), "bastide.yaml")
    assert lines_stay(old, after)
    manifest = read(tmp_path, after)
    assert manifest.owner == "shop"
    assert ("\r\n" in after) == ("\r\n" in old)
    assert "\r" not in after.replace("\r\n", "")
    if "name: x" in old:
        assert manifest.name == "x"


@pytest.mark.parametrize(
    ("old", "words"),
    [
        ("workload: {name: x}\n", "bastide.yaml:1: nothing can be added to `workload`, which is in braces"),
        ("{workload: {name: x}}\n", "nothing can be added to a mapping in braces"),
        ("- a\n", "the file is a mapping"),
        ("workload: [a]\n", "in braces"),
        ("workload: ~\n", "no mapping"),
        ("a: b: c\n", "not YAML"),
    ],
)
def test_where_nothing_can_be_added(old: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        added(old, sections(seen(), STORES), "bastide.yaml")
