"""From a workflow of GitHub Actions to one resource: its events, jobs, steps, actions and variables.

Expressions (`${{ … }}`) stay in texts as they are written, since what a text takes from where is what is judged. Where
an expression decides a value (the runner, the environment, a permission) it is not known, but for a matrix of texts.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from bastide.resources.model import ABSENT, Loaded, Problem, Unresolved
from bastide.sources.cloudformation.nodes import Map, Node, Seq, as_map
from bastide.sources.yamlfile import Tree, entries, items, read_root, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

TYPE = "GitHub::Actions::Workflow"
"""The resource type: of our own, under the name of the format's owner."""

_MATRIX = re.compile(r"\s*\$\{\{\s*matrix\.([\w-]+)\s*\}\}\s*")
_DECIDED = "an expression that the run decides"
_AWS = "aws-actions/configure-aws-credentials"


def load(path: str, text: bytes | None = None, within: Sequence[str] = ()) -> Loaded:
    """The resource of a workflow, read from `path` when `text` is None; `within` is not needed, nothing else is read.

    Never raises for what the file says: what could not be read is in the problems.
    """
    del within
    loaded = Loaded(path, "workflow", files=[path])
    root = read_root(path, text, loaded)
    if root is None:
        return loaded
    if "jobs" not in root or not ({"on", "true"} & root.keys()):
        loaded.problems.append(Problem("unreadable", path, 1, "no workflow: it has no `on` or no `jobs`"))
        return loaded
    tree = Tree(path)
    if name := text_of(root.get("name")):
        tree.put("Name", name, root.line_of("name"))
    _events(root, tree)
    if "permissions" in root:
        tree.put("Permissions", _permissions(root["permissions"]), root.line_of("permissions"))
    _variables(root.get("env"), tree, "", "")
    for job, node, line in entries(root["jobs"]):
        _Job(job, as_map(node), line, tree).read()
    tree.finish(loaded, TYPE, posixpath.basename(path), "workflow", root.end)
    return loaded


def _events(root: Map, tree: Tree) -> None:
    key = "on" if "on" in root else "true"  # what YAML 1.1 makes of it when a program wrote the file again
    node, line = root[key], root.line_of(key)
    for value in node if type(node) is Seq else [node]:
        if (name := text_of(value)) is not None:
            tree.add("Events", {"Name": name}, line)
    for name, detail, at in entries(node):
        types = as_map(detail).get("types")
        tree.add("Events", {"Name": name, "Types": _texts(types)}, at)


def _texts(node: Node) -> list[str]:
    values = node if type(node) is Seq else [node]
    return [text for value in values if (text := text_of(value)) is not None]


def _permissions(node: Node) -> Any:
    """A list of what is granted: `*` stands for everything. Empty for `{}`."""
    text = text_of(node)
    if text is not None:
        access = {"read-all": "read", "write-all": "write"}.get(text)
        return [{"Scope": "*", "Access": access}] if access else Unresolved(text[:200], _DECIDED)
    granted = []
    for scope, value, _ in entries(node):
        access = text_of(value)
        granted.append({"Scope": scope, "Access": _decided(access)})
    return granted


def _decided(text: str | None) -> Any:
    """A text, or that an expression decides it."""
    return ABSENT if text is None else Unresolved(text[:200], _DECIDED) if "${{" in text else text


def _variables(node: Node, tree: Tree, job: str, step: str) -> list[str]:
    """Adds the variables of an `env`; their names."""
    names = []
    for name, value, line in entries(node):
        entry = {"Name": name, "Value": text_of(value), "Job": job or None, "Step": step or None}
        tree.add("Environment", entry, line)
        names.append(name)
    return names


def action(uses: str) -> dict[str, Any]:
    """What `uses` names: `Kind` is `action`, `local` or `docker`; the owner, repository and ref of an action."""
    if uses.startswith(("./", "../")):
        return {"Uses": uses, "Kind": "local"}
    if uses.startswith("docker://"):
        name, _, digest = uses.removeprefix("docker://").partition("@")
        return {"Uses": uses, "Kind": "docker", "Repository": name, "Ref": digest or None}
    path, _, ref = uses.partition("@")
    owner, _, rest = path.partition("/")
    repository = f"{owner}/{rest.partition('/')[0]}" if rest else owner
    return {
        "Uses": uses,
        "Kind": "action",
        "Owner": owner.lower(),
        "Repository": repository.lower(),
        "Ref": ref or None,
    }


