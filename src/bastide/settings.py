"""Settings, declared once: the flag, the environment variable, the key in `bastide.yaml` and the reference page.

A value is taken from the command line, else the environment, else the file, else the default.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field

from bastide.errors import UsageError, near_miss

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILE = "bastide.yaml"


class Option(Struct, frozen=True):
    """One setting of `bastide scan`; `name` is its key in the file, and the rest follows from it."""

    name: str
    help: str
    kind: Literal["text", "texts", "flag"] = "text"
    default: Any = None
    metavar: str = ""
    choices: tuple[str, ...] = ()
    short: str = ""

    @property
    def flag(self) -> str:
        """On the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def env(self) -> str:
        """In the environment; lists are separated by line breaks or `;`."""
        return "BASTIDE_" + self.name.upper()


SCAN = (
    Option("fail_on", "exit with 1 for findings of this severity or worse (`never` to only report)", default="low",
           choices=("critical", "high", "medium", "low", "info", "never")),
    Option("fail_on_unknown", "exit with 1 for unknown verdicts of that severity or worse, too", "flag", default=False),
    Option("only", "judge only these: `control=s3.*`, `severity=high,critical`, `framework=…`, `type=AWS::S3::*`, "
           "`path=infra/*`; the same key again widens, another key narrows", "texts", metavar="KEY=PATTERNS"),
    Option("skip", "leave these out; the same words as --only", "texts", metavar="KEY=PATTERNS"),
    Option("exclude", "folders and files not to look into (glob patterns)", "texts", metavar="PATTERN"),
    Option("controls", "a folder or file with controls of your own, beside the library", "texts", metavar="DIR"),
    Option("var_file", "a .tfvars file for the Terraform root modules", "texts", metavar="FILE"),
    Option("baseline", "report only findings that this file does not know (see `bastide baseline`)", metavar="FILE"),
    Option("format", "what to print: terminal, json, sarif, junit, ocsf, github, markdown, html", default="terminal",
           short="-f", metavar="FORMAT"),
    Option("output", "write to a file, several times if need be; without `FORMAT=` its extension says the format",
           "texts", short="-o", metavar="[FORMAT=]FILE"),
    Option("show_passed", "list passed verdicts too, in the terminal", "flag", default=False),
    Option("verbose", "everything in full, in the terminal", "flag", default=False, short="-v"),
    Option("jobs", "processes that read files (default: one a core)", metavar="N"),
)  # fmt: skip
"""The settings of a scan, in the order of the help."""

LIVE = (
    Option("org", "every account of the organization, by assuming --role", "flag", default=False),
    Option("ou", "only accounts below these organizational units", "texts", metavar="ID"),
    Option("accounts", "only these accounts", "texts", metavar="ID"),
    Option("role", "the role to assume in each account", metavar="NAME"),
    Option("external_id", "what the role's trust policy asks for", metavar="TEXT"),
    Option("regions", "only these regions (default: every one that is enabled)", "texts", metavar="REGION"),
    Option("services", "only these groups of collectors: s3, iam, …", "texts", metavar="NAME"),
    Option("profile", "the profile of AWS's configuration files to start from", metavar="NAME"),
    Option("everything", "collect what no chosen control judges, too", "flag", default=False),
    Option(
        "new_since", "only findings opened since then count as new: a date, `7d`, `12h`, or `last` run", metavar="WHEN"
    ),
    Option("resume", "go on with the newest run that was cut off", "flag", default=False),
)
"""More settings of `bastide scan aws`; lists take commas, too."""

WORKLOAD = {
    "name": "what the workload is called",
    "owner": "who answers for it",
    "description": "what it does, in a sentence",
}
OF_WORKLOAD = (
    "purpose",
    "contacts",
    "code",
    "environments",
    "classification",
    "stores",
    "requirements",
    "standard",
    "appetite",
)
MANIFEST = ("model", "threats", "detections", "packs", "state", "lake")
"""What else the file may have: `bastide.workload.manifest` reads it, a scan does not look into it."""
EXEMPTION = {
    "control": "id of the control, or a pattern (`s3.*`)",
    "resource": "address or name of the resource, or a pattern; every resource when left out",
    "path": "file, or a pattern; every file when left out",
    "until": "last day on which it holds, `2027-03-01`",
    "by": "who answers for it",
    "reason": "why it is acceptable",
}


class Settings(Struct):
    """What holds for this run. `exemptions` have a `place` (`file:line`) beside their fields."""

    scan: dict[str, Any] = field(default_factory=dict)
    workload: dict[str, str] = field(default_factory=dict)
    targets: list[str] = field(default_factory=list)
    exemptions: list[dict[str, str]] = field(default_factory=list)
    path: str = ""
    given: set[str] = field(default_factory=set)
    """Names of the options of `scan` that are not at their default because nobody said anything."""


