"""Fields below JSON that a column keeps as text: keys in any case, through lists, and into texts that hold JSON.

SQL reaches it as `jx(text, way)`. It is Python, since the same as SQL takes the database longer to plan, for every rule
that names such a field, than to run; and it is called only for what the rest of a condition has left.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

_JSON, _ENCODED = re.compile(r"\s*[\[{]"), re.compile(r"%[57][Bb]")
_NO_JSON = (msgspec.DecodeError, RecursionError, UnicodeEncodeError)
_decode = msgspec.json.Decoder().decode


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection the function `jx`: the texts at a way (`way_of`), an empty list where there are none."""
    create: Any = connection.create_function  # the name of its kind is in other modules in older versions
    create("jx", _of_columns, ["VARCHAR", "VARCHAR"], "VARCHAR[]", type="arrow")


def way_of(keys: list[str]) -> str:
    """The way that keys make, one within the other; a key with dots is as several that follow each other."""
    return ".".join(key.lower() for key in keys)


def texts_at(text: str, way: str) -> list[str]:
    """The texts at a way of a JSON text; elements of lists one by one, objects as compact JSON, no nulls.

    An object comes once more with quotes as they are in the texts within it.
    """
    try:
        nodes: list[Any] = [_decode(text)]
    except _NO_JSON:
        return []
    nodes = _below(nodes, _steps(way), 0)
    elements = [one for node in nodes for one in (node if isinstance(node, list) else [node])]
    return [found for one in elements if one is not None for found in _texts(one)]


@lru_cache(1000)
def _steps(way: str) -> list[dict[str, int]]:
    """For each place in a way the keys that may follow, and where each leads: those of Kubernetes have dots in them."""
    keys = way.split(".")
    return [{".".join(keys[at:end]): end for end in range(at + 1, len(keys) + 1)} for at in range(len(keys))]


def _below(nodes: list[Any], steps: list[dict[str, int]], at: int) -> list[Any]:
    if at == len(steps):
        return nodes
    further: dict[int, list[Any]] = {}
    for node in nodes:
        for one in _opened(node):
            for word, inner in one.items() if isinstance(one, dict) else ():
                if end := steps[at].get(word.lower()):
                    further.setdefault(end, []).append(inner)
    return [found for end, inner in further.items() for found in _below(inner, steps, end)]


def _of_columns(texts: Any, ways: Any) -> Any:
    """`texts_at` for columns of Arrow, of which the second has one value again and again."""
    import pyarrow as pa

    way = ways[0].as_py() if len(ways) else ""
    return pa.array([texts_at(text, way) for text in texts.to_pylist()], pa.list_(pa.string()))


def _opened(node: Any) -> Iterator[Any]:
    """What a key is looked for in: the elements of a list, else the node itself."""
    node = _plain(node)
    if isinstance(node, list):
        yield from map(_plain, node)
    else:
        yield node


def _plain(node: Any) -> Any:
    """A text that holds JSON, percent-encoded or not, as that JSON; everything else as it is."""
    if not isinstance(node, str):
        return node
    text = unquote(node) if _ENCODED.match(node) else node
    if not _JSON.match(text):
        return node
    try:
        return _decode(text)
    except _NO_JSON:
        return node


def _texts(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    text = msgspec.json.encode(node).decode()
    return [text, text.replace('\\"', '"')] if isinstance(node, dict) and '\\"' in text else [text]
