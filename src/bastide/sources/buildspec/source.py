"""From a build specification of CodeBuild to one resource: its variables, and its commands phase by phase."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from bastide.resources.model import Loaded, Problem
from bastide.sources.cloudformation.nodes import Map, Node, as_map
from bastide.sources.yamlfile import Tree, entries, items, read_root, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

TYPE = "AWS::CodeBuild::Buildspec"
"""The resource type: of our own, since AWS has it as a text of a project only."""

_KINDS = {"variables": "Environment", "parameter-store": "ParameterStore", "secrets-manager": "SecretsManager"}
_LISTS = ("pre_build", "commands", "finally")


def load(path: str, text: bytes | None = None, within: Sequence[str] = ()) -> Loaded:
    """The resource of a build specification, read from `path` when `text` is None; nothing else is read.

    Never raises for what the file says: what could not be read is in the problems.
    """
    del within
    loaded = Loaded(path, "buildspec", files=[path])
    root = read_root(path, text, loaded)
    if root is None:
        return loaded
    if not isinstance(root.get("phases"), Map) and "batch" not in root:
        loaded.problems.append(Problem("unreadable", path, 1, "no build specification: it has no `phases`"))
        return loaded
    tree = Tree(path)
    if version := text_of(root.get("version")):
        tree.put("Version", version, root.line_of("version"))
    if user := text_of(root.get("run-as")):
        tree.put("RunAs", user, root.line_of("run-as"))
    _environment(as_map(root.get("env")), tree)
    for kind in ("build-list", "build-graph", "build-matrix"):
        _batch(as_map(root.get("batch")).get(kind), tree)
    for phase, node, _ in entries(root.get("phases")):
        _phase(phase, as_map(node), tree)
    tree.finish(loaded, TYPE, posixpath.basename(path), "buildspec", root.end)
    return loaded


def _environment(env: Map, tree: Tree) -> None:
    for key, name in _KINDS.items():
        for variable, value, line in entries(env.get(key)):
            tree.add(name, {"Name": variable, "Value": text_of(value)}, line)
    exported = env.get("exported-variables")
    for node, line in items(exported):
        tree.add("ExportedVariables", {"Name": text_of(node)}, line)
    if shell := text_of(env.get("shell")):
        tree.put("Shell", shell, env.line_of("shell"))


def _batch(node: Node, tree: Tree) -> None:
    """The variables of the builds of a batch; those of a matrix are lists."""
    builds = [as_map(build).get("env") for build, _ in items(node)]
    builds += [as_map(as_map(node).get(kind)).get("env") for kind in ("static", "dynamic")]
    for env in builds:
        for variable, value, line in entries(as_map(env).get("variables")):
            listed = [text for one, _ in items(value) if (text := text_of(one)) is not None]
            for text in listed or [text_of(value) or ""]:
                tree.add("Environment", {"Name": variable, "Value": text}, line)


def _phase(phase: str, node: Map, tree: Tree) -> None:
    user = text_of(node.get("run-as"))
    for key in _LISTS:
        for command, line in items(node.get(key)):
            if (text := text_of(command)) is not None:
                tree.add("Commands", {"Phase": phase, "Text": text, "RunAs": user}, line)
