"""The schema extract: what controls, mappings and typing rely on."""

import json
from importlib.resources import files

import pytest

from bastide.resources.schema import PropertyType, all_types, schema_for

SCALARS = {"string", "boolean", "integer", "number", "json"}


@pytest.mark.parametrize(
    ("type_name", "path", "expected"),
    [
        ("AWS::S3::Bucket", "PublicAccessBlockConfiguration.BlockPublicAcls", "boolean"),
        (
            "AWS::S3::Bucket",
            "BucketEncryption.ServerSideEncryptionConfiguration",
            "[#ServerSideEncryptionRule]",
        ),
        ("AWS::S3::Bucket", "LifecycleConfiguration.Rules.ExpirationInDays", "integer"),
        ("AWS::EC2::SecurityGroup", "SecurityGroupIngress.CidrIp", "string"),
        ("AWS::IAM::Role", "AssumeRolePolicyDocument", "json"),
        ("AWS::IAM::Role", "AssumeRolePolicyDocument.Statement.Action", "json"),
        ("AWS::IAM::Role", "ManagedPolicyArns", "[string]"),
        ("AWS::Lambda::Function", "Environment.Variables", "{string}"),
        ("AWS::Lambda::Function", "Environment.Variables.ANY", "string"),
        ("AWS::Lambda::Function", "Environment.Variables.ANY.More", "None"),
        ("AWS::S3::Bucket", "NoSuch", "None"),
        ("AWS::S3::Bucket", "NoSuch.Deeper", "None"),
        ("AWS::S3::Bucket", "Tags.Nothing", "None"),
    ],
)
def test_property_follows_paths(type_name: str, path: str, expected: str) -> None:
    schema = schema_for(type_name)
    assert schema is not None
    assert repr(schema.property(path)) == expected


def test_a_schema_knows_identifiers_and_attributes() -> None:
    bucket, role = schema_for("AWS::S3::Bucket"), schema_for("AWS::IAM::Role")
    assert bucket is not None
    assert role is not None
    assert bucket.primary == ("BucketName",)
    assert "Arn" in bucket.readonly
    assert role.required == ("AssumeRolePolicyDocument",)
    assert ("Path", role.properties["Path"]) in list(role)


@pytest.mark.parametrize(
    "name", ["", "AWS", "AWS::S3::Nothing", "AWS::No::Such", "Custom::Thing", "AWS::../x::Y", "A::B::C"]
)
def test_what_aws_does_not_publish_has_no_schema(name: str) -> None:
    assert schema_for(name) is None


def test_every_type_is_readable_and_closed() -> None:
    names = all_types()
    assert len(names) > 1500
    assert list(names) == sorted(set(names))
    for name in names:
        schema = schema_for(name)
        assert schema is not None, name
        check_members(name, dict(schema.properties), set())


def check_members(name: str, members: dict[str, PropertyType], seen: set[str]) -> None:
    """Every type ends in a scalar, or in an object that has properties."""
    for key, kind in members.items():
        inner = kind
        while inner.item is not None:
            inner = inner.item
        if inner.kind == "object":
            assert inner.members, f"{name}.{key}: {inner!r}"
            if inner.definition not in seen:
                seen.add(inner.definition)
                check_members(name, dict(inner.members), seen)
        else:
            assert inner.kind in SCALARS, f"{name}.{key}: {inner!r}"


def test_files_hold_one_type_a_line_and_nothing_else() -> None:
    index = json.loads(files("bastide").joinpath("library/schema/_types.json").read_text())
    for service, names in index.items():
        text = files("bastide").joinpath(f"library/schema/{service}.json").read_text()
        assert sorted(json.loads(text)) == names
        assert len(text.splitlines()) == len(names) + 2


def test_what_only_a_live_account_knows_is_told() -> None:
    root = schema_for("AWS::IAM::RootUser")
    assert root is not None
    assert root.live == root.properties.keys()
    bucket = schema_for("AWS::S3::Bucket")
    assert bucket is not None
    assert "BucketName" not in bucket.live
    assert "AWS::IAM::RootUser" in all_types()


def test_types_of_other_owners_and_properties_beside_published_ones() -> None:
    dockerfile = schema_for("Docker::Build::Dockerfile")
    function = schema_for("AWS::Lambda::Function")
    assert dockerfile
    assert function
    assert repr(dockerfile.property("Stages.Tag")) == "string"
    assert repr(function.property("CodeSecrets.Line")) == "integer"
    assert repr(function.property("Code.S3Bucket")) == "string"
    assert {"CodeSecrets", "CodeFolder"} <= set(function.writeonly)
    assert not function.live & {"CodeSecrets", "CodeFolder"}
    assert schema_for("Other::Build::Dockerfile") is None
