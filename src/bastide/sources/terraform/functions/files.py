"""Functions over files and paths; a file is read only where the configuration may read."""

from __future__ import annotations

import posixpath
import re
from math import comb
from typing import Any

from bastide.sources.terraform.functions.encoding import digest
from bastide.sources.terraform.functions.patterns import MAX_WORK
from bastide.sources.terraform.functions.registry import Context, Missing, function
from bastide.sources.terraform.values import Beyond, text_of


@function("file", context=True)
def file(context: Context, path: str) -> str:
    """`file`."""
    return context.read(path).decode()


@function("filebase64", context=True)
def file_base64(context: Context, path: str) -> str:
    """`filebase64`."""
    from base64 import b64encode

    return b64encode(context.read(path)).decode()


@function("fileexists", present=False, context=True)
def file_exists(context: Context, path: str) -> bool:
    """`fileexists`; refused where the configuration may not read."""
    try:
        context.read(path)
    except Missing:
        return False
    return True


@function("fileset", present=False, context=True)
def file_set(context: Context, folder: str, form: str) -> list[str]:
    """`fileset`."""
    wanted = re.compile(_glob(form))
    names = context.listing(folder)
    stars = len(re.findall(r"\*+", form))
    if sum(comb(len(name) + stars, stars) for name in names) > MAX_WORK:
        raise Beyond(_TOO_COSTLY)
    return sorted(name for name in names if wanted.fullmatch(name))


_TOO_COSTLY = "the pattern is too costly to try"


def _glob(form: str) -> str:
    if len(form) > 200 or form.count("*") > 8:
        raise Beyond(_TOO_COSTLY)
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\{[^{}]*\})", form)
    return "".join(_glob_part(part) for part in parts)


def _glob_part(part: str) -> str:
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if part in signs:
        return signs[part]
    if part.startswith("{"):
        return "(?:" + "|".join(re.escape(choice) for choice in part[1:-1].split(",")) + ")"
    return re.escape(part)


@function("templatefile", needs="top", context=True)
def template_file(context: Context, path: str, names: dict[str, Any]) -> Any:
    """`templatefile`."""
    return context.render(context.read(path).decode(), names)


@function("templatestring", needs="top", context=True)
def template_string(context: Context, text: str, names: dict[str, Any]) -> Any:
    """`templatestring`."""
    return context.render(text, names)


@function("basename")
def base_name(path: Any) -> str:
    """`basename`."""
    return posixpath.basename(text_of(path).rstrip("/"))


@function("dirname")
def folder_name(path: Any) -> str:
    """`dirname`."""
    return posixpath.dirname(text_of(path)) or "."


@function("abspath", "pathexpand")
def absolute_path(path: Any) -> str:
    """`abspath` and `pathexpand`: the path as it is, so that no name of this machine comes in."""
    return posixpath.normpath(text_of(path))


def _digests() -> None:
    for name in ("md5", "sha1", "sha256", "sha512"):

        def hexadecimal(context: Context, path: str, kind: str = name) -> str:
            return digest(kind, context.read(path))

        def in_base64(context: Context, path: str, kind: str = name) -> str:
            return digest(kind, context.read(path), based=True)

        function(f"file{name}", context=True)(hexadecimal)
        if name in ("sha256", "sha512"):
            function(f"filebase64{name}", context=True)(in_base64)


_digests()
