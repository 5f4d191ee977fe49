"""One root module with everything that it calls: where it may read, what it has read, and what went wrong."""

from __future__ import annotations

import json
import os
import posixpath
from typing import TYPE_CHECKING, Any

from bastide.resources.model import Problem
from bastide.sources.files import head
from bastide.sources.limits import (
    MAX_FILE,
    MAX_FILES,
    MAX_INSTANCES,
    MAX_MODULE_DEPTH,
    MAX_RESOURCES,
)
from bastide.sources.terraform.functions.registry import Missing
from bastide.sources.terraform.module import ModuleInstance
from bastide.sources.terraform.reader import Declarations, declarations, files_of, join
from bastide.sources.terraform.values import Beyond, Budget, Exhausted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bastide.sources.terraform.expand import Instances
    from bastide.sources.terraform.provider import ProviderResource
    from bastide.sources.terraform.syntax import Block

_MAX_MODULES = 5_000
_MAX_PROBLEMS = 200


class Unit:
    """Reads only below `allowed` (real paths); every problem is told once."""

    def __init__(self, folder: str, allowed: Sequence[str]) -> None:
        self.folder, self.allowed = folder, tuple(allowed)
        self.budget = Budget()
        self.files: dict[str, None] = {}
        self._problems: dict[tuple[str, int, str], Problem] = {}
        self._declared: dict[str, Declarations] = {}
        self._installed: dict[str, str] | None = None

    @property
    def problems(self) -> list[Problem]:
        """What went wrong, in order of place."""
        return sorted(self._problems.values(), key=lambda problem: (problem.path, problem.line))

    def report(self, problem: Problem) -> None:
        """Tell a problem, if it was not told already."""
        if len(self._problems) < _MAX_PROBLEMS:
            self._problems.setdefault((problem.path, problem.line, problem.message), problem)

    def report_instances(self, block: Block, found: Instances) -> None:
        """Tell what is not usual about a block's instances."""
        name = ".".join(block.labels)
        if found.excess:
            message = f"{name} has {found.excess} instances, over the limit of {MAX_INSTANCES}: one is judged"
            self.report(Problem("partial", block.text.path, block.line, message))
        if found.unknown:
            why = f"{found.unknown.expression} ({found.unknown.reason})".strip()
            message = f"for_each of {name} is not known: {why}; one instance stands for all"
            self.report(Problem("note", block.text.path, block.line, message))

    def declared(self, folder: str, files: Sequence[str] = ()) -> Declarations:
        """What a folder declares, read once."""
        if folder not in self._declared:
            found = self._declared[folder] = declarations(folder, files or files_of(folder), keep=folder != self.folder)
            self.files.update(dict.fromkeys(found.files))
            for problem in found.problems:
                self.report(problem)
        return self._declared[folder]

    def called(self, module: ModuleInstance, block: Block) -> Declarations | None:
        """What the module that a block calls declares; None, with a problem told, when it cannot be had."""
        name, place = block.labels[0], (block.text.path, block.line)
        source = block.body.attributes.get("source", (None,))[0]
        if not isinstance(source, str):
            self.report(Problem("external", *place, f"module {name} has a source that is not known"))
            return None
        folder = self._folder_of(module, block, source)
        if folder is None:
            self.report(Problem("external", *place, f"module {name} calls {source}, which is not fetched"))
            return None
        if trouble := self._trouble(module, folder):
            kind, text = trouble
            self.report(Problem(kind, *place, f"module {name} ({source}) {text}"))  # type: ignore[arg-type]
            return None
        return self.declared(folder)

    def _folder_of(self, module: ModuleInstance, block: Block, source: str) -> str | None:
        if source.startswith(("./", "../")) or source in (".", ".."):
            return join(module.declared.folder, source)
        if self._installed is None:
            self._installed = self._manifest()
        key = ".".join([*(call.rpartition("module.")[2] for call in module.calls), block.labels[0]])
        return self._installed.get(key)

    def _manifest(self) -> dict[str, str]:
        """The folders of modules that were installed here before, from Terraform's own list of them."""
        try:
            raw = self.read(".terraform/modules/modules.json")
            entries = json.loads(raw)["Modules"]
            return {str(one["Key"]): join(self.folder, str(one["Dir"])) for one in entries if one["Key"]}
        except (ValueError, OSError, KeyError, TypeError, RecursionError):
            return {}

    def _trouble(self, module: ModuleInstance, folder: str) -> tuple[str, str] | None:
        if not self.may_read(folder):
            return "partial", "is outside of what is scanned"
        depth, at = 0, module
        while True:
            if at.declared.folder == folder:
                return "partial", "calls itself, directly or through others"
            if at.outer is None:
                break
            at, depth = at.outer[0], depth + 1
        if depth >= MAX_MODULE_DEPTH:
            return "partial", "is nested too deep"
        try:
            empty = not files_of(folder)
        except (OSError, ValueError):
            return "partial", "is not there"
        return ("partial", "has no configuration files") if empty else None

    def may_read(self, path: str) -> bool:
        """Whether a path leads, links followed, to a place below what is allowed."""
        try:
            real = os.path.realpath(path)
        except (OSError, ValueError):
            return False
        return any(real == root or real.startswith(root.rstrip("/") + "/") for root in self.allowed)

    def path_of(self, folder: str) -> str:
        """A module's folder as the root module would name it."""
        return posixpath.relpath(folder, self.folder)

    def read(self, path: str) -> bytes:
        """A file that the configuration names, relative to the root module; `ValueError` says why not."""
        shown = join(self.folder, path)
        if not self.may_read(shown):
            raise Beyond(f"the file {path} is outside of what is scanned")
        try:
            raw = head(shown, MAX_FILE + 1)
        except FileNotFoundError:
            raise Missing(f"the file {path} is not here") from None
        except OSError:
            raise Beyond(f"the file {path} cannot be read") from None
        if len(raw) > MAX_FILE:
            raise Beyond(f"the file {path} is too large")
        self.budget.spend(1 + len(raw) // 1000)
        self.files.setdefault(shown)
        return raw

    def listing(self, folder: str) -> list[str]:
        """The files below a folder that the configuration names, relative to it."""
        shown = join(self.folder, folder)
        if not self.may_read(shown):
            raise Beyond(f"the folder {folder} is outside of what is scanned")
        found: list[str] = []
        for base, _, names in os.walk(shown):
            self.budget.spend(1 + len(names))
            found.extend(posixpath.relpath(join(base, name), shown) for name in names)
            if len(found) > MAX_FILES:
                raise Beyond(f"the folder {folder} has too many files")
        return found

    def resources(self, given: dict[str, Any]) -> Iterator[ProviderResource]:
        """Every resource of the root module and of all modules that it calls."""
        root = ModuleInstance(self, self.declared(self.folder), given=given)
        waiting, made, modules = [root], 0, 0
        while waiting:
            module = waiting.pop()
            modules += 1
            for resource in self._of(module):
                made += 1
                yield resource
                if made >= MAX_RESOURCES:
                    break
            if made >= MAX_RESOURCES or modules >= _MAX_MODULES:
                message = f"it makes {made} resources in {modules} modules and more, which are not judged"
                self.report(Problem("partial", module.declared.files[0], 1, message))
                return
            waiting.extend(reversed(self._modules(module)))

    def _modules(self, module: ModuleInstance) -> list[ModuleInstance]:
        self.budget.refill()
        try:
            return module.modules()
        except (Exhausted, RecursionError) as error:
            self._gave_up(module.declared.files[0], 1, "its modules", error)
            return []

    def _of(self, module: ModuleInstance) -> Iterator[ProviderResource]:
        self.budget.refill()
        try:
            found = module.resources()
        except (Exhausted, RecursionError) as error:
            self._gave_up(module.declared.files[0], 1, "its resources", error)
            return
        for mode, resource in found:
            self.budget.refill()
            try:
                yield resource.finished(module, data=mode == "data")
            except (Exhausted, RecursionError) as error:
                block = resource.block
                self._gave_up(block.text.path, block.line, resource.address, error)

    def _gave_up(self, path: str, line: int, what: str, error: Exception) -> None:
        deep = "nest too deep" if isinstance(error, RecursionError) else "take too many steps"
        self.report(Problem("partial", path, line, f"{what} could not be evaluated: the expressions {deep}"))
