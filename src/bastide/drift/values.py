"""When a value in the code and one in the cloud are the same: texts with references, numbers as text, ARNs."""

from __future__ import annotations

import json
import re
from typing import Any

from msgspec import Struct, field

HOLE = re.compile(r"\$\{([^{}]*)\}")
_ROOT = re.compile(r"arn:[\w-]+:iam::(\d{12}):root")


class Known(Struct):
    """What is known of references: `names` of the live resource that an address of the code was matched with.

    `others` are the names of all live resources of the same type, so that a reference that leads elsewhere is told.
    """

    names: dict[str, frozenset[str]] = field(default_factory=dict)
    others: dict[str, frozenset[str]] = field(default_factory=dict)

    def fits(self, reference: str, value: str) -> bool:
        """Whether a live value may be what a whole reference leads to; only one that leads elsewhere does not."""
        address = address_of(reference, self.names)
        if not address:
            return True
        return value in self.names[address] or value not in self.others.get(address, ())


def address_of(reference: str, addresses: Any) -> str:
    """The longest beginning of `address.attribute` that is an address; empty when none is."""
    parts = reference.split(".")
    for end in range(len(parts), 0, -1):
        if (start := ".".join(parts[:end])) in addresses:
            return start
    return ""


def same_scalar(code: Any, cloud: Any, known: Known) -> bool:
    """Whether two plain values are the same; a text of the code may have references in it."""
    if code == cloud and isinstance(code, bool) == isinstance(cloud, bool):
        return True
    if isinstance(code, str) and isinstance(cloud, str):
        return same_text(code, cloud, known)
    if isinstance(code, str) and "${" in code:
        return bool(HOLE.search(code))
    return plain(code) == plain(cloud)


def plain(value: Any) -> str:
    """A plain value as text: `true`, `1`, so that what is text here and a number there is compared as meant."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def same_text(code: str, cloud: str, known: Known) -> bool:
    """Texts: equal, a pattern that fits, a name and the ARN that ends in it, an account and its root."""
    if code == cloud:
        return True
    if "${" in code and HOLE.search(code):
        whole = HOLE.fullmatch(code)
        return known.fits(whole[1], cloud) if whole else fits_pattern(code, cloud)
    if is_name_of(code, cloud) or is_name_of(cloud, code) or account_of(code) == account_of(cloud):
        return True
    return _same_json(code, cloud)


def is_name_of(name: str, arn: str) -> bool:
    """Whether an ARN is that of what has this name."""
    return arn.startswith("arn:") and len(name) > 1 and arn.endswith((f":{name}", f"/{name}"))


def account_of(text: str) -> str:
    """The account of the ARN of its root; every other text as it is."""
    match = _ROOT.fullmatch(text) if text.startswith("arn:") else None
    return match[1] if match else text


def _same_json(code: str, cloud: str) -> bool:
    if not (code[:1] in "{[" and cloud[:1] in "{[" and code[:1] == cloud[:1]):
        return False
    try:
        return bool(json.loads(code) == json.loads(cloud))
    except (ValueError, RecursionError):
        return False


def fits_pattern(text: str, value: str) -> bool:
    """Whether a value is the text with something, at least one character, in place of every reference."""
    first, *rest = HOLE.split(text)[::2]
    if not rest or not value.startswith(first):
        return False
    at = len(first)
    for literal in rest[:-1]:
        if not literal:  # two references beside each other
            at += 1
            continue
        found = value.find(literal, at + 1)
        if found < 0:
            return False
        at = found + len(literal)
    return value.endswith(rest[-1]) and len(value) - len(rest[-1]) > at


def literal_length(text: str) -> int:
    """How many characters of a text are its own, not those of references."""
    return len(HOLE.sub("", text))


def is_empty(value: Any) -> bool:
    """Whether a value says no more than its absence: off, none, nothing."""
    return value is None or value is False or value in ("", 0, [], {}) or (
        isinstance(value, dict) and all(is_empty(one) for one in value.values())
    )  # fmt: skip
