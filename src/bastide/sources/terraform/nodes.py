"""Expressions of the Terraform language: what the parser builds, each able to evaluate itself.

A constant is not a node but the plain value itself. Evaluation never raises for what a configuration says:
what cannot be known is a mark (see `values`); only `Exhausted` and `RecursionError` pass, to the resource's
boundary. `words` is the expression as it is written, for the person who reads why something is not known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from bastide.resources.model import Reference, Sensitive, Unresolved
from bastide.sources.terraform import operators
from bastide.sources.terraform.values import (
    MARKS,
    NOT_YET,
    Document,
    Dynamic,
    Failed,
    Rest,
    Secret,
    describe,
    extended,
    inner,
    marks,
    secret,
    step,
    text_of,
    unknown,
)

if TYPE_CHECKING:
    from bastide.sources.terraform.values import Budget

At = tuple[str, int, int]
"""Where an expression stands: a text, and the offsets where it begins and ends there."""
NOWHERE: At = ("", 0, 0)
_MISSING = object()
_WORDS = 160
_STRING = re.compile(r'"(?>(?:[^"\\]|\\.)*)(?:"|$)')
_PIECE = re.compile(r"\$\{[^}]*\}|[^$]+|\$")
_SHOWN = 7
"""Characters of a string, its quotes among them, up to which it is shown."""


class Module(Protocol):
    """What an expression asks of the module it stands in."""

    budget: Budget

    def lookup(self, root: str, steps: tuple[Any, ...]) -> tuple[Any, int]:
        """The value that a name and its first steps stand for, and how many steps that took."""

    def call(self, name: str, arguments: list[Any], words: object) -> Any:
        """The result of a function."""


class Scope:
    """Where an expression is evaluated: its module, and the names that blocks and `for` bind."""

    __slots__ = ("module", "names")

    def __init__(self, module: Module, names: dict[str, Any]) -> None:
        self.module, self.names = module, names

    def with_names(self, names: dict[str, Any]) -> Scope:
        """The same with more names."""
        return Scope(self.module, {**self.names, **names})


def evaluate(expression: Any, scope: Scope) -> Any:
    """The value of a node, or of a constant."""
    return expression.evaluate(scope) if isinstance(expression, Node) else expression


class Node:
    """An expression that is no constant; it stands at `start` to `end` of `source`."""

    __slots__ = ("end", "source", "start")

    def __init__(self, at: At) -> None:
        self.source, self.start, self.end = at

    @property
    def words(self) -> str:
        """The expression as written, on one line, cut to a readable length; literals that might be secrets are not
        shown, since a report does not know what they stand for.
        """
        text = " ".join(self.source[self.start : min(self.end, self.start + 10 * _WORDS)].split())
        text = _STRING.sub(_hidden, text)
        return text if len(text) <= _WORDS else text[: _WORDS - 1] + "…"

    def __str__(self) -> str:
        return self.words

    def evaluate(self, scope: Scope) -> Any:
        """The value, with marks for what is not known."""
        raise NotImplementedError


def _hidden(found: re.Match[str]) -> str:
    if len(found[0]) <= _SHOWN:
        return found[0]
    pieces = _PIECE.findall(found[0][1:-1])
    return '"' + "".join(piece if piece.startswith("${") else "…" for piece in pieces) + '"'


class Traversal(Node):
    """`root.step.step`, the steps being names and positions."""

    __slots__ = ("root", "steps")

    def __init__(self, at: At, root: str, steps: tuple[Any, ...]) -> None:
        self.source, self.start, self.end = at
        self.root, self.steps = root, steps

    def evaluate(self, scope: Scope) -> Any:
        value = scope.names.get(self.root, _MISSING)
        steps = self.steps
        if value is _MISSING:
            value, used = scope.module.lookup(self.root, steps)
            steps = steps[used:]
        for key in steps:
            value = step(value, key)
        return Failed(self.words, value.reason) if type(value) is Failed and steps else value


class Index(Node):
    """`of[key]`, and `of.key` where `of` is no traversal."""

    __slots__ = ("key", "of")

    def __init__(self, at: At, of: Any, key: Any) -> None:
        super().__init__(at)
        self.of, self.key = of, key

    def evaluate(self, scope: Scope) -> Any:
        value = step(evaluate(self.of, scope), evaluate(self.key, scope))
        return Failed(self.words, value.reason) if type(value) is Failed else value


class Splat(Node):
    """`of[*].step.step`: the steps taken from each element."""

    __slots__ = ("of", "steps")

    def __init__(self, at: At, of: Any, steps: tuple[Any, ...]) -> None:
        super().__init__(at)
        self.of, self.steps = of, steps

    def evaluate(self, scope: Scope) -> Any:
        value = evaluate(self.of, scope)
        if value is None:
            return []
        if isinstance(value, (Unresolved, Sensitive)):
            return unknown(self, [value])
        if isinstance(value, Reference) and (words := inner(value)):
            text = f"{words}[*]"
            for key in self.steps:
                text = extended(text, evaluate(key, scope))
            return Reference("${" + text + "}", value.targets)
        hidden = isinstance(value, Secret)
        items = value.value if isinstance(value, Secret) else value
        result = [self._of(item, scope) for item in (items if isinstance(items, list) else [items])]
        return secret(result) if hidden else result

    def _of(self, item: Any, scope: Scope) -> Any:
        scope.module.budget.spend()
        for key in self.steps:
            item = step(item, evaluate(key, scope))
        return item


class Items(Node):
    """`[a, b]`."""

    __slots__ = ("items",)

    def __init__(self, at: At, items: list[Any]) -> None:
        super().__init__(at)
        self.items = items

    def evaluate(self, scope: Scope) -> Any:
        return [item.evaluate(scope) if isinstance(item, Node) else item for item in self.items]


class Entries(Node):
    """`{ key = value }`; an entry whose key is not known leaves the whole unknown.

    The key of a policy's condition is one also when only its end is known: `${…}:sub`.
    """

    __slots__ = ("entries",)

    def __init__(self, at: At, entries: list[tuple[Any, Any]]) -> None:
        super().__init__(at)
        self.entries = entries

    def evaluate(self, scope: Scope) -> Any:
        result: dict[str, Any] = {}
        for key, item in self.entries:
            name = key
            if isinstance(key, Node):
                name = plain_key(key.evaluate(scope))
                if isinstance(name, Reference) and name.text.rpartition("}")[2].startswith(":"):
                    name = name.text
                if not isinstance(name, str):
                    return unknown(self, [name], present=False)
            result[name] = item.evaluate(scope) if isinstance(item, Node) else item
        return result


def plain_key(value: Any) -> Any:
    """A map key as a string, or the mark that says why it is none."""
    if isinstance(value, Secret):
        value = value.value
    if isinstance(value, Reference) and "${" not in value.text:
        return value.text
    if isinstance(value, MARKS):
        return value
    try:
        return text_of(value)
    except ValueError:
        return Failed("", "a key must be a string")


class Unary(Node):
    """`!a` and `-a`."""

    __slots__ = ("of", "operator")

    def __init__(self, at: At, operator: str, of: Any) -> None:
        super().__init__(at)
        self.operator, self.of = operator, of

    def evaluate(self, scope: Scope) -> Any:
        return operators.unary(self.operator, evaluate(self.of, scope), self)


class Binary(Node):
    """`a + b` and the like; `&&` and `||` are decided by one side where one side decides."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, at: At, operator: str, left: Any, right: Any) -> None:
        super().__init__(at)
        self.operator, self.left, self.right = operator, left, right

    def evaluate(self, scope: Scope) -> Any:
        left = evaluate(self.left, scope)
        right = evaluate(self.right, scope)
        return operators.binary(self.operator, left, right, self, scope.module.budget)


