"""Changes of properties into edits of the blocks in which a Terraform configuration says them."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from bastide.controls.fixes import Change
from bastide.fix.draft import NotFixable
from bastide.fix.hcl import Arg, HclEditor, wanted
from bastide.fix.inverse import arguments, folded_into, in_fold, is_named
from bastide.fix.jsontree import read_json_tree
from bastide.fix.render import Raw
from bastide.fix.treeedit import TreeEditor, built
from bastide.resources.model import without_positions
from bastide.sources.terraform.convert import root_node
from bastide.sources.terraform.mapping import plain_key, table_for
from bastide.sources.terraform.reader import files_of, parsed
from bastide.sources.terraform.syntax import Body

if TYPE_CHECKING:
    from bastide.controls.fixes import Fix, Step
    from bastide.fix.files import Drafts
    from bastide.fix.inverse import Inverse
    from bastide.fix.tree import Node
    from bastide.resources.model import Origin, Resource
    from bastide.sources.terraform.mapping import Table

_ADDRESS = re.compile(r"(?:^|\.)([a-z]\w*)\.([\w-]+)(?:\[[^\]]*\])?(?:/\d+)?$")
_APART = frozenset({"aws_s3_bucket"})
"""Types whose own arguments the provider has deprecated in favour of separate resources."""


class Site(NamedTuple):
    """The block of a resource: its file, its type and its name."""

    path: str
    kind: str
    name: str


class Place(NamedTuple):
    """Where a resource is written on disk: its first and last line."""

    line: int
    end_line: int
    site: Site
    body: Body


class TerraformFixer:
    """Makes changes in drafts. What it has added is known to what it is asked afterwards."""

    def __init__(self, drafts: Drafts) -> None:
        self.drafts = drafts
        self._added: dict[tuple[Site, str], Site] = {}
        self._read: dict[str, list[Place]] = {}

    def saved(self) -> dict[tuple[Site, str], Site]:
        """What `restore` takes back to."""
        return dict(self._added)

    def restore(self, saved: dict[tuple[Site, str], Site]) -> None:
        """Forget what was added since `saved` was asked for."""
        self._added = dict(saved)

    def fix(self, resource: Resource, fix: Fix) -> int:
        """Make the changes of a fix for a resource; how many edits that took. `NotFixable` says why not."""
        site = _site_of(resource)
        override = fix.overrides.get(site.kind)
        if override is not None:
            if override.why:
                raise NotFixable(override.why)
            return sum(self._edit(site, _given(change.steps, self._is_block(site, change)), change)
                       for change in override.changes)  # fmt: skip
        if fix.terraform:
            raise NotFixable(fix.terraform)
        table = self._table(site)
        return sum(self._change(resource, site, table, change) for change in fix.changes)

    def _is_block(self, site: Site, change: Change) -> bool:
        """Whether a removal means a block."""
        if change.verb != "remove" or site.path.endswith(".json") or len(change.steps) > 1:
            return False
        draft = self.drafts.open(site.path)
        block = HclEditor(draft.text, site.path).resource(site.kind, site.name)
        return any(inside.type == change.steps[0][0] for inside in block.body.blocks)

    def _change(self, resource: Resource, site: Site, table: Table, change: Change) -> int:
        steps = change.steps
        child = self._child(resource, site, steps)
        if child is not None:
            for fold in (fold for name, fold in folded_into(resource.type) if name == child.kind):
                if found := in_fold(child.kind, fold, steps, change.value):
                    return self._edit(child, *_with(found, change))
            raise NotFixable(f"{change.path} is said by {child.kind}.{child.name} in a way that is not known backwards")
        own = next(arguments(root_node(table), steps, change.value), None)
        apart = self._separate(resource, change)
        if own and (_origin(resource, steps) or not apart or (site.kind not in _APART and is_named(table, own))):
            return self._edit(site, *_with(own, change))
        if change.verb in ("remove", "take"):
            return 0
        if apart:
            kind, by, found = apart
            return self._add(site, kind, by, *_with(found, change))
        raise NotFixable(f"no argument of {site.kind} is known that says {change.path}")

    @staticmethod
    def _separate(resource: Resource, change: Change) -> tuple[str, str, Inverse] | None:
        """The type of a separate resource that can say it, how that names its parent, and the argument."""
        for kind, fold in folded_into(resource.type):
            found = in_fold(kind, fold, change.steps, change.value) if fold.how != "append" else None
            if found:
                return kind, fold.by, found
        return None

    def _child(self, resource: Resource, site: Site, steps: tuple[Step, ...]) -> Site | None:
        """The separate resource that says a property, or something around it."""
        for kind, fold in folded_into(resource.type):
            added = self._added.get((site, kind))
            if added is not None and in_fold(kind, fold, steps, None):
                return added
        origin = _origin(resource, steps)
        if origin is None:
            return None
        found = next((one.site for one in self._places(origin.path) if one.line <= origin.line <= one.end_line), None)
        return found if found is not None and found != site else None

    def _places(self, path: str) -> list[Place]:
        if path not in self._read:
            self._read[path] = _sites_in(path)
        return self._read[path]

    def _declared(self, site: Site, kind: str) -> bool:
        """Whether the module has a resource of this type and of the same name already."""
        try:
            paths = files_of(posixpath.dirname(site.path) or ".")
        except OSError:
            return False
        return any(one.site[1:] == (kind, site.name) for path in paths for one in self._places(path))

    def _table(self, site: Site) -> Table:
        table = table_for(site.kind)
        if table is not None and table.switch:
            body = next((one.body for one in self._places(site.path) if one.site == site), Body())
            word = body.attributes.get(table.switch, (None,))[0]
            table = table.cases.get(plain_key(word)) if isinstance(word, (str, bool, int)) else None
        if table is None or not table.type:
            raise NotFixable(f"how {site.kind} is written is not known backwards")
        return table

    def _edit(self, site: Site, args: tuple[Arg, ...], change: Change) -> int:
        draft = self.drafts.open(site.path)
        if site.path.endswith(".json"):
            holder, _ = _holder(draft.text, site)
            edits = TreeEditor(draft.text, site.path).change(holder, _json_steps(args), change)
        else:
            editor = HclEditor(draft.text, site.path)
            edits = editor.change(editor.resource(site.kind, site.name), args, change)
        draft.apply(edits)
        return len(edits)

    def _add(self, site: Site, kind: str, by: str, args: tuple[Arg, ...], change: Change) -> int:
        """A separate resource that belongs to the one at the site."""
        if self._declared(site, kind):
            raise NotFixable(f"there is a {kind}.{site.name} already")
        draft = self.drafts.open(site.path)
        reference = f"{site.kind}.{site.name}.{'arn' if by.endswith('arn') else 'id'}"
        if site.path.endswith(".json"):
            holder, top = _holder(draft.text, site)
            _not_several({entry.key for entry in holder.entries}, site)
            steps = _json_steps(args)
            body = {by: "${" + reference + "}", steps[0][0]: built(steps[0][1], steps[1:], change.value)}
            way: tuple[Step, ...] = (("resource", None), (kind, None), (site.name, None))
            edits = TreeEditor(draft.text, site.path).change(top, way, Change("set", "", body))
        else:
            editor = HclEditor(draft.text, site.path)
            block = editor.resource(site.kind, site.name)
            _not_several(set(block.body.attributes), site)
            written = wanted(args, change.value)
            written.arguments = {by: Raw(reference), **written.arguments}
            edits = editor.after(block, kind, site.name, written)
        draft.apply(edits)
        self._added[site, kind] = Site(site.path, kind, site.name)
        return len(edits)


def _not_several(names: set[str], site: Site) -> None:
    if names & {"count", "for_each"}:
        raise NotFixable(f"{site.kind}.{site.name} has several instances, each of which needs a resource beside it")


def _with(found: tuple[tuple[Arg, ...], Any], change: Change) -> tuple[tuple[Arg, ...], Change]:
    args, value = found
    return args, Change(change.verb, change.path, value)


def _given(steps: tuple[Step, ...], block: bool) -> tuple[Arg, ...]:  # noqa: FBT001
    """The way that an override says: everything but the last is a block."""
    return tuple(Arg(name, block or number < len(steps), selector) for number, (name, selector) in enumerate(steps, 1))


def _json_steps(args: tuple[Arg, ...]) -> tuple[Step, ...]:
    return tuple((arg.name, arg.selector if arg.selector != "any" else "any") for arg in args)


def _site_of(resource: Resource) -> Site:
    found = _ADDRESS.search(resource.address)
    if found is None or found[1] != resource.name:
        raise NotFixable("it is written as part of another resource")
    if resource.name.startswith("awscc_"):
        raise NotFixable("it is written for the provider awscc")
    return Site(resource.path, found[1], found[2])


def _origin(resource: Resource, steps: tuple[Step, ...]) -> Origin | None:
    """Where a property is written, or the nearest thing around it that is."""
    known = {without_positions(path): origin for path, origin in reversed(resource.origins.items())}
    for count in range(len(steps), 0, -1):
        found = known.get(".".join(name for name, _ in steps[:count]))
        if found is not None:
            return found
    return None


def _sites_in(path: str) -> list[Place]:
    read = parsed(path, keep=False)
    if not isinstance(read, Body):
        return []
    return [
        Place(block.line, block.end_line, Site(path, block.labels[0], block.labels[1]), block.body)
        for block in read.blocks
        if block.type == "resource" and len(block.labels) == 2
    ]


def _holder(text: str, site: Site) -> tuple[Node, Node]:
    """The object of a resource in JSON syntax, and that of the whole file."""
    top = node = read_json_tree(text)
    for name in ("resource", site.kind, site.name):
        entry = node.get(name) if node.kind == "map" else None
        if entry is None:
            raise NotFixable(f"{site.kind}.{site.name} is not written as one object of {site.path}")
        node = entry.value
    if node.kind == "list" and len(node.items) == 1:
        node = node.items[0]
    if node.kind != "map":
        raise NotFixable(f"{site.kind}.{site.name} is not written as one object of {site.path}")
    return node, top
