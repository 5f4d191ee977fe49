from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import ABSENT, Reference, Unresolved
from bastide.sources.cloudformation.nodes import as_map
from bastide.sources.cloudformation.parameters import Parameters, read_parameters
from bastide.sources.cloudformation.values import Secret
from bastide.sources.cloudformation.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Resource

_UNKNOWN = Unresolved("P", "parameter without a default")
_STORED = Unresolved("P", "read from the Parameter Store at deployment")


def _read(entry: str, given: dict[str, Any] | None = None) -> Parameters:
    return read_parameters(as_map(read_yaml(f"P: {entry}".encode())[0]), given or {})


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("{Type: String, Default: a}", "a"),
        ("{Type: String, Default: ''}", ""),
        ("{Type: String, Default: true}", True),
        ("{Type: Number, Default: 22}", 22),
        ("{Type: String}", _UNKNOWN),
        ("{}", _UNKNOWN),
        ("nonsense", _UNKNOWN),
        ("{Type: String, AllowedValues: [a]}", "a"),
        ("{Type: String, AllowedValues: [a, b]}", _UNKNOWN),
        ("{Type: String, AllowedValues: [a], Default: b}", "b"),
        ("{Type: CommaDelimitedList, Default: 'a, b,c'}", ["a", "b", "c"]),
        ("{Type: CommaDelimitedList, Default: ''}", []),
        ("{Type: List<Number>, Default: '1,2'}", ["1", "2"]),
        ("{Type: List<AWS::EC2::Subnet::Id>}", _UNKNOWN),
        ("{Type: AWS::EC2::VPC::Id}", Reference("${P}")),
        ("{Type: AWS::EC2::VPC::Id, Default: vpc-1}", "vpc-1"),
        ("{Type: AWS::SSM::Parameter::Value<String>, Default: /a/b}", _STORED),
        ("{Type: AWS::SSM::Parameter::Value<List<String>>, Default: /a/b}", _STORED),
        ("{Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>, Default: /a/b}", Reference("${P}")),
        ("{Type: AWS::SSM::Parameter::Name, Default: /a/b}", "/a/b"),
        ("{Type: String, Default: {a: b}}", _UNKNOWN),
    ],
)
def test_what_is_known_of_a_parameter(entry: str, value: object) -> None:
    assert _read(entry).values["P"] == value


def test_values_from_outside_come_first() -> None:
    assert _read("{Type: String, Default: a}", {"P": "b"}).values["P"] == "b"
    assert _read("{Type: CommaDelimitedList}", {"P": "b,c"}).values["P"] == ["b", "c"]
    assert _read("{Type: AWS::SSM::Parameter::Value<String>, Default: /a}", {"P": "b"}).values["P"] == "b"


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("{Type: String, NoEcho: true, Default: hunter2}", Secret(True, "P")),
        ("{Type: String, NoEcho: 'true', Default: hunter2}", Secret(True, "P")),
        ("{Type: String, NoEcho: true}", Secret(False, "P")),
        ("{Type: String, NoEcho: true, Default: ''}", ""),
        ("{Type: String, NoEcho: true, Default: '{{resolve:ssm-secure:/a}}'}", "{{resolve:ssm-secure:/a}}"),
        ("{Type: String, NoEcho: false, Default: a}", "a"),
    ],
)
def test_no_echo_conceals_a_value_unless_it_is_none(entry: str, value: object) -> None:
    assert _read(entry).values["P"] == value


def test_only_conditions_see_what_is_concealed() -> None:
    parameters = _read("{Type: String, NoEcho: true, Default: hunter2}")
    assert parameters.raw["P"] == "hunter2"
    assert "hunter2" not in str(parameters.values)


def test_a_secret_from_outside_is_no_literal_of_this_template() -> None:
    assert _read("{Type: String, NoEcho: true, Default: a}", {"P": "b"}).values["P"] == Secret(True, "P")


def test_allowed_values_of_what_is_not_known() -> None:
    assert _read("{Type: String, AllowedValues: [a, true, 3]}").allowed == {"P": ["a", "true", "3"]}
    assert _read("{Type: String, AllowedValues: [a, b], Default: a}").allowed == {}


def test_pseudo_parameters() -> None:
    values = _read("{}").values
    assert values["AWS::Region"] == Reference("${AWS::Region}")
    assert values["AWS::NoValue"] is ABSENT


def test_a_secret_is_redacted_and_whether_it_stands_in_the_template_is_told(
    resources: Callable[..., dict[str, Resource]],
) -> None:
    found = resources(
        """
        Parameters:
          Password: {Type: String, NoEcho: true, Default: hunter2}
          Asked: {Type: String, NoEcho: true}
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              MasterUserPassword: !Ref Password
              Tags: [{Key: a, Value: !Sub "x-${Password}"}, {Key: b, Value: !Sub "x-${Asked}"}]
          Other: {Type: AWS::RDS::DBInstance, Properties: {MasterUserPassword: !Ref Asked}}
        """
    )
    assert found["Db"].properties == {
        "MasterUserPassword": "(sensitive, in the source)",
        "Tags": [{"Key": "a", "Value": "x-(sensitive, in the source)"}, {"Key": "b", "Value": "x-${Asked}"}],
    }
    assert found["Other"].properties == {"MasterUserPassword": "(sensitive)"}
    assert "hunter2" not in repr(found)
