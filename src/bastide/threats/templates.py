"""From templates to threats: each row of a template's query is one, with likelihood, impact and the reasons of both."""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, convert

from bastide.cache import compiled
from bastide.controls.packs import text_of, use
from bastide.errors import UsageError, near_miss
from bastide.library import FOLDER
from bastide.objectives.catalogue import load_objectives
from bastide.threats import entry
from bastide.threats.entry import Aim, Template, filled, parse_templates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.workload.known import Known
    from bastide.workload.manifest import Manifest

OWN = "own"
"""What stands for the template of a threat that the manifest declares."""
WORKLOAD = "workload"
"""The element of a threat that is about the whole workload."""
HIGHEST = 5.0
MAX_INSTANCES = 100_000
"""Threats of one template, at most: more drown everybody, and are refused with the template's place."""


class Threat(Struct):
    """One threat to one element. `likelihood` and `impact` are from 1 to 5; `because` has the reasons of each.

    `resources` are ids of those whose verdicts tell how far it is mitigated. The statement follows the grammar of
    Threat Composer.
    """

    id: str
    template: str
    title: str
    source: str
    prerequisites: str
    action: str
    impact_text: str
    stride: str
    goals: list[str]
    attack: list[str]
    assets: list[str]
    element: str
    element_name: str
    data_class: str | None
    resources: list[str]
    objectives: list[Aim]
    likelihood: float
    impact: float
    because: dict[str, list[str]]
    references: list[str] = []
    scope: str = ""

    @property
    def statement(self) -> str:
        """The threat as one sentence."""
        goals = " and ".join(filter(None, (", ".join(self.goals[:-1]), *self.goals[-1:])))
        of = f" of {', '.join(self.assets)}" if self.assets else ""
        ending = f", resulting in reduced {goals}{of}" if goals else ""
        leads = f", which leads to {self.impact_text}" if self.impact_text else ""
        before = f" {self.prerequisites}" if self.prerequisites else ""
        text = f"{self.source or 'somebody'}{before} can {self.action or self.title}{leads}{ending}"
        return text[0].upper() + text[1:] + "."

    @property
    def inherent(self) -> float:
        """Likelihood times impact, from 1 to 25."""
        return self.likelihood * self.impact


@cache
def library_templates() -> tuple[Template, ...]:
    """Those of the library alone, from the cache."""
    files = sorted((FOLDER / "threats").glob("*.yaml"))
    found = compiled(
        "threats",
        [*files, Path(entry.__file__)],
        lambda: [one for file in files for one in parse_templates(text_of(file), f"library/threats/{file.name}")],
    )
    return convert(found, tuple[Template, ...])


def load_templates(packs: tuple[str, ...] = ()) -> tuple[Template, ...]:
    """The templates of the library and of packs, in the order of their ids.

    Those of a pack are in its `threats/*.yaml`. Raises `UsageError` for all mistakes of a file, and for two templates
    of one id.
    """
    with use(packs) as used:
        own = [one for file in used.files("threats") for one in parse_templates(text_of(file), str(file))]
        return _checked([*library_templates(), *own])


def _checked(found: list[Template]) -> tuple[Template, ...]:
    found.sort(key=lambda template: template.id)
    for before, after in pairwise(found):
        if before.id == after.id:
            raise UsageError(f"`{after.id}` stands at {before.place}, too", place=after.place)
    for template in found:
        for aim in template.objectives:
            check_objective(aim.id, template.place)
    return tuple(found)


def check_objective(name: str, place: str) -> None:
    """Raise `UsageError` with the near miss when there is no such objective."""
    known = [one.id for one in load_objectives()]
    if name not in known:
        raise UsageError(
            f"no objective is called `{name}`", place=place, remedy=near_miss(name, known) or "see `bastide objectives`"
        )


def identity_of(template: str, element: str) -> str:
    """The id of a threat: it stays while its template and its element are there."""
    return "T-" + hashlib.sha256(f"{template}\0{element}".encode("utf-8", "surrogatepass")).hexdigest()[:8]


def threats_of(known: Known, templates: Iterable[Template], manifest: Manifest) -> list[Threat]:
    """All threats that there are: of templates and of the manifest, without two of one id."""
    found: dict[str, Threat] = {}
    for template in templates:
        for threat in instances(known, template):
            found.setdefault(threat.id, threat)
    for threat in own_threats(known, manifest):
        found[threat.id] = threat
    return list(found.values())


_OF_ELEMENT = ("kind", "name", "type", "service", "resource", "boundary", "class", "class_from", "exposed")

_BEARING = (
    "(select list(b.resource order by b.resource) from bearing b where b.element = coalesce(e.resource, f.element))"
)


