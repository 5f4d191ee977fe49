"""What a source yields: resources of CloudFormation types, what is not known of them, and what they refer to.

A source builds a property tree out of plain JSON values and the four marks below, and calls `settle` once;
after that a resource's properties are plain JSON, and everything that is no plain value is in its rows.
"""

from __future__ import annotations

import marshal
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from msgspec import Struct, field

SourceKind = Literal["terraform", "plan", "cloudformation", "dockerfile", "workflow", "buildspec", "aws"]
Path_ = str
"""A property path: names joined by dots, list positions in brackets, `Rules[0].Port`."""

REDACTED = "(sensitive)"
"""What stands in a property for a value that the source itself declares sensitive: present, never shown."""
REDACTED_WRITTEN = "(sensitive, in the source)"
"""The same for a secret that stands in the source itself, for all who read it."""


class Unresolved(Struct, frozen=True):
    """A value that cannot be known from what was read; it may even be absent.

    `expression` is the source's own words (`var.key`), `reason` says why (`variable without a value`).
    """

    expression: str
    reason: str = "not known before deployment"


class Perhaps(Unresolved, frozen=True):
    """An element of a list of which it is not known whether it is there, or how often; `value` is what it would be."""

    value: Any = None


class Reference(Struct, frozen=True):
    """A value that is there but is made at deployment: a string with references in it.

    `text` is what stands in the property: every reference written `${address.attribute}`. `targets` are the
    addresses (as in `Resource.address`) and attributes that it names, for those in the same unit.
    """

    text: str
    targets: tuple[tuple[str, str], ...] = ()


class Sensitive(Struct, frozen=True):
    """A value that is there and that the source declares secret; only its presence may be judged or shown.

    `written` says that the value itself stands in the source: as a default, or in a file of values.
    """

    written: bool = False


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


class Link(Struct, frozen=True):
    """The property at `property` of one resource names `attribute` of the resource at `target` (same unit)."""

    property: Path_
    target: str
    attribute: str


class Resource:
    """One resource, whatever it comes from.

    `type` is a CloudFormation type; `address` is unique in its `unit` (a Terraform address, a logical id);
    `unit` is the root module's folder or the template's path, relative to where the scan started, POSIX style.
    `properties` has CloudFormation's names and plain JSON values. `unresolved` says which paths are not known
    and why; the path `""` means that all of it is unknown. `metadata["perhaps"]` has, a line each, the paths among them
    of list elements whose value is known, but not whether they are there. `call` is the chain of module calls that made
    it, outermost first, each `path:line name`. `name` is the type as the source says it (`aws_s3_bucket`).
    """

    __slots__ = (
        "_origins",
        "_packed",
        "address",
        "call",
        "end_line",
        "line",
        "links",
        "metadata",
        "name",
        "path",
        "properties",
        "source",
        "type",
        "unit",
        "unresolved",
    )

    def __init__(  # noqa: PLR0917 (the fields, in the order of the docstring)
        self,
        type: str,  # noqa: A002 (the word of the model)
        address: str,
        unit: str,
        source: SourceKind,
        path: str,
        line: int,
        end_line: int,
        properties: dict[str, Any],
        name: str = "",
        unresolved: dict[Path_, str] | None = None,
        links: list[Link] | None = None,
        origins: dict[Path_, Origin] | None = None,
        call: tuple[str, ...] = (),
        metadata: dict[str, str] | None = None,
    ) -> None:
        self.type, self.address, self.unit, self.source = type, address, unit, source
        self.path, self.line, self.end_line = path, line, end_line
        self.properties, self.name, self.call = properties, name, call
        self.unresolved = {} if unresolved is None else unresolved
        self.links = [] if links is None else links
        self.metadata = {} if metadata is None else metadata
        self._origins = {} if origins is None else origins
        self._packed = b""

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in (*_PLAIN_FIELDS, "links", "origins"))
        return f"Resource({shown})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and all(
            getattr(self, name) == getattr(other, name) for name in (*_PLAIN_FIELDS, "links", "origins")
        )

    __hash__ = None  # type: ignore[assignment]  # it can change

    def __reduce__(self) -> tuple[Any, ...]:
        """For the way from a worker: plain values go as one piece of bytes, which costs a fraction of a pickle.

        The places of properties stay packed until somebody asks for one.
        """
        plain = [getattr(self, name) for name in _PLAIN_FIELDS]
        links = [(link.property, link.target, link.attribute) for link in self.links]
        packed = self._packed or marshal.dumps({path: tuple(origin) for path, origin in self._origins.items()})
        return _unpack, (marshal.dumps((plain, links)), packed)

    @property
    def origins(self) -> dict[Path_, Origin]:
        """Where properties were written, by path."""
        return {path: Origin(*origin) for path, origin in self._places().items()}

    @origins.setter
    def origins(self, value: dict[Path_, Origin]) -> None:
        self._origins, self._packed = value, b""

    def _places(self) -> dict[Path_, Origin]:
        """The origins, as plain tuples where they came from a worker: objects of all take longer than a look."""
        if self._packed:
            self._origins, self._packed = marshal.loads(self._packed), b""  # noqa: S302
        return self._origins

    @property
    def id(self) -> str:
        """Unique in a scan."""
        return f"{self.unit}#{self.address}"

    def locate(self, property_path: Path_) -> tuple[str, int]:
        """The file and line of a property: of its nearest written ancestor, at worst of the resource itself."""
        at, places = property_path, self._places()
        while at:
            if origin := places.get(at):
                return origin[0], _line_of(*origin)
            at = parent(at)
        return self.path, self.line


