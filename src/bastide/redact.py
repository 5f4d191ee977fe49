"""The one place through which everything that a report shows goes out: made visible, cut, and without secrets.

`shown` is for a property's value, `clean` for one line of text (names, addresses, messages), `block` for text of
several lines, `redacted` for a whole property tree that is stored. Secrets become the mark `REDACTED`.
"""

from __future__ import annotations

import marshal
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bastide.resources.model import REDACTED, REDACTED_WRITTEN
from bastide.secret import hide, is_harmless, names_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 64
_WINDOW = 4096
"""How much of a string is searched beyond what is shown: a secret that starts before the cut is recognised whole."""

_DENSE = {
    *("environment", "environments", "env", "variables", "parameters", "parameter", "command", "commands", "args"),
    *("entrypoint", "script", "scripts", "headers", "options", "settings", "configuration", "default", "userdata"),
}
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_ENVIRONMENT_VALUE = re.compile(r"(?i)(?:environment|variable|env)\w*\[\d+\]\.value$")
_PATH = re.compile(r"[^.\[\]]+")
_NAMES = ("Name", "name", "Key", "key", "OptionName", "ParameterKey", "ParameterName")

_INVISIBLE = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that show as nothing although Unicode counts them as printable."""


def clean(text: str, limit: int = 1000, *, secrets: bool = True) -> str:
    """One line of text, safe to print anywhere: nothing hidden in it, no secret, at most `limit` characters.

    `secrets` may be False for the library's own texts, which have none and speak of passwords and keys.

    Line breaks and tabs become a space; every other control, formatting (bidirectional, zero-width) or unassigned
    character is written as its escape, `\\x1b`.
    """
    if len(text) > limit + _WINDOW:
        text = text[: limit + _WINDOW]
    if secrets:
        text = hide(text)
    if not (text.isascii() and text.isprintable()):
        text = _visible(_BREAKS.sub(" ", text))
    return _cut(_idle(text), limit)


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What a cell begins with that a spreadsheet may take for a formula or a command."""


