"""Values as text: in YAML by lines or with brackets, in JSON, in Terraform's language."""

from __future__ import annotations

import json
import re
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./*-]*(?:::?[A-Za-z0-9_./*-]+)*")
_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "null"))


class Raw(str):
    """An expression of Terraform's language that is written as it is."""

    __slots__ = ()


def yaml_scalar(value: Any) -> str:
    """One line, quoted where YAML would read something else."""
    if isinstance(value, str):
        return (
            value if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else json.dumps(value, ensure_ascii=False)
        )
    return json.dumps(value)


def yaml_flow(value: Any) -> str:
    """With brackets, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{yaml_scalar(key)}: {yaml_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(yaml_flow(item) for item in value) + "]"
    return yaml_scalar(value)


def yaml_entry(key: str, value: Any, indent: int, unit: int) -> str:
    """`key: value` by lines, the first without indentation, the others indented from `indent`."""
    if isinstance(value, dict) and value:
        inner = indent + unit
        lines = [" " * inner + yaml_entry(name, item, inner, unit) for name, item in value.items()]
        return "\n".join([f"{yaml_scalar(key)}:", *lines])
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return "\n".join([f"{yaml_scalar(key)}:", *(yaml_item(item, indent + unit, unit) for item in value)])
    return f"{yaml_scalar(key)}: {yaml_flow(value)}"


def yaml_item(value: Any, indent: int, unit: int) -> str:
    """`- value` by lines, all of them indented."""
    if not isinstance(value, dict) or not value:
        return f"{' ' * indent}- {yaml_flow(value)}"
    entries = [yaml_entry(name, item, indent + 2, unit) for name, item in value.items()]
    return " " * indent + "- " + f"\n{' ' * (indent + 2)}".join(entries)


def json_text(value: Any, indent: int, unit: int) -> str:
    """In JSON; over several lines, the first without indentation, where `unit` is not 0."""
    if not unit:
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, indent=unit).replace("\n", "\n" + " " * indent)


def hcl(value: Any) -> str:
    """As an expression of Terraform's language, on one line."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, list):
        return "[" + ", ".join(hcl(item) for item in value) + "]"
    return json.dumps(value)
