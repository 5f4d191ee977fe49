from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Loaded, Resource
    from tests.sources.cloudformation.conftest import Result

_SECTIONS = """
Parameters:
  Known: {Type: String, Default: prod}
  Unknown: {Type: String}
Conditions:
  Is: !Equals [!Ref Known, prod]
  Isnt: !Equals [!Ref Known, dev]
  Maybe: !Equals [!Ref Unknown, prod]
"""


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("!If [Is, a, b]", "a"),
        ("!If [Isnt, a, b]", "b"),
        ("!If [Isnt, a, !Ref AWS::NoValue]", None),
        ("!If [Is, !If [Isnt, a, b], c]", "b"),
        ("!If [Is, {A: !Ref Known}, {B: 1}]", {"A": "prod"}),
        ("[a, !If [Isnt, b, !Ref AWS::NoValue], c]", ["a", "c"]),
        ("[a, !If [Is, {A: 1}, !Ref AWS::NoValue]]", ["a", {"A": 1}]),
        ("{A: !If [Isnt, a, !Ref AWS::NoValue], B: 1}", {"B": 1}),
        ("!If [Is, [a, b], [c]]", ["a", "b"]),
        ("!If [Maybe, same, same]", "same"),
        ("!If [Maybe, {A: [!Ref Known]}, {A: [prod]}]", {"A": ["prod"]}),
        ("!Condition Is", True),
        ("{A: ~, B: [~, 1]}", {"B": [1]}),
    ],
)
def test_a_decided_choice_is_one_side(evaluate: Callable[..., Result], expression: str, value: object) -> None:
    assert evaluate(expression, _SECTIONS) == (value, {}, [])


@pytest.mark.parametrize("expression", ["!If [a, b]", "!If a", "!If [[Is], a, b]"])
def test_a_wrong_choice_is_not_known(evaluate: Callable[..., Result], expression: str) -> None:
    assert evaluate(expression, _SECTIONS).unresolved == {"P": "Fn::If: not a condition's name and two values"}


def test_every_property_knows_its_line(resources: Callable[..., dict[str, Resource]]) -> None:
    bucket = resources(
        """\
        Conditions: {Isnt: !Equals [a, b]}
        Resources:
          B:
            Type: AWS::S3::Bucket
            Properties:
              BucketName: !Sub "x"
              Rules:
                - Id: a
                - !If
                  - Isnt
                  - Id: gone
                  - !Ref AWS::NoValue
                - Id: b
                  Days:
                    !If
                    - Isnt
                    - 1
                    - Count: 2
              Tags: [{Key: k, Value: v}]
        """
    )["B"]
    where = {
        "BucketName": 6,
        "Rules": 7,
        "Rules[0]": 8,
        "Rules[0].Id": 8,
        "Rules[1]": 13,
        "Rules[1].Id": 13,
        "Rules[1].Days": 14,
        "Rules[1].Days.Count": 18,
        "Tags[0].Value": 19,
        "Nowhere": 3,
        "Rules[1].Days.Nowhere": 14,
    }
    assert {path: bucket.locate(path) for path in where} == {path: ("t.yaml", line) for path, line in where.items()}
    assert (bucket.line, bucket.end_line) == (3, 19)
    assert all(origin.name == "" and origin.line == origin.end_line for origin in bucket.origins.values())


def test_what_a_transform_makes_is_not_known(template: Callable[..., Loaded]) -> None:
    loaded = template(
        """\
        Resources:
          A:
            Type: AWS::S3::Bucket
            Properties:
              Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}
          B:
            Type: AWS::S3::Bucket
            Properties:
              BucketName: b
              Tags: {"Fn::Transform": [{Name: Tagger}]}
              Logging:
                Fn::Transform: {Name: Logger}
                Prefix: a
        """
    )
    a, b = loaded.resources
    assert (a.properties, a.unresolved) == ({}, {"": "Fn::Transform AWS::Include: made by a macro at deployment"})
    assert (b.properties, set(b.unresolved)) == ({"BucketName": "b"}, {"Tags", "Logging"})
    assert [(problem.kind, problem.line) for problem in loaded.problems] == [
        ("external", 5),
        ("external", 10),
        ("external", 12),
    ]
    assert "AWS::Include" in loaded.problems[0].message


def test_a_template_that_makes_too_much_stops_with_a_problem(
    template: Callable[..., Loaded], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bastide.sources.cloudformation.evaluate.MAX_CHARACTERS", 10_000)
    loaded = template(
        f"""\
        Parameters: {{Big: {{Type: String, Default: "{"x" * 1000}"}}}}
        Resources:
          Before: {{Type: AWS::S3::Bucket}}
          Bomb: {{Type: AWS::S3::Bucket, Properties: {{BucketName: !Sub "{"${Big}" * 100}"}}}}
          After: {{Type: AWS::S3::Bucket}}
        """
    )
    assert [resource.address for resource in loaded.resources] == ["Before"]
    (problem,) = loaded.problems
    assert (problem.kind, problem.line) == ("partial", 4)
    assert "nothing from here on was judged" in problem.message


def test_doubling_functions_are_bounded(template: Callable[..., Loaded]) -> None:
    text = "a"
    for _ in range(45):
        text = f"{{'Fn::ToJsonString': [{text}]}}"
    loaded = template(f"Resources: {{A: {{Type: 'X::Y::Z', Properties: {{P: {text}}}}}}}")
    assert [problem.kind for problem in loaded.problems] == ["partial"]
