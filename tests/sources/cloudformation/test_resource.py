from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Loaded, Resource

_SECTIONS = """
        Parameters:
          Env: {Type: String}
          Team: {Type: String}
        Conditions:
          Prod: !Equals [!Ref Env, prod]
          Dev: !Equals [!Ref Env, dev]
          NotProd: !Not [!Condition Prod]
          Mine: !Equals [!Ref Team, me]
          Third: !Equals [!Ref AWS::Region, eu-west-1]
          Fourth: !Equals [!Ref AWS::AccountId, "1"]
          Never: !Equals [a, b]
        Resources:
"""


def _variants(loaded: Loaded) -> dict[str, dict[str, Any]]:
    assert loaded.problems == []
    assert {resource.address for resource in loaded.resources} == {"A"}
    return {resource.metadata.get("when", ""): resource.properties for resource in loaded.resources}


def test_an_undecided_condition_makes_two_variants(template: Callable[..., Loaded]) -> None:
    loaded = template(
        _SECTIONS
        + """
          A:
            Type: X::Y::Z
            Properties: {Size: !If [Prod, 10, 1], Logging: !If [Prod, {On: true}, !Ref AWS::NoValue]}
        """
    )
    assert _variants(loaded) == {"Prod=true": {"Size": 10, "Logging": {"On": True}}, "Prod=false": {"Size": 1}}
    assert loaded.resources[0].id == loaded.resources[1].id


def test_only_what_can_be_true_together_makes_variants(template: Callable[..., Loaded]) -> None:
    loaded = template(_SECTIONS + "          A: {Type: X::Y::Z, Properties: {P: !If [Prod, p, x], D: !If [Dev, d, y]}}")
    assert _variants(loaded) == {
        "Dev=false,Prod=true": {"P": "p", "D": "y"},
        "Dev=true,Prod=false": {"P": "x", "D": "d"},
        "Dev=false,Prod=false": {"P": "x", "D": "y"},
    }


def test_opposites_and_choices_within_choices(template: Callable[..., Loaded]) -> None:
    loaded = template(
        _SECTIONS
        + "          A: {Type: X::Y::Z, Properties: {P: !If [Prod, a, !If [NotProd, b, c]], Q: !If [NotProd, x, y]}}"
    )
    assert _variants(loaded) == {
        "NotProd=false,Prod=true": {"P": "a", "Q": "y"},
        "NotProd=true,Prod=false": {"P": "b", "Q": "x"},
    }


def test_three_conditions_make_eight_variants_and_four_none(template: Callable[..., Loaded]) -> None:
    three = "P: !If [Prod, 1, 2], Q: !If [Mine, 1, 2], R: !If [Third, 1, 2]"
    loaded = template(_SECTIONS + f"          A: {{Type: X::Y::Z, Properties: {{{three}}}}}")
    assert len(_variants(loaded)) == 8
    loaded = template(
        _SECTIONS + f"          A: {{Type: X::Y::Z, Properties: {{{three}, S: !If [Fourth, hunter2, !Ref Env], T: 1}}}}"
    )
    (one,) = loaded.resources
    assert one.properties == {"T": 1}
    assert one.unresolved["P"] == "Fn::If Prod: depends on condition Prod: 1 or 2"
    assert one.unresolved["S"] == (
        "Fn::If Fourth: depends on condition Fourth: a text or Env (parameter without a default)"
    )


def test_variants_that_are_the_same_are_one(template: Callable[..., Loaded]) -> None:
    loaded = template(
        _SECTIONS
        + """
          A:
            Type: X::Y::Z
            Properties: {L: [!If [Prod, a, !Ref AWS::NoValue], !If [Prod, !Ref AWS::NoValue, a]]}
        """
    )
    assert _variants(loaded) == {"": {"L": ["a"]}}


