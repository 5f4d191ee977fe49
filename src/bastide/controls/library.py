"""The controls that a scan can use: the library's and a user's own, compiled once and kept in the cache."""

from __future__ import annotations

from collections import defaultdict
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from bastide.cache import Parts, compiled_parts
from bastide.controls.compiled import Compiled  # noqa: TC001 (msgspec reads the annotations)
from bastide.controls.entry import CONCERNS, Control, Summary
from bastide.controls.macros import macros_file
from bastide.controls.verdict import SEVERITIES
from bastide.errors import ControlError, UsageError, near_miss
from bastide.library import FOLDER

if TYPE_CHECKING:
    from collections.abc import Collection as Set
    from collections.abc import Iterable, Iterator, Sequence

LIBRARY = "library/controls"
_INDEX = ""
_LIVE = " live"
"""Behind a resource type: those of its controls that only a live account can answer."""


class _Index(Struct):
    """What is known of all controls before a resource type is met; `broken` says why some cannot be run, by id."""

    summaries: list[Summary]
    broken: dict[str, str]


class _Part(Struct):
    """The controls of one resource type, and their compiled forms."""

    controls: list[Control]
    compiled: list[Compiled]


class _Compiled(Struct):
    """The compiled forms of a part alone."""

    compiled: list[Compiled]


class Library:
    """Controls of one or several folders: their summaries are here, the rest is read by resource type when asked."""

    def __init__(
        self, summaries: list[Summary], parts: list[Parts], broken: dict[str, str], about: Set[str] | None = None
    ) -> None:
        self._about = about
        self.summaries = summaries
        """In order of id."""
        self.broken = broken
        """Why others than the compiled cannot be run, by id."""
        self._parts = parts
        self._ids = {summary.id for summary in summaries}

    def get(self, control_id: str) -> Control:
        """By id; raises `UsageError` with the near miss."""
        for summary in self.summaries:
            if summary.id == control_id:
                return next(one for one in self.of([summary.resource])[0] if one.id == control_id)
        raise UsageError(
            f"no control is called `{control_id}`",
            remedy=near_miss(control_id, list(self._ids)) or "see `bastide controls list`",
        )

    def of(self, types: Iterable[str], *, live: bool = True) -> tuple[list[Control], list[Compiled]]:
        """The controls of resource types, in order of id, and their compiled forms; without `live` those of code."""
        controls: list[Control] = []
        done: list[Compiled] = []
        names = [name for one in types for name in ((one, f"{one}{_LIVE}") if live else (one,))]
        for part in (found for parts in self._parts for name in names if (found := parts.get(name, _Part))):
            controls += [control for control in part.controls if control.id in self._ids]
            done += [compiled for compiled in part.compiled if compiled.id in self._ids]
        controls.sort(key=lambda control: control.id)
        return controls, done

    def chosen(self, summaries: list[Summary], broken: dict[str, str]) -> Library:
        """Only these of them."""
        return Library(summaries, self._parts, broken)

    def about(self, types: Set[str]) -> Library:
        """The same, of which `controls` and `compiled` are only what judges these types: others have no resources."""
        return Library(self.summaries, self._parts, self.broken, types)

    def each_compiled(self) -> Iterator[Compiled]:
        """The compiled forms of all, of which no more than one type's are kept in memory."""
        names = [name for one in sorted(self.types) for name in (one, f"{one}{_LIVE}")]
        for part in (found for parts in self._parts for name in names if (found := parts.get(name, _Compiled))):
            yield from (one for one in part.compiled if one.id in self._ids)

    @property
    def types(self) -> set[str]:
        """The resource types that are judged."""
        found = {summary.resource for summary in self.summaries}
        return found if self._about is None else found & set(self._about)

    @cached_property
    def _everything(self) -> tuple[list[Control], list[Compiled]]:
        return self.of(self.types)

    @property
    def controls(self) -> list[Control]:
        """All, in order of id; what takes long."""
        return self._everything[0]

    @property
    def compiled(self) -> list[Compiled]:
        """All compiled forms; what takes long."""
        return self._everything[1]


def load_library(folders: Sequence[str] = ()) -> Library:
    """The library and the YAML files below `folders`; an id that stands twice is a `ControlError`."""
    sources = [(_library_files(), LIBRARY), *((_own_files(folder), "") for folder in folders)]
    parts = [_load(files, root) for files, root in sources]
    indexes: list[_Index] = [one.get(_INDEX, _Index) for one in parts]
    broken = {key: why for index in indexes for key, why in index.broken.items()}
    seen: dict[str, Summary] = {}
    for summary in (summary for index in indexes for summary in index.summaries):
        if summary.id in seen:
            raise ControlError(f"`{summary.id}` is also at {seen[summary.id].place}", place=summary.place)
        seen[summary.id] = summary
    return Library(sorted(seen.values(), key=lambda summary: summary.id), parts, broken)


def read_controls(folders: Sequence[str] = (), *, library: bool = True) -> list[Control]:
    """Controls as they are written, examples included, without the cache."""
    groups = [(_library_files(), LIBRARY)] if library else []
    groups += [(_own_files(folder), "") for folder in folders]
    return [control for files, root in groups for file in files for control in _parse(file, root)]


def _library_files() -> list[Any]:
    return sorted((FOLDER / "controls").glob("*.yaml"))


def _own_files(folder: str) -> list[Any]:
    path = Path(folder)
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UsageError(f"`{folder}` is no folder or file with controls")
    return sorted(file for pattern in ("*.yaml", "*.yml") for file in path.rglob(pattern) if file.is_file())


