"""The intrinsic functions: each takes the evaluator and its argument, and gives a value.

A wrong argument is a value that is not known, never an error: CloudFormation will say what is wrong with it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from bastide.resources.model import ABSENT, Reference, Unresolved
from bastide.sources.cloudformation.nodes import Call, Map, Node, Seq, as_map
from bastide.sources.cloudformation.values import (
    Value,
    as_text,
    concatenate,
    derived,
    interleave,
    unknown_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.sources.cloudformation.evaluate import Evaluator

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_MAX_CIDRS = 256
_CIDR_STEPS = 16  # what one block costs, beside a step of evaluation
_ZONES = 2  # every region has at least this many availability zones


def variables_of(call: Call) -> list[str]:
    """The names that a `Ref` or a `Fn::Sub` itself refers to."""
    if call.name == "Ref":
        return [call.argument] if type(call.argument) is str else []
    if call.name != "Fn::Sub":
        return []
    argument = call.argument[0] if type(call.argument) is Seq and call.argument else call.argument
    return [name.strip() for name in _VARIABLE.findall(argument)] if type(argument) is str else []


def _ref(evaluator: Evaluator, argument: Node) -> Value:
    name = evaluator.value(argument)
    return evaluator.ref(name) if type(name) is str else _wrong("Ref")


def _get_att(evaluator: Evaluator, argument: Node) -> Value:
    if type(argument) is str:
        name, _, attribute = argument.partition(".")
    elif type(argument) is Seq and len(argument) >= 2:
        parts = [as_text(evaluator.value(part)) for part in argument]
        name, attribute = parts[0] or "", ".".join(part or "*" for part in parts[1:])
    else:
        return _wrong("Fn::GetAtt")
    return evaluator.attribute(name, attribute) if name and attribute else _wrong("Fn::GetAtt")


def _sub(evaluator: Evaluator, argument: Node) -> Value:
    """Known when all its variables are; a reference when some are not; the variable's value when it is all."""
    variables: dict[str, Node] = {}
    if type(argument) is Seq and len(argument) == 2 and type(argument[1]) is Map:
        argument, variables = argument
    if type(argument) is not str:
        return _wrong("Fn::Sub")
    if "${" not in argument:
        return argument
    parts: list[Value] = []
    for index, piece in enumerate(_VARIABLE.split(argument)):
        if index % 2 == 0:
            if piece:
                parts.append(piece)
        else:
            parts.append(_variable(evaluator, piece, variables))
    return _joined(evaluator, parts)


def _variable(evaluator: Evaluator, written: str, variables: dict[str, Node]) -> Value:
    if written.startswith("!"):
        return f"${{{written[1:]}}}"
    name = written.strip()
    if name in variables:
        return evaluator.value(variables[name])
    logical, dot, attribute = name.partition(".")
    return evaluator.attribute(logical, attribute) if dot else evaluator.ref(name)


def _join(evaluator: Evaluator, argument: Node) -> Value:
    if type(argument) is not Seq or len(argument) != 2:
        return _wrong("Fn::Join")
    delimiter, items = as_text(evaluator.value(argument[0])), evaluator.value(argument[1])
    if delimiter is None:
        return _wrong("Fn::Join")
    if type(items) is not list:
        return derived("Fn::Join", items) if unknown_in(items) is not None else _wrong("Fn::Join")
    return _joined(evaluator, interleave(items, delimiter)) if items else ""


def _joined(evaluator: Evaluator, parts: list[Value]) -> Value:
    evaluator.spend(len(parts))
    return concatenate(parts)


def _select(evaluator: Evaluator, argument: Node) -> Value:
    if type(argument) is not Seq or len(argument) != 2:
        return _wrong("Fn::Select")
    index, items = evaluator.value(argument[0]), evaluator.value(argument[1])
    if (unknown := unknown_in(index)) is not None:
        return _chosen("Fn::Select", unknown)
    number = as_text(index)
    if number is None or not number.isdecimal() or len(number) > 9:
        return _wrong("Fn::Select")
    if type(argument[1]) is Call and argument[1].name == "Fn::GetAZs":
        return Reference(f"${{Fn::GetAZs[{number}]}}")
    if type(items) is not list:
        return derived("Fn::Select", items) if unknown_in(items) is not None else _wrong("Fn::Select")
    return items[int(number)] if int(number) < len(items) else Unresolved("Fn::Select", "beyond the end of its list")


def _split(evaluator: Evaluator, argument: Node) -> Value:
    if type(argument) is not Seq or len(argument) != 2:
        return _wrong("Fn::Split")
    delimiter, source = (evaluator.value(item) for item in argument)
    text = as_text(source)
    if text is None:
        return derived("Fn::Split", source) if unknown_in(source) is not None else _wrong("Fn::Split")
    if type(delimiter) is not str or not delimiter:
        return _wrong("Fn::Split")
    evaluator.spend(text.count(delimiter) + 1, len(text))
    return text.split(delimiter)


