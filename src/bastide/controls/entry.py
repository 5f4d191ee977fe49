"""A control as it is written: one YAML entry, checked field by field before anything runs it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, get_args

from msgspec import Struct, field

from bastide.controls.fixes import Fix  # noqa: TC001 (msgspec reads the annotations)
from bastide.controls.verdict import SEVERITIES, Severity
from bastide.errors import ControlError, near_miss

if TYPE_CHECKING:
    from bastide.yamltext import Lines

Outcome = Literal["pass", "fail", "unknown", "none"]
OUTCOMES: tuple[str, ...] = get_args(Outcome)
LANGUAGES = ("terraform", "cloudformation")
OWN_LANGUAGES = {
    "Docker::Build::Dockerfile": ("dockerfile",),
    "GitHub::Actions::Workflow": ("workflow",),
    "AWS::CodeBuild::Buildspec": ("buildspec",),
}
"""What a resource of these types is written in: its examples and remediations are in that, and in nothing else."""
LIVE = ("live",)
"""What the examples of a control are written in that only a live account can answer."""
CONCERNS = {
    "public-exposure": "public exposure",
    "encryption-at-rest": "encryption at rest",
    "encryption-in-transit": "encryption in transit",
    "keys": "keys",
    "logging": "logging",
    "recovery": "backup and recovery",
    "patching": "versions and patching",
    "network": "network",
    "identity": "identity and policies",
    "secrets": "secrets",
    "deletion-protection": "deletion protection",
    "monitoring": "monitoring",
}
"""What a control can be about, in words; it is about one of them."""
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+")


def languages_of(resource: str) -> tuple[str, ...]:
    """The languages that resources of a type are written in."""
    return OWN_LANGUAGES.get(resource, LANGUAGES)


class Related(Struct, frozen=True):
    """Resources that a control judges together with its own: a list under `name` in its SQL.

    With `by`, the resources of `type` that the property `by` of the judged one refers to; with `to`, the
    resources of `type` whose property `to` refers to the judged one. `beside: unit` are all of `type` in the same root
    module or template: settings of the account that it goes to.
    """

    name: str
    type: str
    by: str = ""
    to: str = ""
    beside: str = ""


class Example(Struct, frozen=True):
    """Source text, and what the control says of every resource of its type in it (`none`: no verdict at all).

    `texts` has `terraform`, `cloudformation` or both; `missing` says why a language is left out. A control that only
    a live account can answer has `live`: resources as JSON, a list of `{type: properties}`.
    """

    outcome: Outcome
    texts: dict[str, str]
    missing: str = ""


class Layer(Struct, frozen=True):
    """What denies in a live account what a failing resource would allow: a resource of type `by` of which `when` holds.

    `when` is SQL over the properties of that type, `because` says which layer it is and what it does. With `where`, SQL
    over the judged type, the layer speaks only of resources for which that holds. `by: managed` has no `when`: the
    layer is that AWS manages the resource and nobody else can change it, as its collector says.
    """

    by: str
    when: str = ""
    because: str = ""
    where: str = ""


class Summary(Struct, frozen=True, array_like=True):
    """What is known of every control before its resource type is met: by what it can be chosen and listed."""

    id: str
    title: str
    resource: str
    severity: Severity
    frameworks: dict[str, list[str]]
    attack: list[str]
    live: bool
    place: str
    concern: str = ""
    objectives: list[str] = field(default_factory=list)
    has_fix: bool = False

    @property
    def service(self) -> str:
        """The service part of the id."""
        return self.id.split(".", 1)[0]


class Control(Struct):
    """What must hold of every resource of a type. `require` and `when` are SQL over the type's properties.

    `when` that is not true means that the control says nothing about the resource. `live` ones ask what only a live
    account knows, and say nothing about code. `concern` is one of `CONCERNS`. `place` is `file:line`.
    """

    id: str
    title: str
    resource: str
    severity: Severity
    require: str
    rationale: str
    remediation: dict[str, str]
    frameworks: dict[str, list[str]]
    concern: str = ""
    when: str = ""
    live: bool = False
    related: list[Related] = field(default_factory=list)
    compensated: list[Layer] = field(default_factory=list)
    objectives: list[str] = field(default_factory=list)
    attack: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    fix: Fix | None = None
    place: str = ""

    @property
    def source(self) -> str:
        """The file that the control comes from."""
        return self.place.rpartition(":")[0]

    @property
    def service(self) -> str:
        """The service part of the id, which names the file too."""
        return self.id.split(".", 1)[0]

    @property
    def has_fix(self) -> bool:
        """Whether `bastide fix` knows how to make it pass."""
        return self.fix is not None

    def layer_controls(self) -> list[Control]:
        """What is judged of each of `compensated`, as controls: `ID#1` over its type, `ID#1?` over the judged one."""
        found = []
        for number, layer in enumerate(self.compensated, 1):
            parts = [
                (f"{self.id}#{number}", layer.by, layer.when),
                (f"{self.id}#{number}?", self.resource, layer.where),
            ]
            for name, kind, sql in parts:
                if sql:
                    own = Control(name, self.title, kind, self.severity, sql, layer.because, {}, {}, place=self.place)
                    own.live = True
                    found.append(own)
        return found


def parse_controls(text: str, place: str) -> list[Control]:
    """The controls of one YAML file; raises `ControlError` with `file:line` at the first entry that is wrong."""
    from bastide.yamltext import read_yaml  # scans use what was compiled before, and need no YAML

    value, lines = read_yaml(text, place)
    if not isinstance(value, list):
        raise ControlError("a control file is a list of controls", place=f"{place}:1")
    return [_control(item, lines, index, place) for index, item in enumerate(value)]


_TEXT_FIELDS = ("id", "title", "resource", "severity", "concern", "require", "rationale", "when")
_LIST_FIELDS = ("objectives", "attack", "references")
_FIELDS = tuple(name for name in Control.__struct_fields__ if name != "place")
_REQUIRED = ("id", "title", "resource", "severity", "require", "rationale", "remediation", "frameworks")


Refuse = Callable[..., ControlError]
"""Makes the error for a cause and the path in the entry where it stands."""


def _control(item: Any, lines: Lines, index: int, file: str) -> Control:
    def refuse(cause: str, *path: str | int, remedy: str = "") -> ControlError:
        line = lines.get((index, *path)) or lines.get((index, *path[:1])) or lines.get((index,), 1)
        return ControlError(cause, place=f"{file}:{line}", remedy=remedy)

    if not isinstance(item, dict):
        raise refuse("a control is a mapping with `id`, `resource`, `require`, …")
    _check_fields(item, refuse)
    _check_mappings(item, refuse)
    if not _ID.fullmatch(item["id"]):
        raise refuse("an id is `service.what-holds`, lower case with hyphens", "id")
    _check_words(item, refuse)
    values = {key: value for key, value in item.items() if key not in ("related", "compensated", "examples")}
    values["related"] = _related(item.get("related", {}), refuse)
    values["compensated"] = _layers(item.get("compensated", []), refuse)
    languages = LIVE if item.get("live") else languages_of(item["resource"])
    if "fix" in item:
        from bastide.controls.fixes import parse_fix  # scans have no use for fixes

        values["fix"] = parse_fix(item["fix"], refuse)
    values["examples"] = _examples(item.get("examples", []), languages, refuse, layers=bool(values["compensated"]))
    return Control(**values, place=f"{file}:{lines.get((index,), 1)}")


def _check_fields(item: dict[str, Any], refuse: Refuse) -> None:
    for key in item:
        if key not in _FIELDS:
            raise refuse(f"`{key}` is no field of a control", key, remedy=near_miss(key, _FIELDS))
    for key in _REQUIRED:
        if not item.get(key):
            raise refuse(f"`{key}` is missing")
    for key in _TEXT_FIELDS:
        if not isinstance(item.get(key, ""), str):
            raise refuse(f"`{key}` is text", key)
    if not isinstance(item.get("live", False), bool):
        raise refuse("`live` is true or false", "live")
    for key in _LIST_FIELDS:
        if not _is_texts(item.get(key, [])):
            raise refuse(f"`{key}` is a list of texts", key)


def _check_words(item: dict[str, Any], refuse: Refuse) -> None:
    if item["severity"] not in SEVERITIES:
        raise refuse(f"severity is one of {', '.join(SEVERITIES)}", "severity")
    if item.get("concern", "") not in ("", *CONCERNS):
        near = near_miss(item["concern"], tuple(CONCERNS))
        raise refuse(f"a concern is one of {', '.join(CONCERNS)}", "concern", remedy=near)


def _check_mappings(item: dict[str, Any], refuse: Refuse) -> None:
    for key in ("remediation", "frameworks"):
        if not isinstance(item[key], dict):
            raise refuse(f"`{key}` is a mapping", key)
    if not all(isinstance(text, str) for text in item["remediation"].values()):
        raise refuse("a remediation is text by language", "remediation")
    for framework, ids in item["frameworks"].items():
        if not _is_texts(ids):
            raise refuse("a framework has a list of requirement ids", "frameworks", framework)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _related(value: Any, refuse: Refuse) -> list[Related]:
    if not isinstance(value, dict):
        raise refuse("`related` is a mapping from a name to `type` and `by`, `to` or `beside`", "related")
    result = []
    for name, spec in value.items():
        coherent = (
            isinstance(spec, dict)
            and set(spec) in ({"type", "by"}, {"type", "to"}, {"type", "beside"})
            and _is_texts([*spec.values()])
            and spec.get("beside", "unit") == "unit"
        )
        if not coherent:
            raise refuse(
                "a related list has a `type`, and `by` or `to`, a property, or `beside: unit`", "related", name
            )
        result.append(Related(name, **spec))
    return result


_LAYER = {"by", "when", "because"}
MANAGED = "managed"
"""The layer of a resource that AWS manages itself."""


def _layers(value: Any, refuse: Refuse) -> list[Layer]:
    if not isinstance(value, list):
        raise refuse("`compensated` is a list of layers", "compensated")
    result = []
    for index, item in enumerate(value):
        needed = _LAYER - {"when"} if isinstance(item, dict) and item.get("by") == MANAGED else _LAYER
        if not isinstance(item, dict) or not needed <= set(item) <= needed | {"where"}:
            raise refuse("a layer has `by`, `when` and `because`, and may have `where`", "compensated", index)
        if not all(isinstance(text, str) and text.strip() for text in item.values()):
            raise refuse("a layer's fields are text", "compensated", index)
        result.append(Layer(**item))
    return result


def _examples(value: Any, languages: tuple[str, ...], refuse: Refuse, *, layers: bool = False) -> list[Example]:
    """With `layers`, an example may be of a live account although the control judges code, too."""
    if not isinstance(value, list):
        raise refuse("`examples` is a list", "examples")
    result = []
    for index, item in enumerate(value):
        coherent = isinstance(item, dict) and len(item) == 1 and next(iter(item)) in OUTCOMES
        if not coherent:
            raise refuse(f"an example has one key of {', '.join(OUTCOMES)}", "examples", index)
        ((outcome, texts),) = item.items()
        known = LIVE if layers and isinstance(texts, dict) and set(texts) == set(LIVE) else languages
        if not isinstance(texts, dict) or not set(texts) <= {*known, "missing"}:
            raise refuse(f"an example has {' and '.join(languages)}, or `missing` with a reason", "examples", index)
        missing = texts.get("missing", "")
        if not missing and set(known) - set(texts):
            raise refuse("an example without one of the languages says why in `missing`", "examples", index)
        written = {k: v if isinstance(v, str) else json.dumps(v) for k, v in texts.items() if k in known}
        result.append(Example(outcome, written, missing))
    return result
