"""A control's own examples, run through the real sources and the real engine."""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.controls.compensation import Compensation
from bastide.controls.compiler import compile_controls
from bastide.controls.evaluate import DIRECT, Evaluation
from bastide.controls.functions import today
from bastide.controls.organization import ACCOUNT, ORGANIZATION, UNIT, Organization
from bastide.errors import ControlError
from bastide.resources.estate import READ
from bastide.resources.model import Loaded, Resource, Unresolved, settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bastide.controls.entry import Control
    from bastide.controls.verdict import Status, Verdict

    Case = tuple[Control, int, str, str]
    """A control, the number of its example, the example's language and outcome."""


class Result(Struct, frozen=True):
    """One example in one language: what was wanted, what came of it, and whether that is right."""

    control: str
    number: int
    language: str
    wanted: str
    got: tuple[str, ...]
    detail: str = ""

    @property
    def right(self) -> bool:
        """Every verdict is the wanted one, and there is one (or none, where none is wanted)."""
        if self.detail.startswith("!"):
            return False
        return not self.got if self.wanted == "none" else bool(self.got) and set(self.got) == {self.wanted}


def run_examples(controls: Sequence[Control]) -> list[Result]:
    """The results of all examples of these controls, in their order."""
    compiled, broken = compile_controls(controls)
    with tempfile.TemporaryDirectory(prefix="bastide-examples-") as folder:
        pairs = load_examples(controls, Path(folder))
        loaded = [units for _, units in pairs]
        evaluation = Evaluation(controls, compiled)
        compensation = Compensation(controls, compiled)
        verdicts = evaluation.verdicts(_all(loaded))
        _compensate(compensation, verdicts, loaded, DIRECT)
        queried = evaluation.verdicts(_all(loaded), direct=-1)
        _compensate(compensation, queried, loaded, -1)
        evaluation.close()
    differ = _statuses(verdicts).items() ^ _statuses(queried).items()
    broken |= {control: ControlError("DuckDB judges otherwise than Python does") for (control, _, _), _ in differ}
    by_case: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        by_case.setdefault((verdict.control.id, verdict.resource.unit), []).append(verdict)
    results = []
    for (control, number, language, wanted), units in pairs:
        found = [v for unit in units for v in by_case.get((control.id, unit.unit), [])]
        detail = _detail(control, units, found, {**evaluation.broken, **{k: str(v) for k, v in broken.items()}})
        results.append(Result(control.id, number, language, wanted, tuple(v.status for v in found), detail))
    return results


def load_examples(controls: Sequence[Control], folder: Path) -> list[tuple[Case, list[Loaded]]]:
    """All examples of these controls as their sources load them, written below `folder` where need be."""
    cases = [
        ((control, number, language, example.outcome), text)
        for control in controls
        for number, example in enumerate(control.examples, start=1)
        for language, text in example.texts.items()
    ]
    return [(case, _load(folder / str(index), case[2], text, case[0])) for index, (case, text) in enumerate(cases)]


def _compensate(compensation: Compensation, verdicts: list[Verdict], loaded: list[list[Loaded]], direct: int) -> None:
    """Let the layers of every example speak; each is an account of its own."""
    waiting = compensation.waiting(verdicts)
    units = {verdict.resource.unit for verdict in waiting}
    resources = [one for one in _all(loaded) if one.unit in units]
    marks = [one for one in resources if one.type == READ]
    judged = compensation.judge([one for one in resources if one.type != READ], marks, direct)
    for unit in units:
        own = {name: [one for one in found if one.resource.unit == unit] for name, found in judged.items()}
        here = [one for one in resources if one.unit == unit]
        organization = Organization(own, [*_organization(unit), *here], marks)
        account = next((one.properties.get("AccountId") for one in here if one.type == ACCOUNT), None)
        mine = [verdict for verdict in waiting if verdict.resource.unit == unit]
        compensation.apply(mine, own, marks, account or ACCOUNT_ID, organization)


ACCOUNT_ID = "111111111111"
"""The account of an example that names none."""
_PLACES: tuple[tuple[str, dict[str, Any]], ...] = (
    (ORGANIZATION, {"FeatureSet": "ALL", "ManagementAccountId": "999999999999"}),
    (UNIT, {"Id": "ou-above", "ParentId": "r-root"}),
    (UNIT, {"Id": "ou-other", "ParentId": "r-root"}),
    (ACCOUNT, {"AccountId": ACCOUNT_ID, "ParentIds": ["ou-above"]}),
)
"""The organization around an example."""


