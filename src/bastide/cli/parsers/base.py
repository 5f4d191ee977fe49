"""What the parsers of all commands are made of."""

from __future__ import annotations

import argparse
import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.settings import Option

EXIT_CODES = {
    0: "nothing at or over the threshold",
    1: "findings",
    2: "wrong use or configuration",
    3: "the scan is incomplete: something could not be read",
}


class Parser(argparse.ArgumentParser):
    """Says the near miss for a command or option that does not exist."""

    def error(self, message: str) -> Any:
        from bastide.errors import near_miss

        if message.endswith("are required: COMMAND"):
            self.print_help(sys.stderr)
            self.exit(2)
        known = _words(self)
        if "unrecognized" in message or "invalid choice" in message:
            message = message.split(" (choose", maxsplit=1)[0]
            words = [word.strip("'\",()") for word in message.rpartition(": ")[2].split()]
            hints = [hint for word in words if len(word) > 2 and word not in known and (hint := near_miss(word, known))]
            message += f". {hints[0][0].upper()}{hints[0][1:]}" if hints else ". See --help"
        self.exit(2, f"bastide: {message}\n")


def _words(parser: argparse.ArgumentParser) -> list[str]:
    """Every option and command of a parser and of those below it."""
    known: list[str] = []
    for action in parser._actions:  # noqa: SLF001 (argparse has no public name for it)
        known += action.option_strings
        if action.option_strings and action.choices:
            known += action.choices
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            known += action.choices
            known += [word for inner in action.choices.values() for word in _words(inner)]
    return known


def lazy(module: str) -> Any:
    """The `run` of a command's module, imported when the command is called."""

    def run(arguments: argparse.Namespace) -> int:
        command = import_module(f"bastide.cli.{module}")
        gc.enable()
        return int(command.run(arguments))

    return run


def add_options(parser: Any, options: Iterable[Option]) -> None:
    for option in options:
        flags = [option.short, option.flag] if option.short else [option.flag]
        if option.kind == "flag":
            parser.add_argument(*flags, action="store_true", default=None, help=option.help)
        elif option.kind == "texts":
            parser.add_argument(*flags, action="append", metavar=option.metavar, help=option.help)
        elif option.choices:
            text = f"{option.help} (default: {option.default})"
            parser.add_argument(*flags, choices=option.choices, metavar="SEVERITY", help=text)
        else:
            parser.add_argument(*flags, metavar=option.metavar, help=option.help)
