"""A template of threats as it is written: one YAML entry, checked field by field before its SQL runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.workload.fields import Checker, Field
from bastide.workload.manifest import GOALS, STRIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

SCOPES = ("element", "workload")
BY_CLASS = "class"

_REASON = "why, in a sentence"
FIELDS: dict[str, Field] = {
    "id": Field("area and name", required=True, pattern=r"[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*"),
    "title": Field("what could happen, in a few words", required=True),
    "stride": Field("the kind of threat", required=True, choices=STRIDE),
    "attack": Field("ATT&CK technique ids", "texts", pattern=r"T\d{4}(\.\d{3})?"),
    "source": Field("who or what threatens", required=True),
    "prerequisites": Field("what must be so for it", required=True),
    "action": Field("what they do", required=True),
    "impact": Field("what follows at once", required=True),
    "goals": Field("what suffers", "texts", required=True, choices=GOALS),
    "when": Field("one select that gives an `element` for each instance", required=True),
    "likelihood": Field(
        "from 1, rare, to 5, expected",
        "object",
        required=True,
        of={
            "value": Field("from 1 to 5", "number", required=True),
            "because": Field(_REASON, required=True),
            "raise": Field(
                "what makes it more likely, or less",
                "objects",
                of={
                    "when": Field("SQL over the columns of the row and of the element", required=True),
                    "by": Field("how much", "number", required=True),
                    "because": Field(_REASON, required=True),
                },
            ),
        },
    ),
    "impact_value": Field(
        "from 1, negligible, to 5, severe, or by the class of the data",
        "object",
        required=True,
        of={
            "value": Field("from 1 to 5", "number"),
            "by": Field("`class`", choices=(BY_CLASS,)),
            "because": Field(_REASON, required=True),
        },
    ),
    "objectives": Field(
        "what mitigates it",
        "objects",
        required=True,
        short="id",
        of={
            "id": Field("id of an objective", required=True),
            "scope": Field("whose verdicts count: its own resources', or all", choices=SCOPES),
        },
    ),
    "references": Field("where to read more", "texts"),
    "examples": Field(
        "stacks, and how many instances they give",
        "objects",
        of={
            "cloudformation": Field("a template"),
            "terraform": Field("a configuration"),
            "instances": Field("how many", "number", required=True),
        },
    ),
}
"""The fields of a template."""


class Raise(Struct, frozen=True):
    """What makes instances more likely by `by`, which may be negative, where `when` holds."""

    when: str
    by: float
    because: str


class Aim(Struct, frozen=True):
    """An objective that mitigates; by `scope` the verdicts on the threat's resources count, or all."""

    id: str
    scope: str = "element"


class Example(Struct, frozen=True):
    """A stack in one language, and how many instances the template has in it."""

    language: str
    text: str
    instances: int


class Template(Struct, frozen=True):
    """A threat that is instantiated for each row of `when`. `impact_value` is None where it follows the class.

    Texts have placeholders, `{name}`, for columns of the row and of the element. `place` is `file:line`.
    """

    id: str
    title: str
    stride: str
    source: str
    prerequisites: str
    action: str
    impact: str
    goals: tuple[str, ...]
    when: str
    likelihood: float
    likelihood_because: str
    raises: tuple[Raise, ...]
    impact_value: float | None
    impact_because: str
    objectives: tuple[Aim, ...]
    attack: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    place: str = ""

    @property
    def area(self) -> str:
        """The first part of the id, which names the file, too."""
        return self.id.partition(".")[0]


def parse_templates(text: str, place: str) -> list[Template]:
    """The templates of one YAML file; `UsageError` with every mistake in it and its line."""
    from bastide.yamltext import read_yaml

    value, lines = read_yaml(text, place)
    checker = Checker(place, lines)
    if not isinstance(value, list):
        checker.say((), "a file of threats is a list of templates")
        value = []
    found = [(item, checker.object(item, FIELDS, (number,))) for number, item in enumerate(value)]
    for number, (_, item) in enumerate(found):
        for at, mistake in _mistakes(item):
            checker.say((number, *at), mistake)
    checker.finish("the file of threats")
    return [_template(item, f"{place}:{checker.line((number,))}") for number, (_, item) in enumerate(found)]


_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def filled(text: str, row: dict[str, Any]) -> str:
    """A text with its placeholders replaced; one that is NULL or not there is said to be unknown."""
    return _PLACEHOLDER.sub(lambda match: _said(match[1], row.get(match[1])), text)


def placeholders(template: Template) -> set[str]:
    """The columns that the texts of a template name."""
    texts = (template.title, template.source, template.prerequisites, template.action, template.impact)
    return {name for text in texts for name in _PLACEHOLDER.findall(text)}


def _said(name: str, value: Any) -> str:
    if value is None or value == "":
        return "unclassified" if name == "class" else f"unknown {name.replace('_', ' ')}"
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _mistakes(item: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    likelihood, impact = item.get("likelihood", {}), item.get("impact_value", {})
    for key, value in (("likelihood", likelihood), ("impact_value", impact)):
        if "value" in value and not 1 <= value["value"] <= 5:
            yield (key, "value"), "a value is from 1 to 5"
    if item.get("impact_value") is not None and ("value" in impact) == ("by" in impact):
        yield ("impact_value",), "an impact has a `value`, or follows something with `by`"
    for example in item.get("examples", ()):
        if ("cloudformation" in example) == ("terraform" in example):
            yield ("examples",), "an example is in one language"


def _template(item: dict[str, Any], place: str) -> Template:
    likelihood, impact = item["likelihood"], item["impact_value"]
    texts = {key: item[key] for key in ("id", "title", "stride", "source", "prerequisites", "action", "impact", "when")}
    return Template(
        **texts,
        goals=tuple(item["goals"]),
        likelihood=likelihood["value"],
        likelihood_because=likelihood["because"],
        raises=tuple(Raise(one["when"], one["by"], one["because"]) for one in likelihood.get("raise", ())),
        impact_value=impact.get("value"),
        impact_because=impact["because"],
        objectives=tuple(Aim(one["id"], one.get("scope", "element")) for one in item["objectives"]),
        attack=tuple(item.get("attack", ())),
        references=tuple(item.get("references", ())),
        examples=tuple(
            Example(language, one[language], int(one["instances"]))
            for one in item.get("examples", ())
            for language in ("cloudformation", "terraform")
            if language in one
        ),
        place=place,
    )
