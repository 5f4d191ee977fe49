from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Loaded, Resource


def test_resources_are_unrolled_with_the_lines_of_the_body(resources: Callable[..., dict[str, Resource]]) -> None:
    found = resources(
        """\
        Transform: AWS::LanguageExtensions
        Parameters: {Names: {Type: CommaDelimitedList, Default: "Logs,Data"}}
        Mappings: {Sizes: {Logs: {Days: 7}, Data: {Days: 30}}}
        Resources:
          Fn::ForEach::Buckets:
            - Name
            - !Ref Names
            - Bucket${Name}:
                Type: AWS::S3::Bucket
                Properties:
                  BucketName: !Sub "b-${Name}-${AWS::Region}"
                  Tags: [{Key: !Ref Name, Value: "${Name}"}]
                  Days: !FindInMap [Sizes, !Ref Name, Days]
          Other: {Type: X::Y::Z, Properties: {P: !GetAtt BucketLogs.Arn}}
        """
    )
    assert list(found) == ["BucketLogs", "BucketData", "Other"]
    assert found["BucketData"].properties == {
        "BucketName": "b-Data-${AWS::Region}",
        "Tags": [{"Key": "Data", "Value": "Data"}],
        "Days": 30,
    }
    assert found["BucketLogs"].locate("Tags") == ("t.yaml", 12)
    assert (found["BucketLogs"].line, found["BucketData"].line) == (8, 8)
    assert found["Other"].links[0].target == "BucketLogs"


def test_loops_within_loops_and_beside_resources(resources: Callable[..., dict[str, Resource]]) -> None:
    found = resources(
        """
        Resources:
          First: {Type: X::Y::Z}
          Fn::ForEach::Outer:
            - A
            - [x, y]
            - Fn::ForEach::Inner:
                - B
                - ["1", "2.0"]
                - R${A}&{B}:
                    Type: X::Y::Z
                    Properties: {P: "${A}/${B}", Q: "&{B}", Fn: {GetIt: "${A}"}}
          Last: {Type: X::Y::Z}
        """
    )
    assert list(found) == ["First", "Rx1", "Rx20", "Ry1", "Ry20", "Last"]
    assert found["Ry20"].properties == {"P": "y/2.0", "Q": "20", "Fn": {"GetIt": "y"}}


def test_properties_are_unrolled(resources: Callable[..., dict[str, Resource]]) -> None:
    found = resources(
        """
        Parameters: {Unknown: {Type: CommaDelimitedList}}
        Resources:
          A:
            Type: X::Y::Z
            Properties:
              Before: 1
              Fn::ForEach::P: [Name, [One, Two], {"Key${Name}": !Ref Name}]
          B:
            Type: X::Y::Z
            Properties: {Only: {"Fn::ForEach::P": [Name, [One], {"Key${Name}": {V: !Ref Name}}]}}
          C:
            Type: X::Y::Z
            Properties: {Some: {"Fn::ForEach::P": [Name, !Ref Unknown, {"Key${Name}": 1}]}, Rest: 1}
        """
    )
    assert found["A"].properties == {"Before": 1, "KeyOne": "One", "KeyTwo": "Two"}
    assert found["B"].properties == {"Only": {"KeyOne": {"V": "One"}}}
    assert found["C"].properties == {"Rest": 1}
    assert found["C"].unresolved == {"Some": "Fn::ForEach::P: loops over Unknown (parameter without a default)"}


def test_conditions_are_unrolled(resources: Callable[..., dict[str, Resource]]) -> None:
    found = resources(
        """
        Conditions:
          Fn::ForEach::C: [Name, [a, b], {"Is${Name}": !Equals [!Ref Name, b]}]
        Resources:
          A: {Type: X::Y::Z, Condition: Isa}
          B: {Type: X::Y::Z, Condition: Isb}
        """
    )
    assert list(found) == ["B"]


@pytest.mark.parametrize(
    ("loop", "reason"),
    [
        ("[Name, !Ref Unknown, {'R${Name}': {Type: 'X::Y::Z'}}]", "loops over Unknown"),
        ("[Name, [a, !Ref Other], {'R${Name}': {Type: 'X::Y::Z'}}]", "values that are not known"),
        ("[Name, [a]]", "not a name, a list and an object"),
        ("nonsense", "not a name, a list and an object"),
        ("[Name, [a], text]", "values that are not known"),
    ],
)
def test_a_loop_over_what_is_not_known_is_told(template: Callable[..., Loaded], loop: str, reason: str) -> None:
    loaded = template(
        f"""\
        Parameters: {{Unknown: {{Type: CommaDelimitedList}}, Other: {{Type: String}}}}
        Resources:
          First: {{Type: "X::Y::Z"}}
          Fn::ForEach::Loop: {loop}
        """
    )
    assert [resource.address for resource in loaded.resources] == ["First"]
    (problem,) = loaded.problems
    assert (problem.kind, problem.line) == ("partial", 4)
    assert "Fn::ForEach::Loop" in problem.message
    assert reason in problem.message


def test_loops_that_make_too_much_are_stopped(template: Callable[..., Loaded]) -> None:
    items = ", ".join(f"v{n}" for n in range(200))
    body = "{'R${A}${B}${C}${D}': {Type: 'X::Y::Z'}}"
    for name in "DCBA":
        body = f"{{'Fn::ForEach::L{name}': [{name}, [{items}], {body}]}}"
    loaded = template(f"Resources: {body}")
    assert loaded.resources == []
    assert [problem.kind for problem in loaded.problems] == ["partial"]
