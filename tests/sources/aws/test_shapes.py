"""What an expression gives, told from shapes alone."""

from __future__ import annotations

import pytest
from botocore.session import Session

from bastide.sources.aws.shapes import ANY, Form, form_of, infer


@pytest.fixture(scope="module")
def instances(models: Session) -> Form:
    """The answer to DescribeInstances."""
    return form_of(models.get_service_model("ec2").operation_model("DescribeInstances").output_shape)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("Reservations", "list"),
        ("Reservations[].Instances[]", "list"),
        ("Reservations[0].Instances[0]", "structure"),
        ("Reservations[].Instances[].InstanceId | [0]", "scalar"),
        ("Reservations[?OwnerId=='x'].Groups[]", "list"),
        ("Reservations[0].{a: OwnerId}", "structure"),
        ("tags(Reservations)", "map"),
        ("json(NextToken)", "any"),
        ("NextToken && Reservations", "list"),
        ("merge(Reservations[0], {a: NextToken})", "structure"),
        ('`{"a": []}`', "structure"),
        ("arn:{NextToken}", "scalar"),
    ],
)
def test_kinds(instances: Form, expression: str, kind: str) -> None:
    mistakes: list[str] = []
    assert infer(expression, instances, mistakes).kind == kind
    assert mistakes == []


@pytest.mark.parametrize(
    "expression",
    ["Nothing", "Reservations.Instances", "Reservations[].Nothing", "Reservations[?Nothing]", "NextToken.x",
     "NextToken[].x", "merge(Reservations[0], {a: Nothing})", "arn:{Nothing}"],
)  # fmt: skip
def test_mistakes(instances: Form, expression: str) -> None:
    mistakes: list[str] = []
    infer(expression, instances, mistakes)
    assert mistakes


def test_members_of_a_spread(models: Session) -> None:
    groups = form_of(models.get_service_model("ec2").operation_model("DescribeSecurityGroups").output_shape)
    found = infer("SecurityGroups[0].spread(IpPermissions, ['IpRanges'])", groups)
    assert {"CidrIp", "FromPort", "IpProtocol"} <= found.item.members.keys()


def test_nothing_is_asked_of_anything() -> None:
    mistakes: list[str] = []
    assert infer("a.b[].c", ANY, mistakes).kind in ("any", "list")
    assert mistakes == []


def test_members_of_the_values_of_a_map(models: Session) -> None:
    stages = form_of(models.get_service_model("apigateway").operation_model("GetStages").output_shape)
    mistakes: list[str] = []
    assert "cachingEnabled" in infer("item[0].values(methodSettings)", stages, mistakes).item.members
    infer("item[0].pairs(methodSettings)[].[Key, Value.cachingEnabled]", stages, mistakes)
    assert mistakes == []
    infer("item[0].pairs(methodSettings)[].Value.nothing", stages, mistakes)
    assert mistakes
