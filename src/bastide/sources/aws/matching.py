"""Which elements of an answer belong to an item: looked up, for answers that speak of thousands at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.sources.aws.expressions import find

if TYPE_CHECKING:
    from collections.abc import Iterable


class Matching:
    """The elements by what the expression `theirs` says of each, which is evaluated once for each."""

    def __init__(self, theirs: str, elements: Iterable[Any]) -> None:
        self._texts: dict[str, list[Any]] = {}
        self._others: list[tuple[Any, Any]] = []
        for element in elements:
            key = find(theirs, element)
            if isinstance(key, str):
                self._texts.setdefault(key, []).append(element)
            else:
                self._others.append((key, element))

    def of(self, wanted: Any) -> list[Any]:
        """The elements of which the expression says just this, in their order."""
        if isinstance(wanted, str):
            return list(self._texts.get(wanted, ()))
        return [element for key, element in self._others if key == wanted]
