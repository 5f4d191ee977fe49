"""Templates as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.errors import UsageError
from bastide.threats.entry import Aim, Example, Raise, filled, parse_templates, placeholders

ENTRY = """\
- id: data.bucket-read
  title: Everybody reads {name}
  stride: information-disclosure
  attack: [T1530]
  source: an attacker
  prerequisites: who knows {name}
  action: read it
  impact: the {class} data becomes known
  goals: [confidentiality]
  when: select id as element, name from elements
  likelihood: {value: 2, because: it is looked for, raise: [{when: exposed, by: 1.5, because: it is open}]}
  impact_value: {by: class, because: it follows the data}
  objectives: [data.no-public-storage, {id: logging.services-log, scope: workload}]
  examples: [{cloudformation: "Resources: {}", instances: 0}]
"""


def test_an_entry_is_read() -> None:
    (found,) = parse_templates(ENTRY, "t.yaml")
    assert (found.id, found.area, found.place) == ("data.bucket-read", "data", "t.yaml:1")
    assert (found.likelihood, found.impact_value) == (2, None)
    assert found.raises == (Raise("exposed", 1.5, "it is open"),)
    assert found.objectives == (Aim("data.no-public-storage"), Aim("logging.services-log", "workload"))
    assert found.examples == (Example("cloudformation", "Resources: {}", 0),)
    assert placeholders(found) == {"name", "class"}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("stride: info", "stride: inof", "t.yaml:3: `inofrmation-disclosure` is none of"),
        ("attack: [T1530]", "attack: [1530]", "t.yaml:4: `attack` is text"),
        ("value: 2", "value: 6", "t.yaml:11: a value is from 1 to 5"),
        ("{by: class, ", "{by: class, value: 2, ", "t.yaml:12: an impact has a `value`, or follows something"),
        ("{cloudformation:", "{terraform: x, cloudformation:", "t.yaml:14: an example is in one language"),
        ("goals: [confidentiality]", "gaols: []", "`gaols` is no field"),
    ],
)
def test_a_mistake_has_its_line(before: str, after: str, said: str) -> None:
    assert before in ENTRY
    with pytest.raises(UsageError) as told:
        parse_templates(ENTRY.replace(before, after), "t.yaml")
    assert said in told.value.text()


def test_placeholders_are_filled_and_what_is_not_known_is_said() -> None:
    row = {"name": "orders", "class": None, "ports": [22, 80]}
    assert filled("{name}: {class}, {ports}, {who_knows}", row) == "orders: unclassified, 22, 80, unknown who knows"


@given(name=st.text())
def test_a_hostile_name_is_text(name: str) -> None:
    assert filled("of {name}.", {"name": name}) == f"of {name or 'unknown name'}."
