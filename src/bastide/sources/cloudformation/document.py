"""From a path or bytes to nodes: reading within limits, and choosing between JSON and YAML."""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from bastide.resources.model import Problem
from bastide.sources.cloudformation.json_text import read_json
from bastide.sources.cloudformation.limits import MAX_BYTES, MAX_DUPLICATES
from bastide.sources.cloudformation.nodes import Duplicate, Map, Node, TemplateError, cut
from bastide.sources.cloudformation.yaml_text import read_yaml
from bastide.sources.files import given


class Document(NamedTuple):
    """A parsed template: its root, what is wrong with it though it could be read, and its text."""

    root: Map
    problems: list[Problem]
    text: bytes


def read_file(path: str, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file, links followed; `TemplateError` for anything else, and over the limit, unread."""
    if (text := given(path)) is not None:
        return text
    try:
        status = os.stat(path)  # noqa: PTH116  pathlib adds a third to the cost of a small template
        if not stat.S_ISREG(status.st_mode):
            raise TemplateError("not a regular file")
        if status.st_size > limit:
            raise TemplateError(f"larger than {limit // 1024 // 1024} MB")
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read(limit + 1)
    except OSError as error:
        raise TemplateError(f"cannot be read: {error.strerror}") from None
    except ValueError:  # a null character in the name
        raise TemplateError("cannot be read: not a file name") from None
    if len(data) > limit:
        raise TemplateError(f"larger than {limit // 1024 // 1024} MB")
    return data


def read_document(path: str, data: bytes) -> Document:
    """The nodes of a template; `TemplateError` for what is neither YAML nor JSON, or no object at its top.

    A key that is written twice, and a second YAML document, are problems of kind `partial`: something that
    stands in the file was not judged, and CloudFormation would not take the file as it is.
    """
    if len(data) > MAX_BYTES:
        raise TemplateError(f"larger than {MAX_BYTES // 1024 // 1024} MB")
    if b"\0" in data and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise TemplateError("a binary file, not a template")
    root, duplicates, second = _parse(path, data)
    if type(root) is not Map:
        raise TemplateError("empty" if root is None else "not an object of sections")
    problems = [Problem("partial", path, again.line, _twice(again)) for again in duplicates[:MAX_DUPLICATES]]
    if rest := duplicates[MAX_DUPLICATES:]:
        problems.append(Problem("partial", path, rest[0].line, "more keys are written twice", len(rest)))
    if second:
        problems.append(Problem("partial", path, second, "a second YAML document; only the first was judged"))
    return Document(root, problems, data)


def _twice(again: Duplicate) -> str:
    return f"`{cut(again.key)}` is written twice, first on line {again.first}; the last one was judged"


def _parse(path: str, data: bytes) -> tuple[Node, list[Duplicate], int]:
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"{":
        return read_yaml(data)
    try:
        return (*read_json(data.decode("utf-8-sig")), 0)
    except UnicodeDecodeError:
        return read_yaml(data)  # which names the place of the first byte that is not UTF-8
    except TemplateError as error:
        cause = error
    try:
        return read_yaml(data)  # YAML may well begin with a brace
    except TemplateError as error:
        raise (error if path.endswith((".yaml", ".yml")) else cause) from None
