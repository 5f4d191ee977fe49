from __future__ import annotations

from bastide.sources.cloudformation.nodes import Map, as_map
from bastide.sources.cloudformation.sam.merge import merged, with_globals
from bastide.sources.cloudformation.yaml_text import read_yaml


def _map(text: str) -> Map:
    return as_map(read_yaml(text.encode())[0])


def test_own_names_win_objects_merge_and_lists_add() -> None:
    common = _map("A: 1\nB: {X: 1, Y: {Z: 1}}\nC: [1]\nD: 1\n")
    own = _map("\n\n\n\nA: 2\nB: {X: 2, Y: {W: 2}}\nC: [2]\nE: 2\n")
    made = merged(common, own)
    assert made == {"A": 2, "B": {"X": 2, "Y": {"Z": 1, "W": 2}}, "C": [1, 2], "E": 2, "D": 1}
    assert dict(zip(made, made.lines, strict=True)) == {"A": 5, "B": 6, "C": 7, "E": 8, "D": 4}


def test_functions_are_one_value() -> None:
    made = merged(_map("A: {X: 1}\nB: !Ref X\nC: [1]"), _map("A: !Ref Y\nB: {Z: 1}\nC: !Ref L"))
    assert made["A"].argument == "Y"
    assert made["B"] == {"Z": 1}
    assert made["C"].argument == "L"


def test_each_kind_has_its_own_globals() -> None:
    shared = _map("Function: {Timeout: 5}\nApi: {TracingEnabled: true}\nHttpApi: text")
    empty = _map("{}")
    assert with_globals("AWS::Serverless::Function", empty, shared) == {"Timeout": 5}
    assert with_globals("AWS::Serverless::Api", empty, shared) == {"TracingEnabled": True}
    assert with_globals("AWS::Serverless::HttpApi", empty, shared) == {}
    assert with_globals("AWS::Serverless::Application", empty, shared) == {}
