"""The YAML documents of a file of rules, within limits: no deep nesting, no key twice, dates as they were written."""

from __future__ import annotations

import re
from typing import Any

import yaml
from msgspec import Struct

from bastide.errors import UsageError

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 40
MAX_ALIASES = 50
_FLAG, _TEXT = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:str"
_DATES = "tag:yaml.org,2002:timestamp"
_WHOLE, _PLAIN = "tag:yaml.org,2002:int", re.compile("(?:[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+)$")


class Document(Struct, frozen=True):
    """One mapping of a file, the `index`th; `place` is `file:line` of its beginning."""

    value: dict[str, Any]
    path: str
    line: int
    index: int

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.path}:{self.line}"


class _Loader(yaml.CSafeLoader):
    """YAML with texts for dates and for what only YAML 1.1 takes for a number, as an account that begins with 0.

    A key that stands twice is an error: the first would be lost without a word.
    """

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        seen: set[str] = set()
        for key, _ in node.value:
            word = str(key.value)
            if word in seen and word != "<<":
                raise yaml.constructor.ConstructorError(None, None, f"`{word}` stands here twice", key.start_mark)
            seen.add(word)
            if key.tag == _FLAG:
                key.tag = _TEXT  # `off` is a name here
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, _PLAIN if tag == _WHOLE else pattern) for tag, pattern in resolvers if tag != _DATES]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def documents(text: str, path: str) -> list[Document]:
    """The mappings of a file in their order; documents with `action: global` are laid under those that follow.

    `UsageError` with the place for what is no YAML, no mapping, or over the limits.
    """
    if len(text) > MAX_BYTES:
        raise UsageError(f"larger than {MAX_BYTES // 1024} kB", place=path)
    try:
        _within_limits(text, path)
        values = _values(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise UsageError(f"not YAML: {error.problem}", place=f"{path}:{mark.line + 1}" if mark else path) from None
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        raise UsageError(f"not YAML: {(str(error).splitlines() or [''])[0]}", place=path) from None
    return _with_actions(values, path)


def _values(text: str) -> list[tuple[Any, int]]:
    loader = _Loader(text)
    found = []
    try:
        while loader.check_node():
            node = loader.get_node()
            assert node is not None
            found.append((loader.construct_document(node), node.start_mark.line + 1))
    finally:
        loader.dispose()
    return found


def _within_limits(text: str, path: str) -> None:
    depth = aliases = 0
    loader = _Loader(text)
    try:
        while (event := loader.get_event()) is not None:
            aliases += isinstance(event, yaml.AliasEvent)
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH or aliases > MAX_ALIASES:
                mark: Any = event.start_mark
                raise UsageError("nested too deeply", place=f"{path}:{mark.line + 1}")
    finally:
        loader.dispose()


def _with_actions(values: list[tuple[Any, int]], path: str) -> list[Document]:
    found: list[Document] = []
    common: dict[str, Any] = {}
    previous: dict[str, Any] = {}
    for value, line in values:
        if value is None:
            continue
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            raise UsageError("this is no Sigma rule: a mapping is expected", place=f"{path}:{line}")
        action = value.pop("action", None)
        if action == "global":
            common = value
            continue
        if action == "reset":
            common = {}
            continue
        if action not in (None, "repeat"):
            raise UsageError(f"there is no action `{action}`", place=f"{path}:{line}")
        whole = _merged(previous if action == "repeat" else common, value)
        previous = whole
        found.append(Document(whole, path, line, len(found)))
    return found


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Both together, `over` where both say something."""
    merged = dict(under)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged
