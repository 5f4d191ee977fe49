"""Terraform configurations: a root module's files, evaluated without any provider, into resources."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bastide.resources.model import Loaded, Problem
from bastide.sources.terraform.convert import convert
from bastide.sources.terraform.inputs import variable_files, variable_values
from bastide.sources.terraform.module import ModuleInstance
from bastide.sources.terraform.reader import cause
from bastide.sources.terraform.unit import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.sources.terraform.provider import ProviderResource


def load(folder: str, files: Sequence[str] = (), var_files: Sequence[str] = (), within: Sequence[str] = ()) -> Loaded:
    """The resources of the root module in a folder, with those of all modules that it calls.

    `folder` and `files` (all of its configuration files when none are named) are paths as they are shown, from
    the working directory. Values come from defaults, `terraform.tfvars`, `*.auto.tfvars` and then `var_files`.
    Modules and files are read below `within`, the working directory and the folder's repository, no farther.
    Nothing is fetched, no exception leaves for what the files say: that is a `Problem`.
    """
    resources, problems, read = provider_resources(folder, files, var_files, within)
    converted = convert(resources, folder, "terraform")
    loaded = Loaded(folder, "terraform", converted.resources, [*problems, *converted.problems], read)
    if any(one.type == "archive_file" for one in resources):
        from bastide.sources.terraform.function_code import search_code  # few units have code beside them

        search_code(loaded, resources, allowed(folder, within))
    return loaded


def provider_resources(
    folder: str, files: Sequence[str] = (), var_files: Sequence[str] = (), within: Sequence[str] = ()
) -> tuple[list[ProviderResource], list[Problem], list[str]]:
    """The same before the mapping: provider resources, problems, and the files that were read."""
    unit = Unit(folder, allowed(folder, within))
    try:
        declared = unit.declared(folder, files)
    except (OSError, ValueError) as error:
        return [], [Problem("unreadable", folder, 1, cause(error))], []
    scope = ModuleInstance(unit, declared).scope
    paths = [*variable_files(folder), *var_files]
    given, problems = variable_values(paths, scope)
    for problem in problems:
        unit.report(problem)
    unit.files.update(dict.fromkeys(paths))
    resources = list(unit.resources(given))
    return resources, unit.problems, list(unit.files)


def allowed(folder: str, within: Sequence[str]) -> list[str]:
    """The real paths below which a root module may read."""
    real, here = os.path.realpath(folder), os.path.realpath(".")
    found = [real, *(here if root == "." else os.path.realpath(root) for root in within)]
    if here != os.path.dirname(here) and f"{real}/".startswith(f"{here}/"):  # noqa: PTH120  plain text work
        found.append(here)
    above = real
    # Paths as plain text: for a hundred root modules, path objects would take longer than all else here.
    while not os.path.exists(os.path.join(above, ".git")):  # noqa: PTH110, PTH118
        below, above = above, os.path.dirname(above)  # noqa: PTH120
        if above == below:
            return found
    return [*found, above]
