"""No input makes a loader raise, whatever it is; `BASTIDE_FUZZ=deep` looks longer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from bastide.resources.model import REDACTED_WRITTEN
from bastide.sources.cloudformation.cdk import load_cdk
from bastide.sources.cloudformation.detect import looks_like_template
from bastide.sources.cloudformation.stacks import load
from tests.fuzzing import fuzz

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from bastide.resources.model import Loaded

_FUZZ = fuzz(60)
_KINDS = {"unreadable", "partial", "unmapped", "external", "note"}
_SECRET = "hunter2-in-no-output"

_NAMES = st.sampled_from(
    [
        "A",
        "B",
        "C",
        "D",
        "Known",
        "Unknown",
        "Names",
        "Secret",
        "Maybe",
        "Never",
        "AWS::Region",
        "AWS::NoValue",
        "AWS::AccountId",
        "Nobody",
        "A.Arn",
    ]
)
_FUNCTIONS = st.sampled_from(
    [
        "Ref",
        "Condition",
        "Fn::If",
        "Fn::Sub",
        "Fn::Join",
        "Fn::Select",
        "Fn::Split",
        "Fn::GetAtt",
        "Fn::FindInMap",
        "Fn::Base64",
        "Fn::Cidr",
        "Fn::GetAZs",
        "Fn::ImportValue",
        "Fn::Length",
        "Fn::ToJsonString",
        "Fn::Transform",
        "Fn::Equals",
        "Fn::Not",
        "Fn::And",
        "Fn::Or",
        "Fn::ForEach::Loop",
        "Fn::GetStackOutput",
        "Fn::Nonsense",
    ]
)
_TEXTS = st.one_of(
    _NAMES,
    st.sampled_from(
        ["", "0", "1", "true", ",", "10.0.0.0/16", "${A}", "${Known}-${Secret}", "${!x}", "&{B}", "s3://b/k"]
    ),
    st.text(max_size=6),
)
_SCALARS = st.one_of(_TEXTS, st.integers(-2, 300), st.booleans(), st.none(), st.floats(allow_nan=False))
_TREES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(_TEXTS, inner, max_size=3),
        st.builds(lambda name, argument: {name: argument}, _FUNCTIONS, inner),
        st.builds(lambda name, arguments: {name: arguments}, _FUNCTIONS, st.lists(inner, max_size=4)),
        st.builds(lambda name, a, b: {"Fn::If": [name, a, b]}, _NAMES, inner, inner),
    ),
    max_leaves=25,
)
_SAM = ["Function", "Api", "HttpApi", "SimpleTable", "LayerVersion", "StateMachine", "Application", "Connector"]
_TYPES = st.one_of(
    st.sampled_from(["AWS::S3::Bucket", "AWS::CloudFormation::Stack", *(f"AWS::Serverless::{kind}" for kind in _SAM)]),
    _TREES,
)
_PROPERTIES = st.one_of(
    _TREES,
    st.dictionaries(
        st.sampled_from(
            [
                "Events",
                "Policies",
                "Role",
                "Tags",
                "Auth",
                "Domain",
                "FunctionUrlConfig",
                "CodeUri",
                "Tracing",
                "Location",
                "TemplateURL",
                "Parameters",
                "PrimaryKey",
                "EndpointConfiguration",
                "AutoPublishAlias",
                "DefinitionBody",
                "StageName",
                "Fn::ForEach::P",
                "Fn::Transform",
            ]
        ),
        _TREES,
        max_size=5,
    ),
)
_ENTRIES = st.one_of(
    _TREES,
    st.fixed_dictionaries(
        {"Type": _TYPES},
        optional={"Properties": _PROPERTIES, "Condition": _NAMES, "Metadata": _TREES, "DeletionPolicy": _TREES},
    ),
)
_SECTION_NAMES = st.one_of(_NAMES, st.just("Fn::ForEach::Loop"), st.just("Fn::Transform"))


def _section(entries: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.dictionaries(_SECTION_NAMES, entries, max_size=4), _TREES)


_TEMPLATES = st.fixed_dictionaries(
    {"Resources": _section(_ENTRIES)},
    optional={
        "Conditions": _section(_TREES),
        "Mappings": _section(_TREES),
        "Globals": st.dictionaries(st.sampled_from(["Function", "Api", "HttpApi"]), _PROPERTIES),
        "Transform": _TREES,
        "Fn::Transform": _TREES,
    },
)
_PARAMETERS = {
    "Known": {"Type": "String", "Default": "prod"},
    "Unknown": {"Type": "String", "AllowedValues": ["a", "b"]},
    "Names": {"Type": "CommaDelimitedList", "Default": "A,B"},
    "Secret": {"Type": "String", "NoEcho": True, "Default": _SECRET},
}


def _sound(units: list[Loaded]) -> None:
    """What must hold of everything that a loader returns, beside that it returned."""
    for loaded in units:
        assert all(problem.kind in _KINDS and problem.line >= 1 for problem in loaded.problems)
        for resource in loaded.resources:
            assert resource.address
            assert 1 <= resource.line <= resource.end_line
            json.dumps(resource.properties)
            assert {type(key) for key in (*resource.unresolved, *resource.origins, *resource.metadata)} <= {str}
            assert all(type(reason) is str for reason in (*resource.unresolved.values(), *resource.metadata.values()))


@_FUZZ
@given(_TEMPLATES, st.booleans())
def test_any_structure(tree: dict[str, Any], as_yaml: bool) -> None:
    tree = {"Parameters": _PARAMETERS, **tree}
    text = yaml.safe_dump(tree, sort_keys=False) if as_yaml else json.dumps(tree, indent=1)
    units = load("t.yaml" if as_yaml else "t.json", text.encode("utf-8", "surrogatepass"))
    _sound(units)
    assert _SECRET not in repr(units)


@_FUZZ
@given(_TEMPLATES)
def test_yaml_and_json_of_one_structure_are_the_same(tree: dict[str, Any]) -> None:
    # Floats are written differently in the two, and kept as they are written.
    tree = json.loads(json.dumps({"Parameters": _PARAMETERS, **tree}), parse_float=str, parse_constant=str)
    found = [
        [(r.id, r.type, r.properties, r.unresolved, r.links) for unit in load("t", text) for r in unit.resources]
        for text in (json.dumps(tree, indent=1).encode(), yaml.safe_dump(tree, sort_keys=False).encode())
    ]
    assert repr(found[0]) == repr(found[1])


_VALID = [
    b"""\
