from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Loaded, Resource


def test_other_entries_stay_in_their_places(serverless: Callable[..., dict[str, Resource]]) -> None:
    found = serverless(
        """
        A: {Type: X::Y::Z}
        F: {Type: AWS::Serverless::Function, Properties: {Role: r}}
        G: {Type: AWS::Serverless::GraphQLApi, Properties: {P: 1}}
        B: {Type: X::Y::Z}
        """
    )
    assert [(name, resource.type) for name, resource in found.items()] == [
        ("A", "X::Y::Z"),
        ("F", "AWS::Lambda::Function"),
        ("G", "AWS::Serverless::GraphQLApi"),
        ("B", "X::Y::Z"),
    ]


def test_properties_that_a_macro_makes_are_left_to_it(template: Callable[..., Loaded]) -> None:
    loaded = template(
        "Resources: {F: {Type: AWS::Serverless::Function, Properties: {'Fn::Transform': {Name: M}, Handler: h}}}"
    )
    (function,) = loaded.resources
    assert (function.type, set(function.unresolved)) == ("AWS::Serverless::Function", {""})


@pytest.mark.parametrize(
    "kind", ["Function", "Api", "HttpApi", "SimpleTable", "LayerVersion", "StateMachine", "Application"]
)
@pytest.mark.parametrize(
    "properties", ["~", "text", "[a]", "{}", "!Ref X", "{Events: text, Policies: 5, Auth: [], Domain: 1, Tags: 1}"]
)
def test_wrong_properties_harm_nothing(template: Callable[..., Loaded], kind: str, properties: str) -> None:
    loaded = template(f"Globals: text\nResources: {{F: {{Type: AWS::Serverless::{kind}, Properties: {properties}}}}}")
    assert "F" in [resource.address for resource in loaded.resources]


def test_loops_come_first(template: Callable[..., Loaded]) -> None:
    function = "{Type: 'AWS::Serverless::Function', Properties: {Role: r}}"
    loaded = template(f"Resources: {{'Fn::ForEach::L': [N, [a, b], {{'F${{N}}': {function}}}]}}")
    assert [(r.address, r.type) for r in loaded.resources] == [
        ("Fa", "AWS::Lambda::Function"),
        ("Fb", "AWS::Lambda::Function"),
    ]
