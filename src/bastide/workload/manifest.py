"""The manifest: what `bastide.yaml` says of the workload beyond settings of scans.

Everything is optional but the workload's name; what is not said has a default that says so.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from msgspec import Struct

from bastide.errors import UsageError
from bastide.settings import nearest_file
from bastide.workload.fields import Checker, Field

SCALE = ("public", "internal", "confidential", "restricted")
"""The classes of data, from the least to the most sensitive, where the manifest has no scale of its own."""
LEVELS = ("low", "medium", "high", "critical")
"""Levels of risk, from the least to the worst."""
STRIDE = (
    "spoofing",
    "tampering",
    "repudiation",
    "information-disclosure",
    "denial-of-service",
    "elevation-of-privilege",
)
"""Kinds of threats."""
GOALS = ("confidentiality", "integrity", "availability")
"""What can suffer."""

_THREAT = {
    "id": Field("a short name, unique in the file", required=True, pattern=r"[a-z0-9][a-z0-9-]{0,62}"),
    "title": Field("what could happen, in a few words", required=True),
    "source": Field("who or what threatens"),
    "prerequisites": Field("what must be so for it"),
    "action": Field("what they do"),
    "impact_text": Field("what follows at once"),
    "goals": Field("what suffers", "texts", choices=GOALS),
    "assets": Field("what is hurt", "texts"),
    "stride": Field("the kind of threat", choices=STRIDE),
    "likelihood": Field("from 1, rare, to 5, expected", "number", required=True),
    "impact": Field("from 1, negligible, to 5, severe", "number", required=True),
    "objectives": Field("ids of objectives that mitigate it", "texts"),
    "elements": Field("names of elements of the model that it is about", "texts"),
    "attack": Field("ATT&CK technique ids", "texts", pattern=r"T\d{4}(\.\d{3})?"),
}
FIELDS: dict[str, Field] = {
    "workload": Field(
        "what is operated",
        "object",
        of={
            "name": Field("what the workload is called", required=True),
            "owner": Field("who answers for it"),
            "description": Field("what it does, in a sentence"),
            "purpose": Field("what it is for, if that is not its description"),
            "contacts": Field(
                "who to turn to",
                "objects",
                of={
                    "role": Field("for what: security, operations, …", required=True),
                    "name": Field("a person or a team", required=True),
                    "email": Field("how to reach them"),
                },
            ),
            "code": Field("where its code is: folders and files from here", "texts"),
            "environments": Field(
                "where it runs",
                "objects",
                of={
                    "name": Field("production, staging, …", required=True),
                    "accounts": Field("an account id of twelve digits", "texts", pattern=r"\d{12}"),
                    "regions": Field("a region, as eu-west-1", "texts", pattern=r"[a-z]{2}(-[a-z]+)+-\d"),
                    "purpose": Field("what it is for"),
                },
            ),
            "classification": Field(
                "how data is classed",
                "object",
                of={
                    "scale": Field("classes, the least sensitive first", "texts"),
                    "tag": Field("the tag of a resource that says the class of its data"),
                    "default": Field("the class of what nothing is said about"),
                    "macie": Field("files with findings of Amazon Macie, as JSON: hints for buckets", "texts"),
                },
            ),
            "stores": Field(
                "what data lies where",
                "objects",
                of={
                    "resource": Field("address or name of the store, or a pattern", required=True),
                    "class": Field("the class of its data", required=True),
                    "why": Field("what lies in it"),
                    "guessed": Field("true while nobody has looked whether the class is right", "flag"),
                },
            ),
            "requirements": Field(
                "frameworks that it must meet",
                "objects",
                short="framework",
                of={
                    "framework": Field("id of a framework, as `bastide comply` lists them", required=True),
                    "only": Field("ids of its requirements, or patterns", "texts"),
                    "why": Field("who asks for it"),
                },
            ),
            "standard": Field("the standard that `bastide gate` asks for, or a file with one"),
            "appetite": Field("the highest residual risk that needs no decision", choices=LEVELS),
        },
    ),
    "model": Field(
        "what belongs to the threat model and is in no code",
        "object",
        of={
            "elements": Field(
                "own elements",
                "objects",
                of={
                    "name": Field("unique among elements", required=True),
                    "kind": Field("what it is", required=True, choices=("component", "store", "entity", "identity")),
                    "boundary": Field("the name of the trust boundary around it"),
                    "class": Field("the class of its data"),
                    "about": Field("what it is"),
                },
            ),
            "flows": Field(
                "own data flows",
                "objects",
                of={
                    "source": Field("address or name of an element", required=True),
                    "target": Field("address or name of an element", required=True),
                    "data": Field("what flows"),
                    "protocol": Field("how: HTTPS, SQL, …"),
                    "encrypted": Field("whether it is encrypted on the way", "flag"),
                    "class": Field("the class of its data"),
                },
            ),
            "boundaries": Field(
                "own trust boundaries",
                "objects",
                of={"name": Field("unique among boundaries", required=True), "within": Field("the one around it")},
            ),
        },
    ),
    "threats": Field("threats of your own", "objects", of=_THREAT),
    "packs": Field("folders with threats, objectives, frameworks and standards of your own", "texts"),
    "state": Field("where decisions and history are kept: a SQLAlchemy URL"),
    "lake": Field("where logs are kept: a folder or s3://…"),
}
"""The sections of the file that are the manifest's, and their fields; the reference page is made from it."""


