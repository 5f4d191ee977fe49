"""How a function of the Terraform language is declared and called, and what it makes of unknown arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from bastide.resources.model import Reference, Unresolved
from bastide.sources.limits import MAX_TEXT
from bastide.sources.terraform.values import (
    MARKS,
    PLAIN,
    Beyond,
    Failed,
    Refused,
    Secret,
    marks,
    secret,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.sources.terraform.values import Budget


class Missing(Refused):
    """A file that is not there."""


class Context(Protocol):
    """What a function may ask of the module that calls it."""

    budget: Budget

    def read(self, path: str) -> bytes:
        """A file of the configuration; `ValueError` says why not."""

    def render(self, text: str, names: dict[str, Any]) -> Any:
        """A text as a template over these names."""

    def listing(self, folder: str) -> list[str]:
        """The files below a folder of the configuration, relative to it; `ValueError` says why not."""


class Function:
    """A function, and how far down its arguments must be known: `all`, `top`, or not (`none`).

    `present`: whether over references it yields some value for certain. With `context`, it is given that first.
    """

    __slots__ = ("context", "needs", "present", "run")

    def __init__(self, run: Callable[..., Any], needs: str, *, present: bool, context: bool) -> None:
        self.run, self.needs, self.present, self.context = run, needs, present, context


FUNCTIONS: dict[str, Function] = {}


def function(
    *names: str, needs: str = "all", present: bool = True, context: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function under its Terraform names."""

    def declare(run: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            FUNCTIONS[name] = Function(run, needs, present=present, context=context)
        return run

    return declare


def call(name: str, arguments: list[Any], words: object, context: Context) -> Any:
    """The result of a function; never raises for what its arguments are."""
    found = FUNCTIONS.get(name.removeprefix("core::"))
    if not found:
        return unknown(words, [], present=False)
    hidden, targets = False, ()
    if found.needs != "none":
        lacking = _marks(arguments, found, context.budget)
        if any(not isinstance(mark, Secret) and not _literal(mark) for mark in lacking):
            return unknown(words, lacking, present=found.present)
        if lacking:
            hidden = any(isinstance(mark, Secret) for mark in lacking)
            targets = tuple(target for mark in lacking if _literal(mark) for target in mark.targets)
            arguments = [_bare(argument) for argument in arguments]
    if found.context:
        arguments = [context, *arguments]
    try:
        result = found.run(*arguments)
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
        return _failure(words, error)
    if isinstance(result, str) and len(result) > MAX_TEXT:
        return Unresolved(str(words), "the text is too long")
    if isinstance(result, (Unresolved, Reference)):
        result = _named(result, words)
    if hidden and not isinstance(result, bool):
        return secret(result)
    return Reference(result, targets) if targets and isinstance(result, str) else result


def _named(result: Unresolved | Reference, words: object) -> Unresolved | Reference:
    """What a function could only call `name(…)`, in the words of the configuration."""
    if isinstance(result, Reference):
        return Reference("${" + str(words) + "}", result.targets) if result.text.endswith("(…)}") else result
    unnamed = not result.expression or result.expression.endswith("(…)")
    return type(result)(str(words), result.reason) if unnamed else result


def _marks(arguments: list[Any], found: Function, budget: Budget) -> list[Any]:
    if found.needs == "top":
        return [argument for argument in arguments if isinstance(argument, MARKS)]
    return [mark for argument in arguments if type(argument) not in PLAIN for mark in marks(argument, budget)]


def _literal(mark: Any) -> bool:
    return isinstance(mark, Reference) and "${" not in mark.text


def _bare(value: Any) -> Any:
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items()}
    if isinstance(value, Secret):
        return _bare(value.value)
    return value.text if isinstance(value, Reference) else value


def _failure(words: object, error: Exception) -> Unresolved:
    if isinstance(error, Beyond):
        return Unresolved(str(words), str(error))
    return Failed(str(words), str(error) if isinstance(error, Refused) else "the arguments do not fit")
