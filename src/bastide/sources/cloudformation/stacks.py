"""From a file to what it gives: the template, and the local templates of the stacks within it."""

from __future__ import annotations

import os
import posixpath
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from bastide.resources.model import ABSENT, Loaded, Problem, Reference, Sensitive, Unresolved
from bastide.sources.cloudformation.document import Document, read_document, read_file
from bastide.sources.cloudformation.limits import MAX_STACK_DEPTH, MAX_STACKS
from bastide.sources.cloudformation.nodes import TemplateError, cut
from bastide.sources.cloudformation.resource import Place
from bastide.sources.cloudformation.template import Stack, read_template
from bastide.sources.cloudformation.values import Value, as_text, concatenate, interleave

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bastide.resources.model import Resource

_FUNCTION = "AWS::Lambda::Function"
OUTSIDE = "its template lies outside of what is scanned"


def load(
    path: str,
    text: bytes | None = None,
    parameters: Mapping[str, str] | None = None,
    within: Sequence[str] = (),
    *,
    root: str | None = None,
) -> list[Loaded]:
    """What a template gives, followed by what the local templates of its nested stacks give, depth by depth.

    `path` is relative and POSIX, as it shall be shown, and is read when `text` is None. Nested templates are read from
    below `root` only: by default where the scan started (for a path outside of that the template's own folder),
    `within`, and the template's repository. A nested unit is called `parent.yaml#LogicalId`, its addresses begin with
    `LogicalId/`. Never raises: what could not be read or judged is in the problems.
    """
    loading = _Loading((root,) if root is not None else (_default_root(path), *within), repository=root is None)
    return loading.run(path, text, parameters or {})


def _default_root(path: str) -> str:
    outside = posixpath.isabs(path) or posixpath.normpath(path).startswith("..")
    return posixpath.dirname(path) if outside else "."


def _repository(path: str) -> str:
    """The folder of the repository that a file is in; empty when it is in none."""
    return next((str(one) for one in Path(os.path.realpath(path)).parents if (one / ".git").exists()), "")


class _Task(NamedTuple):
    """A template to read: `above` are the real paths of the templates around it."""

    place: Place
    given: Mapping[str, Value]
    above: tuple[str, ...]


class _Loading:
    def __init__(self, roots: tuple[str, ...], *, repository: bool) -> None:
        self.roots = [os.path.realpath(root) for root in roots]
        self.repository = repository
        self.documents: dict[str, Document | TemplateError] = {}
        self.tasks: deque[_Task] = deque()
        self.stacks = 0

    def run(self, path: str, text: bytes | None, given: Mapping[str, Value]) -> list[Loaded]:
        self.tasks.append(_Task(Place(path, path), given, ()))
        loaded = []
        while self.tasks:
            task = self.tasks.popleft()
            loaded.append(self.load(task, text if not task.above else None))
        return loaded

    def load(self, task: _Task, text: bytes | None) -> Loaded:
        place = task.place
        loaded = Loaded(place.unit, "cloudformation", files=[place.path])
        document = self.document(place.path, text)
        if isinstance(document, TemplateError):
            message = f"column {document.column}: {document.cause}" if document.column > 1 else document.cause
            loaded.problems.append(Problem("unreadable", place.path, document.line, message))
            return loaded
        template = read_template(document, place, task.given)
        loaded.resources, loaded.problems = template.resources, template.problems
        if any(one.type == _FUNCTION for one in loaded.resources):
            self.search_code(loaded, place)
        for stack in template.stacks:
            if reason := self.nest(stack, task):
                kind: Literal["partial", "external"] = "partial" if reason is OUTSIDE else "external"
                loaded.problems.append(Problem(kind, place.path, stack.line, f"{cut(stack.name)}: {reason}"))
        return loaded

    def search_code(self, loaded: Loaded, place: Place) -> None:
        """Searches the code of functions that lies beside the template for secrets."""
        search = None
        for resource in loaded.resources:
            location = code_location(resource)
            if location:
                from bastide.sources.code.folder import Search  # few templates have code beside them

                search = search or Search(lambda real: self.may_read(real, place.path))
                search.attach(resource, posixpath.join(posixpath.dirname(place.path), location))
        if search:
            search.tell(loaded)

    def document(self, path: str, text: bytes | None) -> Document | TemplateError:
        known = self.documents.get(path)
        if known is None:
            try:
                known = read_document(path, read_file(path) if text is None else text)
            except TemplateError as error:
                known = error
            self.documents[path] = known
        return known

    def nest(self, stack: Stack, task: _Task) -> str:
        """Queues a nested stack's template; otherwise why it is not read."""
        outer = task.place
        path, reason = self.local(stack.location, outer)
        if reason:
            return reason
        real = os.path.realpath(path)
        above = (*task.above, os.path.realpath(outer.path))
        if real in above:
            return "its template contains itself"
        if len(above) > MAX_STACK_DEPTH or self.stacks >= MAX_STACKS:
            return f"more than {MAX_STACK_DEPTH} stacks within stacks, or {MAX_STACKS} in all"
        self.stacks += 1
        place = Place(
            path,
            f"{outer.unit}{'/' if task.above else '#'}{stack.name}",
            f"{outer.prefix}{stack.name}/",
            (*outer.call, f"{outer.path}:{stack.line} {stack.name}"),
        )
        passed = {
            name: _passed(value)
            for name, value in stack.parameters.items()
            if value is not ABSENT and value is not None
        }
        self.tasks.append(_Task(place, passed, above))
        return ""

    def local(self, written: Value, outer: Place) -> tuple[str, str]:
        """The path of a nested stack's template, and why there is none."""
        location = as_text(written)
        if location is None or "{{" in location:
            return "", "its template's location is only known at deployment"
        if "://" in location or "\0" in location:
            return "", "its template is not local and was not fetched"
        path = posixpath.normpath(posixpath.join(posixpath.dirname(outer.path), location))
        real = os.path.realpath(path)
        if not self.may_read(real, outer.path):
            return "", OUTSIDE
        return path, "" if os.path.isfile(real) else "its template is not here"  # noqa: PTH113

    def may_read(self, real: str, asking: str) -> bool:
        """Whether a path is below what is allowed; the repository is only looked for when it matters."""
        if any(os.path.commonpath((real, root)) == root for root in self.roots):
            return True
        if not self.repository:
            return False
        self.repository = False
        found = _repository(asking)
        self.roots += [found] if found else []
        return bool(found) and os.path.commonpath((real, found)) == found


def code_location(resource: Resource) -> str:
    """Where the code of a function lies beside its template, from there; empty for other resources and other places."""
    if resource.type != _FUNCTION:
        return ""
    code = resource.properties.get("Code")
    found = resource.properties.get("CodeFolder") or (code if isinstance(code, str) else resource.metadata.get("asset"))
    return found if isinstance(found, str) and "://" not in found and "${" not in found else ""


def _passed(value: Value) -> Value:
    """A parameter's value as a nested stack sees it: a reference to the outer stack names nothing in there."""
    if isinstance(value, list):
        value = concatenate(interleave(value, ",")) if value else ""
    if isinstance(value, Reference):
        return Reference(value.text)
    if isinstance(value, (Unresolved, Sensitive)):
        return value
    text = as_text(value)
    return text if text is not None else Unresolved("", "not a text")