AWSTemplateFormatVersion: "2010-09-09"
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters: &p
  Env: {Type: String, AllowedValues: [dev, prod]}
  Names: {Type: CommaDelimitedList, Default: "a,b"}
Mappings: {M: {dev: {Size: 1}, prod: {Size: 2}}}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  Not: !Not [!Condition Prod]
Globals: {Function: {Timeout: 3}}
Resources:
  Fn::ForEach::L: [N, !Ref Names, {"B${N}": {Type: AWS::S3::Bucket, Properties: {Name: !Sub "${N}-${AWS::Region}"}}}]
  Key:
    Type: AWS::KMS::Key  # comment
    Condition: Prod
    Properties:
      KeyPolicy: |
        {"Statement": []}
      Size: !FindInMap [M, !Ref Env, Size]
      List: [!If [Prod, {A: &x 1}, !Ref "AWS::NoValue"], *x, !GetAtt Fn.Arn]
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Policies: [AmazonS3FullAccess, {Statement: {Effect: Allow}}, S3ReadPolicy: {BucketName: b}]
      Events: {E: {Type: Api, Properties: {Path: /, Method: get}}}
""",
    json.dumps(
        {
            "Conditions": {"C": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}},
            "Resources": {
                "A": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {"N": {"Fn::If": ["C", "a\u00fc", {"Fn::Join": ["", ["x"]]}]}},
                }
            },
        },
        indent=2,
    ).encode(),
]


@_FUZZ
@given(
    st.sampled_from(_VALID),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.binary(min_size=1, max_size=4)), min_size=1, max_size=6),
)
def test_valid_templates_with_mutated_bytes(text: bytes, mutations: list[tuple[float, int, bytes]]) -> None:
    data = bytearray(text)
    for where, removed, added in mutations:
        at = int(where * len(data))
        data[at : at + removed] = added
    looks_like_template(bytes(data), "t.yaml")
    _sound(load("t.yaml", bytes(data)))


_FRAGMENTS = st.sampled_from(
    [
        *"{}[],:&*!-?|>#%@`'\"\n ",
        "\n  ",
        "- ",
        ": ",
        "&a ",
        "*a ",
        "<<: ",
        "!Ref ",
        "!If ",
        "Fn::Sub",
        "Resources:",
        "A",
        "---\n",
    ]
)


@_FUZZ
@given(st.lists(_FRAGMENTS, max_size=60))
def test_any_text_of_yaml_s_own_signs(fragments: list[str]) -> None:
    _sound(load("t.yaml", "".join(fragments).encode()))


@_FUZZ
@given(st.binary(max_size=300), st.sampled_from([b"", b"{", b"Resources:\n  A: ", b"\xff\xfe", b"\xef\xbb\xbf"]))
def test_any_bytes(data: bytes, begin: bytes) -> None:
    looks_like_template(begin + data, "t.json")
    _sound(load("t.json", begin + data))


@_FUZZ
@given(st.one_of(_TREES, st.builds(lambda tree: {"artifacts": {"A": tree}}, _TREES)), st.text(max_size=5))
def test_any_manifest(tmp_path_factory: pytest.TempPathFactory, manifest: Any, name: str) -> None:
    folder: Path = tmp_path_factory.getbasetemp() / "cdk.out"
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    _sound(load_cdk(str(folder)))
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": name}}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"A": manifest, "B": stack}}))
    _sound(load_cdk(str(folder)))


def test_the_secret_of_the_fuzzed_templates_is_used() -> None:
    resource = {"Type": "X::Y::Z", "Properties": {"P": {"Ref": "Secret"}}}
    (loaded,) = load("t", json.dumps({"Parameters": _PARAMETERS, "Resources": {"A": resource}}).encode())
    assert loaded.resources[0].properties == {"P": REDACTED_WRITTEN}
