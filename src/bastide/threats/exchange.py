"""Threat models of other tools: taken in as they are, kept whole, and given back with what was decided here.

A file that is taken in stands in the journal as it was written, so nothing of it is lost; the newest file of a model
counts. Its threats are threats of the register like any other, under ids that stay as long as theirs do.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from bastide.errors import UsageError
from bastide.redact import clean
from bastide.threats.templates import WORKLOAD, Threat, identity_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bastide.state.database import State
    from bastide.state.journal import Entry
    from bastide.threats.register import Row, Standing
    from bastide.workload.known import Known

Format = Literal["threat-composer", "otm"]
FORMATS: tuple[Format, ...] = ("threat-composer", "otm")
ACTION = "threat.import"
IMPORTED = "imported"
"""What stands for the template of a threat that was taken in."""
MAX_BYTES = 4 * 1024 * 1024
MAX_THREATS = 5_000


class Foreign(Struct):
    """One threat of a file: `key` is its id there, unique in the file. `status` is what the file says, if anything.

    `level` is likelihood and impact, from 1 to 5, with their reason. `ours` is the id of the threat of the register
    that it is, when it came from here. `about` are names of what it is about, the first that the model knows counts.
    """

    key: str
    title: str
    source: str = ""
    prerequisites: str = ""
    action: str = ""
    impact_text: str = ""
    stride: str = ""
    goals: tuple[str, ...] = ()
    attack: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    level: tuple[float, float] = (3, 3)
    because: str = ""
    status: str = ""
    ours: str = ""


class Imported(Struct):
    """A file that was taken in: `model` says which one it is, `text` is what it says, as JSON.

    `ours` are the ids in it that the register had: others of that form are of another register, and foreign here.
    """

    format: Format
    model: str
    name: str
    text: str
    ours: list[str] = []

    def document(self) -> dict[str, Any]:
        """What the file says; a new one each time."""
        return decoded(self.text, self.name)

    def threats(self) -> list[Foreign]:
        """Its threats, those that came from here among them."""
        found = _reader(self.format)(self.document(), self.name)[1]
        for one in found:
            one.ours = one.ours if one.ours in self.ours else ""
        return found

    def id_of(self, foreign: Foreign) -> str:
        """The id in the register."""
        return foreign.ours or identity_of(f"{IMPORTED}:{self.format}", f"{self.model}\0{foreign.key}")


def imports(entries: Iterable[Entry]) -> list[Imported]:
    """The newest file of each model that was taken in, in the order in which they were."""
    found: dict[tuple[str, str], Imported] = {}
    for entry in entries:
        body = entry.body
        if entry.action == ACTION and body.get("format") in FORMATS:
            key = (str(body["format"]), str(body.get("model", "")))
            found.pop(key, None)
            name, text = str(body.get("name", "")), str(body.get("text", "{}"))
            found[key] = Imported(body["format"], key[1], name, text, list(body.get("ours", ())))
    return list(found.values())


def imported_threats(entries: Iterable[Entry], known: Known) -> list[Threat]:
    """The threats of all files that count, but for those that came from here. `known` has `elements`."""
    files = imports(entries)
    if not files:
        return []
    rows = known.select("select id, name, class, resource from elements order by id desc")
    elements = {name: row for row in rows for name in (row["name"], row["id"])}
    return [_threat(file, foreign, elements) for file in files for foreign in file.threats() if not foreign.ours]


def _threat(file: Imported, foreign: Foreign, elements: dict[str, dict[str, Any]]) -> Threat:
    element = next((elements[name] for name in foreign.about if name in elements), None)
    likelihood, impact = foreign.level
    return Threat(
        file.id_of(foreign), IMPORTED, foreign.title, foreign.source, foreign.prerequisites, foreign.action,
        foreign.impact_text, foreign.stride, list(foreign.goals), list(foreign.attack), list(foreign.assets),
        element["id"] if element else WORKLOAD,
        element["name"] if element else ", ".join(foreign.about[:1]) or "the workload",
        element["class"] if element else None,
        [element["resource"]] if element and element["resource"] else [],
        [], likelihood, impact, {"likelihood": [foreign.because], "impact": [foreign.because]},
    )  # fmt: skip


class Taken(Struct):
    """What taking a file in came to: ids of threats, of which `ours` were known, and decisions that it brought."""

    file: Imported
    threats: list[str]
    ours: list[str]
    decided: int
    changed: bool


_STATUS = {"mitigated": "mitigate", "not-applicable": "not-applicable"}
_RESOLVED = ("accepted", "transferred", "closed")
"""What other tools say as they say that a threat is mitigated: that nothing is left to do."""


def take_in(state: State, actor: str, entries: Sequence[Entry], file: Imported, statuses: dict[str, str]) -> Taken:
    """Keep a file in the journal, with the decisions that it brings; nothing where it is there already as it is.

    What it says of a threat is a decision when the file before it did not say the same, and it is not so already by
    `statuses`, those of the register by id.
    """
    from bastide.state.journal import append_all

    threats = file.threats()
    older = [old for old in imports(entries) if (old.format, old.model) == (file.format, file.model)]
    before = {one.key: one.status for old in older for one in old.threats()}
    acts: list[tuple[str, str, str, dict[str, Any]]] = []
    if not any(old.text == file.text for old in older):
        acts.append((actor, ACTION, clean(f"{file.format}:{file.model}", 200), msgspec.to_builtins(file)))
    for one in threats:
        said = one.status if before.get(one.key) != one.status else ""
        now = statuses.get(file.id_of(one), "open")
        if said in _STATUS and said != ("mitigated" if now in _RESOLVED else now):
            why = f"{file.name} says that it is {said}"
            acts.append((actor, f"threat.{_STATUS[said]}", file.id_of(one), {"by": actor, "why": why}))
    append_all(state, acts)
    ours = [one.ours for one in threats if one.ours]
    mine = [file.id_of(one) for one in threats if not one.ours]
    return Taken(file, mine, ours, sum(act[1] != ACTION for act in acts), bool(acts))


def read_file(form: str, text: str, name: str, register: Iterable[str]) -> Imported:
    """A file, of the format (or of the one that it looks like, when `form` is empty), beside the ids of a register.

    Raises `UsageError` with the place of what is wrong in it.
    """
    document, text = _decoded_any(text, name)
    guessed: Format = "otm" if "otmVersion" in document else "threat-composer"
    wanted: Format = next((one for one in FORMATS if one == form), guessed)
    model, threats = _reader(wanted)(document, name)
    if len(threats) > MAX_THREATS:
        raise UsageError(f"over {MAX_THREATS:,} threats", place=name)
    seen: set[str] = set()
    for one in threats:
        if one.key in seen:
            raise UsageError(f"two threats have the id `{one.key[:80]}`", place=name)
        seen.add(one.key)
    known = set(register)
    return Imported(wanted, model, name, text, [one.ours for one in threats if one.ours in known])


def _reader(form: Format) -> Callable[[dict[str, Any], str], tuple[str, list[Foreign]]]:
    from bastide.threats import otm, threat_composer

    return otm.read if form == "otm" else threat_composer.read


def _decoded_any(text: str, name: str) -> tuple[dict[str, Any], str]:
    """The value of JSON, or of YAML, and the same as JSON: JSON as it was written."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise UsageError(f"larger than {MAX_BYTES // 1024 // 1024} MB", place=name)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        text = text.lstrip("\ufeff")
        return decoded(text, name), text
    from bastide.yamltext import read_yaml

    value, _ = read_yaml(text, name)
    if not isinstance(value, dict):
        raise UsageError("this is no threat model: the file is no mapping", place=name)
    try:
        return value, _unicode(json.dumps(value, ensure_ascii=False, allow_nan=False), name)
    except ValueError:
        raise UsageError("a number in it is none of JSON", place=name) from None


def decoded(text: str, name: str) -> dict[str, Any]:
    """The value of JSON text; `UsageError` for what is none, or cannot be given back as it is."""
    try:
        value = json.loads(text, parse_float=_finite, parse_constant=_finite, object_pairs_hook=_once)
    except RecursionError:
        raise UsageError("nested too deeply", place=name) from None
    except json.JSONDecodeError as error:
        raise UsageError(f"not JSON: {error.msg}", place=f"{name}:{error.lineno}:{error.colno}") from None
    except ValueError as error:
        raise UsageError(f"not JSON that can be kept: {str(error)[:200]}", place=name) from None
    if not isinstance(value, dict):
        raise UsageError("this is no threat model: the file is no JSON object", place=name)
    _unicode(json.dumps(value, ensure_ascii=False), name)
    return value


def _unicode(text: str, name: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError("half a character stands in it (a lone surrogate)", place=name) from None
    return text


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(f"{text[:40]} is no number of JSON")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for number, (key, _) in enumerate(pairs) if key in {name for name, _ in pairs[:number]})
        raise ValueError(f"`{twice[:80]}` stands twice in one object")
    return found


class Told(Struct):
    """What an export is made of. `objectives` are rows of the table of that name, by id."""

    workload: str
    owner: str
    purpose: str
    rows: list[Row]
    objectives: dict[str, dict[str, Any]]
    sensitivity: dict[str, float]
    model: Any

    def numbered(self, base: Imported | None, only: str) -> list[tuple[int, Row]]:
        """The threats that are there and not in a file, each with a number that stays: by when they were seen first.

        Those of other files are among them, unless `only` is `derived`.
        """
        there = {base.id_of(one) for one in base.threats()} if base else set()
        rows = [row for row in self.rows if row.threat.id not in there]
        rows = [row for row in rows if only == "all" or row.threat.template != IMPORTED]
        rows.sort(key=lambda row: (row.first_seen, row.threat.id))
        return [(number, row) for number, row in enumerate(rows, 1) if row.status != "closed"]


def standing_of(told: Told, name: str) -> Standing | None:
    """How a threat stands by what was decided, None for one that the register does not have."""
    return next((row.standing for row in told.rows if row.threat.id == name), None)


def cut(text: str, limit: int) -> str:
    """The text in the length that another tool takes."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