class _Job:
    """Reads one job into the tree."""

    def __init__(self, name: str, node: Map, line: int, tree: Tree) -> None:
        self.name, self.node, self.line, self.tree = name, node, line, tree
        self.actions: list[str] = []
        self.scripts: list[str] = []
        self.assumes = False
        self.keys = False

    def read(self) -> None:
        """Its own element, its steps, its actions and its variables."""
        node, tree = self.node, self.tree
        entry: dict[str, Any] = {"Name": self.name, "RunsOn": self._runners()}
        index = len(tree.properties.get("Jobs", []))
        tree.add("Jobs", entry, self.line, node.end)
        names = _variables(node.get("env"), tree, self.name, "")
        if uses := text_of(node.get("uses")):
            self._uses(uses, node.line_of("uses", self.line))
            entry["Uses"] = uses
            entry["InheritsSecrets"] = text_of(node.get("secrets")) == "inherit"
        for number, (step, line) in enumerate(items(node.get("steps"))):
            names += self._step(as_map(step), number, line)
        own = "permissions" in node
        entry["Permissions"] = _permissions(node["permissions"]) if own else tree.properties.get("Permissions", ABSENT)
        if own:
            tree.origins[f"Jobs[{index}].Permissions"] = tree.origins[f"Jobs[{index}]"]._replace(
                line=node.line_of("permissions", self.line)
            )
        if condition := text_of(node.get("if")):
            entry["Condition"] = condition
        environment = node.get("environment")
        target = text_of(environment) or text_of(as_map(environment).get("name"))
        entry["Environment"] = _decided(target)
        entry["Actions"] = self.actions
        entry["Script"] = "\n".join(self.scripts)
        entry["AssumesRole"] = self.assumes
        entry["UsesAccessKeys"] = self.keys or ("AWS_ACCESS_KEY_ID" in names and "AWS_SESSION_TOKEN" not in names)

    def _runners(self) -> Any:
        node = self.node.get("runs-on")
        labels = as_map(node).get("labels", node)
        found: list[Any] = []
        for label in _texts(labels):
            match = _MATRIX.fullmatch(label)
            known = as_map(as_map(self.node.get("strategy")).get("matrix")).get(match[1]) if match else None
            if known is not None and (texts := _texts(known)) and type(known) is Seq and len(texts) == len(known):
                found += texts
            else:
                found.append(_decided(label))
        if "group" in as_map(node):
            found.append("self-hosted")  # groups have machines of one's own, or larger ones that are paid for
        return found

    def _uses(self, uses: str, line: int) -> dict[str, Any]:
        entry = action(uses)
        if entry["Kind"] != "local":
            self.tree.add("Actions", {**entry, "Job": self.name}, line)
        self.actions.append(entry.get("Repository") or uses)
        return entry

    def _step(self, node: Map, number: int, line: int) -> list[str]:
        entry: dict[str, Any] = {"Job": self.name, "Number": number + 1}
        uses, run = text_of(node.get("uses")), text_of(node.get("run"))
        inputs = [{"Name": name.lower(), "Value": text_of(value)} for name, value, _ in entries(node.get("with"))]
        for name, value, at in entries(node.get("with")):
            self.tree.add("InputVariables", {"Name": name, "Value": text_of(value), "Job": self.name}, at)
        given = {str(item["Name"]): item["Value"] for item in inputs}
        entry |= {"Name": text_of(node.get("name")), "With": inputs, "Condition": text_of(node.get("if"))}
        if uses is not None:
            used = self._uses(uses, node.line_of("uses", line))
            entry |= {key: used.get(key) for key in ("Uses", "Repository", "Ref")}
            self._credentials(used.get("Repository"), given)
        script = run if run is not None else given.get("script") if uses and "github-script" in uses else None
        if script is not None:
            entry["Script"] = script
            self.scripts.append(script)
            self.assumes = self.assumes or "assume-role-with-web-identity" in script
        names = _variables(node.get("env"), self.tree, self.name, str(entry["Name"] or number + 1))
        index = len(self.tree.properties.get("Steps", []))
        self.tree.add("Steps", entry, line, node.end)
        for key, name in (("run", "Script"), ("uses", "Uses"), ("with", "With")):
            if key in node:
                self.tree.origins[f"Steps[{index}].{name}"] = self.tree.origins[f"Steps[{index}]"]._replace(
                    line=node.line_of(key, line)
                )
        return names

    def _credentials(self, repository: str | None, given: dict[str, str | None]) -> None:
        if repository != _AWS:
            return
        if given.get("aws-access-key-id") and not given.get("aws-session-token"):
            self.keys = True
        elif given.get("role-to-assume"):
            self.assumes = True