class Environment(Struct, frozen=True):
    """Where the workload runs."""

    name: str
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    purpose: str = ""


class Store(Struct, frozen=True):
    """What the manifest says of the data in a resource, by address, name or pattern; `line` is where.

    What is `guessed` counts as a hint, until a person takes that word out.
    """

    resource: str
    classification: str
    why: str = ""
    line: int = 0
    guessed: bool = False


class Required(Struct, frozen=True):
    """A framework that the workload must meet; `only` are ids or patterns, all of it without."""

    framework: str
    only: tuple[str, ...] = ()
    why: str = ""


class Manifest(Struct, frozen=True):
    """What is known of the workload. `path` is empty where there is no file, and then all else is its default.

    `elements`, `flows`, `boundaries` and `threats` have the fields that `FIELDS` declares, and `line`.
    """

    name: str = "workload"
    owner: str = ""
    purpose: str = ""
    contacts: tuple[dict[str, str], ...] = ()
    code: tuple[str, ...] = (".",)
    environments: tuple[Environment, ...] = ()
    scale: tuple[str, ...] = SCALE
    class_tag: str = ""
    default_class: str = ""
    macie: tuple[str, ...] = ()
    stores: tuple[Store, ...] = ()
    requirements: tuple[Required, ...] = ()
    standard: str = "baseline"
    appetite: str = "medium"
    elements: tuple[dict[str, Any], ...] = ()
    flows: tuple[dict[str, Any], ...] = ()
    boundaries: tuple[dict[str, Any], ...] = ()
    threats: tuple[dict[str, Any], ...] = ()
    packs: tuple[str, ...] = ()
    state: str = ""
    lake: str = ""
    path: str = ""

    def sensitivity(self, name: str) -> float:
        """From 0 for the least sensitive class of the scale to 1 for the most; that of the default for one unknown."""
        known = name if name in self.scale else self.default_class
        if known not in self.scale:
            return 0.5
        return self.scale.index(known) / max(len(self.scale) - 1, 1)


def read_manifest(file: str = "") -> Manifest:
    """The manifest of `file`, or of the nearest `bastide.yaml`; the default where there is none.

    Raises `UsageError` with all mistakes of the file, each with its line.
    """
    path = file or nearest_file()
    if not path:
        return Manifest(name=Path.cwd().name or "workload")
    from bastide.yamltext import read_yaml

    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the manifest cannot be read: {error}", place=path) from None
    value, lines = read_yaml(text, path)
    checker = Checker(path, lines)
    value = value if isinstance(value, dict) else {}
    fields = {key: field for key, field in FIELDS.items() if key in value}
    found = checker.object({key: item for key, item in value.items() if key in FIELDS}, fields)
    manifest = _made(found, checker)
    checker.finish("the manifest")
    return manifest