def instances(known: Known, template: Template) -> list[Threat]:
    """A template's threats in the order of its rows; `UsageError` with its place when its SQL does not run."""
    columns = known.columns(template.when, template.place)
    if "element" not in columns:
        raise UsageError("`when` gives no column `element`", place=template.place)
    others = "".join(f', e."{name}"' for name in _OF_ELEMENT if name not in columns)
    flags = "".join(f", coalesce(({one.when}), false) as raise_{n}" for n, one in enumerate(template.raises))
    sql = (
        f"select *{flags} from (select f.*{others}, {_BEARING} as bearing_resources "  # noqa: S608 (runs locked)
        f"from ({template.when}) f left join elements e on e.id = f.element)"
    )
    rows = known.select(sql, template.place)
    if len(rows) > MAX_INSTANCES:
        raise UsageError(f"over {MAX_INSTANCES:,} instances: ask for less", place=template.place)
    return [_threat(template, row, known.manifest) for row in rows if row["element"]]


def _threat(template: Template, row: dict[str, Any], manifest: Manifest) -> Threat:
    element = str(row["element"])
    name = str(row.get("name") or (manifest.name if element == WORKLOAD else element))
    row = {**row, "name": name}
    likelihood, reasons = template.likelihood, [template.likelihood_because]
    for number, one in enumerate(template.raises):
        if row[f"raise_{number}"]:
            likelihood += one.by
            reasons.append(f"{'+' if one.by > 0 else '-'}{abs(one.by):g}: {one.because}")
    impact = template.impact_value
    if impact is None:
        impact = 1 + 4 * manifest.sensitivity(row.get("class") or "")
    resources = row.get("resources") or row["bearing_resources"] or []
    return Threat(
        identity_of(template.id, element),
        template.id,
        filled(template.title, row),
        filled(template.source, row),
        filled(template.prerequisites, row),
        filled(template.action, row),
        filled(template.impact, row),
        template.stride,
        list(template.goals),
        list(template.attack),
        [name],
        element,
        name,
        row.get("class"),
        [str(one) for one in resources],
        list(template.objectives),
        min(max(likelihood, 1.0), HIGHEST),
        min(max(impact, 1.0), HIGHEST),
        {"likelihood": reasons, "impact": [template.impact_because]},
        list(template.references),
    )


def own_threats(known: Known, manifest: Manifest) -> list[Threat]:
    """The threats that the manifest declares, about the elements that it names, or the workload."""
    found = []
    for item in manifest.threats:
        named = _named(known, item, manifest)
        if item.get("elements") and not named:
            continue
        names = list(dict.fromkeys(row["name"] for row in named))
        for objective in item.get("objectives", ()):
            check_objective(objective, f"{manifest.path}:{item['line']}")
        because = [f"declared in {manifest.path}:{item['line']}"]
        found.append(
            Threat(
                identity_of(OWN, item["id"]), OWN, item["title"], item.get("source", ""),
                item.get("prerequisites", ""), item.get("action", ""), item.get("impact_text", ""),
                item.get("stride", ""), list(item.get("goals", ())), list(item.get("attack", ())),
                list(item.get("assets", ())) or names,
                named[0]["id"] if named else WORKLOAD, ", ".join(names) or manifest.name,
                next((row["class"] for row in named if row["class"]), None),
                sorted({resource for row in named for resource in row["bearing"] or ()}),
                [Aim(one, "element" if named else "workload") for one in item.get("objectives", ())],
                float(item["likelihood"]), float(item["impact"]), {"likelihood": because, "impact": because},
            )
        )  # fmt: skip
    return found


def _named(known: Known, item: dict[str, Any], manifest: Manifest) -> list[dict[str, Any]]:
    """The elements that a threat of the manifest is about, in its order: all that have a name or an address.

    One that is not there is a `UsageError` after a scan of all of the code, and left out after another.
    """
    from bastide.threats.model.build import is_whole

    if not item.get("elements"):
        return []
    by: dict[str, list[dict[str, Any]]] = {}
    for row in known.select(_ELEMENTS):
        for name in {row["id"], row["name"], *(row["addresses"] or ())}:
            by.setdefault(name, []).append(row)
    missing = [name for name in item["elements"] if name not in by]
    if missing and is_whole(known):
        raise UsageError(
            f"`{missing[0]}` is no element of the model",
            place=f"{manifest.path}:{item['line']}",
            remedy=near_miss(missing[0], sorted(by)),
        )
    found = {row["id"]: row for name in item["elements"] for row in by.get(name, ())}
    return list(found.values())


_ELEMENTS = """
select e.id, e.name, e.class, (select list(distinct r.address) from resources r where r.id = e.resource) as addresses,
  (select list(b.resource) from bearing b where b.element = e.resource) as bearing
from elements e order by e.id
"""