def _parse(file: Any, root: str) -> list[Control]:
    from bastide.controls.entry import parse_controls  # only when the cache is cold

    # Nobody else's file is called as the library's are: by that is known whose texts a report shows.
    place = f"{root}/{file.name}" if root else f"./{file}" if str(file).startswith(LIBRARY) else str(file)
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ControlError(f"cannot be read: {error}", place=place) from None
    return parse_controls(text, place)


def _load(files: list[Any], root: str) -> Parts:
    def build() -> dict[str, Any]:
        from bastide.controls.compiler import compile_controls

        controls = [control for file in files for control in _parse(file, root)]
        done, broken = compile_controls(controls)
        summaries = [Summary(*[getattr(control, name) for name in Summary.__struct_fields__]) for control in controls]
        parts: dict[str, _Part] = defaultdict(lambda: _Part([], []))
        for control in controls:
            # Neither the examples nor the fix, which `bastide fix` reads from the entry: a scan has no use for them.
            parts[control.resource + _LIVE * control.live].controls.append(replace(control, examples=[], fix=None))
        for one in done:
            parts[one.resource + _LIVE * one.live].compiled.append(one)
        return {_INDEX: _Index(summaries, {key: str(error) for key, error in broken.items()}), **parts}

    return compiled_parts("controls" if root else "own-controls", [*_compiler_files(), *files], build)


def _compiler_files() -> list[Any]:
    """What else a compiled control is made of: the macros, the schema's own additions, and the compiler itself."""
    folder = Path(__file__).parent
    schema = FOLDER / "schema"
    names = ("compiled", "compiler", "entry", "library", "program", "shape", "signatures", "syntax")
    code = [folder / f"{name}.py" for name in names]
    own = [schema.joinpath(f"{name}.json") for name in ("_extra", "_live", "_types")]
    return [macros_file(), *own, *code]


KEYS = ("control", "severity", "concern", "framework", "path", "type")
_WORDS = {"severity": SEVERITIES, "concern": tuple(CONCERNS)}
"""The words that a key is about, where they are few."""


class Selector(Struct, frozen=True):
    """One `--only` or `--skip`: `control=s3.*`, `severity=high`, `framework=cis-aws-5.0`, `path=…`, `type=…`.

    Words behind the key are patterns, any of which may match, separated by commas. Without a key it is a control.
    `served` are the controls that serve a framework that is meant, by a tag of theirs or by derivation.
    """

    key: str
    patterns: tuple[str, ...]
    served: frozenset[str] = frozenset()

    def matches_control(self, control: Summary) -> bool:
        """Whether the control is meant (selectors of paths mean every control)."""
        if self.key == "control":
            return any(fnmatchcase(control.id, pattern) for pattern in self.patterns)
        if self.key == "severity":
            return control.severity in self.patterns
        if self.key == "concern":
            return control.concern in self.patterns
        if self.key == "framework":
            tags = (name for name in control.frameworks for pattern in self.patterns if fnmatchcase(name, pattern))
            return control.id in self.served or any(tags)
        if self.key == "type":
            return any(fnmatchcase(control.resource, pattern) for pattern in self.patterns)
        return True


def parse_selector(text: str) -> Selector:
    """Raises `UsageError` with the near miss for a key or severity that does not exist."""
    key, equals, rest = text.partition("=")
    if not equals:
        key, rest = "control", text
    patterns = tuple(word.strip() for word in rest.split(",") if word.strip())
    if key not in KEYS:
        raise UsageError(f"`{key}` is nothing to select by ({', '.join(KEYS)})", remedy=near_miss(key, KEYS))
    if not patterns:
        raise UsageError(f"`{text}` selects nothing", remedy="write for example `severity=high,critical`")
    for word in patterns if key in _WORDS else ():
        if word not in (words := _WORDS[key]):
            raise UsageError(f"`{word}` is no {key} ({', '.join(words)})", remedy=near_miss(word, words))
    return Selector(key, patterns)


def _resolved(selectors: Iterable[Selector], library: Library) -> list[Selector]:
    """The selectors of controls, those of frameworks with who serves them."""
    return [
        replace(one, served=_serving(one, library)) if one.key == "framework" else one
        for one in selectors
        if one.key != "path"
    ]


def _serving(selector: Selector, library: Library) -> frozenset[str]:
    from bastide.controls.frameworks import Crosswalk, framework_names  # few scans ask for a framework

    crosswalk = Crosswalk(library.summaries)
    names = [name for name in framework_names() if any(fnmatchcase(name, one) for one in selector.patterns)]
    return frozenset().union(*map(crosswalk.of, names))


def _known(key: str, library: Library) -> list[str]:
    if key == "framework":
        from bastide.controls.frameworks import framework_names

        return list(framework_names())
    return [control.id for control in library.summaries] if key == "control" else []


def select(library: Library, only: Iterable[Selector], skip: Iterable[Selector]) -> Library:
    """The controls that every `only` key and no `skip` means; selectors of paths are left to the resources.

    Raises `UsageError` for a selector that means no control at all: most likely a slip.
    """
    only, skip = _resolved(only, library), _resolved(skip, library)
    for selector in (*only, *skip):
        if not any(selector.matches_control(control) for control in library.summaries):
            words = ",".join(selector.patterns)
            known = _known(selector.key, library)
            raise UsageError(
                f"`{selector.key}={words}` means no control",
                remedy=near_miss(words, known) or "see `bastide controls list`",
            )
    keys = {item.key for item in only}
    chosen = [
        control
        for control in library.summaries
        if all(any(item.matches_control(control) for item in only if item.key == key) for key in keys)
        and not any(item.matches_control(control) for item in skip)
    ]
    ids = {control.id for control in chosen}
    return library.chosen(chosen, {key: why for key, why in library.broken.items() if key in ids})
