"""What people call an element: the name in the code, or the one that AWS shows."""

from __future__ import annotations

import re
from typing import Any

from bastide.redact import clean

MAX_NAME = 80
_TERRAFORM = re.compile(
    r"(?P<modules>(?:module\.[^.\[\]]+(?:\[[^\]]*\])?\.)*)(?:data\.)?[A-Za-z0-9_-]+\.(?P<name>[^.\[\]]+)(?P<key>\[.*\])?(?:\..*)?",
    re.DOTALL,
)
_MODULE = re.compile(r"module\.([^.\[\]]+)(\[[^\]]*\])?")
_PLAIN = {"this", "main", "default", "self", "resource"}
"""Names that say nothing: that of the module tells more."""


def name_of(source: str, address: str, properties: dict[str, Any], noun: str) -> str:
    """One line, without secrets: for Terraform its label, or its module's where the label says nothing."""
    return clean(_name(source, address, properties) or noun, MAX_NAME)


def _name(source: str, address: str, properties: dict[str, Any]) -> str:
    if source in ("terraform", "plan") and (match := _TERRAFORM.fullmatch(address)):
        modules = _MODULE.findall(match["modules"])
        if match["name"] in _PLAIN and modules:
            return f"{modules[-1][0]}{modules[-1][1]}{match['key'] or ''}"
        if match["name"] in _PLAIN:
            return _written(properties)
        return f"{match['name']}{match['key'] or ''}"
    if source == "aws" or address.startswith("arn:"):
        return _tagged(properties) or re.split(r"[:/]", address.rstrip("/"))[-1]
    return address


def _written(properties: dict[str, Any]) -> str:
    """The name that it has in AWS, where that stands in the code."""
    names = (value for key, value in properties.items() if key.endswith("Name") and isinstance(value, str))
    return next((name for name in names if "${" not in name), "")


def _tagged(properties: dict[str, Any]) -> str:
    tags = properties.get("Tags")
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict) and tag.get("Key") == "Name" and isinstance(tag.get("Value"), str):
            return str(tag["Value"])
    return ""
