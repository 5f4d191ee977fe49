"""Changes of properties into edits of the template in which the resource is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.fix.draft import NotFixable
from bastide.fix.treeedit import TreeEditor
from bastide.fix.yamltree import read_tree

if TYPE_CHECKING:
    from bastide.controls.fixes import Change, Step
    from bastide.fix.files import Drafts
    from bastide.fix.tree import Entry, Node
    from bastide.resources.model import Resource

_PROPERTIES: Step = ("Properties", None)


def fix_template(drafts: Drafts, resource: Resource, changes: tuple[Change, ...]) -> int:
    """Make the changes in the draft of the resource's template; how many edits that took.

    `NotFixable` for what is not written there as it is: by a loop, a function, another form of the resource.
    """
    if "cdk_path" in resource.metadata:
        raise NotFixable("the template was made by CDK: change the construct")
    if resource.name != resource.type:
        raise NotFixable(f"it is written as {resource.name}, which has other properties")
    draft = drafts.open(resource.path)
    made = 0
    for change in changes:
        holder, unit = _written(draft.text, resource)
        editor = TreeEditor(draft.text, draft.path, unit)
        edits = editor.change(holder, (_PROPERTIES, *change.steps), change)
        draft.apply(edits)
        made += len(edits)
    return made


def _written(text: str, resource: Resource) -> tuple[Node, int]:
    """The resource as a map, and by how much the template indents."""
    top = read_tree(text)
    name = resource.address.rpartition("/")[2]
    section = top.get("Resources") if top.kind == "map" else None
    entry = section.value.get(name) if section and section.value.kind == "map" else None
    if entry is None or entry.value.kind != "map":
        raise NotFixable(f"{name} is not written out in {resource.path}")
    if entry.value.shared:
        raise NotFixable(f"{name} has an anchor, others may mean the same")
    return entry.value, _unit(text, entry)


def _unit(text: str, entry: Entry) -> int:
    if not entry.value.entries:
        return 2
    first = entry.value.entries[0].start
    by = _indentation(text, first) - _indentation(text, entry.start)
    return by if 1 <= by <= 8 else 2


def _indentation(text: str, at: int) -> int:
    start = text.rfind("\n", 0, at) + 1
    line = text[start:at]
    return len(line) - len(line.lstrip())
