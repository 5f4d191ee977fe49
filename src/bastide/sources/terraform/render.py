"""The parts of a template into one value: a text, a reference with text around it, or a JSON document with marks."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from bastide.resources.model import REDACTED_WRITTEN, Reference, Sensitive, Unresolved
from bastide.sources.limits import MAX_TEXT
from bastide.sources.terraform.values import (
    MARKS,
    NOT_YET,
    Document,
    Dynamic,
    Failed,
    Secret,
    concealed,
    finish,
    text_of,
    unknown,
)

if TYPE_CHECKING:
    from bastide.sources.terraform.values import Budget

_QUOTES = re.compile(r'\\.|"', re.DOTALL)
_TOKEN = re.compile("(\ue000\\d+\ue001)")


def render(values: list[Any], words: object, budget: Budget) -> Any:
    """One value of all parts, in order.

    All known: a string. Some not: a `Reference` whose text keeps `${…}` for them, or a `Document` when the text
    is a JSON object or list whose shape is known all the same.
    """
    segments = [_segment(value) for value in values]
    budget.spend(1 + sum(len(part) for part in segments if isinstance(part, str)) // 1000)
    if sum(len(part) for part in segments if isinstance(part, str)) > MAX_TEXT:
        return Failed(str(words), "the text is too long")
    if all(isinstance(part, str) for part in segments):
        return "".join(segments)
    if any(isinstance(part, (Secret, Sensitive)) for part in segments):
        return _hidden(segments)
    if _like_json(segments) and (document := _document(segments)):
        return document
    failed = [part for part in segments if isinstance(part, Failed)]
    return unknown(words, failed) if failed else joined(segments, budget)


def _like_json(segments: list[Any]) -> bool:
    first = segments[0]
    quoted = any(isinstance(part, str) and '"' in part for part in segments)
    return isinstance(first, str) and first.lstrip()[:1] in ("{", "[") and quoted


def _segment(value: Any) -> Any:
    if isinstance(value, Dynamic):
        return value.whole()
    if isinstance(value, MARKS):
        return value
    try:
        return text_of(value)
    except ValueError:
        return Failed("", "a list, map or null cannot be part of a text")


def _hidden(segments: list[Any]) -> Any:
    plain = [part.value if isinstance(part, Secret) else part for part in segments]
    texts = [_segment(part) for part in plain]
    return Secret("".join(texts)) if all(isinstance(part, str) for part in texts) else concealed(segments)


def joined(segments: list[Any], budget: Budget) -> Reference:
    """Texts and marks as one `Reference`: references keep their targets, unresolved parts their words."""
    targets: list[tuple[str, str]] = []
    texts: list[str] = []
    for part in segments:
        if isinstance(part, Reference):
            targets.extend(part.targets)
        elif isinstance(part, Document):
            targets.extend(_targets(part.tree))
        texts.append(_text(part, budget))
    return Reference("".join(texts), tuple(dict.fromkeys(targets)))


def _text(part: Any, budget: Budget) -> str:
    if isinstance(part, Reference):
        return part.text
    if isinstance(part, Unresolved):
        return "${" + part.expression + "}"
    if isinstance(part, Document):
        return json.dumps(finish(part.tree, budget), default=lambda mark: _text(mark, budget))
    return part if isinstance(part, str) else hidden(part)


def hidden(part: Any) -> str:
    """How a secret stands in a text: by its mark if it is written in the source, else as a reference."""
    return REDACTED_WRITTEN if isinstance(part, Sensitive) and part.written else "${sensitive}"


def _targets(tree: Any) -> list[tuple[str, str]]:
    if isinstance(tree, Reference):
        return list(tree.targets)
    if isinstance(tree, Dynamic):
        return _targets(tree.whole())
    items = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return [target for item in items for target in _targets(item)]


def _document(segments: list[Any]) -> Document | None:
    """The JSON that the text is, with marks where it is not known; None when that cannot be told."""
    quoted = False
    texts: list[str] = []
    for position, part in enumerate(segments):
        if isinstance(part, str):
            quoted ^= sum(found[0] == '"' for found in _QUOTES.finditer(part)) % 2 == 1
            texts.append(part)
        else:
            token = f"\ue000{position}\ue001"
            texts.append(token if quoted else f'"{token}"')
    try:
        tree = json.loads("".join(texts), strict=False)
    except (ValueError, RecursionError):
        return None
    return Document(_marked(tree, segments))


def _marked(tree: Any, segments: list[Any]) -> Any:
    if isinstance(tree, dict):
        return {_key(key, segments): _marked(item, segments) for key, item in tree.items()}
    if isinstance(tree, list):
        return [_marked(item, segments) for item in tree]
    if not isinstance(tree, str) or "\ue000" not in tree:
        return tree
    parts = [_original(part, segments) for part in _TOKEN.split(tree) if part]
    if len(parts) > 1:
        targets = tuple(target for part in parts for target in _targets(part))
        return Reference("".join(_short(part) for part in parts), tuple(dict.fromkeys(targets)))
    return parts[0].tree if isinstance(parts[0], Document) else parts[0]


def _original(part: str, segments: list[Any]) -> Any:
    if not _TOKEN.fullmatch(part) or int(part[1:-1]) >= len(segments):
        return part
    return segments[int(part[1:-1])]


def _key(key: str, segments: list[Any]) -> str:
    return "".join(_short(_original(part, segments)) for part in _TOKEN.split(key))


def _short(part: Any) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Reference):
        return part.text
    return "${" + (part.expression if isinstance(part, Unresolved) else NOT_YET) + "}"