def _organization(unit: str) -> list[Resource]:
    return [Resource(kind, f"{kind}/example", unit, "aws", unit, 0, 0, dict(tree)) for kind, tree in _PLACES]


def _statuses(verdicts: Iterable[Verdict]) -> dict[tuple[str, str, str], Status]:
    """By control, unit and address."""
    return {(v.control.id, v.resource.unit, v.resource.address): v.status for v in verdicts}


def _all(loaded: list[list[Loaded]]) -> Iterable[Resource]:
    return (resource for units in loaded for unit in units for resource in unit.resources)


def _load(folder: Path, language: str, text: str, control: Control) -> list[Loaded]:
    if language == "live":
        loaded = _live(str(folder), json.loads(text))
        loaded.resources.append(_read_wholly(str(folder), control))
        return [loaded]
    if language == "cloudformation":
        from bastide.sources.cloudformation import load as load_template

        if _wrote_several(folder, "template.yaml", text):
            return load_template(f"{folder}/template.yaml", root=str(folder))
        return load_template(f"{folder}.yaml", text.encode())
    if language in _FILES:
        return [_load_file(folder, language, text)]
    from bastide.sources.terraform import load as load_module

    if not _wrote_several(folder, "main.tf", text):
        folder.mkdir()
        (folder / "main.tf").write_text(text, "utf-8")
    return [load_module(str(folder), [str(folder / "main.tf")])]


_FILES = {"dockerfile": "Dockerfile", "workflow": ".github/workflows/example.yaml", "buildspec": "buildspec.yaml"}
"""The file that an example in a language of one file is."""


def _load_file(folder: Path, language: str, text: str) -> Loaded:
    from bastide.sources.worker import LOADERS

    module, name = LOADERS[language]
    data = None if _wrote_several(folder, _FILES[language], text) else text.encode()
    loaded: Loaded = getattr(import_module(module), name)(f"{folder}/{_FILES[language]}", data, (str(folder),))
    return loaded


def _wrote_several(folder: Path, main: str, text: str) -> bool:
    """Writes an example of several files, by name, of which `main` is one; `entry` keeps those as JSON."""
    files = json.loads(text) if text.startswith('{"') else {}
    if main not in files:
        return False
    for file, content in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return True


_AGO = re.compile(r"(-?\d{1,5}) days ago")


def _live(unit: str, entries: list[dict[str, Any]]) -> Loaded:
    """Resources as a live account has them: `{type: properties}`; `$unknown` stands for a value that was not read,
    `30 days ago` for a time, the property `$arn` for the address, `$region` for the region, `$managed`
    for what AWS manages."""
    resources = []
    for number, entry in enumerate(entries):
        ((kind, properties),) = entry.items()
        written = dict(properties)
        address = written.pop("$arn", f"{kind}/{number}")
        metadata = {name: written.pop(f"${name}") for name in ("region", "managed") if f"${name}" in written}
        tree, unresolved, _ = settle(_marked(written))
        resources.append(Resource(kind, address, unit, "aws", unit, 0, 0, tree, kind, unresolved, metadata=metadata))
    return Loaded(unit, "aws", resources)


def _read_wholly(unit: str, control: Control) -> Resource:
    """The mark that says that the account of an example has nothing else of the types that the control asks about."""
    asked = (one.type for one in control.related), (one.by for one in control.compensated)
    types = dict.fromkeys((control.resource, *chain(*asked)), "global")
    read = {"types": types, "regions": [], "complete": True, "unread": {}}
    return Resource(READ, "read", unit, "aws", unit, 0, 0, read, name=READ)


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _marked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_marked(item) for item in value]
    if value == "$unknown":
        return Unresolved("", "it was not read")
    if isinstance(value, str) and (found := _AGO.fullmatch(value)):
        return f"{today() - dt.timedelta(days=int(found[1]))}T10:00:00Z"
    return value


def _detail(control: Control, units: list[Loaded], found: list[Verdict], broken: dict[str, str]) -> str:
    """Why the example went as it did, for the person who writes it; `!` marks what is wrong in itself."""
    if control.id in broken:
        return f"! {broken[control.id]}"
    problems = [p.message for unit in units for p in unit.problems if p.kind in ("unreadable", "partial")]
    if problems:
        return f"! {problems[0]}"
    notes = [f"{item.property} = {item.value or item.note}" for verdict in found for item in verdict.evidence]
    types = sorted({resource.type for unit in units for resource in unit.resources} - {READ})
    return "; ".join(notes[:4]) or f"resources: {', '.join(types) or 'none'}"
