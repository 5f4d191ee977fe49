"""Lines that were put together from remembered text say what the slow way says."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide import rowtext
from bastide.redact import redacted
from bastide.resources.model import Resource
from bastide.resources.policies import statements_of
from bastide.rowtext import line, properties_text, statement_lines

SECRET = "AKIAZQ7ZJ3MPLRT4WXQY"
TREES: list[dict[str, Any]] = [
    {},
    {"BucketName": "b", "Empty": [], "No": None, "Yes": True, "One": 1, "Part": 1.5},
    {"MasterUserPassword": "hunter2hunter2", "Port": 5432, "Password": 123456},
    {"Environment": {"Variables": {"TOKEN": "abc", "PLAIN": "kT9xQ2mZp7LwR4vB8nYc"}}},
    {"Name": "password", "Value": "hunter2"},
    {"Tags": [{"Key": "password", "Value": "hunter2"}, {"Key": "Team", "Value": "orders"}]},
    {"UserData": f"export KEY={SECRET}"},
    {"Deep": {"er": {"Secret": SECRET}}},
]


def said(properties: dict[str, Any]) -> Any:
    return json.loads(line({"properties": properties_text(properties)}))["properties"]


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_properties_are_as_redacted_says(tree: dict[str, Any]) -> None:
    for _ in range(2):  # the second time from memory
        assert said(tree) == redacted(tree)


def test_one_and_true_are_not_the_same_text() -> None:
    assert [said({"A": value})["A"] for value in (True, 1, 1.0)] == [True, 1, 1.0]
    assert bytes(properties_text({"A": 1})) != bytes(properties_text({"A": True})) != bytes(properties_text({"A": 1.0}))


NAMES = st.sampled_from(["Name", "Value", "Key", "Password", "Environment", "A"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["x", SECRET, "password=hunter22", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_any_properties_are_as_redacted_says(tree: dict[str, Any]) -> None:
    assert said(tree) == json.loads(json.dumps(redacted(tree)))


@pytest.mark.parametrize("value", ["\ud800", 2**70, ["\ud800"], {"a": 2**70}], ids=repr)
def test_what_is_no_text_and_no_number_is_written_all_the_same(value: Any) -> None:
    text = line({"name": "x", "properties": properties_text({"A": value})})
    assert json.loads(text)["name"] == "x"
    assert line({"name": "\ud800", "properties": properties_text({"A": 1})}) == b'{"name":"?","properties":{"A":1}}\n'


def test_what_is_remembered_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rowtext, "REMEMBERED", 10)
    for number in range(50):
        properties_text({"A": {"B": number}})
    assert len(rowtext._texts) <= 10
    properties_text({"A": ["long" * 2000]})
    assert max(map(len, rowtext._texts)) < rowtext.LONGEST


POLICY = {"Statement": [{"Sid": SECRET, "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}, "odd"]}


@pytest.mark.parametrize("document", [POLICY, json.dumps(POLICY), {}, "no JSON", None], ids=str)
def test_statements_are_as_policies_has_them(document: Any) -> None:
    resource = Resource(
        "AWS::S3::BucketPolicy", "a", "u", "aws", "p", 0, 0, {"Bucket": "b", "PolicyDocument": document}
    )
    slow = [{"resource": 'u#"', **redacted(one)} for one in statements_of(resource.type, resource.properties, {})[0]]
    for _ in range(2):
        assert [msgspec.json.decode(text) for text in statement_lines(resource, 'u#"')] == slow
    assert SECRET not in str(slow)


def test_a_resource_without_policies_has_no_statements() -> None:
    assert not list(
        statement_lines(Resource("AWS::EC2::Volume", "a", "u", "aws", "p", 0, 0, {"Policy": POLICY}), "u#a")
    )
