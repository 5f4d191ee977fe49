"""The two sides that are compared: code in files, and a cloud that is read live, from the last run, or from files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.drift.fold import FOLDS, folded
from bastide.errors import UsageError
from bastide.live import chosen, identity_of, need_extra, read, scope_of, wanted_of
from bastide.recorded import TARGET, read_recording
from bastide.resources.estate import READ
from bastide.resources.model import Problem, Resource
from bastide.scan import is_wanted, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bastide.controls.library import Library
    from bastide.controls.verdict import Verdict
    from bastide.sources.aws.collectors import Collectors
    from bastide.sources.aws.engine import Live

    Told = Callable[[str, int, int], None]

LAST = "--last"


class Side(Struct):
    """One side. `marks` say which types were read wholly; they are there for the cloud only."""

    name: str
    resources: list[Resource] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    marks: list[Resource] = field(default_factory=list)

    @property
    def incomplete(self) -> bool:
        """Whether something of it could not be read."""
        return any(problem.kind in ("unreadable", "partial") for problem in self.problems)

    def why_more(self, kind: str) -> str:
        """Why there may be more of a type than was read; empty when all of it was."""
        for mark in self.marks:
            if kind not in mark.properties["types"]:
                return f"{kind} was not read of {mark.unit}"
            for why in mark.properties["unread"].get(kind, {}).values():
                return f"{kind} was not read wholly: {why}"
        return "" if self.marks else "no account was read"

    def was_read(self, kind: str) -> bool:
        """Whether a type was looked for at all."""
        return any(kind in mark.properties["types"] for mark in self.marks)


def read_code(targets: Sequence[str], settings: dict[str, Any], told: Told) -> Side:
    """The code at the targets, judged. Raises `UsageError` where there is none."""
    result = scan(targets, {**settings, "baseline": None}, (), told)
    coverage = result.report.coverage
    if not result.resources and not coverage.incomplete:
        raise UsageError("there are no AWS resources in the code", place=" ".join(targets))
    return Side(" ".join(targets), result.resources, result.report.verdicts, coverage.problems)


def types_of(code: Side) -> set[str]:
    """The types to look for in the cloud: those of the code, and those that say what the code has separately."""
    kinds = {one.type for one in code.resources}
    return kinds | {fold.parent for kind in kinds for fold in FOLDS.get(kind, ())}


class Asked(Struct, frozen=True):
    """How the cloud is read: the settings, the file that they came from, and whom to tell."""

    settings: dict[str, Any]
    file: str
    told: Told


def read_cloud(name: str, code: Side, asked: Asked) -> Side:
    """The cloud: `aws`, `config-snapshot:FILE`, or `LAST`: the newest run that was finished, without a call."""
    need_extra()
    _, library, only, skip = chosen(asked.settings)
    side = Side(name)
    for live in _lives(side, library, types_of(code), asked):
        side.resources += [one for one in live.resources if is_wanted(one.path, only, skip)]
        side.marks += live.marks
        side.problems += live.problems
    side.verdicts = _judged(library, side)
    return side


def _judged(library: Library, side: Side) -> list[Verdict]:
    from bastide.controls.evaluate import Evaluation

    evaluation = Evaluation(library.controls, library.compiled, dict(library.broken))
    verdicts: list[Verdict] = []
    for mark in side.marks:
        mine = [one for one in side.resources if one.unit == mark.unit]
        verdicts += evaluation.verdicts([*mine, mark])
    evaluation.close()
    return verdicts


def _lives(side: Side, library: Library, types: set[str], asked: Asked) -> Iterator[Live]:
    if side.name == "aws":
        yield from _live(library, types, asked)
    elif side.name == LAST:
        yield from _last(asked)
    else:
        files = [one for one in side.name.partition(":")[2].split(",") if one]
        recording = read_recording(files, library, asked.settings, asked.told, types)
        side.problems += recording.problems
        yield from recording.accounts


def is_cloud(name: str) -> bool:
    """Whether a target is a cloud and no folder."""
    return name in ("aws", LAST) or name.startswith(f"{TARGET}:")


def _live(library: Library, types: set[str], asked: Asked) -> Iterator[Live]:
    from bastide.sources.aws.collectors import load_collectors
    from bastide.sources.aws.engine import Engine
    from bastide.sources.aws.runs import data_folder, open_run

    collectors, settings = load_collectors(), asked.settings
    wanted = wanted_of(library, collectors, settings)
    wanted.types |= types
    wanted.whole = True  # what no control reads may have drifted, too
    scope = scope_of(settings)
    asked.told("asking who this is", 0, 0)
    engine = Engine(scope, wanted, collectors, settings.get("profile") or "")
    run = open_run(data_folder(asked.file), identity_of(engine, scope, wanted), resume=bool(settings.get("resume")))
    try:
        read(engine, run, asked.told)
        yield from engine.results(run)
    finally:
        run.release()


def _last(asked: Asked) -> Iterator[Live]:
    import json

    from bastide.sources.aws.collectors import load_collectors
    from bastide.sources.aws.runs import Run, data_folder

    root = data_folder(asked.file)
    done = sorted(path.parent for path in root.glob("*/finished")) if root.is_dir() else []
    if not done:
        raise UsageError("no finished run is kept here", remedy="run `bastide scan aws` first, or leave out --last")
    run = Run(done[-1])
    try:
        scope = json.loads((run.folder / "run.json").read_bytes())["scope"]
        types, groups = set(scope["types"]), list(scope["groups"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError("the run cannot be read any more", place=str(run.folder)) from None
    accounts = {account.strip() for text in asked.settings.get("accounts") or () for account in text.split(",")}
    for folder in sorted((run.folder / "units").iterdir()):
        if folder.is_dir() and (not accounts or folder.name in accounts):
            yield _kept(folder, types, groups, load_collectors())


def _kept(folder: Path, types: set[str], groups: list[str], collectors: Collectors) -> Live:
    """An account as its units on disk have it."""
    import msgspec

    from bastide.sources.aws.engine import Live
    from bastide.sources.aws.runs import Unit

    live, unit_name = Live(folder.name), f"aws:{folder.name}"
    unread: dict[str, dict[str, str]] = {}
    regions: set[str] = set()
    for path in sorted(folder.glob("*.msgpack")):
        region, _, group = path.name.removesuffix(".msgpack").partition(".")
        try:
            unit = msgspec.msgpack.decode(path.read_bytes(), type=Unit)
        except (OSError, msgspec.DecodeError, msgspec.ValidationError):
            message = f"what was read of {group} cannot be read again"
            live.problems.append(Problem("partial", f"{unit_name}/{region}", 0, message))
            gone = {entry.type: message for entry in collectors.entries if entry.group == group}
        else:
            resources, _ = unit.unpack()
            live.resources += resources
            gone = unit.unread
        regions |= {region} - {"global"}
        for kind, why in gone.items():
            unread.setdefault(kind, {})[region] = why
    entries = [one for one in collectors.entries if one.type in types and (not groups or one.group in groups)]
    read_types = {**dict.fromkeys(collectors.part_of, "global"), **{one.type: one.scope for one in entries}}
    properties = {"types": read_types, "unread": unread, "regions": sorted(regions), "complete": False}
    live.marks.append(Resource(READ, f"{unit_name}/read", unit_name, "aws", unit_name, 0, 0, properties))
    return live


def code_of(side: Side) -> list[Resource]:
    """The resources of the code as a live account has them."""
    return folded(side.resources)
