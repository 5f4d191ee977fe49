from __future__ import annotations

import pytest

from bastide.sources.cloudformation.nodes import Call, Map, as_map
from bastide.sources.cloudformation.sam.build import (
    Output,
    Properties,
    Source,
    is_no_value,
    no_value,
    s3_location,
    tag_list,
    through,
)
from bastide.sources.cloudformation.yaml_text import read_yaml


def _map(text: str) -> Map:
    return as_map(read_yaml(text.encode())[0])


def test_properties_keep_the_lines_that_they_come_from() -> None:
    source = _map("A: 1\nB: 2\nC: {D: 3}\n")
    made = Properties(source, 9).take("New", "B").take("Nope").put("Own", {"X": 1}).take_all(("A", "B")).node()
    assert made == {"New": 2, "Own": {"X": 1}, "C": {"D": 3}}
    assert made.lines == [2, 9, 3]
    assert (made["Own"].lines, made["C"].lines) == ([9], [3])


def test_what_is_set_last_counts() -> None:
    assert Properties(_map("A: 2"), 1).put("A", 1).take("A").node() == {"A": 2}


def test_an_entry_stands_where_its_source_stands() -> None:
    node = _map("Type: AWS::Serverless::Function\nCondition: C\nDeletionPolicy: Retain\nMetadata: {a: b}\n")
    out = Output()
    source = Source("F", "AWS::Serverless::Function", node, 7, as_map(None))
    name = out.make(source, "FRole", "AWS::IAM::Role", Properties(as_map(None), 7))
    section = out.section(20)
    assert section[name] == {"Type": "AWS::IAM::Role", "Condition": "C", "Metadata": {"a": "b"}, "Properties": {}}
    assert (section.lines, section[name].end, out.written) == ([7], node.end, {"FRole": "AWS::Serverless::Function"})


def test_changes_go_through_choices() -> None:
    node = read_yaml(b"!If [C, a, !If [D, b, !Ref AWS::NoValue]]")[0]
    changed = through(node, str.upper)
    assert changed.argument[:2] == ["C", "A"]
    assert changed.argument[2].argument[1] == "B"
    assert is_no_value(changed.argument[2].argument[2])
    assert through("x", str.upper) == "X"
    assert is_no_value(through(no_value(), str.upper))


def test_tags_become_a_list() -> None:
    tags = tag_list(_map("a: b\nc: !Ref D"))
    assert tags[0] == {"Key": "a", "Value": "b"}
    assert type(tags[1]["Value"]) is Call
    assert tags.lines == [1, 2]
    assert tag_list("text") == "text"


@pytest.mark.parametrize(
    ("node", "location"),
    [
        ("s3://bucket/some/key", {"B": "bucket", "K": "some/key"}),
        (_map("Bucket: b\nKey: k\nVersion: v"), {"B": "b", "K": "k", "V": "v"}),
        ("./src", None),
        (None, None),
    ],
)
def test_where_code_lies(node: object, location: object) -> None:
    assert s3_location(node, ("B", "K", "V")) == location
