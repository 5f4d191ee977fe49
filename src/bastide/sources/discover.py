"""What there is to scan below the targets: Terraform root modules, plans, CloudFormation templates, CDK output.

One walk, which reads no more of a file than it takes to tell what it is.
"""

from __future__ import annotations

import os
import posixpath
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

from bastide.errors import UsageError
from bastide.resources.model import Problem
from bastide.sources.buildspec.names import looks_like_buildspec, may_be_buildspec
from bastide.sources.cloudformation import looks_like_template
from bastide.sources.dockerfile.names import is_dockerfile
from bastide.sources.files import head
from bastide.sources.limits import MAX_DEPTH, MAX_FILE, MAX_FILES, SNIFF
from bastide.sources.terraform.names import effective, is_configuration
from bastide.sources.workflow.names import is_workflow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

UnitKind = Literal["terraform", "plan", "cloudformation", "cdk", "dockerfile", "workflow", "buildspec"]

SKIPPED = frozenset({
    ".git", ".hg", ".svn", ".terraform", ".terragrunt-cache", ".aws-sam", "node_modules", ".venv", "venv",
    "site-packages", "__pycache__", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".idea", ".vscode",
})  # fmt: skip
"""Names of folders that hold copies, tools or caches and are not looked into."""

_KEPT = 4 * 1024 * 1024
"""Bytes of files that are kept for those who read them next."""
_DOCUMENTS = (".json", ".yaml", ".yml", ".template")
_CALL = re.compile(rb"""source["']?[ \t]*[=:][ \t]*["'](\.\.?(?:/[^"'\n$]*)?)["']""")
_PLAN = re.compile(rb'"(?:planned_values|resource_changes)"\s*:')
_FORMAT = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{.*"format_version"\s*:', re.DOTALL)
_MANIFEST = (re.compile(rb'"version"\s*:\s*"'), re.compile(rb'"artifacts"\s*:\s*\{'))


class Unit(Struct, frozen=True):
    """Something to load: a root module's folder with its files, or one file.

    Paths are as a person would write them. `within` are the folders below which it may read.
    """

    kind: UnitKind
    path: str
    files: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


class Found(Struct):
    """The units in order of path, what is wrong with the rest, and how many folders were not looked into.

    `texts` are files that were read whole on the way, as far as they are not much.
    """

    units: list[Unit] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: int = 0
    texts: dict[str, bytes] = field(default_factory=dict)


def discover(targets: Sequence[str], exclude: Sequence[str] = ()) -> Found:
    """The units at the targets, which are folders or files.

    `exclude` are glob patterns for paths or for names of files and folders. A folder of Terraform files that
    another one calls as a module is no unit of its own: it is judged through its callers. A `UsageError` for a
    target that does not exist.
    """
    walk = _Walk(exclude)
    for target in targets:
        if not os.path.lexists(target):
            raise UsageError("there is no such file or folder", place=target)
        path = shown(target)
        if os.path.isdir(target):  # noqa: PTH112  the walk works on plain text for speed
            walk.folder(path)
        else:
            walk.target(path)
    return walk.found()


def shown(path: str) -> str:
    """A path as it is shown: POSIX style, without `./`."""
    return posixpath.normpath(path.replace(os.sep, "/"))


class _Walk:
    def __init__(self, exclude: Sequence[str]) -> None:
        self.exclude = [pattern.rstrip("/").removeprefix("./") for pattern in exclude]
        self.modules: dict[str, dict[str, None]] = {}
        self.within: dict[str, str] = {}
        self.units: dict[str, Unit] = {}
        self.problems: list[Problem] = []
        self.skipped = 0
        self.seen = 0
        self.texts: dict[str, bytes] = {}
        self.room = _KEPT

    def folder(self, target: str) -> None:
        """Look at everything below a folder."""
        waiting = [(target, 0)]
        while waiting:
            folder, depth = waiting.pop()
            entries = self._entries(folder)
            names = {entry.name for entry in entries}
            if "manifest.json" in names and _is_assembly(_join(folder, "manifest.json")):
                self._unit("cdk", folder, target)
                continue
            below = []
            for entry in entries:
                path = _join(folder, entry.name)
                if self._excluded(path, entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if entry.name in SKIPPED or depth >= MAX_DEPTH:
                        self.skipped += 1
                    else:
                        below.append((path, depth + 1))
                else:
                    self._file(path, entry, target)
            waiting.extend(reversed(below))

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            self.problems.append(Problem("unreadable", folder, 1, f"the folder: {error.strerror}"))
            return []
        self.seen += len(entries)
        if self.seen > MAX_FILES:
            message = f"over {MAX_FILES} files were found; this folder and what follows were not looked at"
            self.problems.append(Problem("partial", folder, 1, message))
            return []
        return entries

    def _excluded(self, path: str, name: str) -> bool:
        return any(
            fnmatchcase(path, pattern) or fnmatchcase(name, pattern) or path.startswith(f"{pattern}/")
            for pattern in self.exclude
        )

    def _file(self, path: str, entry: os.DirEntry[str], target: str) -> None:
        name = entry.name
        if is_configuration(name):
            self._module(path, target)
        elif name.endswith(_DOCUMENTS):
            self._document(path, name, target)
        elif "ile" in name and is_dockerfile(name):
            self._unit("dockerfile", path, target)

    def _module(self, path: str, target: str) -> None:
        folder = posixpath.dirname(path) or "."
        self.modules.setdefault(folder, {})[path] = None
        self.within.setdefault(folder, target)

    def _document(self, path: str, name: str, target: str) -> bool:
        try:
            kind = kind_of(path, name)
        except OSError as error:
            likely = name.endswith(".template") or re.search(r"template|stack|cfn|cloudformation|plan", name)
            message = error.strerror or "it cannot be read"
            self.problems.append(Problem("unreadable" if likely else "note", path, 1, message))
            return True
        if kind:
            self._unit(kind, path, target)
        return kind is not None

    def _unit(self, kind: UnitKind, path: str, target: str, files: tuple[str, ...] = ()) -> None:
        self.units.setdefault(path, Unit(kind, path, files, (target,)))

    def target(self, path: str) -> None:
        """Look at one file that a person named."""
        name = posixpath.basename(path)
        folder = posixpath.dirname(path) or "."
        if is_configuration(name):
            entries = [entry.name for entry in self._entries(folder)]
            for other in [name, *entries]:
                if is_configuration(other):
                    self._module(_join(folder, other), folder)
        elif name == "manifest.json" and _is_assembly(path):
            self._unit("cdk", folder, folder)
        elif is_dockerfile(name):
            self._unit("dockerfile", path, folder)
        elif not self._document(path, name, folder):
            message = "it is no Terraform file, no Terraform plan in JSON and no CloudFormation template"
            self.problems.append(Problem("unreadable", path, 1, message))

    def found(self) -> Found:
        """All units, when everything was looked at."""
        calls = {folder: self._calls(folder, list(files)) for folder, files in self.modules.items()}
        for folder in _roots(calls, self.problems):
            self._unit("terraform", folder, self.within[folder], tuple(effective(self.modules[folder])))
        units = sorted(self.units.values(), key=lambda unit: unit.path)
        return Found(units, self.problems, self.skipped, self.texts)

    def _calls(self, folder: str, files: list[str]) -> set[str]:
        called: set[str] = set()
        for path in files:
            try:
                text = head(path, MAX_FILE)
            except OSError:
                continue  # reading the module tells it
            self.room -= len(text)
            if self.room > 0:
                self.texts[path] = text
            for source in _CALL.findall(text):
                called.add(_join(folder, source.decode("utf-8", "replace")))
        return called & self.modules.keys()


def _roots(calls: dict[str, set[str]], problems: list[Problem]) -> list[str]:
    """The folders that no other calls; of those that only call each other, the first, which a problem tells."""
    called = {inner for folder, inners in calls.items() for inner in inners if inner != folder}
    roots = [folder for folder in calls if folder not in called]
    reached = _reached(roots, calls)
    for folder in sorted(calls):
        if folder not in reached:
            circle = sorted(_reached([folder], calls))
            message = f"these modules call each other, so none is a root module: {', '.join(circle[:5])}"
            problems.append(Problem("partial", folder, 1, message))
            roots.append(folder)
            reached |= set(circle)
    return roots


def _reached(roots: list[str], calls: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(roots)
    while waiting:
        folder = waiting.pop()
        if folder not in reached:
            reached.add(folder)
            waiting.extend(calls[folder])
    return reached


def kind_of(path: str, name: str) -> UnitKind | None:
    """What a JSON or YAML file is, from its beginning; None for what is no input."""
    if is_workflow(path):
        return "workflow"
    begin = _plain(head(path, SNIFF))
    if may_be_buildspec(name) and looks_like_buildspec(begin):
        return "buildspec"
    if looks_like_template(begin, name):
        return "cloudformation"
    if name.endswith((".json", ".template")) and _FORMAT.match(begin):
        return "plan" if any(_PLAN.search(part) for part in _parts(path, begin)) else None
    return None


def _plain(data: bytes) -> bytes:
    """Enough of a text in UTF-16 (a Windows shell writes it) to tell what it is; other text as it is."""
    return data.replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff") if b"\0" in data[:8] else data


def _parts(path: str, begin: bytes) -> Iterator[bytes]:
    """A file bit by bit, the bits overlapping, since the variables of a plan stand before its resources."""
    yield begin
    if len(begin) < SNIFF:
        return
    with open(path, "rb") as stream:  # noqa: PTH123  plain text work
        last = b""
        while part := stream.read(1024 * 1024):
            yield _plain(last + part)
            last = part[-128:]


def _is_assembly(path: str) -> bool:
    """Whether a manifest is that of a CDK cloud assembly."""
    try:
        begin = head(path, SNIFF)
    except OSError:
        return False
    return all(sign.search(begin) for sign in _MANIFEST)


def _join(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))
