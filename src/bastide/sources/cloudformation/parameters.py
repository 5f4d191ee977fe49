"""The parameters of a template, and what is known of their values before anybody deploys it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bastide.resources.model import ABSENT, Reference, Sensitive, Unresolved, is_secret
from bastide.sources.cloudformation.nodes import Map, Seq, as_map
from bastide.sources.cloudformation.values import Secret, Value, as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_LISTS = ("CommaDelimitedList", "List<")
_STORE = "AWS::SSM::Parameter::"
_DYNAMIC = "{{resolve:"
_PSEUDO = ("AccountId", "NotificationARNs", "Partition", "Region", "StackId", "StackName", "URLSuffix")


class Parameters(NamedTuple):
    """What references to parameters and pseudo parameters give.

    `raw` is the same with secrets in the open, for conditions only: no value leaves a condition. `allowed` has
    the allowed values, as text, of each parameter whose value is not known; `lists` the names that stand for lists.
    """

    values: dict[str, Value]
    raw: dict[str, Value]
    allowed: dict[str, list[str]]
    lists: frozenset[str]


def read_parameters(section: Map, given: Mapping[str, Value]) -> Parameters:
    """The parameters of a template's `Parameters` section, with the values that are passed in from outside."""
    values: dict[str, Value] = {f"AWS::{name}": Reference(f"${{AWS::{name}}}") for name in _PSEUDO} | {
        "AWS::NoValue": ABSENT
    }
    raw, allowed, lists = dict(values), {}, set()
    for name, node in section.items():
        entry = as_map(node)
        kind = str(entry.get("Type", "String"))
        choices = _texts(entry.get("AllowedValues"))
        is_list = kind.removeprefix(_STORE + "Value<").startswith(_LISTS)
        if is_list:
            lists.add(name)
        value = _value(name, kind, entry, choices, given)
        if is_list and type(value) is str:
            value = [item.strip() for item in value.split(",")] if value else []
        raw[name] = values[name] = value
        if as_text(entry.get("NoEcho")) in ("true", "True"):
            values[name] = _concealed(name, value)
        if isinstance(value, (Unresolved, Reference)) and choices:
            allowed[name] = choices
    return Parameters(values, raw, allowed, frozenset(lists))


def _value(name: str, kind: str, entry: Map, choices: list[str], given: Mapping[str, Value]) -> Value:
    if name in given:
        return given[name]
    if kind.startswith(_STORE + "Value<"):
        # Its default is the name under which the value is stored.
        return _typed(name, kind[len(_STORE + "Value<") :], "read from the Parameter Store at deployment")
    default = entry.get("Default")
    if as_text(default) is not None:
        return default
    if type(default) is Seq and all(as_text(item) is not None for item in default):
        return list(default)
    return choices[0] if len(choices) == 1 else _typed(name, kind, "parameter without a default")


def _typed(name: str, kind: str, reason: str) -> Value:
    """An unknown value: one of AWS's own types is certainly there, as CloudFormation takes only an id that exists."""
    return Reference(f"${{{name}}}") if kind.startswith("AWS::") else Unresolved(name, reason)


def _concealed(name: str, value: Value) -> Value:
    """A value that nobody may see; an empty one and a dynamic reference are no secrets."""
    text = as_text(value)
    if text is not None and (not text or text.startswith(_DYNAMIC)):
        return value
    if isinstance(value, Sensitive):
        return Secret(value.written, name)
    return Secret((text is not None or type(value) is list) and is_secret(value), name)


def _texts(node: object) -> list[str]:
    texts = [as_text(item) for item in node] if type(node) is Seq else []
    return [text for text in texts if text is not None]
