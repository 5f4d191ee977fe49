"""What CDK writes: a cloud assembly, `cdk.out`, whose manifest names the stacks and the assemblies within it."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from bastide.resources.model import Loaded, Problem
from bastide.sources.cloudformation.document import read_document, read_file
from bastide.sources.cloudformation.limits import MAX_ASSEMBLY_DEPTH, MAX_STACKS
from bastide.sources.cloudformation.nodes import Map, TemplateError, as_map, cut
from bastide.sources.cloudformation.stacks import load

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "manifest.json"
_STACK = "aws:cloudformation:stack"
_ASSEMBLY = "cdk:cloud-assembly"
_TEMPLATE = ".template.json"
_NESTED = ".nested.template.json"


def load_cdk(folder: str) -> list[Loaded]:
    """What the stacks of a cloud assembly give, nested assemblies and nested stacks included, assets not.

    `folder` is relative and POSIX, as it shall be shown. When a manifest cannot be read, every `*.template.json`
    beside it is loaded instead, and a problem in the last unit, which is the folder's, says so. Never raises.
    """
    problems: list[Problem] = []
    loaded: list[Loaded] = []
    seen: set[str] = set()
    for path in _templates(folder, 0, problems):
        if path not in seen:
            loaded += load(path, root=folder)
            seen.update(file for unit in loaded for file in unit.files)
    if problems or not loaded:
        manifest = posixpath.join(folder, MANIFEST)
        loaded.append(Loaded(folder, "cloudformation", problems=problems, files=[manifest]))
    return loaded


def _templates(folder: str, depth: int, problems: list[Problem]) -> Iterator[str]:
    """The paths of the stacks' templates in an assembly and in those within it."""
    manifest = posixpath.join(folder, MANIFEST)
    try:
        artifacts = _artifacts(manifest)
    except TemplateError as error:
        message = f"{error.cause}; every template beside it was loaded instead"
        problems.append(Problem("partial", manifest, error.line, message))
        yield from _beside(folder, problems)
        return
    for name, artifact, line in artifacts.items_with_lines():
        entry = as_map(artifact)
        inner = _inner(folder, as_map(entry.get("properties")), entry.get("type"))
        if inner is None:
            continue
        if not inner or depth >= MAX_ASSEMBLY_DEPTH:
            problems.append(
                Problem("partial", manifest, line, f"the artifact {cut(name)} names no file of the assembly")
            )
        elif entry.get("type") == _STACK:
            yield inner
        else:
            yield from _templates(inner, depth + 1, problems)


def _artifacts(manifest: str) -> Map:
    root = read_document(manifest, read_file(manifest)).root
    artifacts = root.get("artifacts")
    if type(artifacts) is not Map:
        raise TemplateError("not a manifest of CDK: no `artifacts`")
    return artifacts


def _inner(folder: str, properties: Map, kind: object) -> str | None:
    """The path that an artifact names; empty when it is not below the folder, None for other kinds of artifact."""
    if kind not in (_STACK, _ASSEMBLY):
        return None
    name = properties.get("templateFile" if kind == _STACK else "directoryName")
    if type(name) is not str or posixpath.isabs(name) or "\0" in name:
        return ""
    name = posixpath.normpath(name)
    return "" if name.startswith("..") or name == "." else posixpath.join(folder, name)


def _beside(folder: str, problems: list[Problem]) -> list[str]:
    """The templates in a folder; those of nested stacks last, since their parents load them."""
    try:
        names = [name for name in os.listdir(folder or ".") if name.endswith(_TEMPLATE)]  # noqa: PTH208
    except OSError as error:
        problems.append(Problem("unreadable", folder, 1, f"cannot be read: {error.strerror}"))
        return []
    names.sort(key=lambda name: (name.endswith(_NESTED), name))
    return [posixpath.join(folder, name) for name in names[:MAX_STACKS]]
