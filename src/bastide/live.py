"""What of live accounts the chosen controls need: the types that they judge or relate to, and the properties they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.resources.policies import policy_paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.controls.compiled import Compiled


def reads_of(compiled: Iterable[Compiled]) -> dict[str, set[str]]:
    """By type, the properties that controls read, as paths without positions; a type that is only related to is there."""
    found: dict[str, set[str]] = {}
    for control in compiled:
        related = {relation["name"]: relation for relation in control.related}
        found.setdefault(control.resource, set())
        for relation in control.related:
            found.setdefault(relation["type"], set()).update({relation["to"]} - {""})
            found[control.resource].update({relation["by"]} - {""})
        for path in (path for atom in control.atoms for path, _ in atom.reads):
            name, _, rest = path.partition(".")
            if name in related:
                _add(found[related[name]["type"]], related[name]["type"], rest)
            else:
                _add(found[control.resource], control.resource, path)
    return found


def _add(paths: set[str], resource_type: str, path: str) -> None:
    if path.partition(".")[0] == "statements":
        paths.update(policy_paths(resource_type))
    elif path not in ("", "address"):
        paths.add(path)
