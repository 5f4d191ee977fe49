"""Changes of a JSON or YAML text as edits of no more than what changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bastide.fix.draft import Edit, NotFixable, indentation, line_end
from bastide.fix.render import json_text, yaml_entry, yaml_flow, yaml_item, yaml_scalar

if TYPE_CHECKING:
    from bastide.controls.fixes import Change, Step
    from bastide.fix.tree import Entry, Node

_COMMENT = re.compile(r"(?:^|\s)#", re.MULTILINE)


def same(one: Any, other: Any) -> bool:
    """Whether two values are written for the same: `"true"` and `true`, `"7"` and `7`."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, (dict, list)) or isinstance(other, (dict, list)):
        return bool(one == other)
    return (
        str(one).lower() == str(other).lower()
        if isinstance(one, bool) or isinstance(other, bool)
        else str(one) == str(other)
    )


def enough(old: Any, wanted: int) -> bool:
    """Whether a written value is that number at least."""
    try:
        return float(old) >= wanted
    except (TypeError, ValueError):
        return False


def built(selector: Any, rest: tuple[Step, ...], value: Any) -> Any:
    """What stands under a name of which nothing is there yet."""
    inner = {rest[0][0]: built(rest[0][1], rest[1:], value)} if rest else value
    if selector in (None, "there"):
        return inner
    return [{**selector, **inner} if isinstance(selector, dict) else inner]


