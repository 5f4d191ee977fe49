from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Loaded, Resource


def test_a_resource_ends_before_the_comment_of_the_next(resources: Callable[..., dict[str, Resource]]) -> None:
    found = resources(
        """\
        Resources:
          A:
            Type: X::Y::Z
            Properties:
              P: |
                # text

                # of a script
              # about A

          # about B
          B: {Type: X::Y::Z,
              Properties: {}}

        # about outputs
        Outputs: {}
        """
    )
    assert {name: (r.line, r.end_line) for name, r in found.items()} == {"A": (2, 9), "B": (12, 13)}


def test_what_is_no_resource_is_told(template: Callable[..., Loaded]) -> None:
    loaded = template(
        """\
        Resources:
          A: {Properties: {}}
          B: text
          C: {Type: [a]}
          D: {Type: X::Y::Z}
          E: !Ref D
        """
    )
    assert [resource.address for resource in loaded.resources] == ["D"]
    assert [(problem.kind, problem.line) for problem in loaded.problems] == [("partial", n) for n in (2, 3, 4, 6)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("AWSTemplateFormatVersion: 2010-09-09\n", "unreadable"),
        ("Transform: AWS::Serverless-2016-10-31\n", "unreadable"),
        ("name: something else\n", "note"),
    ],
)
def test_a_document_without_resources(template: Callable[..., Loaded], text: str, kind: str) -> None:
    loaded = template(text)
    assert loaded.resources == []
    assert [problem.kind for problem in loaded.problems] == [kind]


@pytest.mark.parametrize("resources_section", ["{}", "[]", "text", "~", "5"])
def test_sections_of_the_wrong_kind_are_empty(template: Callable[..., Loaded], resources_section: str) -> None:
    sections = "".join(f"{name}: {resources_section}\n" for name in ("Parameters", "Mappings", "Conditions", "Globals"))
    loaded = template(f"{sections}Resources: {resources_section}\n")
    assert (loaded.resources, loaded.problems) == ([], [])


def test_macros_are_told(template: Callable[..., Loaded]) -> None:
    loaded = template(
        """\
        Resources: {}
        Transform:
          - AWS::LanguageExtensions
          - Team::Macro
          - Name: AWS::Include
            Parameters: {Location: s3://b/k}
        """
    )
    assert [(problem.kind, problem.line) for problem in loaded.problems] == [("note", 2), ("external", 2)]
    assert "Team::Macro" in loaded.problems[0].message
    loaded = template(
        "Fn::Transform: {Name: AWS::Include}\nResources: {Fn::Transform: {Name: Other}, A: {Type: 'X::Y::Z'}}"
    )
    assert [(problem.kind, problem.line) for problem in loaded.problems] == [("external", 1), ("external", 2)]
    assert [resource.address for resource in loaded.resources] == ["A"]


def test_the_number_of_resources_is_limited(template: Callable[..., Loaded], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bastide.sources.cloudformation.template.MAX_RESOURCES", 3)
    loaded = template("Resources:\n" + "".join(f"  R{n}: {{Type: 'X::Y::Z'}}\n" for n in range(5)))
    assert [resource.address for resource in loaded.resources] == ["R0", "R1", "R2"]
    assert [(problem.kind, problem.line) for problem in loaded.problems] == [("partial", 5)]


def test_outputs_and_rules_are_not_looked_at(resources: Callable[..., dict[str, Resource]]) -> None:
    found = resources(
        """
        Rules: {R: {Assertions: [{Assert: {"Fn::Contains": [[a], !Ref Nobody]}}]}}
        Outputs: {O: {Value: !GetAtt Nobody.Arn}}
        Resources: {A: {Type: X::Y::Z}}
        """
    )
    assert list(found) == ["A"]
