"""The fix of a control as it is written: changes of properties after which the control passes.

A change is in the terms of the CloudFormation type; `bastide.fix` turns it into an edit of a template or, by the
mappings backwards, of a Terraform configuration. Where a mapping cannot tell, `terraform` has arguments by provider
type, or says why there is no fix.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, get_args

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bastide.controls.entry import Control
    from bastide.errors import ControlError
    from bastide.resources.schema import PropertyType

    Refuse = Callable[..., ControlError]

Verb = Literal["set", "at_least", "add", "take", "remove"]
VERBS: tuple[Verb, ...] = get_args(Verb)

Selector = dict[str, str] | Literal["each", "any", "there"] | None
Step = tuple[str, Selector]
"""A name, and for a list which elements: each, those of a member (`[Name=x]`, made if need be), or each and one if
there is none (`any`). `there` is an object that is not made when there is none."""

_ONE = r"[A-Za-z_][\w-]*(?:\?|\[(?:\*|\+|[A-Za-z_]\w*=[^\]]+)\])?"
_PATH = re.compile(rf"{_ONE}(?:\.{_ONE})*")
_STEP = re.compile(r"([A-Za-z_][\w-]*)(\?)?(?:\[([^\]]*)\])?(?:\.|$)")


class Change(Struct, frozen=True):
    """What is done at a path: `set` a value, `at_least` a number, `add` or `take` items of a list, `remove`."""

    verb: Verb
    path: str
    value: Any = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The path taken apart."""
        return steps_of(self.path)


class Override(Struct, frozen=True):
    """What holds for one provider type in place of the control's changes: `changes` of arguments, or `why` not."""

    changes: tuple[Change, ...] = ()
    why: str = ""


class Fix(Struct, frozen=True):
    """The changes, in order. `replaces` overrules what the schema says of replacement on deployment.

    `terraform` and `cloudformation` are reasons why there is none in that language; `overrides` are by provider type.
    """

    changes: tuple[Change, ...] = ()
    overrides: dict[str, Override] = field(default_factory=dict)
    terraform: str = ""
    cloudformation: str = ""
    replaces: bool | None = None


def steps_of(path: str) -> tuple[Step, ...]:
    """The steps of a path as it is written: `Rules[*].Port`, `Settings[Name=x].Value`, `Rules[+].On`, `Logs?.On`."""
    steps: list[Step] = []
    words: dict[str, Selector] = {"": None, "*": "each", "+": "any", "?": "there"}
    for name, there, inside in _STEP.findall(path):
        key, _, value = inside.partition("=")
        steps.append((name, {key: value} if value else words[there or inside]))
    return tuple(steps)


def parse_fix(value: Any, refuse: Refuse) -> Fix | None:
    """The fix of an entry; raises what `refuse` makes for one that is not coherent."""
    if value is None:
        return None
    if not isinstance(value, dict) or not value:
        raise refuse(f"`fix` has {', '.join(VERBS)}, `terraform`, `cloudformation` or `replaces`", "fix")
    known = {*VERBS, "terraform", "cloudformation", "replaces"}
    for key in value:
        if key not in known:
            raise refuse(f"`{key}` is no part of a fix", "fix", key)
    replaces = value.get("replaces")
    if replaces is not None and not isinstance(replaces, bool):
        raise refuse("`replaces` is true or false", "fix", "replaces")
    terraform, cloudformation = value.get("terraform", ""), value.get("cloudformation", "")
    if not isinstance(cloudformation, str):
        raise refuse("`cloudformation` says why there is no fix in it", "fix", "cloudformation")
    overrides: dict[str, Override] = {}
    if isinstance(terraform, dict):
        overrides = {name: _override(name, item, refuse) for name, item in terraform.items()}
        terraform = ""
    elif not isinstance(terraform, str):
        raise refuse("`terraform` has changes by provider type, or says why there is no fix", "fix", "terraform")
    changes = tuple(_changes({key: item for key, item in value.items() if key in VERBS}, refuse))
    if not changes:
        raise refuse("a fix changes something", "fix")
    return Fix(changes, overrides, terraform, cloudformation, replaces)


def _override(name: str, item: Any, refuse: Refuse) -> Override:
    if isinstance(item, str):
        return Override(why=item)
    if not isinstance(item, dict) or not item or set(item) - set(VERBS):
        raise refuse("a provider type has changes of its arguments, or the reason why not", "fix", "terraform", name)
    return Override(tuple(_changes(item, refuse)))


def _changes(verbs: dict[str, Any], refuse: Refuse) -> Iterator[Change]:
    for verb, body in verbs.items():
        if verb == "remove":
            paths = {str(path): None for path in body} if isinstance(body, list) else None
        else:
            paths = dict(_leaves(body, "")) if isinstance(body, dict) else None
        if not paths:
            wanted = "a list of paths" if verb == "remove" else "values by path"
            raise refuse(f"`{verb}` has {wanted}", "fix", verb)
        for path, value in paths.items():
            if not _PATH.fullmatch(path):
                raise refuse(f"`{path}` is no path", "fix", verb)
            if not _fits(verb, value):
                raise refuse(f"`{verb}` cannot have this value", "fix", verb, path)
            yield Change(verb, path, value)  # type: ignore[arg-type]  # one of the verbs, see above


def _fits(verb: str, value: Any) -> bool:
    if verb == "at_least":
        return isinstance(value, int) and not isinstance(value, bool)
    if verb in ("add", "take"):
        return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)
    return verb == "remove" or value is not None


def _leaves(body: dict[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for name, value in body.items():
        path = f"{above}{name}"
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{path}.")
        else:
            yield path, value


def lint_fix(control: Control) -> Iterator[str]:
    """What in a control's fix does not agree with AWS's schema."""
    from bastide.resources.schema import schema_for

    if control.fix is None:
        return
    if control.live:
        yield "only what code can answer has a fix"
    schema = schema_for(control.resource)
    for change in control.fix.changes:
        path = ".".join(name for name, _ in change.steps)
        found = schema.property(path) if schema else None
        if found is None:
            yield f"`{path}` of the fix is no property of {control.resource}"
        elif schema and path in schema.readonly:
            yield f"`{path}` of the fix is a property that only AWS sets"
        elif not _has_type(found, change):
            yield f"`{path}` of the fix is {found!r}, not {change.value!r}"


_SCALARS = {"string": str, "boolean": bool, "integer": int, "number": (int, float)}


def _has_type(kind: PropertyType, change: Change) -> bool:
    if change.verb in ("add", "take"):
        return kind.kind == "list"
    if change.verb == "at_least":
        return kind.kind in ("integer", "number")
    if kind.kind in _SCALARS and change.verb == "set":
        value = change.value
        return isinstance(value, _SCALARS[kind.kind]) and not (isinstance(value, bool) and kind.kind != "boolean")  # type: ignore[arg-type]
    return change.verb == "remove" or kind.kind == "json" or isinstance(change.value, list) == (kind.kind == "list")