_PLAIN_FIELDS = (
    "type",
    "address",
    "unit",
    "source",
    "path",
    "line",
    "end_line",
    "properties",
    "name",
    "unresolved",
    "call",
    "metadata",
)


def _unpack(content: bytes, packed: bytes) -> Resource:
    # marshal is for one Python talking to itself, which is what a worker and its parent are.
    plain, links = marshal.loads(content)  # noqa: S302
    resource = Resource.__new__(Resource)
    for name, value in zip(_PLAIN_FIELDS, plain, strict=True):
        setattr(resource, name, value)
    resource.links = [Link(*link) for link in links]
    resource._origins, resource._packed = {}, packed  # noqa: SLF001
    return resource


class Problem(Struct):
    """Something that could not be read or judged, or that is worth knowing about what was.

    `kind` is `unreadable` (a file or unit was not judged: the scan is incomplete), `partial` (some of it was not:
    incomplete too), `unmapped` (the message is a type that bastide does not know: no verdicts about it, reported as
    coverage), `external` (a module or stack that is not here and was not fetched: coverage), or `note`.
    """

    kind: Literal["unreadable", "partial", "unmapped", "external", "note"]
    path: str
    line: int
    message: str
    count: int = 1


class Loaded(Struct):
    """What one unit gave: its resources, its problems, and the files that were read for it.

    `marked` are those of the files that speak of exemptions.
    """

    unit: str
    source: SourceKind
    resources: list[Resource] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)


def settle(tree: Any, perhaps: list[Path_] | None = None) -> tuple[Any, dict[Path_, str], list[Link]]:
    """Plain JSON, what of it is unresolved, and what it links to, from a tree with marks.

    `ABSENT` and None vanish from objects and lists; `Unresolved` vanishes from objects and becomes None in lists
    (so that positions stay), and is recorded by path; `Reference` becomes its text and links; `Sensitive` becomes
    `REDACTED` or `REDACTED_WRITTEN`. The value of a `Perhaps` in a list stands there all the same, its path in
    `unresolved` and appended to `perhaps`.
    """
    found = _Found({}, [], [] if perhaps is None else perhaps)
    plain = _settle(tree, "", found)
    return ({} if plain is ABSENT else plain), found.unresolved, found.links


class _Found(NamedTuple):
    unresolved: dict[Path_, str]
    links: list[Link]
    perhaps: list[Path_]


def is_secret(value: Any) -> bool:
    """Whether a known value that is declared secret is one: not when it is empty or only says where the secret is."""
    if isinstance(value, str):
        return bool(value) and not value.startswith(("arn:", "{{resolve:"))
    return value is not None and value not in ([], {})


_PLAIN = (str, int, float)


def _settle(value: Any, path: str, found: _Found) -> Any:
    # Plain values are most of a tree: they cost no call and no path of their own.
    if isinstance(value, dict):
        result = {}
        for key, item in value.items():
            if isinstance(item, _PLAIN):
                result[str(key)] = item
                continue
            settled = _settle(item, f"{path}.{key}" if path else str(key), found)
            if settled is not ABSENT:
                result[str(key)] = settled
        return result
    if isinstance(value, list):
        items: list[Any] = []
        for item in value:
            if isinstance(item, _PLAIN):
                items.append(item)
            elif item is not None and item is not ABSENT:
                settled = _settle_item(item, f"{path}[{len(items)}]", found)
                items.append(None if settled is ABSENT else settled)
        return items
    if isinstance(value, _PLAIN):
        return value
    return _settle_mark(value, path, found)


def _settle_item(item: Any, path: str, found: _Found) -> Any:
    settled = _settle(item, path, found)
    if isinstance(item, Perhaps) and item.value is not None:
        found.perhaps.append(path)
        settled = _settle(item.value, path, found)
    return settled


def _settle_mark(mark: Any, path: str, found: _Found) -> Any:
    if isinstance(mark, Reference):
        found.links.extend(Link(path, target, attribute) for target, attribute in mark.targets)
        return mark.text
    if isinstance(mark, Unresolved):
        found.unresolved[path] = f"{mark.expression}: {mark.reason}" if mark.expression else mark.reason
    elif isinstance(mark, Sensitive):
        return REDACTED_WRITTEN if mark.written else REDACTED
    return ABSENT


_POSITION = re.compile(r"\[\d+\]")


def parent(path: Path_) -> Path_:
    """The path one step up; `""` above the top. It is always shorter, whatever a name has in it."""
    return path[: max(path.rfind("."), path.rfind("["), 0)]


def without_positions(path: Path_) -> Path_:
    """`Rules[0].Port` as `Rules.Port`, the form in which controls name properties."""
    return _POSITION.sub("", path)


def _line_of(path: str, line: int, end_line: int, name: str = "") -> int:
    if not name:
        return line
    try:
        lines = _lines(path, os.stat(path).st_mtime_ns)  # noqa: PTH116 (a path object for each look costs more than the look)
    except OSError:
        return line
    wanted = re.compile(rf"\s*\"?{re.escape(name)}\"?\s*([=:{{]|$)")
    for number in range(line, min(end_line, len(lines)) + 1):
        if wanted.match(lines[number - 1]):
            return number
    return line


@lru_cache(maxsize=16)
def _lines(path: str, changed: int) -> list[str]:
    del changed  # only so that a file that changes is read again
    return Path(path).read_text("utf-8", "replace").splitlines()
