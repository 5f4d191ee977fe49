"""What the expressions of a plan's configuration refer to, as addresses of resource instances in that plan."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

_INDEX = re.compile(r"\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\]")
_STEP = re.compile(r"(?:[^.\[\]\"]|\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\])+")
MAX_HOPS = 12
MAX_TARGETS = 20

Target = tuple[str, str]


class References:
    """Resolves references through variables of module calls and outputs of modules."""

    def __init__(self, configuration: Any, addresses: list[str]) -> None:
        root = configuration.get("root_module") if isinstance(configuration, dict) else None
        self._root: dict[str, Any] = root if isinstance(root, dict) else {}
        self._known = set(addresses)
        self._instances: dict[str, list[str]] = defaultdict(list)
        for address in addresses:
            self._instances[_INDEX.sub("", address)].append(address)
        self._resources: dict[tuple[str, ...], dict[str, Any]] = {}

    def expressions(self, address: str) -> dict[str, Any] | None:
        """What is written for a resource, by attribute; None where the configuration does not tell."""
        modules, resource = split(_INDEX.sub("", address))
        found = self._declared(modules).get(resource)
        expressions = found.get("expressions", {}) if isinstance(found, dict) else None
        return expressions if isinstance(expressions, dict) else None

    def targets(self, references: list[Any], address: str) -> tuple[Target, ...]:
        """The instances meant by references in the configuration of the resource at `address`, most exact first."""
        modules, _ = split(_INDEX.sub("", address))
        found: dict[Target, None] = {}
        for reference in references:
            # Terraform lists `a.b.id` and then `a.b`: the shorter ones say nothing more.
            longer = any(isinstance(other, str) and other.startswith(f"{reference}.") for other in references)
            if isinstance(reference, str) and not longer:
                for target in self._resolve(reference, modules, address, 0):
                    found[target] = None
        return tuple(found)[:MAX_TARGETS]

    def literal(self, expression: Any, address: str) -> Any:
        """The constant that an expression is, or the default of the variable that it is; None if it is neither."""
        modules, _ = split(_INDEX.sub("", address))
        for _ in range(MAX_HOPS):
            if not isinstance(expression, dict) or "constant_value" in expression:
                return expression["constant_value"] if isinstance(expression, dict) else None
            references = expression.get("references")
            name = references[0] if isinstance(references, list) and len(references) == 1 else None
            if not isinstance(name, str) or not name.startswith("var."):
                return None
            name = name.removeprefix("var.")
            given = self._given(name, modules)
            if given is None:
                return member(member(self._module(modules).get("variables"), name), "default")
            expression, modules = given, modules[:-1]
        return None

    def _given(self, name: str, modules: tuple[str, ...]) -> Any:
        """The expression that the call of a module has for one of its variables."""
        calls = self._module(modules[:-1]).get("module_calls") if modules else None
        return member(member(member(calls, modules[-1]), "expressions"), name) if modules else None

    def _module(self, modules: tuple[str, ...]) -> dict[str, Any]:
        at = self._root
        for name in modules:
            calls = at.get("module_calls")
            call = calls.get(name) if isinstance(calls, dict) else None
            inner = call.get("module") if isinstance(call, dict) else None
            at = inner if isinstance(inner, dict) else {}
        return at

    def _declared(self, modules: tuple[str, ...]) -> dict[str, Any]:
        if modules not in self._resources:
            items = self._module(modules).get("resources")
            self._resources[modules] = {
                str(item.get("address")): item
                for item in (items if isinstance(items, list) else [])
                if isinstance(item, dict)
            }
        return self._resources[modules]

    def _resolve(self, reference: str, modules: tuple[str, ...], origin: str, hops: int) -> list[Target]:
        steps = _STEP.findall(reference)
        if hops > MAX_HOPS or len(steps) < 2:
            return []
        head = _INDEX.sub("", steps[0])
        if head == "var":
            return self._through_variable(_INDEX.sub("", steps[1]), modules, origin, hops)
        if head == "module":
            return self._through_output(steps, modules, origin, hops)
        length = 3 if head == "data" else 2
        if head in ("local", "each", "count", "path", "terraform", "self") or len(steps) < length:
            return []
        attribute = _INDEX.sub("", steps[length]) if len(steps) > length else "id"
        wanted = ".".join([*(f"module.{name}" for name in modules), *steps[:length]])
        return [(address, attribute) for address in self._meant(wanted, origin)]

    def _meant(self, wanted: str, origin: str) -> list[str]:
        """Of several instances, the one in the same module instance and with the same key; else all."""
        if wanted in self._known:
            return [wanted]
        found = self._instances.get(_INDEX.sub("", wanted), [])
        index = _INDEX.findall(wanted)
        if index:
            found = [address for address in found if address.endswith(index[-1])] or found
        if len(found) <= 1:
            return found
        prefix = _prefix(origin)
        near = [address for address in found if _prefix(address) == prefix] or found
        key = _INDEX.findall(origin.rpartition(".")[2])
        same = [address for address in near if key and address.endswith(key[-1])]
        return same if len(same) == 1 else near[:MAX_TARGETS]

    def _through_variable(self, name: str, modules: tuple[str, ...], origin: str, hops: int) -> list[Target]:
        given = self._given(name, modules)
        return self._all(given, modules[:-1], _prefix(origin).rpartition(".module.")[0], hops) if modules else []

    def _through_output(self, steps: list[str], modules: tuple[str, ...], origin: str, hops: int) -> list[Target]:
        if len(steps) < 3:
            return []
        inner = (*modules, _INDEX.sub("", steps[1]))
        outputs = self._module(inner).get("outputs")
        output = outputs.get(_INDEX.sub("", steps[2])) if isinstance(outputs, dict) else None
        expression = output.get("expression") if isinstance(output, dict) else None
        prefix = _prefix(origin)
        return self._all(expression, inner, f"{prefix}.module.{steps[1]}" if prefix else f"module.{steps[1]}", hops)

    def _all(self, expression: Any, modules: tuple[str, ...], prefix: str, hops: int) -> list[Target]:
        references = expression.get("references") if isinstance(expression, dict) else None
        found: list[Target] = []
        for reference in references if isinstance(references, list) else []:
            longer = any(isinstance(other, str) and other.startswith(f"{reference}.") for other in references or [])
            if isinstance(reference, str) and not longer and len(found) < MAX_TARGETS:
                found += self._resolve(reference, modules, f"{prefix}.x" if prefix else "x", hops + 1)
        return found


def member(value: Any, key: str) -> Any:
    """What an object of the plan has under a key; None for what is no object."""
    return value.get(key) if isinstance(value, dict) else None


def split(address: str) -> tuple[tuple[str, ...], str]:
    """The modules on the way to a resource, and its address in the last of them; `address` has no indexes."""
    steps = address.split(".")
    modules = []
    while len(steps) > 2 and steps[0] == "module":
        modules.append(steps[1])
        steps = steps[2:]
    return tuple(modules), ".".join(steps)


def _prefix(address: str) -> str:
    """The module instance in which an address is; empty for the root."""
    steps = _STEP.findall(address)
    count = 0
    while count + 1 < len(steps) and steps[count] == "module":
        count += 2
    return ".".join(steps[:count])
