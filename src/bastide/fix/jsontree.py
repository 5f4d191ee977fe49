"""JSON texts into nodes with offsets: templates, and configurations in Terraform's JSON syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.fix.draft import NotFixable
from bastide.fix.tree import Entry, Node, emptied
from bastide.sources.cloudformation.nodes import is_function
from bastide.sources.terraform.json_syntax import read_written
from bastide.sources.terraform.syntax import SyntaxFault

if TYPE_CHECKING:
    from bastide.sources.terraform.json_syntax import Written

_WORDS = 60
_PLAIN = {"true": True, "false": False, "null": None}


def read_json_tree(text: str, *, functions: bool = False) -> Node:
    """The value of a text; `NotFixable` for what is no JSON. With `functions`, objects such as `{"Ref": …}` are opaque;
    without, strings with `${` in them are.
    """
    try:
        top = read_written(text)
    except (SyntaxFault, RecursionError):
        raise NotFixable("the file is no JSON") from None
    return _node(top, text, functions=functions)


def _node(value: Written, text: str, *, functions: bool) -> Node:
    made = Node("scalar", value.start, value.end, json=True)
    if value.kind == "object":
        made.kind = "map"
        made.entries = [
            Entry(name, start, _end_of_key(text, start), emptied(_node(item, text, functions=functions)))
            for name, start, item in value.value
        ]
        if functions and len(made.entries) == 1 and is_function(made.entries[0].key):
            made.kind = "opaque"
    elif value.kind == "list":
        made.kind = "list"
        made.items = [_node(item, text, functions=functions) for item in value.value]
    else:
        made.value = _scalar(value)
        if not functions and isinstance(made.value, str) and ("${" in made.value or "%{" in made.value):
            made.kind = "opaque"
    if made.kind == "opaque":
        words = " ".join(text[value.start : value.end].split())
        made.words = words if len(words) <= _WORDS else f"{words[: _WORDS - 1]}…"
    return made


def _scalar(value: Written) -> object:
    found = value.value
    if value.kind == "string" or not isinstance(found, str):
        return found
    number = float(found)
    return int(found) if found.lstrip("-").isdigit() else number


def _end_of_key(text: str, start: int) -> int:
    at = start + 1
    while text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    return at + 1