def _find_in_map(evaluator: Evaluator, argument: Node) -> Value:
    """The one value when the keys are known, or when it is the same under all keys that may be meant."""
    if type(argument) is not Seq or len(argument) not in (3, 4):
        return _wrong("Fn::FindInMap")
    keys = [evaluator.value(item) for item in argument[:3]]
    name = as_text(keys[0])
    if name is None:
        return _unresolved("Fn::FindInMap", keys[0])
    candidates: list[Node] = [evaluator.mappings.get(name)]
    for key in keys[1:]:
        evaluator.spend(len(candidates))
        candidates = [inner for outer in candidates if type(outer) is Map for inner in _under(outer, key)]
    unknown = unknown_in(*keys[1:])
    if (unknown is not None or not candidates) and len(argument) == 4 and "DefaultValue" in as_map(argument[3]):
        candidates.append(argument[3]["DefaultValue"])
    evaluator.spend(len(candidates))
    if not candidates:
        return Unresolved(f"Fn::FindInMap {name}", "the mapping has no such key")
    values = [evaluator.value(candidate) for candidate in candidates]
    if unknown is None or all(value == values[0] for value in values):
        return values[0]
    return _chosen(f"Fn::FindInMap {name}", unknown)


def _under(outer: Map, key: Value) -> list[Node]:
    text = as_text(key)
    if text is None:
        return list(outer.values())
    return [outer[text]] if text in outer else []


def _cidr(evaluator: Evaluator, argument: Node) -> Value:
    if type(argument) is not Seq or len(argument) not in (2, 3):
        return _wrong("Fn::Cidr")
    values = [evaluator.value(item) for item in argument]
    if unknown_in(*values) is not None:
        return derived("Fn::Cidr", *values)
    from ipaddress import ip_network  # few templates ask for it

    texts = [as_text(value) or "" for value in values]
    try:
        block = ip_network(texts[0], strict=False)
        count, bits = int(texts[1]), int(texts[2]) if len(texts) == 3 else 8
        if not 1 <= count <= _MAX_CIDRS:
            return _wrong("Fn::Cidr")
        subnets = block.subnets(new_prefix=block.max_prefixlen - bits)
        blocks = [str(subnet) for _, subnet in zip(range(count), subnets, strict=False)]
    except ValueError:
        return _wrong("Fn::Cidr")
    evaluator.spend(_CIDR_STEPS * count)
    return blocks if len(blocks) == count else _wrong("Fn::Cidr")


def _get_azs(evaluator: Evaluator, argument: Node) -> Value:
    evaluator.value(argument)
    return [Reference(f"${{Fn::GetAZs[{index}]}}") for index in range(_ZONES)]


def _import_value(evaluator: Evaluator, argument: Node) -> Value:
    """There for certain: CloudFormation imports nothing that is not exported."""
    name = evaluator.value(argument)
    text = name.text if type(name) is Reference else as_text(name) or "?"
    return Reference("${Fn::ImportValue " + _VARIABLE.sub(r"\1", text) + "}")


def _get_stack_output(evaluator: Evaluator, argument: Node) -> Value:
    """There for certain, like an import: an output of another stack."""
    names = evaluator.value(argument)
    if type(names) is not dict:
        return _wrong("Fn::GetStackOutput")
    stack, output = (as_text(names.get(key)) or "?" for key in ("StackName", "OutputName"))
    return Reference(f"${{Fn::GetStackOutput {stack}.{output}}}")


def _base64(evaluator: Evaluator, argument: Node) -> Value:
    """The text itself: the encoding is for transport, and controls judge what it says."""
    return evaluator.value(argument)


def _length(evaluator: Evaluator, argument: Node) -> Value:
    value = evaluator.value(argument)
    if type(value) is list:
        return len(value)
    return _unresolved("Fn::Length", value) if unknown_in(value) is not None else _wrong("Fn::Length")


def _to_json(evaluator: Evaluator, argument: Node) -> Value:
    """The JSON text; what is not known stands in it as `${…}`, which makes it a reference."""
    value = evaluator.value(argument)
    if type(value) not in (dict, list):
        return _unresolved("Fn::ToJsonString", value) if unknown_in(value) is not None else _wrong("Fn::ToJsonString")
    marks: list[Value] = []
    text = json.dumps(_without_marks(value, marks), separators=(",", ":"), ensure_ascii=False)
    if not marks:
        return text
    described = concatenate([*marks, ""])
    return Reference(text, described.targets if type(described) is Reference else ())


def _without_marks(value: Value, marks: list[Value]) -> Value:
    if type(value) is dict:
        return {
            key: _without_marks(item, marks) for key, item in value.items() if item is not ABSENT and item is not None
        }
    if type(value) is list:
        return [_without_marks(item, marks) for item in value]
    if unknown_in(value) is None:
        return value
    marks.append(value)
    return concatenate([value, ""]).text


def _condition(evaluator: Evaluator, argument: Node) -> Value:
    """A condition in the place of a value."""
    truth = evaluator.conditions.truth(argument) if type(argument) is str else None
    return Unresolved(f"Condition {argument}", "depends on a condition") if truth is None else truth


def _wrong(name: str) -> Unresolved:
    return Unresolved(name, "its arguments are not what the function takes")


def _unresolved(name: str, cause: Value) -> Unresolved:
    """Not known because of an argument that is not known."""
    value = derived(name, cause)
    return value if type(value) is Unresolved else Unresolved(name, f"depends on {_named(cause)}")


def _chosen(name: str, cause: Value) -> Unresolved:
    """Not known because which of several values is meant is not known; the values themselves may be written out."""
    words = f"{cause.expression} ({cause.reason})" if isinstance(cause, Unresolved) else _named(cause)
    return Unresolved(name, f"depends on {words}")


def _named(value: Value) -> str:
    """What a value that is not known is called."""
    return value.text if type(value) is Reference else "its arguments"


FUNCTIONS: dict[str, Callable[[Evaluator, Node], Value]] = {
    "Ref": _ref,
    "Condition": _condition,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _get_azs,
    "Fn::GetAtt": _get_att,
    "Fn::GetStackOutput": _get_stack_output,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_json,
}
