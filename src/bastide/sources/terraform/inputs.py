"""Values of a root module's variables: `terraform.tfvars`, `*.auto.tfvars`, and the files that a person names."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from bastide.resources.model import Problem
from bastide.sources.terraform.nodes import Scope, evaluate
from bastide.sources.terraform.parser import parse_body
from bastide.sources.terraform.reader import BinaryFile, cause, content, join
from bastide.sources.terraform.syntax import SyntaxFault, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIRST = ("terraform.tfvars", "terraform.tfvars.json")
_AUTO = (".auto.tfvars", ".auto.tfvars.json")


def variable_files(folder: str) -> list[str]:
    """The files that Terraform itself takes values from, in its order: later ones win."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 (names are wanted)
    except OSError:
        return []
    found = [name for name in _FIRST if name in names]
    return [join(folder, name) for name in [*found, *(name for name in names if name.endswith(_AUTO))]]


def variable_values(paths: Sequence[str], scope: Scope) -> tuple[dict[str, Any], list[Problem]]:
    """The values that these files give, by variable, and what is wrong with files that could not be read."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            values.update(_read(path, scope))
        except SyntaxFault as fault:
            problems.append(Problem("unreadable", path, _line(path, fault.at), fault.cause))
        except (OSError, ValueError, RecursionError) as error:
            line = error.line if isinstance(error, BinaryFile) else 1
            message = "it is nested too deep" if isinstance(error, RecursionError) else cause(error)
            problems.append(Problem("unreadable", path, line, message))
    return values, problems


def _read(path: str, scope: Scope) -> dict[str, Any]:
    text = content(path)
    if path.endswith(".json"):
        try:
            found = json.loads(text)
        except json.JSONDecodeError as error:
            raise SyntaxFault(error.msg, error.pos) from None
        if not isinstance(found, dict):
            raise ValueError("an object is wanted")
        return found
    body = parse_body(Text(path, text))
    return {name: evaluate(expression, scope) for name, (expression, _, _) in body.attributes.items()}


def _line(path: str, offset: int) -> int:
    return Text(path, content(path)).line(offset)
