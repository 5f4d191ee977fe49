"""The extract is made of what cfn-lint carries, and each way of writing a type comes out as it should."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts import extract_schema
from scripts.extract_schema import Compact

STRING = {"type": "string"}


def compact(properties: dict[str, Any], definitions: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    schema = {"typeName": "AWS::A::B", "properties": properties, "definitions": definitions or {}, **more}
    return Compact(schema).result()


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (STRING, "string"),
        ({"type": "integer"}, "integer"),
        ({"type": ["string"]}, "string"),
        ({"type": ["object", "string"]}, "json"),
        ({"type": ["integer", "string"]}, "string"),
        ({"type": ["string", "array"]}, "json"),
        ({"type": "array", "items": STRING}, "[string]"),
        ({"type": "array"}, "[json]"),
        ({"type": "object"}, "{json}"),
        ({"type": "object", "patternProperties": {".*": STRING}}, "{string}"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "{integer}"),
        ({"type": "object", "properties": {"X": STRING}}, "#Properties.P"),
        ({"$ref": "#/definitions/Thing"}, "#Thing"),
        ({"$ref": "#/definitions/Arn"}, "string"),
        ({"$ref": "#/definitions/Things"}, "[#Things]"),
        ({"oneOf": [{"$ref": "#/definitions/Thing"}, {"type": ["object", "string"]}]}, "json"),
        ({"anyOf": [STRING, {"$ref": "#/definitions/Arn"}]}, "string"),
        ({}, "json"),
    ],
)
def test_types(part: dict[str, Any], expected: str) -> None:
    definitions = {
        "Arn": STRING,
        "Thing": {"type": "object", "properties": {"X": STRING}},
        "Things": {"type": "array", "items": {"type": "object", "properties": {"Y": STRING}}},
    }
    assert compact({"P": part}, definitions)["properties"] == {"P": expected}


def test_a_definition_of_a_list_is_one_wherever_it_is_used() -> None:
    things = {"type": "array", "items": {"type": "object", "properties": {"Y": STRING}}}
    reference = {"$ref": "#/definitions/Things"}
    found = compact({"A": reference, "B": reference}, {"Things": things})
    assert found["properties"] == {"A": "[#Things]", "B": "[#Things]"}


def test_objects_that_contain_themselves_end() -> None:
    node = {"type": "object", "properties": {"Next": {"$ref": "#/definitions/Node"}, "Name": STRING}}
    found = compact({"Root": {"$ref": "#/definitions/Node"}}, {"Node": node})
    assert found["definitions"] == {"Node": {"Name": "string", "Next": "#Node"}}


def test_variants_of_an_object_are_one() -> None:
    variants = {"type": "object", "oneOf": [{"properties": {"A": STRING}}, {"properties": {"B": STRING}}]}
    found = compact({"P": variants})
    assert found["definitions"]["Properties.P"] == {"A": "string", "B": "string"}


def test_pointers_become_paths() -> None:
    found = compact(
        {"A": STRING},
        readOnlyProperties=["/properties/Rules/*/Arn", "/properties/A"],
        primaryIdentifier=["/properties/Z", "/properties/A"],
        required=["B", "A"],
    )
    assert (found["readonly"], found["primary"], found["required"]) == (["A", "Rules.Arn"], ["Z", "A"], ["A", "B"])


def test_running_it_again_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed = extract_schema.TARGET
    monkeypatch.setattr(extract_schema, "TARGET", tmp_path)
    for name in ("_extra.json", "_live.json", "_createonly.json"):  # written by hand, or by another script
        (tmp_path / name).write_text("{}")
    (tmp_path / "gone.json").write_text("{}")
    extract_schema.main()
    made, kept = ({path.name: path.read_bytes() for path in folder.glob("*.json")} for folder in (tmp_path, committed))
    for name in ("_extra.json", "_live.json", "_createonly.json"):
        assert made.pop(name) == b"{}"
        kept.pop(name)
    assert made == kept
    assert json.loads(made["_types.json"])["sns"][0] == "AWS::SNS::Subscription"
