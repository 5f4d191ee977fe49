"""From nodes to property trees: plain values and marks, with the origin of each property."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.resources.model import ABSENT, Origin, Reference, Unresolved
from bastide.sources.cloudformation import foreach
from bastide.sources.cloudformation.functions import FUNCTIONS
from bastide.sources.cloudformation.limits import MAX_CHARACTERS, MAX_STEPS
from bastide.sources.cloudformation.nodes import Call, Map, Node, Seq, TemplateError, make_map
from bastide.sources.cloudformation.values import Value, shown, size

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bastide.sources.cloudformation.conditions import Conditions
    from bastide.sources.cloudformation.parameters import Parameters


_TRANSFORM = "Fn::Transform"


class ExhaustedError(TemplateError):
    """The evaluation of a template went over its limits."""


class _Origins(dict[int, Origin]):
    """The origin of each line of a file, made once: what stands on one line has one origin."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __missing__(self, line: int) -> Origin:
        self[line] = made = Origin._make((self.path, line, line, ""))
        return made


class Evaluator:
    """Evaluates the nodes of one template; `begin` before every resource.

    After `value`, `origins` has the origin of every property by path, `undecided` the conditions on whose two sides
    different values stand. `addresses` are the logical ids of the template, `conditions` its conditions.
    """

    def __init__(self, path: str, parameters: Parameters, mappings: Map, prefix: str = "") -> None:
        self.mappings, self.prefix = mappings, prefix
        self.lines = _Origins(path)
        self.parameters: Mapping[str, Value] = parameters.values
        self.addresses: Collection[str] = ()
        self.conditions: Conditions
        self.steps, self.characters = MAX_STEPS, MAX_CHARACTERS
        self.external: dict[tuple[str, int], None] = {}  # what a transform would have brought in, and its line
        self.begin()

    def begin(self, assume: dict[str, bool] | None = None) -> None:
        """Forgets the last resource; `assume` says how conditions are taken that cannot be decided."""
        self.assume = assume or {}
        self.origins: dict[str, Origin] = {}
        self.undecided: dict[str, None] = {}

    def spend(self, steps: int, characters: int = 0) -> None:
        """Accounts for work; `ExhaustedError` when a template asks for too much of it."""
        self.steps -= steps
        self.characters -= characters
        if self.steps < 0 or self.characters < 0:
            raise ExhaustedError("its functions make more than can be evaluated")

    def value(self, node: Node, path: str | None = None) -> Value:
        """The value of a node; `path` is the property that it is, None for an argument of a function."""
        kind = type(node)
        if kind is Map:
            return self.map(node, path)
        if kind is Seq:
            return self.seq(node, path)
        return self.call(node, path) if kind is Call else node

    def map(self, node: Map, path: str | None) -> Value:
        self.spend(len(node) + 1, len(path) * len(node) if path else 0)
        if any(key[:4] == "Fn::" and (key == _TRANSFORM or foreach.is_loop(key)) for key in node):
            return self.mixed(node, path)
        if path is None:
            return {key: self.value(item) for key, item in node.items()}
        paths = [f"{path}.{key}" for key in node] if path else list(node)
        self.origins.update(zip(paths, map(self.lines.__getitem__, node.lines), strict=True))
        result: dict[str, Value] = {}
        for (key, item), here in zip(node.items(), paths, strict=True):
            kind = type(item)
            if kind is Map:
                result[key] = self.map(item, here)
            elif kind is Seq:
                result[key] = self.seq(item, here)
            else:
                result[key] = self.call(item, here) if kind is Call else item
        return result

    def seq(self, node: Seq, path: str | None) -> list[Value]:
        """The items that are there: positions are those that the settled list will have."""
        self.spend(len(node) + 1, len(path) * len(node) if path else 0)
        result: list[Value] = []
        here = None
        for item, line in zip(node, node.lines, strict=True):
            if path is not None:
                here = f"{path}[{len(result)}]"
                self.origins[here] = self.lines[line]
            value = self.value(item, here)
            if value is not ABSENT and value is not None:
                result.append(value)
        return result

    def mixed(self, node: Map, path: str | None) -> Value:
        """An object with functions beside its names: loops are unrolled, a transform makes all of it unknown."""
        for key, item, line in node.items_with_lines():
            if key == _TRANSFORM:
                return self.call(Call(key, item, line), path)
        unrolled, unknown = foreach.unroll(node, self)
        return Unresolved(unknown[0].loop, unknown[0].reason) if unknown else self.map(unrolled, path)

    def call(self, node: Call, path: str | None) -> Value:
        if node.name == "Fn::If":
            self.spend(1)
            return self.choice(node.argument, path)
        if function := FUNCTIONS.get(node.name):
            value = function(self, node.argument)
            self.spend(1, size(value))
            return value
        if foreach.is_loop(node.name):
            return self.mixed(make_map([node.name], [node.argument], [node.line], node.line), path)
        if node.name == _TRANSFORM:
            return self.transform(node)
        return Unresolved(node.name, "a function that bastide does not know")

    def choice(self, argument: Node, path: str | None) -> Value:
        """`Fn::If`: one side when the condition is decided or assumed, or when both sides are the same."""
        if type(argument) is not Seq or len(argument) != 3 or type(argument[0]) is not str:
            return Unresolved("Fn::If", "not a condition's name and two values")
        name, if_true, if_false = argument
        truth = self.conditions.truth(name) if name not in self.assume else self.assume[name]
        if truth is not None:
            return self.value(if_true if truth else if_false, path)
        left, right = self.value(if_true, path), self.value(if_false, path)
        if left is right or left == right:
            return left
        self.undecided[name] = None
        return Unresolved(f"Fn::If {name}", f"depends on condition {name}: {shown(left)} or {shown(right)}")

    def transform(self, node: Call) -> Value:
        """What a macro makes is not known; a list of macros is known by its first."""
        argument = node.argument[0] if type(node.argument) is Seq and node.argument else node.argument
        name = argument.get("Name") if type(argument) is Map else None
        name = name if type(name) is str else "?"
        self.external[name, node.line] = None
        return Unresolved(f"Fn::Transform {name}", "made by a macro at deployment")

    def ref(self, name: str) -> Value:
        """What `Ref` gives for a parameter, a pseudo parameter or a resource."""
        value = self.parameters.get(name)
        if value is None:
            return self.attribute(name, "Ref")
        if type(value) is list:
            self.spend(len(value))
        return value

    def attribute(self, name: str, attribute: str) -> Value:
        """A reference to an attribute of a resource of this template; `Ref` for the resource itself."""
        address = self.prefix + name
        text = f"${{{address}}}" if attribute == "Ref" else f"${{{address}.{attribute}}}"
        if name in self.addresses:
            return Reference(text, ((address, attribute),))
        base, dot, rest = name.partition(".")
        if dot and base in self.addresses:  # a resource that the serverless transform makes: `Api.Stage`
            return Reference(text, ((self.prefix + base, rest),))
        if attribute == "Ref":
            return Unresolved(name, "no parameter or resource has this name")
        return Unresolved(f"{name}.{attribute}", "no resource has this name")
