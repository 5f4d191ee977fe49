"""Conditions: decided where they can be, and which of the others can be true together where they cannot.

A condition is undecided when it depends on a parameter that has no value, or on where the template is deployed.
Such inputs are tried: with each of the values that conditions compare them to (or that they may have), and with one
that stands for any other. What comes out the same every time is decided after all.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import ChainMap
from typing import TYPE_CHECKING

from msgspec import Struct, field

from bastide.resources.model import Reference, Unresolved
from bastide.sources.cloudformation.functions import variables_of
from bastide.sources.cloudformation.limits import (
    MAX_ALLOWED_VALUES,
    MAX_COMBINATIONS,
    MAX_CONDITION_DEPTH,
)
from bastide.sources.cloudformation.nodes import Call, Map, Node, Seq
from bastide.sources.cloudformation.values import Value, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bastide.sources.cloudformation.evaluate import Evaluator
    from bastide.sources.cloudformation.parameters import Parameters

Truth = bool | None
"""None for what cannot be decided."""


_ONE = re.compile(r"\$\{[^{}]*\}")
_OTHER = "none of the values that it is compared to"


class _Inputs(Struct):
    """What conditions depend on: undecided parameters, the texts that they compare with, and other conditions."""

    names: dict[str, None] = field(default_factory=dict)
    texts: dict[str, None] = field(default_factory=dict)
    conditions: set[str] = field(default_factory=set)


class Conditions:
    """The conditions of one template."""

    def __init__(self, section: Map, parameters: Parameters, evaluator: Evaluator) -> None:
        self.section, self.parameters, self.evaluator = section, parameters, evaluator
        self._values: dict[str, Value] = parameters.raw
        self._known: dict[str, Truth] = {}
        self._decided: dict[str, Truth] = {}
        self._assignments: dict[tuple[str, ...], list[tuple[bool, ...]]] = {}
        self._texts: dict[str, None] = {}

    def truth(self, name: str) -> Truth:
        """Whether a condition holds; None when that depends on what is not known, or nobody has defined it."""
        if name not in self._decided:
            self._decided[name] = None  # what a cycle finds
            truth = self._under(self.parameters.raw, (name,), {})[0]
            if truth is None and name in self.section:
                outcomes = {values[0] for values in self.assignments((name,))}
                truth = outcomes.pop() if len(outcomes) == 1 else None
            self._decided[name] = truth
        return self._decided[name]

    def assignments(self, names: tuple[str, ...]) -> list[tuple[bool, ...]]:
        """Which values the named conditions can have at the same time."""
        if names not in self._assignments:
            found: dict[tuple[bool, ...], None] = {}
            for truths in self._tried(names):
                found |= dict.fromkeys(
                    itertools.product(*((truth,) if truth is not None else (True, False) for truth in truths))
                )
            self._assignments[names] = sorted(found, reverse=True)
        return self._assignments[names]

    def _tried(self, names: tuple[str, ...]) -> Iterator[tuple[Truth, ...]]:
        """The values of the conditions under every combination of values of what they depend on."""
        inputs = self._inputs(names)
        domains: list[list[Value]] = []
        for name in inputs.names:
            domains.append(self._domain(name, inputs.texts))
            self.evaluator.spend(len(domains[-1]))
            if math.prod(map(len, domains)) > MAX_COMBINATIONS:
                yield (None,) * len(names)
                return
        for chosen in itertools.product(*domains):
            tried = dict(zip(inputs.names, chosen, strict=True))
            yield self._under(ChainMap(tried, self.parameters.raw), names, inputs.texts)

    def _domain(self, name: str, texts: dict[str, None]) -> list[Value]:
        """The values of a parameter that are worth trying."""
        allowed = self.parameters.allowed.get(name)
        if allowed and len(allowed) <= MAX_ALLOWED_VALUES:
            return list(allowed)
        return [*(text for text in texts if not allowed or text in allowed), Unresolved(name, _OTHER)]

    def _inputs(self, names: tuple[str, ...]) -> _Inputs:
        inputs = _Inputs()
        pending: list[Node] = [Call("Condition", name, 0) for name in names]
        while pending:
            node = pending.pop()
            self.evaluator.spend(1)
            kind = type(node)
            if kind is Call:
                pending.append(self._input(node, inputs))
            elif kind is Map:
                pending += (Call(key, value, 0) for key, value in node.items())
            elif kind is Seq:
                pending += node
        return inputs

    def _input(self, call: Call, inputs: _Inputs) -> Node:
        """Adds what a call itself depends on; the node in which to look on."""
        argument = call.argument
        if call.name == "Condition" and type(argument) is str:
            if argument in inputs.conditions:
                return None
            inputs.conditions.add(argument)
            return self.section.get(argument)
        for name in variables_of(call):
            unknown = isinstance(self.parameters.raw.get(name), (Unresolved, Reference))
            if unknown and name not in self.parameters.lists:
                inputs.names[name] = None
        if call.name == "Fn::Equals" and type(argument) is Seq:
            inputs.texts |= {text: None for item in argument if (text := as_text(item)) is not None}
        return argument

    def _under(
        self, parameters: Mapping[str, Value], names: tuple[str, ...], texts: dict[str, None]
    ) -> tuple[Truth, ...]:
        """The values of conditions when the parameters have these values, other than these texts if need be."""
        outside = self.evaluator.parameters, self._known, self._texts
        self.evaluator.parameters, self._known, self._texts = parameters, {}, texts
        try:
            return tuple(self._named(name, 0) for name in names)
        finally:
            self.evaluator.parameters, self._known, self._texts = outside

    def _named(self, name: Node, depth: int) -> Truth:
        if type(name) is not str or name not in self.section or depth > MAX_CONDITION_DEPTH:
            return None
        if name not in self._known:
            self._known[name] = None  # what a cycle finds
            self._known[name] = self._expression(self.section[name], depth + 1)
        return self._known[name]

    def _expression(self, node: Node, depth: int) -> Truth:
        """Three-valued: what decides an expression decides it whatever the rest is."""
        self.evaluator.spend(1)
        if type(node) is Map and list(node) == ["Condition"]:
            return self._named(node["Condition"], depth)
        if type(node) is Call and depth <= MAX_CONDITION_DEPTH:
            return self._call(node, depth)
        return _WORDS.get(as_text(node) or "")

    def _call(self, call: Call, depth: int) -> Truth:
        if call.name == "Condition":
            return self._named(call.argument, depth)
        operands = call.argument if type(call.argument) is Seq else []
        if call.name == "Fn::Equals":
            return self._equal(*operands) if len(operands) == 2 else None
        if call.name not in ("Fn::And", "Fn::Or", "Fn::Not") or not operands:
            return None
        truths = [self._expression(operand, depth + 1) for operand in operands]
        if call.name == "Fn::Not":
            return None if truths[0] is None else not truths[0]
        decisive = call.name == "Fn::Or"
        return decisive if decisive in truths else None if None in truths else not decisive

    def _equal(self, left_node: Node, right_node: Node) -> Truth:
        left, right = self.evaluator.value(left_node), self.evaluator.value(right_node)
        left_text, right_text = as_text(left), as_text(right)
        if left_text is not None and right_text is not None:
            return left_text == right_text
        if repr(left_node) == repr(right_node):
            return True  # whatever it is
        for value, text in ((left, right_text), (right, left_text)):
            if type(value) is Unresolved and value.reason == _OTHER and text in self._texts:
                return False
            if text == "" and type(value) is Reference and (value.targets or _ONE.fullmatch(value.text)):
                return False  # it is there; what is made of several parameters may be empty all the same
        return None


_WORDS: dict[str, Truth] = {"true": True, "false": False}
