from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sources.cloudformation.conftest import Result

_SECTIONS = """
Parameters:
  Known: {Type: String, Default: prod}
  Port: {Type: Number, Default: 22}
  Unknown: {Type: String}
  Few: {Type: String, AllowedValues: [a, b]}
  Names: {Type: CommaDelimitedList, Default: "x, y, z"}
  Subnets: {Type: CommaDelimitedList}
  Zero: {Type: String, Default: '0'}
  Key: {Type: String, Default: Db}
  Password: {Type: String, NoEcho: true, Default: hunter2}
Mappings:
  Sizes: {prod: {Db: large, Web: small}, dev: {Db: tiny, Web: small}}
  Kinds: {a: {Db: same, List: [1, 2]}, b: {Db: same, List: [1, 2]}, c: {Db: other}}
  Regions: {us-east-1: {Ami: ami-1}, eu-west-1: {Ami: ami-2}}
"""
_UNKNOWN = "Unknown: parameter without a default"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("!Ref Known", "prod"),
        ("!Ref Port", 22),
        ("!Ref Names", ["x", "y", "z"]),
        ("!Ref AWS::NoValue", None),
        ("!Sub no variables", "no variables"),
        ('!Sub "${Known}:${Port}"', "prod:22"),
        ('!Sub "${ Known }-${!Literal}"', "prod-${Literal}"),
        ('!Sub ["${A}-${Known}", {A: !Ref Port}]', "22-prod"),
        ('!Sub ["${Known}", {Known: own}]', "own"),
        ('!Sub "${Names}"', "x,y,z"),
        ("!Join ['-', [a, !Ref Known, 1, true]]", "a-prod-1-true"),
        ("!Join ['', []]", ""),
        ("!Join [',', !Ref Names]", "x,y,z"),
        ("!Join ['-', [a, !Ref AWS::NoValue, b]]", "a-b"),
        ("!Select [1, [a, b]]", "b"),
        ("!Select ['0', !Ref Names]", "x"),
        ("!Select [1, !Split ['.', a.b.c]]", "b"),
        ("!Split [',', 'a,b,']", ["a", "b", ""]),
        ("!FindInMap [Sizes, !Ref Known, Db]", "large"),
        ("!FindInMap [Sizes, prod, Nope, {DefaultValue: !Ref Port}]", 22),
        ("!FindInMap [Nope, prod, Db, {DefaultValue: ''}]", ""),
        ("!FindInMap [Sizes, !Ref Unknown, Web]", "small"),
        ("!FindInMap [Sizes, !Ref Unknown, Web, {DefaultValue: small}]", "small"),
        ("!FindInMap [Kinds, a, List]", [1, 2]),
        ("!Base64 plain text", "plain text"),
        ("{'Fn::Base64': !Sub 'x ${Known}'}", "x prod"),
        ("!Base64 {'Fn::Sub': 'x ${Known}'}", "x prod"),
        ("[!Base64 {Ref: Known}, !Ref {'Fn::Sub': Known}]", ["prod", "prod"]),
        ("{A: !Join ['-', [{Ref: Known}, {'Fn::Sub': '${Port}'}]]}", {"A": "prod-22"}),
        ("!Select [{Ref: Zero}, {'Fn::Split': [',', 'a,b']}]", "a"),
        ("!Split [',', {'Fn::Join': [',', [a, b]]}]", ["a", "b"]),
        ("!Length {'Fn::Split': [',', 'a,b']}", 2),
        ("!FindInMap [Sizes, {'Fn::Sub': prod}, {Ref: Key}]", "large"),
        ("!Sub ['${A}', {A: {'Fn::Base64': {Ref: Known}}}]", "prod"),
        ("!Cidr [10.0.0.0/24, 2, 4]", ["10.0.0.0/28", "10.0.0.16/28"]),
        ("!Cidr ['2001:db8::/56', 1, 64]", ["2001:db8::/64"]),
        ("!Select [1, !Cidr [10.0.0.0/16, 4]]", "10.0.1.0/24"),
        ("!Length [1, 2, 3]", 3),
        ("{'Fn::Length': !Ref Names}", 3),
        ("{'Fn::ToJsonString': {A: [1, !Ref Known, true], B: !Ref 'AWS::NoValue'}}", '{"A":[1,"prod",true]}'),
    ],
)
def test_what_is_known(evaluate: Callable[..., Result], expression: str, value: object) -> None:
    assert evaluate(expression, _SECTIONS) == (value, {}, [])