def load_settings(
    arguments: Mapping[str, Any], file: str = "", environment: Mapping[str, str] | None = None
) -> Settings:
    """The settings for these arguments; `file` is read, or the nearest `bastide.yaml` up to the repository's root.

    Where there is none, that of the one folder that is the target counts. It writes no files: it came with the code.
    One that is found in the working directory or above writes below its own folder; one that `file` names, anywhere.
    """
    environment = os.environ if environment is None else environment
    path = file or nearest_file()
    settings = _read(path) if path else Settings()
    if not file:
        _stay_below(settings)
    if not path and (path := _of_target(arguments.get("targets") or [])):
        settings = _read(path)
        settings.scan.pop("output", None)
    for option in (*SCAN, *LIVE):
        given = arguments.get(option.name)
        if given in (None, [], False) and option.env in environment:
            given = _from_environment(option, environment[option.env])
        if given in (None, [], False):
            given = settings.scan.get(option.name)
        if given is not None:
            settings.given.add(option.name)
        elif option in LIVE:
            continue
        else:
            given = [] if option.kind == "texts" else option.default
        if option.choices and given not in option.choices:
            raise UsageError(
                f"{option.flag}: `{given}` is none of {', '.join(option.choices)}",
                remedy=near_miss(str(given), option.choices),
            )
        settings.scan[option.name] = given
    return settings


def _stay_below(settings: Settings) -> None:
    """A settings file that nobody named came with the code, so it may name outputs below its own folder only."""
    root = os.path.realpath(Path(settings.path).parent)
    for text in settings.scan.get("output") or []:
        path = text.partition("=")[2] or text
        if path != "-" and not os.path.realpath(path).startswith(f"{root.rstrip('/')}/"):
            raise UsageError(f"`output` leads out of its folder: {text}", place=settings.path, remedy="use --output")


def _from_environment(option: Option, text: str) -> Any:
    if option.kind == "texts":
        return [word for word in text.replace("\n", ";").split(";") if word]
    if option.kind == "flag":
        return text.lower() in ("1", "true", "yes", "on")
    return text


def nearest_file() -> str:
    """The nearest `bastide.yaml` from here up to the repository's root, as a path from here; empty without."""
    folder = Path.cwd()
    for candidate in (folder, *folder.parents):
        if (candidate / FILE).is_file():
            return os.path.relpath(candidate / FILE)
        if (candidate / ".git").exists():
            break
    return ""


def _of_target(targets: Sequence[str]) -> str:
    path = Path(targets[0], FILE) if len(targets) == 1 else None
    return str(path) if path and path.is_file() else ""


def _read(path: str) -> Settings:
    from bastide.yamltext import read_yaml

    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the settings cannot be read: {error}", place=path) from None
    value, lines = read_yaml(text, path)
    return _Reader(path, lines).settings(value or {})


class _Reader:
    """Checks the file field by field; the first mistake is an error with its line and the near miss."""

    def __init__(self, path: str, lines: Any) -> None:
        self.path, self.lines = path, lines

    def settings(self, value: Any) -> Settings:
        self.mapping(value, (), ("workload", "scan", "exemptions", *MANIFEST))
        scan = self.mapping(
            value.get("scan") or {}, ("scan",), ("targets", *(option.name for option in (*SCAN, *LIVE)))
        )
        for option in (*SCAN, *LIVE):
            if option.name in scan:
                scan[option.name] = self.option(option, scan[option.name])
        workload = self.mapping(value.get("workload") or {}, ("workload",), (*WORKLOAD, *OF_WORKLOAD))
        workload = {key: self.text(workload[key], ("workload", key)) for key in WORKLOAD if key in workload}
        exemptions = value.get("exemptions") or []
        if not isinstance(exemptions, list):
            raise self.refuse("`exemptions` is a list", ("exemptions",))
        return Settings(
            scan,
            workload,
            self.texts(scan.pop("targets", []), ("scan", "targets")),
            [self.exemption(item, index) for index, item in enumerate(exemptions)],
            self.path,
        )

    def exemption(self, item: Any, index: int) -> dict[str, str]:
        at: tuple[str | int, ...] = ("exemptions", index)
        self.mapping(item, at, tuple(EXEMPTION))
        for key in ("control", "until", "by", "reason"):
            if not item.get(key):
                raise self.refuse(f"an exemption needs `{key}`: {EXEMPTION[key]}", at)
        for key in item:
            self.text(item[key], (*at, key))
        return {**item, "place": f"{self.path}:{self.lines.get(at, 1)}"}

    def option(self, option: Option, value: Any) -> Any:
        at = ("scan", option.name)
        if option.kind == "texts":
            return self.texts(value, at)
        if option.kind == "flag":
            if not isinstance(value, bool):
                raise self.refuse(f"`{option.name}` is true or false", at)
            return value
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else self.text(value, at)
        if option.choices and text not in option.choices:
            raise self.refuse(f"`{text}` is none of {', '.join(option.choices)}", at, near_miss(text, option.choices))
        return text

    def mapping(self, value: Any, at: tuple[str | int, ...], known: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse(f"a mapping with {', '.join(known)} is expected", at)
        for key in value:
            if key not in known:
                name = ".".join(str(part) for part in at if isinstance(part, str))
                raise self.refuse(
                    f"`{key}` is no setting{f' of {name}' if name else ''}", (*at, key), near_miss(key, known)
                )
        return value

    def texts(self, value: Any, at: tuple[str | int, ...]) -> list[str]:
        items = value if isinstance(value, list) else [value]
        return [self.text(item, at) for item in items]

    def text(self, value: Any, at: tuple[str | int, ...]) -> str:
        if not isinstance(value, str) or not value:
            raise self.refuse(f"`{at[-1]}` is text", at)
        return value

    def refuse(self, cause: str, at: tuple[str | int, ...], remedy: str = "") -> UsageError:
        while at and at not in self.lines:
            at = at[:-1]
        return UsageError(cause, place=f"{self.path}:{self.lines.get(at, 1)}", remedy=remedy)
