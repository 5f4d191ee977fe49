"""Templates that are judged as a part of others: with the parameters that those give, and not once more alone."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.resources.model import Loaded


def without_nested(loaded: Sequence[Loaded]) -> list[Loaded]:
    """The units without the templates that stand alone and are a nested stack of one that stays.

    Of templates that nest each other one stays. A unit of a nested stack is called `parent.yaml#LogicalId`.
    """
    alone = {
        posixpath.normpath(one.unit): one for one in loaded if one.source == "cloudformation" and one.unit in one.files
    }
    inner: dict[str, set[str]] = {}
    for one in loaded:
        root, mark, _ = one.unit.partition("#")
        if mark and (root := posixpath.normpath(root)) in alone:
            inner.setdefault(root, set()).update(map(posixpath.normpath, one.files))
    dropped = set().union(*inner.values()) & alone.keys()
    for root in sorted(dropped):
        kept = (files for other, files in inner.items() if other not in dropped)
        if not any(root in files for files in kept):
            dropped.discard(root)
    return [one for one in loaded if posixpath.normpath(one.unit.partition("#")[0]) not in dropped]