class Conditional(Node):
    """`condition ? yes : no`; with a condition that is not known, known only when both sides are equal."""

    __slots__ = ("condition", "no", "yes")

    def __init__(self, at: At, condition: Any, yes: Any, no: Any) -> None:
        super().__init__(at)
        self.condition, self.yes, self.no = condition, yes, no

    def evaluate(self, scope: Scope) -> Any:
        condition = operators.truth(evaluate(self.condition, scope))
        if condition is True:
            return evaluate(self.yes, scope)
        if condition is False:
            return evaluate(self.no, scope)
        yes, no = evaluate(self.yes, scope), evaluate(self.no, scope)
        if operators.same(yes, no, scope.module.budget) is True:
            return yes
        sides = [side for side in (yes, no) if isinstance(side, (Reference, Dynamic))]
        if len(sides) == 2:
            return unknown(self, sides)
        return unknown(self, [condition], present=False)


class For(Node):
    """`[for k, v in of : value if condition]`, or with `key` the object form, grouped with `...`."""

    __slots__ = ("condition", "grouped", "key", "names", "of", "value")

    def __init__(self, at: At, names: tuple[str, str], of: Any, key: Any) -> None:
        super().__init__(at)
        self.names, self.of, self.key = names, of, key
        self.value: Any = None
        self.condition: Any = True
        self.grouped = False

    def evaluate(self, scope: Scope) -> Any:
        of = evaluate(self.of, scope)
        hidden = isinstance(of, Secret)
        pairs = pairs_of(of.value if isinstance(of, Secret) else of)
        if isinstance(pairs, Unresolved):
            return type(pairs)(self.words, pairs.reason)
        result = self._collect(pairs, scope)
        return secret(result) if hidden else result

    def _collect(self, pairs: list[tuple[Any, Any]], scope: Scope) -> Any:
        listed: list[Any] = []
        mapped: dict[str, Any] = {}
        inner_scope = scope.with_names({})
        for key, item in pairs:
            scope.module.budget.spend()
            inner_scope = scope.with_names({self.names[0]: key, self.names[1]: item})
            taken = operators.truth(evaluate(self.condition, inner_scope))
            if type(item) is Rest and self.key is _MISSING:
                listed.append(item)
                continue
            if not isinstance(taken, bool):
                return unknown(self, [taken], present=False)
            if not taken:
                continue
            value = evaluate(self.value, inner_scope)
            if self.key is _MISSING:
                listed.append(value)
                continue
            name = plain_key(evaluate(self.key, inner_scope))
            if not isinstance(name, str):
                return unknown(self, [name], present=False)
            if self.grouped:
                mapped.setdefault(name, []).append(value)
            else:
                mapped[name] = value
        return listed if self.key is _MISSING else mapped


