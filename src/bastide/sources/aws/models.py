"""botocore's models of services, without what a scan never uses: prose, and operations that may not be called.

A model as botocore loads it takes up to forty megabytes, most of it documentation and operations that write. What is
left is kept in the user's cache folder, since what takes memory and time is to read the whole.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.loaders import JSONFileLoader

from bastide.cache import compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class LeanLoader(JSONFileLoader):  # type: ignore[misc]  # botocore has no types
    """Loads a file of botocore's; of a service's model the operations that `may` says, by name.

    What is loaded is kept under `name`, which stands for what `may` says; without one it is not.
    """

    def __init__(self, may: Callable[[str], bool], name: str = "") -> None:
        self._may, self._name = may, name

    def _load_file(self, full_path: str, open_method: Callable[..., Any]) -> Any:
        path = Path(full_path)
        if not path.is_file():
            return None
        if not self._name or not path.name.startswith("service-2"):
            return self._read(path, open_method)
        name = "-".join([self._name, *path.parts[-3:-1]])
        return compiled(name, [path], lambda: self._read(path, open_method))

    def _read(self, path: Path, open_method: Callable[..., Any]) -> Any:
        with open_method(path, "rb") as stream:
            found = json.loads(stream.read(), object_hook=_without_prose)
        if isinstance(found, dict) and found.keys() >= {"operations", "shapes", "metadata"}:
            return lean(found, self._may)
        return found


def lean(model: dict[str, Any], may: Callable[[str], bool]) -> dict[str, Any]:
    """A service's model with some of its operations, and the shapes that these need."""
    operations = {name: operation for name, operation in model["operations"].items() if may(name)}
    shapes: dict[str, Any] = {}
    open_names = list(_named(operations.values()))
    while open_names:
        name = open_names.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            open_names += _named([shapes[name]])
    return {**model, "operations": operations, "shapes": shapes}


def _named(values: Iterable[Any]) -> Iterable[str]:
    """The shapes that operations or shapes refer to: every `shape` whose value is a name."""
    for value in values:
        if isinstance(value, dict):
            if isinstance(name := value.get("shape"), str):
                yield name
            yield from _named(value.values())
        elif isinstance(value, list):
            yield from _named(value)


def _without_prose(found: dict[str, Any]) -> dict[str, Any]:
    """Empty prose, since botocore asks for it here and there. A member that is called so is an object and stays."""
    if isinstance(found.get("documentation"), str):
        found["documentation"] = ""
    return found
