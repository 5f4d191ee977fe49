"""What a source yields: resources of CloudFormation types, what is not known of them, and what they refer to.

A source builds a property tree out of plain JSON values and the four marks below, and calls `settle` once;
after that a resource's properties are plain JSON, and everything that is no plain value is in its rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

SourceKind = Literal["terraform", "plan", "cloudformation"]
Path_ = str
"""A property path: names joined by dots, list positions in brackets, `Rules[0].Port`."""

REDACTED = "(sensitive)"
"""What stands in a property for a value that the source itself declares sensitive: present, never shown."""


@dataclass(slots=True, frozen=True)
class Unresolved:
    """A value that cannot be known from what was read; it may even be absent.

    `expression` is the source's own words (`var.key`), `reason` says why (`variable without a value`).
    """

    expression: str
    reason: str = "not known before deployment"


@dataclass(slots=True, frozen=True)
class Reference:
    """A value that is there but is made at deployment: a string with references in it.

    `text` is what stands in the property: every reference written `${address.attribute}`. `targets` are the
    addresses (as in `Resource.address`) and attributes that it names, for those in the same unit.
    """

    text: str
    targets: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, frozen=True)
class Sensitive:
    """A value that is there and that the source declares secret; only its presence may be judged or shown."""


class Absent:
    """The mark of a property that is not there (`AWS::NoValue`, an explicit null); use the one `ABSENT`."""

    __slots__ = ()


ABSENT = Absent()


class Origin(NamedTuple):
    """Where a property was written: `line` to `end_line` of `path`; `name` is the attribute to look for there.

    Without `name`, `line` is exact. With it, the line is found in the text when somebody asks (`Resource.locate`).
    """

    path: str
    line: int
    end_line: int
    name: str = ""


@dataclass(slots=True, frozen=True)
class Link:
    """The property at `property` of one resource names `attribute` of the resource at `target` (same unit)."""

    property: Path_
    target: str
    attribute: str


@dataclass(slots=True)
class Resource:
    """One resource, whatever it comes from.

    `type` is a CloudFormation type; `address` is unique in its `unit` (a Terraform address, a logical id);
    `unit` is the root module's folder or the template's path, relative to where the scan started, POSIX style.
    `properties` has CloudFormation's names and plain JSON values. `unresolved` says which paths are not known
    and why; the path `""` means that all of it is unknown. `call` is the chain of module calls that made it,
    outermost first, each `path:line name`. `name` is the type as the source says it (`aws_s3_bucket`).
    """

    type: str
    address: str
    unit: str
    source: SourceKind
    path: str
    line: int
    end_line: int
    properties: dict[str, Any]
    name: str = ""
    unresolved: dict[Path_, str] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    origins: dict[Path_, Origin] = field(default_factory=dict)
    call: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Unique in a scan."""
        return f"{self.unit}#{self.address}"

    def locate(self, property_path: Path_) -> tuple[str, int]:
        """The file and line of a property: of its nearest written ancestor, at worst of the resource itself."""
        at = property_path
        while at:
            if origin := self.origins.get(at):
                return origin.path, _line_of(origin)
            at = parent(at)
        return self.path, self.line


@dataclass(slots=True)
class Problem:
    """Something that could not be read or judged, or that is worth knowing about what was.

    `kind` is `unreadable` (a file or unit was not judged: the scan is incomplete), `partial` (some of it was not:
    incomplete too), `unmapped` (a type that bastide does not know: no verdicts about it, reported as coverage),
    `external` (a module or stack that is not here and was not fetched: coverage), or `note`.
    """

    kind: Literal["unreadable", "partial", "unmapped", "external", "note"]
    path: str
    line: int
    message: str
    count: int = 1


@dataclass(slots=True)
class Loaded:
    """What one unit gave: its resources, its problems, and the files that were read for it."""

    unit: str
    source: SourceKind
    resources: list[Resource] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def settle(
    tree: Any,
) -> tuple[Any, dict[Path_, str], list[Link]]:
    """Plain JSON, what of it is unresolved, and what it links to, from a tree with marks.

    `ABSENT` and None vanish from objects and lists; `Unresolved` vanishes from objects and becomes None in lists
    (so that positions stay), and is recorded by path; `Reference` becomes its text and links; `Sensitive` becomes
    `REDACTED`.
    """
    unresolved: dict[Path_, str] = {}
    links: list[Link] = []
    plain = _settle(tree, "", unresolved, links)
    return ({} if plain is ABSENT else plain), unresolved, links


def _settle(value: Any, path: str, unresolved: dict[str, str], links: list[Link]) -> Any:
    if isinstance(value, dict):
        result = {}
        for key, item in value.items():
            settled = _settle(item, f"{path}.{key}" if path else str(key), unresolved, links)
            if settled is not ABSENT:
                result[str(key)] = settled
        return result
    if isinstance(value, list):
        items: list[Any] = []
        for item in value:
            if item is None or item is ABSENT:
                continue
            settled = _settle(item, f"{path}[{len(items)}]", unresolved, links)
            items.append(None if settled is ABSENT else settled)
        return items
    if isinstance(value, (str, int, float)):
        return value
    return _settle_mark(value, path, unresolved, links)


def _settle_mark(mark: Any, path: str, unresolved: dict[str, str], links: list[Link]) -> Any:
    if isinstance(mark, Reference):
        links.extend(Link(path, target, attribute) for target, attribute in mark.targets)
        return mark.text
    if isinstance(mark, Unresolved):
        unresolved[path] = f"{mark.expression}: {mark.reason}" if mark.expression else mark.reason
    elif isinstance(mark, Sensitive):
        return REDACTED
    return ABSENT


_LAST = re.compile(r"(\.[^.\[\]]+|\[\d+\]|^[^.\[\]]+)$")
_POSITION = re.compile(r"\[\d+\]")


def parent(path: Path_) -> Path_:
    """The path one step up; `""` above the top."""
    return _LAST.sub("", path, count=1)


def without_positions(path: Path_) -> Path_:
    """`Rules[0].Port` as `Rules.Port`, the form in which controls name properties."""
    return _POSITION.sub("", path)


def _line_of(origin: Origin) -> int:
    if not origin.name:
        return origin.line
    try:
        lines = _lines(origin.path, Path(origin.path).stat().st_mtime_ns)
    except OSError:
        return origin.line
    wanted = re.compile(rf"\s*\"?{re.escape(origin.name)}\"?\s*([=:{{]|$)")
    for number in range(origin.line, min(origin.end_line, len(lines)) + 1):
        if wanted.match(lines[number - 1]):
            return number
    return origin.line


@lru_cache(maxsize=16)
def _lines(path: str, changed: int) -> list[str]:
    del changed  # only so that a file that changes is read again
    return Path(path).read_text("utf-8", "replace").splitlines()