NO_KEY = _MISSING
"""The `key` of a `For` that makes a list."""


def pairs_of(value: Any) -> Any:
    """Keys and values in Terraform's order, or an `Unresolved` that says why not."""
    if isinstance(value, list):
        return list(enumerate(value))
    if isinstance(value, dict):
        return sorted(value.items())
    if isinstance(value, Unresolved):
        return value
    if isinstance(value, (Reference, Dynamic, Document, Sensitive)):
        return Unresolved(describe(value), NOT_YET)
    return Failed("", "it is neither a list nor a map")


class Call(Node):
    """`name(a, b...)`; `try` and `can` look at their arguments themselves."""

    __slots__ = ("arguments", "expanded", "name")

    def __init__(self, at: At, name: str, arguments: list[Any]) -> None:
        super().__init__(at)
        self.name, self.arguments = name, arguments
        self.expanded = False

    def evaluate(self, scope: Scope) -> Any:
        scope.module.budget.spend()
        if self.name == "try":
            return self._try(scope)
        arguments = [evaluate(argument, scope) for argument in self.arguments]
        if self.expanded:
            last = arguments.pop()
            if not isinstance(last, list):
                return unknown(self, [last] if isinstance(last, MARKS) else [], present=False)
            arguments.extend(last)
        return scope.module.call(self.name, arguments, self)

    def _try(self, scope: Scope) -> Any:
        value: Any = Failed(self.words, "no argument of try has a value")
        for argument in self.arguments:
            value = evaluate(argument, scope)
            if not any(isinstance(mark, Failed) for mark in marks(value, scope.module.budget)):
                return value
        return value