def test_the_lines_of_a_variant_are_those_of_its_side(template: Callable[..., Loaded]) -> None:
    loaded = template(
        """\
        Parameters: {Env: {Type: String}}
        Conditions: {Prod: !Equals [!Ref Env, prod]}
        Resources:
          A:
            Type: X::Y::Z
            Properties:
              P: !If
                - Prod
                - Inner: 1
                - Inner: 2
        """
    )
    assert [resource.locate("P.Inner")[1] for resource in loaded.resources] == [9, 10]


def test_conditions_of_resources(template: Callable[..., Loaded]) -> None:
    loaded = template(
        _SECTIONS
        + """
          A: {Type: X::Y::Z, Condition: Prod, Properties: {P: !If [Prod, 1, 2], Q: !If [NotProd, 1, 2]}}
          B: {Type: X::Y::Z, Condition: Never}
          C: {Type: X::Y::Z, Condition: Nobody}
          D: {Type: X::Y::Z, Condition: Prod, Properties: {P: !If [Mine, 1, 2]}}
        """
    )
    found = [(r.address, r.properties, r.metadata) for r in loaded.resources]
    assert found == [
        ("A", {"P": 1, "Q": 2}, {"condition": "Prod"}),
        ("C", {}, {"condition": "Nobody"}),
        ("D", {"P": 1}, {"condition": "Prod", "when": "Mine=true"}),
        ("D", {"P": 2}, {"condition": "Prod", "when": "Mine=false"}),
    ]


def test_metadata(resources: Callable[..., dict[str, Resource]]) -> None:
    found = resources(
        """
        Resources:
          A:
            Type: X::Y::Z
            DeletionPolicy: Retain
            UpdateReplacePolicy: Snapshot
            Metadata:
              aws:cdk:path: Stack/A/Resource
              bastide: {allow: ["s3.one until=2027-01-01 by=me reason=x", "s3.two", {no: text}]}
          B: {Type: X::Y::Z, Metadata: {bastide: {allow: s3.one}}, DeletionPolicy: !Ref X}
          C: {Type: X::Y::Z, Metadata: text}
        """
    )
    assert found["A"].metadata == {
        "deletion_policy": "Retain",
        "update_replace_policy": "Snapshot",
        "cdk_path": "Stack/A/Resource",
        "allow": "s3.one until=2027-01-01 by=me reason=x\ns3.two",
    }
    assert [found["B"].metadata, found["C"].metadata] == [{"allow": "s3.one"}, {}]


def test_types_of_others_are_resources_too(resources: Callable[..., dict[str, Resource]]) -> None:
    kinds = ["Custom::Thing", "AWS::CloudFormation::CustomResource", "Org::Team::Kind::MODULE", "Third::Party::Type"]
    lines = "".join(f"  R{n}: {{Type: '{kind}', Properties: {{A: !Ref R0}}}}\n" for n, kind in enumerate(kinds))
    found = resources(f"Resources:\n{lines}")
    assert [(resource.type, resource.name) for resource in found.values()] == [(kind, kind) for kind in kinds]


def test_properties_that_are_no_object_are_not_known(resources: Callable[..., dict[str, Resource]]) -> None:
    found = resources(
        """
        Parameters: {P: {Type: String}}
        Resources:
          A: {Type: X::Y::Z, Properties: [a]}
          B: {Type: X::Y::Z, Properties: !Ref P}
          C: {Type: X::Y::Z, Properties: text}
          D: {Type: X::Y::Z, Properties: ~}
          E: {Type: X::Y::Z, Properties: !Ref AWS::NoValue}
        """
    )
    assert all(resource.properties == {} for resource in found.values())
    assert [set(found[name].unresolved) for name in "ABCDE"] == [{""}, {""}, {""}, set(), set()]


def test_a_resource_that_is_an_alias(resources: Callable[..., dict[str, Resource]]) -> None:
    found = resources("Resources:\n  A: &a\n    Type: X::Y::Z\n    Properties: {P: 1}\n  B: *a\n")
    assert {name: (r.line, r.end_line, r.locate("P")[1]) for name, r in found.items()} == {
        "A": (2, 4, 4),
        "B": (5, 5, 4),
    }