@pytest.mark.parametrize(
    ("expression", "text", "links"),
    [
        ("!Ref Other", "${Other}", [("P", "Other", "Ref")]),
        ("!GetAtt Other.Arn", "${Other.Arn}", [("P", "Other", "Arn")]),
        ("!GetAtt [Other, Nested.Name]", "${Other.Nested.Name}", [("P", "Other", "Nested.Name")]),
        ("{'Fn::GetAtt': [Other, !Ref Known]}", "${Other.prod}", [("P", "Other", "prod")]),
        ("!Ref AWS::Region", "${AWS::Region}", []),
        ('!Sub "${Other.Arn}/*"', "${Other.Arn}/*", [("P", "Other", "Arn")]),
        ('!Sub "arn:${AWS::Partition}:${Unknown}:x"', "arn:${AWS::Partition}:${Unknown}:x", []),
        ('!Sub "pw=${Password}"', "pw=(sensitive, in the source)", []),
        ("!Join ['', [!Ref Other, /, !GetAtt Other.Arn]]", "${Other}/${Other.Arn}", None),
        ("!Join [',', !Split ['/', !GetAtt Other.Arn]]", "${Fn::Join}", [("P", "Other", "Arn")]),
        ("!Select [0, !GetAZs '']", "${Fn::GetAZs[0]}", []),
        ("!Select [4, !GetAZs '']", "${Fn::GetAZs[4]}", []),
        ("!Select [0, !GetAtt Other.Names]", "${Fn::Select}", [("P", "Other", "Names")]),
        ("!Cidr [!GetAtt Other.CidrBlock, 4, 8]", "${Fn::Cidr}", [("P", "Other", "CidrBlock")]),
        ("!ImportValue {'Fn::Sub': '${Known}-key'}", "${Fn::ImportValue prod-key}", []),
        ("!ImportValue shared-key", "${Fn::ImportValue shared-key}", []),
        ('{"Fn::ImportValue": !Sub "${AWS::StackName}-key"}', "${Fn::ImportValue AWS::StackName-key}", []),
        ("{'Fn::GetStackOutput': {StackName: s, OutputName: o}}", "${Fn::GetStackOutput s.o}", []),
        ("{'Fn::ToJsonString': {A: !GetAtt Other.Arn}}", '{"A":"${Other.Arn}"}', [("P", "Other", "Arn")]),
        ("{'Fn::ToJsonString': [!Ref Unknown]}", '["${Unknown}"]', []),
    ],
)
def test_what_is_there_but_made_at_deployment(
    evaluate: Callable[..., Result], expression: str, text: str, links: list[tuple[str, str, str]] | None
) -> None:
    result = evaluate(expression, _SECTIONS)
    assert (result.value, result.unresolved) == (text, {})
    assert result.links == (links if links is not None else [("P", "Other", "Ref"), ("P", "Other", "Arn")])


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("!Ref Unknown", _UNKNOWN),
        ("!Ref Nobody", "Nobody: no parameter or resource has this name"),
        ("!GetAtt Nobody.Arn", "Nobody.Arn: no resource has this name"),
        ('!Sub "${Unknown}"', _UNKNOWN),
        ("!Join [',', [!Ref Unknown]]", _UNKNOWN),
        ("!Join [',', !Ref Subnets]", "Subnets: parameter without a default"),
        ("!Select [0, !Ref Subnets]", "Subnets: parameter without a default"),
        ("!Select [!Ref Unknown, [a, b]]", "Fn::Select: depends on Unknown (parameter without a default)"),
        ("!Select [7, [a, b]]", "Fn::Select: beyond the end of its list"),
        ("!Split [',', !Ref Unknown]", _UNKNOWN),
        ("!Split [',', !Ref Password]", "Fn::Split: depends on a parameter with NoEcho"),
        (
            "!FindInMap [Sizes, !Ref Unknown, Db]",
            "Fn::FindInMap Sizes: depends on Unknown (parameter without a default)",
        ),
        ("!FindInMap [Regions, !Ref AWS::Region, Ami]", "Fn::FindInMap Regions: depends on ${AWS::Region}"),
        (
            "!FindInMap [Sizes, !Ref Unknown, Web, {DefaultValue: huge}]",
            "Fn::FindInMap Sizes: depends on Unknown (parameter without a default)",
        ),
        ("!FindInMap [Sizes, prod, Nope]", "Fn::FindInMap Sizes: the mapping has no such key"),
        ('!FindInMap [!Sub "S${Unknown}", prod, Db]', "Fn::FindInMap: depends on S${Unknown}"),
        ("!Cidr [!Ref Unknown, 4, 8]", _UNKNOWN),
        ("!Length [a]", None),
        ("{'Fn::Length': !Ref Subnets}", "Subnets: parameter without a default"),
        ("{'Fn::ToJsonString': !Ref Unknown}", _UNKNOWN),
        ("!Nonsense x", "Fn::Nonsense: a function that bastide does not know"),
    ],
)
def test_what_is_not_known(evaluate: Callable[..., Result], expression: str, reason: str | None) -> None:
    result = evaluate(expression, _SECTIONS)
    if reason is None:
        assert result == (1, {}, [])
    else:
        assert result == (None, {"P": reason}, [])


