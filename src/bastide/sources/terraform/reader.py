"""A folder of configuration files, read and merged: the declarations of one module."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.resources.model import Problem
from bastide.sources.files import given, head
from bastide.sources.limits import MAX_FILE
from bastide.sources.marks import note
from bastide.sources.terraform.json_syntax import parse_json
from bastide.sources.terraform.names import effective, is_configuration, is_override
from bastide.sources.terraform.parser import parse_body
from bastide.sources.terraform.syntax import Block, Body, SyntaxFault, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_KEPT = 8 * 1024 * 1024
"""Characters of files whose bodies are kept for the next module that calls theirs."""
_cache: dict[tuple[str, int, int, int, int], Body | Problem] = {}


class Declarations(Struct):
    """What the files of one folder declare. `resources` and `data` are by type and name, the rest by name."""

    folder: str
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, tuple[Any, str, int]] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    modules: dict[str, Block] = field(default_factory=dict)
    resources: dict[tuple[str, str], Block] = field(default_factory=dict)
    data: dict[tuple[str, str], Block] = field(default_factory=dict)
    ephemeral: dict[tuple[str, str], Block] = field(default_factory=dict)
    providers: list[Block] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def files_of(folder: str) -> list[str]:
    """The configuration files of a folder, in order; an `OSError` when it cannot be listed."""
    return effective(join(folder, name) for name in os.listdir(folder) if is_configuration(name))  # noqa: PTH208


def join(folder: str, name: str) -> str:
    """A path in a folder, as it is shown to a person."""
    return posixpath.normpath(posixpath.join(folder, name))


def declarations(folder: str, files: Sequence[str], *, keep: bool = False) -> Declarations:
    """What these files of a folder declare; a file that cannot be read gives a problem, the others go on.

    `keep`: other units may call this module, too.
    """
    result = Declarations(folder)
    bodies: list[tuple[str, Body]] = []
    for path in files:
        result.files.append(path)
        read = parsed(path, keep=keep)
        if isinstance(read, Problem):
            result.problems.append(read)
        else:
            bodies.append((path, read))
    for override in (False, True):
        for path, body in bodies:
            if is_override(path) == override:
                _declare(result, body.blocks, override=override)
    return result


def content(path: str) -> str:
    """A file's text; `ValueError` or `OSError` says why there is none."""
    raw = head(path, MAX_FILE + 1)
    if len(raw) > MAX_FILE:
        raise ValueError(f"the file is over {MAX_FILE // 1024**2} MB")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BinaryFile(1, "it is in UTF-16; Terraform wants UTF-8")
    if (at := raw.find(0)) >= 0:
        raise BinaryFile(raw.count(b"\n", 0, at) + 1)
    note(path, raw)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BinaryFile(raw.count(b"\n", 0, error.start) + 1, "it is not in UTF-8, or no text") from None
    return text.replace("\r\n", "\n") if "\r" in text else text


class BinaryFile(ValueError):  # noqa: N818  it is told as a problem
    """A file that is no text; `line` is where that shows."""

    def __init__(self, line: int, message: str = "it is a binary file, not a text") -> None:
        self.line = line
        super().__init__(message)


def parsed(path: str, *, keep: bool = True) -> Body | Problem:
    """A file's body, or the problem that says why there is none; with `keep`, read once until it changes."""
    if not keep or given(path) is not None:
        return _parse(path)
    try:
        status = os.stat(path)  # noqa: PTH116 (for each file of each module)
    except (OSError, ValueError) as error:
        return Problem("unreadable", path, 1, cause(error))
    key = (path, status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)
    if (known := _cache.get(key)) is None:
        if sum(known_key[-1] for known_key in _cache) + status.st_size > _KEPT:
            _cache.clear()
        known = _cache[key] = _parse(path)
    return known


def _parse(path: str) -> Body | Problem:
    try:
        source = Text(path, content(path))
    except BinaryFile as error:
        return Problem("unreadable", path, error.line, str(error))
    except (OSError, ValueError) as error:
        return Problem("unreadable", path, 1, cause(error))
    try:
        return parse_json(source) if path.endswith(".json") else parse_body(source)
    except SyntaxFault as fault:
        at = min(fault.at, len(source.content))
        place = f"column {source.column(at)}"
        return Problem("unreadable", path, source.line(at), f"{fault.cause} ({place})")


def cause(error: Exception) -> str:
    """Why a file could not be read, without its path."""
    return (error.strerror or "it cannot be read") if isinstance(error, OSError) else str(error)


def _declare(result: Declarations, blocks: Iterable[Block], *, override: bool) -> None:
    named: dict[tuple[str, int], dict[Any, Block]] = {
        ("variable", 1): result.variables,
        ("output", 1): result.outputs,
        ("module", 1): result.modules,
        ("resource", 2): result.resources,
        ("data", 2): result.data,
        ("ephemeral", 2): result.ephemeral,
    }
    for block in blocks:
        if block.type == "locals":
            for name, (value, start, _) in block.body.attributes.items():
                result.locals[name] = (value, block.text.path, block.text.line(start))
        elif block.type == "provider" and block.labels:
            result.providers.append(block)
        elif (table := named.get((block.type, len(block.labels)))) is not None:
            key: Any = block.labels[0] if len(block.labels) == 1 else block.labels
            known = table.get(key)
            if known is None:
                table[key] = block
            elif override:
                table[key] = _overridden(known, block)
            else:
                message = f"{block.type} {'.'.join(block.labels)} is declared a second time and not judged"
                result.problems.append(Problem("partial", block.text.path, block.line, message))


def _overridden(known: Block, over: Block) -> Block:
    replaced = {block.type for block in over.body.blocks}
    blocks = [block for block in known.body.blocks if block.type not in replaced]
    # Offsets are of the block's own text, so what another file sets is shown at the block.
    changed = {name: (value, known.start, known.start) for name, (value, _, _) in over.body.attributes.items()}
    body = Body({**known.body.attributes, **changed}, [*blocks, *over.body.blocks])
    return Block(known.type, known.labels, body, (known.start, known.end), known.text)
