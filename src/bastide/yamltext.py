"""Reading the YAML that people write for bastide (settings, controls), with a line for every value.

Sources have their own, faster loader; this one is for small files that must give good errors.
"""

from __future__ import annotations

from typing import Any

import yaml

from bastide.errors import UsageError

MAX_BYTES = 4 * 1024 * 1024
MAX_NODES = 500_000
MAX_DEPTH = 60

Lines = dict[tuple[str | int, ...], int]

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str, place: str) -> tuple[Any, Lines]:
    """The value of one YAML document and the line of every mapping key and list item in it, by path.

    Raises `UsageError` with `place:line:column` for text that is no YAML, has aliases, or is over the limits.
    """
    if len(text) > MAX_BYTES:
        raise UsageError(f"larger than {MAX_BYTES // 1024 // 1024} MB", place=place)
    loader = _Loader(text)
    try:
        _shallow(_Loader(text), place)
        node = loader.get_single_node()
        lines: Lines = {}
        value = _construct(loader, node, (), lines, place) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{place}:{mark.line + 1}:{mark.column + 1}" if mark else place
        raise UsageError(f"not YAML: {error.problem}", place=where) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"not YAML: {str(error).splitlines()[0]}", place=place) from None
    finally:
        loader.dispose()
    return value, lines


def _shallow(loader: Any, place: str) -> None:
    """Refuse deep nesting event by event: the composer that is written in C overruns the stack."""
    depth = 0
    try:
        while (event := loader.get_event()) is not None:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    mark: Any = event.start_mark
                    raise UsageError("nested too deeply or too large", place=f"{place}:{mark.line + 1}")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    finally:
        loader.dispose()


def _construct(loader: Any, node: Any, path: tuple[str | int, ...], lines: Lines, place: str) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if len(path) > MAX_DEPTH or len(lines) > MAX_NODES:
        raise UsageError("nested too deeply or too large", place=f"{place}:{line}")
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in mapping:
                raise UsageError(f"`{key}` stands here twice", place=f"{place}:{key_node.start_mark.line + 1}")
            lines[(*path, key)] = key_node.start_mark.line + 1
            mapping[key] = _construct(loader, value_node, (*path, key), lines, place)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_construct(loader, item, (*path, index), lines, place) for index, item in enumerate(node.value)]
    # A date or a binary that YAML makes out of plain text is wanted as it was written: also one that is no date.
    if node.tag == "tag:yaml.org,2002:timestamp":
        return str(node.value)
    value = loader.construct_object(node, deep=True)
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(node.value)