@pytest.mark.parametrize(
    "expression",
    [
        "!Ref [a]",
        "!GetAtt Other",
        "!GetAtt [Other]",
        "!Sub [a]",
        "!Sub {a: b}",
        "!Join a",
        "!Join [[], [a]]",
        "!Join ['', a]",
        "!Select [a, [b]]",
        "!Select [-1, [b]]",
        "!Select ['99999999999999999999', [b]]",
        "!Select [0, a]",
        "!Split ['', a]",
        "!Split [',', [a]]",
        "!FindInMap [a]",
        "!Cidr [10.0.0.0/8]",
        "!Cidr [nonsense, 1, 8]",
        "!Cidr [10.0.0.0/8, 1000, 8]",
        "!Cidr [10.0.0.0/28, 256, 2]",
        "!Cidr [10.0.0.0/8, 1, 99]",
        "!Length a",
        "{'Fn::ToJsonString': a}",
        "{'Fn::GetStackOutput': a}",
    ],
)
def test_wrong_arguments_are_not_known_and_harm_nothing(evaluate: Callable[..., Result], expression: str) -> None:
    value, unresolved, links = evaluate(expression)
    assert (value, links) == (None, [])
    assert unresolved["P"].endswith("its arguments are not what the function takes")


def test_a_list_of_zones_has_at_least_two(evaluate: Callable[..., Result]) -> None:
    assert evaluate("!GetAZs ''").value == ["${Fn::GetAZs[0]}", "${Fn::GetAZs[1]}"]


def test_items_of_lists_keep_their_places(evaluate: Callable[..., Result]) -> None:
    result = evaluate("[a, !Ref 'AWS::NoValue', !Ref Unknown, !GetAtt Other.Arn]", _SECTIONS)
    assert result == (["a", None, "${Other.Arn}"], {"P[1]": _UNKNOWN}, [("P[2]", "Other", "Arn")])


def test_json_strings_stay_as_they_are(evaluate: Callable[..., Result]) -> None:
    policy = json.dumps({"Statement": [{"Effect": "Allow"}]})
    assert evaluate(json.dumps(policy)).value == policy


def test_dynamic_references_stay_as_they_are(evaluate: Callable[..., Result]) -> None:
    text = "{{resolve:secretsmanager:db:SecretString:password}}"
    assert evaluate(f"'{text}'").value == text