class TreeEditor:
    """Edits of one text. `unit` is by how many columns its nesting is indented."""

    def __init__(self, text: str, path: str, unit: int = 2) -> None:
        self.text, self.path, self.unit = text, path, unit

    def change(self, holder: Node, steps: tuple[Step, ...], change: Change) -> list[Edit]:
        """The edits for a change at a path below a map; none where it is so already. `NotFixable` says why not."""
        return self._walk([], holder, steps, change)

    def _walk(
        self, above: list[tuple[Node, Entry]], holder: Node, steps: tuple[Step, ...], change: Change
    ) -> list[Edit]:
        (name, selector), rest = steps[0], steps[1:]
        self._written(holder, name)
        entry = holder.get(name)
        if entry is None or (entry.value.kind == "scalar" and entry.value.value is None and change.verb != "remove"):
            if change.verb in ("remove", "take") or selector in ("each", "there"):
                return []
            return self._insert(holder, entry, name, built(selector, rest, change.value))
        here = [*above, (holder, entry)]
        selector = None if selector == "there" else selector
        if rest or selector is not None or change.verb != "remove":  # what goes may come from anywhere
            self._written(entry.value, name)
        if selector is None and not rest:
            return self._leaf(here, entry, change)
        if selector is None:
            inside = entry.value
            if inside.kind == "list" and len(inside.items) == 1:
                inside = inside.items[0]
            if inside.kind == "scalar":
                raise self._refused(f"{name} is no object", inside)
            return self._walk(here, inside, rest, change)
        return self._elements(here, entry, steps, change)

    def _elements(
        self, here: list[tuple[Node, Entry]], entry: Entry, steps: tuple[Step, ...], change: Change
    ) -> list[Edit]:
        (name, selector), rest = steps[0], steps[1:]
        listed = entry.value
        items = listed.items if listed.kind == "list" else [listed]
        for item in items:
            self._written(item, name)
            if item.kind != "map":
                raise self._refused(f"{name} is no list of objects", item)
        if isinstance(selector, dict):
            items = [item for item in items if all(self._is(item, key, word) for key, word in selector.items())]
        if not items and change.verb not in ("remove", "take") and selector != "each":
            return self._append(listed, built(selector, rest, change.value)[0])
        return [edit for item in items for edit in self._walk(here, item, rest, change)]

    def _is(self, item: Node, key: str, word: str) -> bool:
        entry = item.get(key)
        if entry is not None and entry.value.kind == "opaque":
            raise self._refused(f"{key} comes from `{entry.value.words}`", entry.value)
        return entry is not None and same(entry.value.value, word)

    def _written(self, node: Node, name: str) -> None:
        if node.kind == "opaque":
            raise self._refused(f"{name} comes from `{node.words}`", node)
        if node.shared:
            raise self._refused(f"{name} has an anchor, others may mean the same", node)
        if node.kind == "map" and node.get("<<"):
            raise self._refused(f"what {name} is in is merged with something else", node)

    def _refused(self, why: str, node: Node) -> NotFixable:
        return NotFixable(f"{why} ({self.path}:{self.text.count(chr(10), 0, node.start) + 1})")

    def _leaf(self, here: list[tuple[Node, Entry]], entry: Entry, change: Change) -> list[Edit]:
        node = entry.value
        if change.verb == "remove":
            return self._remove(here)
        try:
            old = node.plain()
        except ValueError as words:
            raise self._refused(f"{entry.key} comes from `{words}`", node) from None
        if change.verb == "add":
            missing = [item for item in change.value if item not in listed_of(old)]
            return self._extend(node, missing) if node.kind == "list" else self._replace(entry, [old, *missing])
        if change.verb == "take":
            kept = [item for item in listed_of(old) if item not in change.value]
            return self._replace(entry, self._some(kept, node)) if kept != listed_of(old) else []
        done = enough(old, change.value) if change.verb == "at_least" else same(old, change.value)
        return [] if done else self._replace(entry, change.value)

    def _some(self, kept: list[Any], node: Node) -> list[Any]:
        if not kept:
            raise self._refused("nothing would be left of the list", node)
        return kept

    def _replace(self, entry: Entry, value: Any) -> list[Edit]:
        node = entry.value
        start, end = node.start, node.last
        if node.kind != "scalar":
            self._no_comment(entry.end, end, node)
        if not node.flow and node.kind != "scalar":
            start = entry.end + len(re.match(r"\s*:", self.text[entry.end :]).group())  # type: ignore[union-attr]
        space = " " if self.text[start - 1 : start] == ":" else ""
        return [Edit(start, end, space + (json_text(value, 0, 0) if node.json else yaml_flow(value)))]

    def _no_comment(self, start: int, end: int, node: Node) -> None:
        if not node.json and _COMMENT.search(self.text, start, end):
            raise self._refused("there is a comment in what would be replaced", node)

    def _insert(self, holder: Node, empty: Entry | None, name: str, value: Any) -> list[Edit]:
        if holder.flow:
            if empty is not None:
                return self._replace(empty, value)
            return self._into_brackets(
                holder, [entry.value for entry in holder.entries], [self._pair(holder, name, value)]
            )
        column = self._column(holder.entries[0].start)
        text = yaml_entry(name, value, column, self.unit)
        if empty is not None:
            value = text[len(yaml_scalar(name)) + 1 :]
            at, end = empty.value.start, empty.value.end
            if value.startswith("\n"):
                at = len(self.text[:at].rstrip(" "))
            return [Edit(at, end, value if at == end else value.lstrip(" "))]
        at = line_end(self.text, holder.last)
        return [Edit(at, at, f"\n{' ' * column}{text}")]

    def _pair(self, holder: Node, name: str, value: Any) -> str:
        if not holder.json:
            return f"{yaml_scalar(name)}: {yaml_flow(value)}"
        return f"{json_text(name, 0, 0)}: {json_text(value, self._inner_column(holder), self._spread(holder))}"

    def _append(self, listed: Node, value: Any) -> list[Edit]:
        if listed.kind != "list":
            raise self._refused("it is no list", listed)
        if listed.flow:
            text = (
                json_text(value, self._inner_column(listed), self._spread(listed)) if listed.json else yaml_flow(value)
            )
            return self._into_brackets(listed, listed.items, [text])
        return self._below(listed, [value])

    def _extend(self, listed: Node, values: list[Any]) -> list[Edit]:
        if not values:
            return []
        if listed.flow:
            texts = [json_text(value, 0, 0) if listed.json else yaml_flow(value) for value in values]
            return self._into_brackets(listed, listed.items, texts)
        return self._below(listed, values)

    def _below(self, listed: Node, values: list[Any]) -> list[Edit]:
        dash = self.text.rfind("-", 0, listed.items[0].start)
        at, column = line_end(self.text, listed.last), self._column(dash)
        return [Edit(at, at, "".join(f"\n{yaml_item(value, column, self.unit)}" for value in values))]

    def _into_brackets(self, holder: Node, inside: list[Node], texts: list[str]) -> list[Edit]:
        """Behind the last of what is inside; on lines of their own where the others are."""
        if not inside:
            return self._between_brackets(holder, texts)
        end = inside[-1].end
        first = holder.entries[0].start if holder.entries else inside[0].start
        if "\n" not in self.text[holder.start : first]:
            return [Edit(end, end, "".join(f", {text}" for text in texts))]
        line = f"\n{indentation(self.text, first)}"
        stop = line_end(self.text, end)
        after = self.text[end:stop]
        comma = after.lstrip().startswith(",")
        if "#" in after and not holder.json and holder.end > stop:
            text = ",".join(f"{line}{text}" for text in texts) + ("," if comma else "")
            return [*([] if comma else [Edit(end, end, ",")]), Edit(stop, stop, text)]
        return [Edit(end, end, "".join(f",{line}{text}" for text in texts))]

    def _between_brackets(self, holder: Node, texts: list[str]) -> list[Edit]:
        self._no_comment(holder.start, holder.end, holder)
        if not self._spread(holder):
            return [Edit(holder.start + 1, holder.end - 1, ", ".join(texts))]
        line = f"\n{indentation(self.text, holder.start)}"
        inner = f"{line}{' ' * self.unit}"
        return [Edit(holder.start + 1, holder.end - 1, ",".join(f"{inner}{text}" for text in texts) + line)]

    def _spread(self, holder: Node) -> int:
        """The unit of indentation where what is inside of brackets stands on lines of its own, else 0."""
        inside = [entry.start for entry in holder.entries] or [item.start for item in holder.items]
        if inside:
            return self.unit if "\n" in self.text[holder.start : inside[0]] else 0
        return self.unit if holder.json and "\n" in self.text.strip() else 0

    def _inner_column(self, holder: Node) -> int:
        inside = [entry.start for entry in holder.entries] or [item.start for item in holder.items]
        return (
            len(indentation(self.text, inside[0])) if inside else len(indentation(self.text, holder.start)) + self.unit
        )

    def _remove(self, here: list[tuple[Node, Entry]]) -> list[Edit]:
        while len(here) > 1 and len(here[-1][0].entries) == 1:
            here = here[:-1]
        holder, entry = here[-1]
        if len(holder.entries) == 1:
            raise self._refused(f"nothing would be left beside {entry.key}", entry.value)
        end = entry.value.last
        at = holder.entries.index(entry)
        if entry.value.kind != "scalar":
            self._no_comment(entry.start, end, entry.value)
        if holder.flow:
            following = holder.entries[at + 1 : at + 2]
            return [
                Edit(entry.start, following[0].start, "")
                if following
                else Edit(holder.entries[at - 1].value.end, end, "")
            ]
        start = self.text.rfind("\n", 0, entry.start) + 1
        if self.text[start : entry.start].strip():  # behind the dash of a list
            return [Edit(entry.start, holder.entries[at + 1].start, "")]
        return [Edit(start, min(line_end(self.text, max(end, entry.end)) + 1, len(self.text)), "")]

    def _column(self, at: int) -> int:
        return at - (self.text.rfind("\n", 0, at) + 1)


def listed_of(value: Any) -> list[Any]:
    """A list, or the one value as one."""
    return value if isinstance(value, list) else [value]