def cell(value: Any, limit: int = 4000, *, secrets: bool = True) -> str | float:
    """A value as a cell of CSV: a number as it is, text in one line and never a formula, NULL as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return value
    text = clean(str(value), limit, secrets=secrets)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def block(text: str, limit: int = 8000, *, secrets: bool = True) -> str:
    """As `clean`, but line breaks stay; for texts of several lines (a control's rationale, a remediation)."""
    text = text[: limit + _WINDOW]
    if secrets:
        text = hide(text)
    lines = text.expandtabs(4).replace("\r\n", "\n").split("\n")
    lines = [line if line.isascii() and line.isprintable() else _visible(line) for line in lines]
    return _cut("\n".join(_idle(line) for line in lines), limit)


def shown(property_path: str, value: Any, limit: int = 120) -> str:
    """A property's value as compact JSON-like text of at most `limit` characters, a cut marked with `…`.

    Strings have quotes; a secret (by name, form, or entropy in environments and the like) is the bare mark. In a value
    that is too long the strings are shortened first, so that its end is seen too.
    """
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        return (_shown_word if len(value) <= _SHORT else _shown)(property_path, value, limit)
    try:
        key = marshal.dumps((property_path, value, limit), 2)
    except ValueError:
        return _shown(property_path, value, limit)
    text = _texts.get(key)
    if text is None:
        text = _shown(property_path, value, limit)
        if len(key) <= _LONGEST:
            if len(_texts) >= _REMEMBERED:
                _texts.clear()
            _texts[key] = text
    return text


_SHORT, _LONGEST, _REMEMBERED = 64, 4096, 5_000
"""Letters of a text, and bytes of another value, whose form is remembered, and how many values are."""
_texts: dict[bytes, str] = {}


def _shown(property_path: str, value: Any, limit: int) -> str:
    name, dense, in_environment = _place(property_path)
    if in_environment and isinstance(value, str) and not is_harmless(value):
        return REDACTED  # the name that would tell stands in a sibling that is not given
    for longest in (limit + _WINDOW, 40, 20) if isinstance(value, (dict, list)) else (limit + _WINDOW,):
        text = _joined(_pieces(value, name, longest, 0, dense=dense), limit)
        if len(text) <= limit:
            break
    return _cut(text, limit)


_shown_word = lru_cache(maxsize=8192)(_shown)


@lru_cache(maxsize=8192)
def _place(property_path: str) -> tuple[str, bool, bool]:
    """The name of a property, whether secrets are kept about there, and whether it is a variable of an environment."""
    names = _PATH.findall(property_path)
    name = next((part for part in reversed(names) if not part.isdigit()), "")
    dense = any(_is_dense(part) for part in names) or property_path == "Value"
    return name, dense, _ENVIRONMENT_VALUE.search(property_path) is not None


def _joined(pieces: Iterator[str], limit: int) -> str:
    """As many pieces as are needed to go over the limit, so that a huge value is left early."""
    parts: list[str] = []
    length = 0
    for part in pieces:
        parts.append(part)
        length += len(part)
        if length > limit:
            break
    return "".join(parts)


def redacted(tree: Any) -> Any:
    """The property tree without its secrets, safe to store; what has none is returned as it is, not copied."""
    return _redacted(tree, "", 0, dense=False)


def redacted_property(name: str, value: Any) -> Any:
    """One property as `redacted` has it in its tree, if nothing in that tree tells its name (`tells_names`)."""
    return _redacted(value, str(name), 1, dense=_is_dense(name))


def tells_names(properties: dict[str, Any]) -> bool:
    """Whether a property beside another says what that is, as in `{Name: password, Value: …}`."""
    return bool(_told(properties))


def _redacted(tree: Any, name: str, depth: int, *, dense: bool) -> Any:
    if isinstance(tree, str):
        return _leaf(tree, name, dense=dense)
    if isinstance(tree, (dict, list)):
        if depth >= MAX_DEPTH:
            return REDACTED
        return _redacted_items(tree, name, depth + 1, dense=dense)
    if isinstance(tree, (int, float)) and not isinstance(tree, bool) and name and names_secret(name):
        return REDACTED
    return tree


def _redacted_items(tree: dict[Any, Any] | list[Any], name: str, depth: int, *, dense: bool) -> Any:
    if isinstance(tree, list):
        elements = [_redacted(item, name, depth, dense=dense) for item in tree]
        return elements if any(new is not old for new, old in zip(elements, tree, strict=True)) else tree
    told = _told(tree)
    items = {
        key: _redacted(item, _name_of(key, told), depth, dense=dense or _is_dense(key)) for key, item in tree.items()
    }
    return items if any(items[key] is not tree[key] for key in tree) else tree


def _leaf(text: str, name: str, *, dense: bool) -> str:
    if name and names_secret(name):
        return text if is_harmless(text) else REDACTED
    return hide(text, value=True, dense=dense)


def _told(tree: dict[Any, Any]) -> str:
    """The name that an entry gives its own value, as the entries of an environment do: `{Name: …, Value: …}`."""
    if "Value" in tree or "value" in tree or "ParameterValue" in tree:
        if tree.get("Type") == "SecureString":
            return "secret"
        for key in _NAMES:
            if isinstance(told := tree.get(key), str):
                return told
    return ""


def _name_of(key: Any, told: str) -> str:
    return told if told and key in ("Value", "value", "ParameterValue") else str(key)


@lru_cache(maxsize=8192)
def _is_dense(name: Any) -> bool:
    lowered = str(name).lower()
    return lowered in _DENSE or any(word.lower() in _DENSE for word in _WORDS.findall(str(name)[-200:]))


def _pieces(value: Any, name: str, longest: int, depth: int, *, dense: bool) -> Iterator[str]:
    """The text of a value bit by bit; `longest` is the length to which each string in it is shortened."""
    if isinstance(value, str):
        safe = _leaf(value[: longest + _WINDOW], name, dense=dense)
        yield safe if safe in (REDACTED, REDACTED_WRITTEN) else _quoted(_cut(safe, longest))
    elif value is None or isinstance(value, bool):
        yield {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, (int, float)):
        yield REDACTED if names_secret(name) else str(value)
    elif depth >= MAX_DEPTH:
        yield "…"
    elif isinstance(value, dict):
        told = _told(value)
        between = "{"
        for key, item in value.items():
            yield f"{between}{_quoted(_cut(hide(str(key)[: longest + _WINDOW]), max(longest, 60)))}: "
            yield from _pieces(item, _name_of(key, told), longest, depth + 1, dense=dense or _is_dense(key))
            between = ", "
        yield "{}" if between == "{" else "}"
    elif isinstance(value, (list, tuple)):
        between = "["
        for item in value:
            yield between
            yield from _pieces(item, name, longest, depth + 1, dense=dense)
            between = ", "
        yield "[]" if between == "[" else "]"
    else:
        yield _visible(str(value)[:longest])


_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_BREAKS = re.compile(r"[\r\n\t\v\f\x85\u2028\u2029]+[ ]*")


def _quoted(text: str) -> str:
    if '"' in text or "\\" in text or not text.isprintable():
        text = text.translate(_ESCAPES)
    return f'"{_idle(_visible(text))}"'


_COMMAND = re.compile(r"^(\s*)::(?=[A-Za-z-]+(?: |::))|##(?=[\w ]*\[)")


def _idle(text: str) -> str:
    """The text with no command in it that a pipeline would obey in a log: `##vso[…]` anywhere, `::error ::` first."""
    if "##" not in text and "::" not in text[:200]:
        return text
    return _COMMAND.sub(lambda match: "#\\x23" if match[0] == "##" else f"{match[1]}\\x3a:", text)


def _visible(text: str) -> str:
    """The text with everything that is not plainly visible written as an escape."""
    if text.isprintable() and _INVISIBLE.isdisjoint(text):
        return text
    return "".join([char if char.isprintable() and char not in _INVISIBLE else _escape(ord(char)) for char in text])


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
