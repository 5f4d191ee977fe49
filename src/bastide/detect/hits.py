"""What matched, as rows of a table: the rule, the event, and the values by which correlations group and count.

A value that an event has once stands in a column of its own: reading and comparing lists costs several times as much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PLAIN = 6
"""Values with a column of their own at most; what a rule has beyond stands in lists."""
_PLAIN = [f"f{at}" for at in range(PLAIN)]
COLUMNS = (
    "rule INTEGER, event BIGINT, time BIGINT, fresh BOOLEAN, "
    f"{', '.join(f'{name} VARCHAR' for name in _PLAIN)}, lists VARCHAR[][]"
)
"""The columns of the table `hits`."""


class Value(Struct, frozen=True):
    """What a correlation calls a value of a rule's matches; an event may have `many` of it."""

    name: str
    many: bool = False


def places(values: Sequence[Value]) -> list[str]:
    """Where the values of a rule stand in its rows: columns, or elements of `lists`, which are lists themselves."""
    plain, lists = iter(_PLAIN), 0
    found = []
    for value in values:
        name = None if value.many else next(plain, None)
        lists += name is None
        found.append(name or f"lists[{lists}]")
    return found


def is_list(place: str) -> bool:
    """Whether a list of values stands there."""
    return place.startswith("lists")


def row(values: Sequence[Value], given: Iterable[str]) -> str:
    """The columns after `fresh` as they are selected; `given` is SQL for each value, a list where there are many."""
    there = dict(zip(places(values), zip(values, given, strict=True), strict=True))
    columns = [there[name][1] if name in there else "null" for name in _PLAIN]
    lists = [f"coalesce({sql if value.many else f'[{sql}]'}, [])" for place, (value, sql) in there.items()
             if is_list(place)]  # fmt: skip
    return ", ".join([*(f"({sql})::varchar" for sql in columns), f"[{', '.join(lists)}]::varchar[][]"])
