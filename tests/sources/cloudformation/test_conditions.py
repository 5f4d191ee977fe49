from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bastide.sources.cloudformation.conditions import Conditions
from bastide.sources.cloudformation.evaluate import Evaluator
from bastide.sources.cloudformation.nodes import as_map
from bastide.sources.cloudformation.parameters import read_parameters
from bastide.sources.cloudformation.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARAMETERS = """
  Known: {Type: String, Default: prod}
  Flag: {Type: String, Default: true}
  Unknown: {Type: String}
  Also: {Type: String}
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Many: {Type: String, AllowedValues: [a, b, c, d, e, f, g, h, i]}
  Vpc: {Type: AWS::EC2::VPC::Id}
  Names: {Type: CommaDelimitedList}
  Password: {Type: String, NoEcho: true, Default: hunter2}
"""


def _conditions(text: str) -> Conditions:
    root = read_yaml(f"Parameters:{_PARAMETERS}\nConditions:\n{text}".encode())[0]
    parameters = read_parameters(as_map(root["Parameters"]), {})
    evaluator = Evaluator("t.yaml", parameters, as_map(None))
    evaluator.conditions = Conditions(as_map(root["Conditions"]), parameters, evaluator)
    return evaluator.conditions


@pytest.mark.parametrize(
    ("expression", "truth"),
    [
        ("!Equals [!Ref Known, prod]", True),
        ("!Equals [!Ref Known, dev]", False),
        ("!Equals [!Ref Flag, 'true']", True),
        ("!Equals [true, !Ref Flag]", True),
        ("!Equals ['', !Ref Password]", False),
        ("!Not [!Equals [!Ref Known, dev]]", True),
        ("!And [!Equals [a, a], !Equals [b, b]]", True),
        ("!And [!Equals [a, b], !Equals [!Ref Unknown, x]]", False),
        ("!And [!Equals [a, a], !Equals [!Ref Unknown, x]]", None),
        ("!Or [!Equals [a, a], !Equals [!Ref Unknown, x]]", True),
        ("!Or [!Equals [a, b], !Equals [!Ref Unknown, x]]", None),
        ("!Equals [!Ref Unknown, x]", None),
        ("!Not [!Equals [!Ref Unknown, x]]", None),
        ("!Equals [!Ref Unknown, !Ref Unknown]", True),
        ("!Equals [!Ref Unknown, !Ref Also]", None),
        ("!Equals [!Ref 'AWS::Region', us-east-1]", None),
        ("!Equals [!Join ['', !Ref Names], '']", None),
        ("!Equals [!Ref Stage, test]", False),
        ("!Not [!Equals [!Ref Stage, test]]", True),
        ("!Equals [!Ref Stage, dev]", None),
        ("!Or [!Equals [!Ref Stage, dev], !Equals [!Ref Stage, prod]]", True),
        ("!Equals [!Ref Many, z]", False),
        ("!Equals [!Sub '${Stage}-x', dev-x]", None),
        ("!Equals [!Sub '${Stage}-x', no-x]", False),
        ("!And [!Equals [!Ref Unknown, a], !Equals [!Ref Unknown, b]]", False),
        ("!Or [!Equals [!Ref Unknown, a], !Not [!Equals [!Ref Unknown, a]]]", True),
        ("!Equals [!Ref Vpc, '']", False),
        ("!Equals [!Join ['', [!Ref Vpc, !Ref Also]], '']", None),
        ("!Equals [!Join ['', [!Ref Unknown, !Ref Also]], '']", None),
        ("!Equals [!Ref Vpc, vpc-1]", None),
        ("{Condition: Other}", True),
        ("!Condition Other", True),
        ("!Not [{Condition: Other}]", False),
        ("!Not [!Condition Nobody]", None),
        ("!Condition It", None),
        ("!Not [!Condition It]", None),
        ("!Equals [!If [It, a, b], a]", None),
        ("true", True),
        ("nonsense", None),
        ("[a]", None),
        ("!Equals [a]", None),
        ("!And []", None),
        ("!Ref Known", None),
    ],
)
def test_what_can_be_decided_is(expression: str, truth: bool | None) -> None:
    conditions = _conditions(f"  Other: !Equals [a, a]\n  It: {expression}\n")
    assert conditions.truth("It") is truth
    assert conditions.truth("It") is truth


def test_a_condition_that_nobody_defines_is_undecided() -> None:
    assert _conditions("  A: !Equals [a, a]").truth("B") is None


def test_a_circle_is_undecided() -> None:
    conditions = _conditions(
        "  A: !Not [!Condition B]\n  B: !Not [!Condition A]\n  C: !Or [!Condition A, !Equals [a, a]]\n"
    )
    assert [conditions.truth(name) for name in "ABC"] == [None, None, True]


def test_a_long_chain_is_undecided_beyond_the_limit() -> None:
    chain = "".join(f"  C{n}: !Not [!Condition C{n - 1}]\n" for n in range(1, 2000))
    conditions = _conditions(f"  C0: !Equals [a, a]\n{chain}")
    assert conditions.truth("C4") is True
    assert conditions.truth("C1999") is None


def _together(text: str, *names: str) -> set[tuple[bool, ...]]:
    return set(_conditions(text).assignments(names))


def test_opposites_are_never_true_together() -> None:
    text = "  Has: !Not [!Equals [!Ref Unknown, '']]\n  Hasnt: !Equals [!Ref Unknown, '']\n"
    assert _together(text, "Has", "Hasnt") == {(True, False), (False, True)}


def test_values_of_one_parameter_exclude_each_other() -> None:
    text = "  Dev: !Equals [!Ref Unknown, dev]\n  Prod: !Equals [!Ref Unknown, prod]\n"
    assert _together(text, "Dev", "Prod") == {(True, False), (False, True), (False, False)}


def test_allowed_values_leave_no_other() -> None:
    text = "  Dev: !Equals [!Ref Stage, dev]\n  Prod: !Equals [!Ref Stage, prod]\n"
    assert _together(text, "Dev", "Prod") == {(True, False), (False, True)}


def test_conditions_that_imply_others() -> None:
    text = "  Big: !Equals [!Ref Unknown, a]\n  Both: !And [!Condition Big, !Equals [!Ref Also, b]]\n"
    assert _together(text, "Big", "Both") == {(True, True), (True, False), (False, False)}


def test_conditions_on_nothing_in_common_are_free() -> None:
    text = "  A: !Equals [!Ref Unknown, a]\n  B: !Equals [!Ref Also, b]\n"
    assert len(_together(text, "A", "B")) == 4


def test_too_many_combinations_are_not_tried() -> None:
    options: Mapping[str, str] = {f"C{n}": f"!Equals [!Ref Unknown, v{n}]" for n in range(70)}
    text = "".join(f"  {name}: {expression}\n" for name, expression in options.items())
    text += f"  Any: !Or [{', '.join(f'!Condition {name}' for name in options)}]\n"
    text += "  None: !Not [!Condition Any]\n"
    assert len(_together(text, "Any", "None")) == 4  # free: more than what could be, never less
