"""A catalog or a profile in OSCAL as a framework of one's own: its controls have the ids of NIST SP 800-53.

Whatever is not one of those is kept as a requirement that no control tells of. A profile selects from what it imports:
a file beside it, or else NIST SP 800-53 as the library has it.
"""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bastide.controls.frameworks import MAX_NAME, Framework, Requirement, framework
from bastide.errors import UsageError
from bastide.redact import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NIST = "nist-800-53-r5"
MAX_BYTES = 64 << 20
MAX_DEPTH = 12
"""Groups and controls within each other, and profiles that import profiles."""
MAX_CONTROLS = 20_000
_ENHANCEMENT = re.compile(r"([A-Z]{2}-\d{1,3})\.(\d{1,3})")


def read_catalog(file: str) -> Framework:
    """The framework that a file declares; `UsageError` with the file for what is no catalog and no profile."""
    value = _read(Path(file))
    entries = list(_entries(value, Path(file), MAX_DEPTH))
    if not entries:
        raise UsageError("there is no control in it", place=file)
    about = _metadata(value)
    groups = {group: title for _, _, group, title in entries}
    requirements = {found.id: found for found in (_requirement(*entry[:3]) for entry in entries)}
    name = clean(Path(file).stem, 60) or "catalog"
    return Framework(
        f"file:{name}",
        clean(str(about.get("title") or name), 200),
        clean(str(about.get("version") or ""), 60),
        "",
        "publisher",
        f"Read from {name}.",
        groups,
        requirements,
    )


def token(name: str, requirement: str) -> str:
    """A requirement's id as OSCAL writes it: `AC-6(1)` of NIST is `ac-6.1`; others become what a token may be."""
    if name.startswith(("nist-800-53", "fedramp", "file:")):
        requirement = requirement.lower().replace("(", ".").replace(")", "")
    found = re.sub(r"[^A-Za-z0-9._-]", "_", requirement)
    return found if found[:1].isalpha() or found[:1] == "_" else f"_{found}"


def nist_id(text: str) -> str:
    """`ac-6.1` as NIST's own publication writes it, `AC-6(1)`."""
    upper = text.upper()
    match = _ENHANCEMENT.fullmatch(upper)
    return f"{match[1]}({match[2]})" if match else upper


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"larger than {MAX_BYTES >> 20} MB", place=str(path))
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"it cannot be read: {error.strerror}", place=str(path)) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not JSON: {str(error)[:200]}", place=str(path), remedy="OSCAL is read as JSON") from None
    if not isinstance(value, dict) or not isinstance(value.get("catalog", value.get("profile")), dict):
        raise UsageError("no catalog and no profile of OSCAL", place=str(path))
    return value


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    found = value.get("catalog", value.get("profile", {})).get("metadata")
    return found if isinstance(found, dict) else {}


Entry = tuple[str, str, str, str]
"""A control's id and title, and those of the group around it."""


def _entries(value: dict[str, Any], path: Path, depth: int) -> Iterator[Entry]:
    if not depth:
        raise UsageError("profiles import each other too deeply, or in a circle", place=str(path))
    if "catalog" in value:
        yield from _limited(_of_group(value["catalog"], "", "", MAX_DEPTH, path), path)
        return
    imports = _list(value["profile"], "imports", path)
    if not imports:
        raise UsageError("the profile imports nothing", place=str(path))
    for one in imports:
        available = list(_imported(one, path, depth - 1))
        wanted = _wanted(one, path)
        yield from (entry for entry in available if wanted(entry[0]))


def _limited(entries: Iterable[Entry], path: Path) -> Iterator[Entry]:
    for number, entry in enumerate(entries):
        if number >= MAX_CONTROLS:
            raise UsageError(f"over {MAX_CONTROLS:,} controls", place=str(path))
        yield entry


def _of_group(value: Any, group: str, title: str, depth: int, path: Path) -> Iterator[Entry]:
    """The controls of a catalog, a group or a control, with those within them."""
    if not depth:
        raise UsageError("groups are nested too deeply", place=str(path))
    for one in _list(value, "controls", path):
        if not isinstance(one.get("id"), str):
            raise UsageError("a control has no id", place=str(path))
        yield one["id"], str(one.get("title") or one["id"]), group or "-", title or "-"
        yield from _of_group(one, group, title, depth - 1, path)
    for one in _list(value, "groups", path):
        name = str(one.get("id") or one.get("title") or "-")
        yield from _of_group(one, name, str(one.get("title") or name), depth - 1, path)


def _imported(one: dict[str, Any], path: Path, depth: int) -> Iterator[Entry]:
    """What an import offers: a file beside the profile, or NIST's own catalog."""
    href = str(one.get("href") or "")
    beside = path.parent / href if href and not href.startswith("#") and "://" not in href else None
    if beside is not None and beside.is_file():
        yield from _entries(_read(beside), beside, depth)
        return
    nist = framework(NIST)
    for requirement in nist.requirements.values():
        group = requirement.group
        yield token(NIST, requirement.id), requirement.name, group, nist.groups[group]
    known = {token(NIST, each) for each in nist.requirements}
    for name in _ids(one, "include-controls", path)[0]:
        if name not in known and "*" not in name:
            yield name, name, "-", "not in NIST SP 800-53 as the library has it"


def _wanted(one: dict[str, Any], path: Path) -> Any:
    """Whether an import takes a control: by id, with those within it where it says so, and not left out."""
    chosen, children = _ids(one, "include-controls", path)
    left_out, below = _ids(one, "exclude-controls", path)
    everything = "include-all" in one or not chosen

    def takes(name: str) -> bool:
        return (everything or _named(name, chosen, children)) and not _named(name, left_out, below)

    return takes


def _named(name: str, ids: list[str], children: list[str]) -> bool:
    return any(fnmatchcase(name, one) for one in ids) or name.partition(".")[0] in children


def _ids(one: dict[str, Any], key: str, path: Path) -> tuple[list[str], list[str]]:
    """The ids and patterns of a selection, and those ids whose enhancements it takes, too."""
    ids: list[str] = []
    children: list[str] = []
    for selection in _list(one, key, path):
        named = [str(each) for each in selection.get("with-ids", []) if isinstance(each, str)]
        named += [str(each.get("pattern", "")) for each in selection.get("matching", []) if isinstance(each, dict)]
        ids += named
        children += named if selection.get("with-child-controls") == "yes" else []
    return ids, children


def _list(value: Any, key: str, path: Path) -> list[dict[str, Any]]:
    found = value.get(key, []) if isinstance(value, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UsageError(f"`{key}` is no list of objects", place=str(path))
    return found


def _requirement(name: str, title: str, group: str) -> Requirement:
    own = nist_id(name)
    known = framework(NIST).requirements.get(own)
    if known is None:
        without = "it has no id of NIST SP 800-53 that the library knows"
        return Requirement(clean(own, 60), clean(title, MAX_NAME), group, "shared", without=without)
    return Requirement(own, clean(title, MAX_NAME), group, known.kind, {NIST: (own,)}, known.without)
