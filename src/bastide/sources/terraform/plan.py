"""Terraform and OpenTofu plans (`terraform show -json`): what will be, what is not known yet, what refers to what.

The format is HashiCorp's "JSON Output Format". Sensitive values are replaced on reading and never kept.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bastide.resources.model import Loaded, Problem, Reference, Sensitive, Unresolved, is_secret
from bastide.sources.limits import MAX_DEPTH, MAX_DOCUMENT, MAX_RESOURCES
from bastide.sources.terraform.convert import convert
from bastide.sources.terraform.mapping_paths import listed
from bastide.sources.terraform.mapping_policy import DOCUMENT
from bastide.sources.terraform.plan_references import References, member
from bastide.sources.terraform.provider import ProviderResource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.resources.model import Origin

_LATER = "known only after apply"
_GONE = (["delete"], ["forget"])
_TEXTS = ("user_data", "user_data_base64")
"""Scripts: one that refers to something has text of its own around it, which the plan does not show."""


def load(path: str) -> Loaded:
    """The resources that there will be once the plan is applied. Never raises: what is wrong is a `Problem`."""
    loaded = Loaded(path, "plan", files=[path])
    try:
        plan = _read(path)
    except _NoPlanError as error:
        loaded.problems.append(Problem("unreadable", path, error.line, str(error)))
        return loaded
    changes = plan.get("resource_changes")
    if not isinstance(changes, list):
        loaded.problems.append(Problem("unreadable", path, 1, "a plan without resource_changes"))
        return loaded
    whole = [item for item in changes if _is_whole(item)]
    if wrong := len(changes) - len(whole):
        loaded.problems.append(Problem("partial", path, 1, "entries of resource_changes that are none", wrong))
    changes = whole
    if len(changes) > MAX_RESOURCES:
        message = f"only the first {MAX_RESOURCES} of {len(changes)} resources were read"
        loaded.problems.append(Problem("partial", path, 1, message))
        changes = changes[:MAX_RESOURCES]
    if plan.get("errored"):
        message = "the plan ended in an error: resources may be missing"
        loaded.problems.append(Problem("partial", path, 1, message))
    references = References(plan.get("configuration"), [item["address"] for item in changes])
    converted = convert(_resources(changes, references, path), path, "plan")
    loaded.resources = converted.resources
    loaded.problems += converted.problems
    return loaded


class _NoPlanError(Exception):
    def __init__(self, cause: str, line: int = 1) -> None:
        self.line = line
        super().__init__(cause)


def _read(path: str) -> dict[str, Any]:
    try:
        file = Path(path)
        if file.stat().st_size > MAX_DOCUMENT:
            raise _NoPlanError(f"larger than {MAX_DOCUMENT // 1024 // 1024} MB")
        plan = json.loads(file.read_bytes())
    except OSError as error:
        raise _NoPlanError(f"cannot be read: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise _NoPlanError(f"not JSON: {error.msg}", error.lineno) from None
    except (ValueError, RecursionError):
        raise _NoPlanError("not JSON: nested too deeply, or not UTF-8") from None
    if not isinstance(plan, dict):
        raise _NoPlanError("a plan is a JSON object")
    return plan


def _is_whole(item: Any) -> bool:
    """Whether an entry of `resource_changes` says what it is about and what will be."""
    if not isinstance(item, dict) or not isinstance(item.get("change"), dict):
        return False
    named = isinstance(item.get("type"), str) and isinstance(item.get("address"), str)
    return named and (item["change"].get("actions") in _GONE or isinstance(item["change"].get("after"), dict))


def _resources(changes: list[dict[str, Any]], references: References, path: str) -> Iterator[ProviderResource]:
    for item in changes:
        change, address = item["change"], item["address"]
        if change.get("actions") in _GONE:
            continue
        after = change["after"]
        written = references.expressions(address)
        value = _Value(after, change.get("after_unknown"), change.get("after_sensitive"), written)
        attributes = _Reader(references, address).top(value)
        if item["type"] == DOCUMENT:
            _loosen_denials(attributes)
        calls = tuple(part for part in (str(item.get("module_address") or ""),) if part)
        origins: dict[str, Origin] = {}
        yield ProviderResource(
            item["type"], address, attributes, path, 1, 1, origins, calls, data=item.get("mode") == "data"
        )


def _loosen_denials(document: dict[str, Any]) -> None:
    """Of what a statement denies, the plan shows what it refers to, not the text around: `/*` may be missing."""
    for statement in listed(document.get("statement")):
        if isinstance(statement, dict) and statement.get("effect") == "Deny":
            for name in ("resources", "not_resources"):
                if name in statement:
                    statement[name] = [
                        Unresolved(one.text[2:-1], _LATER) if isinstance(one, Reference) and "${" in one.text else one
                        for one in listed(statement[name])
                    ]


class _Value(NamedTuple):
    """One value as a change has it in three trees, and the expression that is written for it, as far as known."""

    after: Any
    unknown: Any = None
    sensitive: Any = None
    expression: Any = None

    def child(self, key: str) -> _Value:
        """An attribute; the expressions of a block are by attribute, that of an object is of the whole."""
        return _Value(
            member(self.after, key),
            member(self.unknown, key),
            member(self.sensitive, key),
            _inside(self.expression, key),
        )

    def item(self, index: int) -> _Value:
        """An element of a list of values or blocks."""
        written = _at(self.expression, index) if isinstance(self.expression, list) else self.expression
        return _Value(_at(self.after, index), _at(self.unknown, index), _at(self.sensitive, index), written)

    def names(self) -> list[str]:
        """The attributes of an object, those that are not known too."""
        return list({**self.after, **(self.unknown if isinstance(self.unknown, dict) else {})})


class _Reader:
    """Turns the values of one resource into a tree with marks."""

    def __init__(self, references: References, address: str) -> None:
        self._references, self._address = references, address

    def top(self, value: _Value) -> dict[str, Any]:
        """The attributes of a resource. What nobody wrote and is not known is the provider's to compute: absent."""
        found = {}
        for name in value.names():
            if value.expression is not None and name not in value.expression and value.after.get(name) is None:
                continue
            marked = self.marked(value.child(name), name)
            if marked is not None:
                found[name] = marked
        return found

    def marked(self, value: _Value, name: str, depth: int = 0) -> Any:
        """One value with its marks; None when it is absent."""
        after = value.after
        if depth > MAX_DEPTH:
            return Unresolved(name, "nested too deeply")
        if value.sensitive is True:
            return None if after is None and value.unknown is not True else self.concealed(value)
        if value.unknown is True:
            return self.later(value.expression, name)
        if isinstance(after, dict):
            inner = {key: self.marked(value.child(key), f"{name}.{key}", depth + 1) for key in value.names()}
            return {key: item for key, item in inner.items() if item is not None}
        if isinstance(after, list):
            size = max(len(after), len(value.unknown) if isinstance(value.unknown, list) else 0)
            return [self.marked(value.item(index), name, depth + 1) for index in range(size)]
        targets = self.targets(value.expression) if isinstance(after, str) else ()
        return Reference(after, targets) if targets else after

    def concealed(self, value: _Value) -> Sensitive:
        """A sensitive value, and whether it is one that the configuration has in the open."""
        literal = self._references.literal(value.expression, self._address)
        return Sensitive(literal is not None and literal == value.after and is_secret(literal))

    def later(self, expression: Any, name: str) -> Any:
        """A value that is not known yet: a reference where the configuration says to what, else unresolved."""
        targets = self.targets(expression)
        if targets and name not in _TEXTS:
            return Reference("".join(f"${{{address}.{attribute}}}" for address, attribute in targets), targets)
        return Unresolved(name, _LATER)

    def targets(self, expression: Any) -> tuple[tuple[str, str], ...]:
        """The resources of the plan, with attributes, that an expression refers to."""
        if not isinstance(expression, dict) or not isinstance(expression.get("references"), list):
            return ()
        return self._references.targets(expression["references"], self._address)


def _at(items: Any, index: int) -> Any:
    return items[index] if isinstance(items, list) and index < len(items) else None


def _inside(expression: Any, key: str) -> Any:
    if not isinstance(expression, dict):
        return None
    return expression if "references" in expression or "constant_value" in expression else expression.get(key)
