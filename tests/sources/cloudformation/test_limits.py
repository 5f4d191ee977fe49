from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bastide.sources.cloudformation import limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Loaded


def test_every_limit_leaves_room_for_what_cloudformation_allows() -> None:
    assert limits.MAX_BYTES >= 1024 * 1024
    assert limits.MAX_RESOURCES >= 500
    assert limits.MAX_STACKS >= limits.MAX_STACK_DEPTH > 2
    assert limits.MAX_NODES <= limits.MAX_STEPS


def _many(item: str, count: int) -> str:
    return "[" + ", ".join([item] * count) + "]"


def _keys(count: int) -> str:
    return "{" + ", ".join(f"k{n}: 1" for n in range(count)) + "}"


_ITEMS = "[" + ", ".join(f"v{n}" for n in range(200)) + "]"
_LONG = "x" * 50_000


@pytest.mark.parametrize(
    ("sections", "properties"),
    [
        (f"Parameters: {{L: {{Type: CommaDelimitedList, Default: '{',a' * 500}'}}}}", _many("!Ref L", 500)),
        (f"A: &a {_LONG}", _many("{Fn::GetAtt: [*a, *a]}", 100)),
        (f"A: &a {_LONG}", _many("{Fn::Sub: *a}", 100)),
        (f"A: &a {_LONG}", _many("{Fn::Split: [x, *a]}", 100)),
        (f"A: &a {_LONG}", _many("{Fn::FindInMap: [*a, b, c]}", 100)),
        (f"A: &a {_LONG}", f"{{*a : {_keys(100)}}}"),
        (f"Mappings: {{M: {_keys(500)}}}", _many("!FindInMap [M, !Ref 'AWS::Region', b]", 500)),
        ("", _many("!Cidr ['::/0', 256, 8]", 100)),
        ("", f"{{'Fn::ForEach::A': [A, {_ITEMS}, {{'K${{A}}': {_many('1', 500)}}}]}}"),
        (f"A: &a {_many('1', 1000)}", f"{{'Fn::ForEach::A': [A, {_ITEMS}, {{'K${{A}}': *a}}]}}"),
    ],
)
def test_what_multiplies_is_accounted_for(
    template: Callable[..., Loaded], monkeypatch: pytest.MonkeyPatch, sections: str, properties: str
) -> None:
    monkeypatch.setattr("bastide.sources.cloudformation.evaluate.MAX_STEPS", 20_000)
    monkeypatch.setattr("bastide.sources.cloudformation.evaluate.MAX_CHARACTERS", 1_000_000)
    loaded = template(f"{sections}\nResources:\n  R:\n    Type: X::Y::Z\n    Properties:\n      P: {properties}\n")
    assert loaded.resources == []
    assert [problem.kind for problem in loaded.problems] == ["partial"]


def test_globals_are_accounted_for_wherever_they_are_taken_over(
    template: Callable[..., Loaded], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bastide.sources.cloudformation.evaluate.MAX_STEPS", 20_000)
    functions = "".join(f"  F{n}: {{Type: AWS::Serverless::Function}}\n" for n in range(100))
    loaded = template(f"Globals: {{Function: {{Tags: {_keys(500)}}}}}\nResources:\n{functions}")
    assert loaded.resources == []
    assert [problem.kind for problem in loaded.problems] == ["partial"]


def test_conditions_are_accounted_for(template: Callable[..., Loaded], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bastide.sources.cloudformation.evaluate.MAX_STEPS", 20_000)
    parameters = ", ".join(f"P{n}: {{AllowedValues: [a, b]}}" for n in range(6))
    any_of = ", ".join(f"!Equals [!Ref P{n % 6}, a]" for n in range(500))
    loaded = template(
        f"Parameters: {{{parameters}}}\nConditions: {{C: !Or [{any_of}]}}\n"
        "Resources: {R: {Type: X::Y::Z, Condition: C}}\n"
    )
    assert [problem.kind for problem in loaded.problems] == ["partial"]


def test_the_deepest_template_that_is_read_is_evaluated(template: Callable[..., Loaded]) -> None:
    """Depth is refused by the limit on documents, never by the interpreter's."""
    deepest = limits.MAX_DEPTH - 4  # the template, its section, the resource, its properties
    text = "!If [C, a, " * deepest + "b" + "]" * deepest
    chain = "".join(f"  C{n}: !Not [!Condition C{n - 1}]\n" for n in range(1, limits.MAX_CONDITION_DEPTH))
    loaded = template(
        f"Parameters: {{P: {{}}}}\nConditions:\n  C0: !Equals [!Ref P, a]\n{chain}"
        f"  C: !Not [!Condition C{limits.MAX_CONDITION_DEPTH - 1}]\n"
        f"Resources: {{R: {{Type: X::Y::Z, Properties: {{P: {text}}}}}}}\n"
    )
    assert loaded.problems == []
    assert {resource.metadata["when"] for resource in loaded.resources} == {"C=true", "C=false"}
