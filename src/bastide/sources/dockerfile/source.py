"""From a Dockerfile to one resource: its stages, its variables, its commands, and the image that comes of it."""

from __future__ import annotations

import json
import posixpath
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.resources.model import ABSENT, Loaded, Origin, Problem, Resource, Unresolved, settle
from bastide.sources.dockerfile.ignored import ignore_file, is_ignored
from bastide.sources.dockerfile.image import Image, image_of, user_of
from bastide.sources.dockerfile.limits import MAX_BYTES, MAX_PROBLEMS, MAX_STAGES
from bastide.sources.dockerfile.text import Instruction, Text, read_text
from bastide.sources.dockerfile.words import Value, Words, pairs
from bastide.sources.files import head

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TYPE = "Docker::Build::Dockerfile"
"""The resource type: of our own, under the name of the format's owner."""

_GIVEN = ("TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "BUILDPLATFORM", "BUILDOS", "BUILDARCH")
_CONTEXT = (".", "./", "/", "*", "./*")
"""Sources that mean the whole context."""


def load(path: str, text: bytes | None = None, within: Sequence[str] = ()) -> Loaded:
    """The resource of a Dockerfile, read from `path` when `text` is None.

    Never raises for what the file says: what could not be read is in the problems. The list of ignored files beside it,
    or above it within `within`, is read too.
    """
    loaded = Loaded(path, "dockerfile", files=[path])
    try:
        data = head(path, MAX_BYTES + 1) if text is None else text
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be read"
        loaded.problems.append(Problem("unreadable", path, 1, reason))
        return loaded
    if len(data) > MAX_BYTES:
        loaded.problems.append(Problem("unreadable", path, 1, f"larger than {MAX_BYTES // 1024} KB"))
    elif b"\0" in data:
        loaded.problems.append(Problem("unreadable", path, 1, "a binary file, not a Dockerfile"))
    else:
        _build(data.decode("utf-8", "replace"), loaded, within)
    return loaded


def _build(text: str, loaded: Loaded, within: Sequence[str]) -> None:
    read = read_text(text)
    build = _Build(read)
    for instruction in read.instructions:
        build.take(instruction)
    path = loaded.unit
    told = [Problem("partial", path, line, cause) for line, cause in (*read.wrong, *build.wrong)]
    loaded.problems += told[:MAX_PROBLEMS]
    if not build.stages:
        loaded.problems.append(Problem("unreadable", path, 1, "it has no FROM, so that it builds no image"))
        return
    build.finish(ignore_file(path, within))
    origins = {place: Origin(path, line, end) for place, (line, end) in build.lines.items()}
    properties, unresolved, links = settle(build.tree)
    end = read.instructions[-1].end_line
    name = posixpath.basename(path)
    loaded.resources.append(
        Resource(TYPE, name, path, "dockerfile", path, 1, end, properties, "Dockerfile", unresolved, links, origins)
    )


class _Stage(Struct):
    """One stage: the variables that hold in it, what it is built on, and what it leaves to the image."""

    name: str
    image: Image
    base: _Stage | None
    variables: dict[str, Value]
    entry: dict[str, Any]
    kept: dict[str, tuple[Any, Instruction]] = field(default_factory=dict)
    parts: list[dict[str, Any]] = field(default_factory=list)


class _Build:
    """Takes instruction after instruction; `tree` and `lines` are the properties and where they are written."""

    def __init__(self, read: Text) -> None:
        self.escape = read.escape
        self.tree: dict[str, Any] = {}
        self.lines: dict[str, tuple[int, int]] = {}
        self.wrong: list[tuple[int, str]] = []
        self.stages: list[_Stage] = []
        self.arguments: dict[str, Value] = {}
        self.taken: dict[str, Callable[[Instruction], None]] = {
            "ENV": self._environment,
            "USER": self._user,
            "RUN": self._run,
            "CMD": self._kept_command,
            "ENTRYPOINT": self._kept_command,
            "HEALTHCHECK": self._healthcheck,
            "EXPOSE": self._expose,
            "COPY": self._copy,
            "ADD": self._copy,
        }

    @property
    def stage(self) -> _Stage:
        """The stage that instructions belong to now."""
        return self.stages[-1]

    def take(self, one: Instruction) -> None:
        """Follows one instruction."""
        if one.name == "FROM":
            if len(self.stages) >= MAX_STAGES:
                self.wrong.append((one.line, f"more than {MAX_STAGES} stages; this one was read as part of the last"))
            else:
                self._from(one)
        elif one.name == "ARG":
            self._argument(one)
        elif not self.stages:
            self.wrong.append((one.line, f"{one.name} stands before the first FROM"))
        elif one.name == "ONBUILD":
            inner = read_text(one.rest).instructions
            for other in inner[:1]:
                if other.name in ("RUN", "COPY", "ADD"):
                    other.line, other.end_line = one.line, one.end_line
                    self.take(other)
        elif (method := self.taken.get(one.name)) is not None:
            method(one)

    def _words(self) -> Words:
        return Words(self.stage.variables if self.stages else self.arguments, self.escape)

    def _add(self, kind: str, entry: dict[str, Any], one: Instruction) -> None:
        """Adds an element to a list of the tree, with the stage that it belongs to."""
        items = self.tree.setdefault(kind, [])
        self.lines[f"{kind}[{len(items)}]"] = one.line, one.end_line
        if self.stages and kind != "Stages":
            entry["Stage"] = self.stage.name
            self.stage.parts.append(entry)
        items.append(entry)

    def _from(self, one: Instruction) -> None:
        outer = {**{name: Unresolved(f"${name}", "given by the builder") for name in _GIVEN}, **self.arguments}
        words = Words(outer, self.escape)
        parts = words.split(one.rest)
        if not parts:
            self.wrong.append((one.line, "FROM without an image"))
            return
        named = len(parts) >= 3 and parts[1].lower() == "as"
        name = parts[2].lower() if named else str(len(self.stages))
        base = next((stage for stage in reversed(self.stages) if stage.name == parts[0].lower()), None)
        image = base.image if base else image_of(parts[0], words.unknown(parts[0]))
        entry: dict[str, Any] = {"Name": name, "Image": words.value(parts[0])}
        entry |= {"From": base.name} if base else image.tree()
        if platform := one.flags.get("platform"):
            entry["Platform"] = platform
        variables: dict[str, Value] = dict(base.variables) if base else {}
        self._add("Stages", entry, one)
        self.stages.append(_Stage(name, image, base, variables, entry))

    def _argument(self, one: Instruction) -> None:
        words = self._words()
        for word in words.split(one.rest):
            name, equals, default = word.partition("=")
            value: Value
            if equals:
                value = words.value(default)
            elif self.stages and name in self.arguments:
                value = self.arguments[name]
            else:
                value = Unresolved(f"${name}"[:200], "an argument of the build without a default")
            if not self.stages:
                self.arguments[name] = value
            elif name not in self.stage.variables or equals:
                self.stage.variables[name] = value
            if equals or not self.stages or name not in self.arguments:
                self._add("BuildVariables", {"Name": name, "Value": value if equals else ABSENT}, one)

    def _environment(self, one: Instruction) -> None:
        words = self._words()
        filled: dict[str, Value] = {}
        for name, value in pairs(one.rest, words):
            filled[name] = words.value(value)
            self._add("Environment", {"Name": name, "Value": filled[name]}, one)
        self.stage.variables |= filled

    def _user(self, one: Instruction) -> None:
        words = self._words()
        parts = words.split(one.rest)
        self.stage.kept["User"] = words.value(parts[0]) if parts else ABSENT, one

    def _run(self, one: Instruction) -> None:
        text = "\n".join([_command(one.rest), *(document.text for document in one.heredocs)])
        flags = [f"{name}={value}" for name, value in one.flags.items() if name != "mount"]
        self._add("Commands", {"Text": text, "Flags": flags, "Mounts": one.flags.get("mount", "").split()}, one)

    def _kept_command(self, one: Instruction) -> None:
        name = {"CMD": "Cmd", "ENTRYPOINT": "Entrypoint"}[one.name]
        self.stage.kept[name] = _command(one.rest), one

    def _healthcheck(self, one: Instruction) -> None:
        self.stage.kept["Healthcheck"] = _command(one.rest.removeprefix("CMD").strip()), one

    def _expose(self, one: Instruction) -> None:
        words = self._words()
        for port in words.split(one.rest):
            self._add("Ports", {"Port": words.value(port)}, one)

    def _copy(self, one: Instruction) -> None:
        words = self._words()
        listed = _listed(one.rest)
        parts = [word for word in (listed or words.split(one.rest)) if not word.startswith("<<")]
        if not parts:
            self.wrong.append((one.line, f"{one.name} without a source and a destination"))
            return
        entry: dict[str, Any] = {"Instruction": one.name, "Destination": words.value(parts[-1])}
        entry["Sources"] = [words.value(part) for part in parts[:-1]]
        entry["WholeContext"] = "from" not in one.flags and any(part in _CONTEXT for part in parts[:-1])
        for flag, name in (("from", "From"), ("checksum", "Checksum"), ("chmod", "Chmod"), ("chown", "Chown")):
            if value := one.flags.get(flag):
                entry[name] = words.value(words.whole(value))
        if one.heredocs:
            entry["Content"] = "\n".join(document.text for document in one.heredocs)
        self._add("Copies", entry, one)

    def finish(self, ignored: tuple[str, str] | None) -> None:
        """What the image is in the end: of the last stage, and of those that it is built on."""
        lineage: list[_Stage] = []
        at: _Stage | None = self.stage
        while at is not None:
            lineage.append(at)
            at = at.base
        inside = {id(stage) for stage in lineage}
        for stage in self.stages:
            for entry in (stage.entry, *stage.parts):
                entry["InImage"] = id(stage) in inside
        for name in ("User", "Healthcheck", "Cmd", "Entrypoint"):
            found = next((stage.kept[name] for stage in lineage if name in stage.kept), None)
            if found:
                self.tree[name] = found[0]
                self.lines[name] = found[1].line, found[1].end_line
        base = lineage[-1].image
        self.tree["Base"] = base.tree()
        self.tree.setdefault("User", user_of(base))
        for name in ("User", "Healthcheck"):  # where to write what is not there
            self.lines.setdefault(name, self.lines[f"Stages[{len(self.stages) - 1}]"])
        if ignored:
            self.tree["IgnoreFile"] = ignored[0]
            self.tree["Ignored"] = [name for name in (".git", ".env") if is_ignored(name, ignored[1])]


def _listed(text: str) -> list[str] | None:
    """The words of a JSON list of strings; None for what is none."""
    if not text.startswith("["):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


def _command(text: str) -> str:
    """A command as one text, whether it is written for a shell or as a list of words."""
    listed = _listed(text)
    return text if listed is None else " ".join(listed)
