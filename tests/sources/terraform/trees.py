"""Provider resources written briefly: `${aws_x.y.arn}` in a text is a reference, `?why` is a value not known."""

from __future__ import annotations

import re
from typing import Any

from bastide.resources.model import Reference, Resource, Unresolved
from bastide.sources.terraform.convert import convert
from bastide.sources.terraform.provider import Converted, ProviderResource

TOKEN = re.compile(r"\$\{((?:data\.|module\.)?[\w.\[\]\"-]+)\.(\w+)\}")


def marked(value: Any) -> Any:
    """The tree with marks for what is written in their place."""
    if isinstance(value, dict):
        return {key: marked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [marked(item) for item in value]
    if isinstance(value, str):
        if value.startswith("?"):
            return Unresolved(value[1:], "variable without a value")
        found = tuple((match.group(1), match.group(2)) for match in TOKEN.finditer(value))
        return Reference(value, found) if found else value
    return value


def resource(address: str, attributes: dict[str, Any], line: int = 1) -> ProviderResource:
    """A provider resource at an address; a data source if that says so."""
    parts = re.sub(r"\[[^\]]*\]", "", address).split(".")
    data = parts[-3:-2] == ["data"]
    return ProviderResource(parts[-2], address, marked(attributes), "main.tf", line, line + 8, data=data)


def converted(resources: dict[str, dict[str, Any]]) -> Converted:
    """The conversion of resources by address, each ten lines after the one before."""
    return convert(
        [resource(address, tree, 1 + 10 * number) for number, (address, tree) in enumerate(resources.items())],
        "app",
        "terraform",
    )


def by_address(resources: dict[str, dict[str, Any]]) -> dict[str, Resource]:
    """The resources that come out, by address."""
    return {one.address: one for one in converted(resources).resources}
