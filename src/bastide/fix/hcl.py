"""Changes of a file in Terraform's native syntax as edits of no more than what changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from bastide.fix.draft import Edit, NotFixable, indentation, line_end
from bastide.fix.render import hcl
from bastide.fix.treeedit import enough, listed_of, same
from bastide.sources.terraform.cursor import INLINE
from bastide.sources.terraform.nodes import Node
from bastide.sources.terraform.parser import CONSTANT, Parser, parse_body
from bastide.sources.terraform.syntax import SyntaxFault, Text

if TYPE_CHECKING:
    from bastide.controls.fixes import Change
    from bastide.sources.terraform.syntax import Block, Body

_ASSIGNED = re.compile(r"[\w-]+([ \t]*)=[ \t]*")
_COMMENT = re.compile(r"#|//|/\*")


class Arg(Struct, frozen=True):
    """A step to an argument: its name, whether it is a block, and of several blocks which (see `controls.fixes`)."""

    name: str
    block: bool = False
    selector: dict[str, Any] | Literal["each", "any", "there"] | None = None


class Written(Struct):
    """What is to be written: arguments and blocks, in order."""

    arguments: dict[str, Any]
    blocks: dict[str, Written]

    def lines(self, indent: str) -> list[str]:
        """The lines of a body, arguments aligned as `terraform fmt` does."""
        width = max(map(len, self.arguments), default=0)
        found = [f"{indent}{name:<{width}} = {hcl(value)}" for name, value in self.arguments.items()]
        for name, inside in self.blocks.items():
            found += [*([""] if found else []), f"{indent}{name} {{", *inside.lines(indent + "  "), f"{indent}}}"]
        return found


def wanted(steps: tuple[Arg, ...], value: Any) -> Written:
    """What stands in a body in which nothing of the steps is there yet."""
    if not steps[0].block:
        return Written({steps[0].name: value}, {})
    inside = wanted(steps[1:], value)
    if isinstance(steps[0].selector, dict):
        inside.arguments = {**steps[0].selector, **inside.arguments}
    return Written({}, {steps[0].name: inside})


class HclEditor:
    """Edits of one text; the blocks it is asked about are those that it found."""

    def __init__(self, text: str, path: str) -> None:
        self.text, self.path = text, path
        try:
            self.body = parse_body(Text(path, text))
        except SyntaxFault as fault:
            raise NotFixable(f"{path} cannot be read: {fault.cause}") from None

    def resource(self, kind: str, name: str) -> Block:
        """The block of a resource; `NotFixable` where there is none, or more than one."""
        found = [block for block in self.body.blocks if block.type == "resource" and block.labels == (kind, name)]
        if len(found) != 1:
            raise NotFixable(f"{kind}.{name} is not written as a block of {self.path}")
        return found[0]

    def change(self, block: Block, steps: tuple[Arg, ...], change: Change) -> list[Edit]:
        """The edits for a change of an argument of a block; none where it is so already."""
        step, rest = steps[0], steps[1:]
        if not step.block:
            return self._argument(block, step.name, change)
        self._no_other_form(block, step.name)
        inside = [one for one in block.body.blocks if one.type == step.name]
        if isinstance(step.selector, dict):
            inside = [one for one in inside if all(self._is(one, *item) for item in step.selector.items())]
        if step.selector in (None, "there") and rest and len(inside) > 1:
            raise self._refused(f"there are several blocks {step.name}", inside[1].start)
        if inside:
            return [edit for one in inside for edit in self.change(one, rest, change)] if rest else self._drop(inside)
        if change.verb in ("remove", "take") or step.selector in ("each", "there"):
            return []
        return self._insert_block(block, wanted(steps, change.value))

    def after(self, block: Block, kind: str, name: str, written: Written) -> list[Edit]:
        """A new resource behind a block."""
        at = line_end(self.text, block.end)
        lines = [f'resource "{kind}" "{name}" {{', *written.lines("  "), "}"]
        return [Edit(at, at, "\n\n" + "\n".join(lines))]

    def _is(self, block: Block, name: str, word: Any) -> bool:
        value = block.body.attributes.get(name, (None,))[0]
        if isinstance(value, Node):
            raise self._refused(f"{name} comes from `{value.words}`", block.start)
        return same(value, word)

    def _no_other_form(self, block: Block, name: str) -> None:
        for inside in block.body.blocks:
            if inside.type == "dynamic" and inside.labels == (name,):
                raise self._refused(f"{name} is made by a dynamic block", inside.start)
        if name in block.body.attributes:
            raise self._refused(f"{name} is written as an argument", block.body.attributes[name][1])

    def _refused(self, why: str, at: int) -> NotFixable:
        return NotFixable(f"{why} ({self.path}:{self.text.count(chr(10), 0, at) + 1})")

    def _argument(self, block: Block, name: str, change: Change) -> list[Edit]:
        if any(
            inside.type == name or (inside.type == "dynamic" and inside.labels == (name,))
            for inside in block.body.blocks
        ):
            raise self._refused(f"{name} is written as a block", block.start)
        if name not in block.body.attributes:
            return [] if change.verb in ("remove", "take") else self._insert_argument(block, name, change.value)
        old, start, _ = block.body.attributes[name]
        if change.verb == "remove":
            return self._remove_lines(block, start, self._value(start)[1])
        if type(old) not in CONSTANT:
            raise self._refused(f"{name} comes from `{old.words}`", start)
        value = self._changed(old, change, start)
        return [] if value is None else self._replace(start, value)

    def _changed(self, old: Any, change: Change, at: int) -> Any:
        """The new value of an argument; None when it is good as it is."""
        if old is None:
            return None if change.verb == "take" else change.value
        items = listed_of(old)
        if change.verb == "add":
            missing = [item for item in change.value if item not in items]
            return [*items, *missing] if missing else None
        if change.verb == "take":
            kept = [item for item in items if item not in change.value]
            if not kept:
                raise self._refused("nothing would be left of the list", at)
            return kept if kept != items else None
        done = enough(old, change.value) if change.verb == "at_least" else same(old, change.value)
        return None if done else change.value

    def _value(self, start: int) -> tuple[int, int]:
        """Where the value of an argument begins and ends."""
        head = _ASSIGNED.match(self.text, start)
        assert head, "an argument is a name and ="
        parser = Parser(self.text)
        parser.pos = head.end()
        parser.expression(INLINE)
        return head.end(), head.end() + len(self.text[head.end() : parser.pos].rstrip())

    def _replace(self, start: int, value: Any) -> list[Edit]:
        begin, end = self._value(start)
        old = self.text[begin:end]
        if not isinstance(value, list) or "\n" not in old:
            return [Edit(begin, end, hcl(value))]
        if _COMMENT.search(old):
            raise self._refused("there is a comment in what would be replaced", begin)
        line = "\n" + indentation(self.text, start)
        return [Edit(begin, end, "[" + "".join(f"{line}  {hcl(item)}," for item in value) + line + "]")]

    def _remove_lines(self, block: Block, start: int, end: int) -> list[Edit]:
        if "\n" in self.text[start:end] and _COMMENT.search(self.text, start, end):
            raise self._refused("there is a comment in what would be removed", start)
        if not self._is_spread(block):
            return [Edit(start, end, "")]
        return [Edit(self.text.rfind("\n", 0, start) + 1, min(line_end(self.text, end) + 1, len(self.text)), "")]

    def _drop(self, blocks: list[Block]) -> list[Edit]:
        for block in blocks:
            if _COMMENT.search(self.text, block.start, block.end):
                raise self._refused("there is a comment in what would be removed", block.start)
        return [Edit(self.text.rfind("\n", 0, one.start) + 1, min(line_end(self.text, one.end) + 1, len(self.text)), "")
                for one in blocks]  # fmt: skip

    def _open(self, block: Block) -> int:
        """Where the brace stands that opens a block."""
        return self.text.index("{", block.start)

    def _is_spread(self, block: Block) -> bool:
        return "\n" in self.text[self._open(block) : block.end]

    def _inner(self, block: Block) -> str:
        starts = [start for _, start, _ in block.body.attributes.values()] + [one.start for one in block.body.blocks]
        if starts and self._is_spread(block):
            return indentation(self.text, min(starts))
        return indentation(self.text, block.start) + "  "

    def _insert_argument(self, block: Block, name: str, value: Any) -> list[Edit]:
        if not self._is_spread(block):
            return self._unfold(block, [f"{name} = {hcl(value)}"])
        inner = self._inner(block)
        lines = self._lines(block.body)
        if not lines:
            at = line_end(self.text, self._open(block))
            apart = "\n" if block.body.blocks and not block.body.attributes else ""
            return [Edit(at, at, f"\n{inner}{name} = {hcl(value)}{apart}")]
        last = lines[-1]
        group = [last]
        for line in reversed(lines[:-1]):
            if line_end(self.text, line) != self.text.rfind("\n", 0, group[0]):
                break
            group.insert(0, line)
        edits, width = self._aligned(group, name)
        at = line_end(self.text, last)
        return [*edits, Edit(at, at, f"\n{inner}{name:<{width}} = {hcl(value)}")]

    def _lines(self, body: Body) -> list[int]:
        """Where the arguments begin that stand on one line before all blocks, in order."""
        first = min((one.start for one in body.blocks), default=len(self.text))
        starts = sorted(start for _, start, _ in body.attributes.values() if start < first)
        return [start for start in starts if "\n" not in self.text[start : self._value(start)[1]]]

    def _aligned(self, group: list[int], name: str) -> tuple[list[Edit], int]:
        """What keeps the signs of a group of lines below each other, and the width of a name in it."""
        heads = [found for start in group if (found := _ASSIGNED.match(self.text, start))]
        widths = {found.end(1) - found.start() for found in heads}
        longest = max(found.start(1) - found.start() for found in heads)
        if len(widths) > 1 or widths != {longest + 1}:
            return [], len(name)  # they are not aligned, or not as `terraform fmt` does
        if len(name) <= longest:
            return [], longest
        more = " " * (len(name) - longest)
        return [Edit(found.end(1), found.end(1), more) for found in heads], len(name)

    def _insert_block(self, block: Block, written: Written) -> list[Edit]:
        inner = self._inner(block)
        lines = written.lines(inner)
        if not self._is_spread(block):
            return self._unfold(block, [line.removeprefix(inner) for line in lines], apart=True)
        at = len(self.text[: block.end - 1].rstrip())
        apart = "" if at == self._open(block) + 1 else "\n"
        closing = "" if "\n" in self.text[at : block.end - 1] else "\n" + indentation(self.text, block.start)
        return [Edit(at, at, "\n" + apart + "\n".join(lines) + closing)]

    def _unfold(self, block: Block, lines: list[str], *, apart: bool = False) -> list[Edit]:
        """A block on one line over several, with these lines in it."""
        start, outer = self._open(block) + 1, indentation(self.text, block.start)
        inside = self.text[start : block.end - 1].strip()
        inner = outer + "  "
        if inside and apart:
            lines = [inside, "", *lines]
        elif inside:
            lines = _side_by_side([inside, *lines])
        text = "".join(f"\n{inner}{line}" if line else "\n" for line in lines)
        return [Edit(start, block.end - 1, f"{text}\n{outer}")]


def _side_by_side(lines: list[str]) -> list[str]:
    heads = [_ASSIGNED.match(line) for line in lines]
    width = max((found.start(1) for found in heads if found), default=0)
    return [
        f"{line[: found.start(1)]:<{width}} = {line[found.end() :]}" if found else line
        for line, found in zip(lines, heads, strict=True)
    ]
