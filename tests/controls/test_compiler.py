"""From entries to compiled controls, and what is refused on the way."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls.compiler import compile_controls
from bastide.controls.entry import Layer, Related
from bastide.resources.model import Unresolved
from tests.controls.conftest import control, judge, resource


def why(require: str, **fields: Any) -> str:
    done, broken = compile_controls([control(require, **fields)])
    assert not done
    return str(broken["test.control"])


@pytest.mark.parametrize(
    ("require", "said"),
    [
        ("BucketNam = 'x'", "no property `BucketNam`. Did you mean `BucketName`?"),
        ("BucketName = ", "not a SQL expression"),
        ("BucketName = 'x'; select 1", "one SQL expression"),
        ("nosuchfunction(BucketName)", "DuckDB refuses it"),
        ("BucketName + 1 = 2 and [1]", "DuckDB refuses it"),
        ("any_of([r.Nam = 'x' for r in Tags])", "`Tags.Nam`"),
        ("exists (select 1)", "sub-query"),
        ("statements is not null", "no policy documents"),
    ],
)
def test_what_does_not_cohere_is_refused_with_its_place(require: str, said: str) -> None:
    text = why(require)
    assert text.startswith("own.yaml:1: ")
    assert said in text


@pytest.mark.parametrize(
    ("by", "when", "where", "said"),
    [
        ("AWS::S3::Nothing", "true", "", "`AWS::S3::Nothing` is no CloudFormation type"),
        ("AWS::S3::AccountPublicAccessBlock", "IgnorePublicAcl", "", "Did you mean `IgnorePublicAcls`?"),
        ("AWS::S3::AccountPublicAccessBlock", "IgnorePublicAcls + 'x'", "", "DuckDB refuses it"),
        ("AWS::S3::AccountPublicAccessBlock", "IgnorePublicAcls", "BucketNam = 'x'", "Did you mean `BucketName`?"),
    ],
)
def test_layers_are_checked_like_controls(by: str, when: str, where: str, said: str) -> None:
    assert said in why("BucketName = 'x'", compensated=[Layer(by, when, "because", where)])


def test_types_and_relations_are_checked() -> None:
    assert "no CloudFormation type" in why("A", resource="AWS::S3::Bucke")
    wrong = Related("policies", "AWS::S3::BucketPolicy", to="Buckt")
    assert "Did you mean `Bucket`?" in why("len(policies) > 0", related=[wrong])
    unused = Related("policies", "AWS::S3::BucketPolicy", to="Bucket")
    assert "does not read" in why("BucketName = 'x'", related=[unused])


def test_one_that_breaks_does_not_keep_others_from_compiling() -> None:
    done, broken = compile_controls([control("Nope", id="test.bad"), control("BucketName = 'x'", id="test.good")])
    assert [item.id for item in done] == ["test.good"]
    assert list(broken) == ["test.bad"]


def test_how_a_control_quantifies_over_a_list() -> None:
    sql = "none_of([r.Key = 'a' and r.Value is null for r in Tags])"
    over = compile_controls([control(sql)])[0][0].atoms[0].over
    assert over is not None
    assert (over.quantifier, over.path, over.name, len(over.atoms)) == ("none_of", "Tags", "r", 2)


@pytest.mark.parametrize(
    "sql",
    [
        "none_of([r.Key = 'a' for r in Tags if r.Value = 'b'])",
        "none_of([r.Key = BucketName for r in Tags])",
        "none_of([r.Key = 'a' for r in list_concat(Tags, Tags)])",
    ],
)
def test_what_is_not_plainly_over_one_list_is_left_whole(sql: str) -> None:
    assert compile_controls([control(sql)])[0][0].atoms[0].over is None


@pytest.mark.parametrize(
    ("properties", "status"),
    [
        ({}, "pass"),
        ({"VersioningConfiguration": {"Status": "Enabled"}, "BucketName": "a"}, "pass"),
        ({"VersioningConfiguration": {"Status": "Enabled"}}, "fail"),
        ({"VersioningConfiguration": {"Status": "Suspended"}, "BucketName": "a"}, "fail"),
        ({"VersioningConfiguration": Unresolved("var.v"), "BucketName": "a"}, "unknown"),
        ({"VersioningConfiguration": {"Status": Unresolved("var.s")}}, "fail"),
    ],
)
def test_an_and_inside_an_or_means_the_same_taken_apart(properties: dict[str, Any], status: str) -> None:
    one = control(
        "VersioningConfiguration is null or (VersioningConfiguration.Status = 'Enabled' and BucketName is not null)"
    )
    (compiled,), _ = compile_controls([one])
    assert len(compiled.conjuncts) == 2
    assert [verdict.status for verdict in judge(one, resource(properties))] == [status]


def test_what_only_a_live_account_knows_must_say_so() -> None:
    reads = "coalesce(MfaEnabled, false)"
    done, broken = compile_controls([control(reads, "AWS::IAM::RootUser", id="test.code")])
    assert done == []
    assert "only a live account knows `MfaEnabled`" in str(broken["test.code"])
    done, broken = compile_controls([control(reads, "AWS::IAM::RootUser", id="test.live", live=True)])
    assert (len(done), broken) == (1, {})