def _made(value: dict[str, Any], checker: Checker) -> Manifest:
    workload, model = value.get("workload", {}), value.get("model", {})
    classes = workload.get("classification", {})
    scale = tuple(classes.get("scale", SCALE))
    _classes(value, scale, checker)
    _levels(value, checker)
    texts = {key: workload[key] for key in ("name", "owner", "standard", "appetite") if key in workload}
    return Manifest(
        **texts,
        purpose=workload.get("purpose") or workload.get("description", ""),
        contacts=tuple(workload.get("contacts", ())),
        code=tuple(workload.get("code", (".",))),
        environments=tuple(_environment(item) for item in workload.get("environments", ()) if "name" in item),
        scale=scale,
        class_tag=classes.get("tag", ""),
        default_class=classes.get("default", ""),
        macie=tuple(_beside(checker.path, file) for file in classes.get("macie", ())),
        stores=tuple(
            Store(
                item["resource"],
                item["class"],
                item.get("why", ""),
                checker.line(("workload", "stores", number)),
                item.get("guessed", False),
            )
            for number, item in enumerate(workload.get("stores", ()))
            if {"resource", "class"} <= item.keys()
        ),
        requirements=tuple(
            Required(item["framework"], tuple(item.get("only", ())), item.get("why", ""))
            for item in workload.get("requirements", ())
            if "framework" in item
        ),
        elements=_placed(model, ("model", "elements"), checker),
        flows=_placed(model, ("model", "flows"), checker),
        boundaries=_placed(model, ("model", "boundaries"), checker),
        threats=_placed(value, ("threats",), checker),
        packs=tuple(_beside(checker.path, folder) for folder in value.get("packs", ())),
        state=value.get("state", ""),
        lake=value.get("lake", ""),
        path=checker.path,
    )


def _beside(path: str, folder: str) -> str:
    """A folder or file that the file names, as a path from here."""
    return os.path.normpath(Path(path).parent / folder)


def _placed(value: dict[str, Any], at: tuple[str | int, ...], checker: Checker) -> tuple[dict[str, Any], ...]:
    """The objects of a list, each with the line that it begins on."""
    items = value.get(str(at[-1]), ())
    return tuple({**item, "line": checker.line((*at, number))} for number, item in enumerate(items))


def _environment(item: dict[str, Any]) -> Environment:
    return Environment(
        item["name"], tuple(item.get("accounts", ())), tuple(item.get("regions", ())), item.get("purpose", "")
    )


def _classes(value: dict[str, Any], scale: tuple[str, ...], checker: Checker) -> None:
    """Every class that is named is one of the scale, and the scale has each once."""
    workload, model = value.get("workload", {}), value.get("model", {})
    at: tuple[str | int, ...] = ("workload", "classification")
    if len(set(scale)) != len(scale) or len(scale) < 2:
        checker.say((*at, "scale"), "a scale has at least two classes, each once")
    named = [((*at, "default"), workload.get("classification", {}).get("default"))]
    named += [
        (("workload", "stores", n, "class"), item.get("class")) for n, item in enumerate(workload.get("stores", ()))
    ]
    for key in ("elements", "flows"):
        named += [(("model", key, n, "class"), item.get("class")) for n, item in enumerate(model.get(key, ()))]
    for place, name in named:
        if name is not None and name not in scale:
            checker.say(place, f"`{name}` is no class of the scale {', '.join(scale)}")


def _levels(value: dict[str, Any], checker: Checker) -> None:
    for key, items in (("threats", value.get("threats", ())), ("elements", value.get("model", {}).get("elements", ()))):
        at: tuple[str | int, ...] = (key,) if key == "threats" else ("model", key)
        names = [item.get("id", item.get("name")) for item in items]
        for number, name in enumerate(names):
            if name is not None and name in names[:number]:
                checker.say((*at, number), f"`{name}` stands here twice")
    for number, item in enumerate(value.get("threats", ())):
        for key in ("likelihood", "impact"):
            if not 1 <= item.get(key, 1) <= 5:
                checker.say(("threats", number, key), f"`{key}` is from 1 to 5")
