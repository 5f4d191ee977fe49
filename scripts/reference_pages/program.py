"""Reference pages of the program: command line, settings, tables of a query, formats, the JSON report."""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import re
import textwrap
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bastide.cli.parser import EXIT_CODES, make_parser
from bastide.controls.verdict import SEVERITIES
from bastide.report import FORMATS
from bastide.settings import EXEMPTION, SCAN, WORKLOAD
from bastide.sources import limits as common
from bastide.sources.cloudformation import limits as templates
from bastide.tables import TABLES
from reference_pages.markdown import anchor, block, code, count, explained, page, table, words
from reference_pages.texts import REPORT_FIELDS, SETTINGS_EXAMPLE, TARGETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from bastide.settings import Option

_DEFAULT = re.compile(r"(?:^|\s*\()default: (?P<value>.+?)\)?$")
_ARITY = {"*": "[{} ...]", "+": "{} ...", "?": "[{}]", None: "{}"}


def command_line() -> str:
    """Every command with its arguments and options, and the exit codes."""
    commands = list(_commands(make_parser()))
    codes = table(["code", "meaning"], [[code(number), words(text)] for number, text in EXIT_CODES.items()])
    others = "Beside these, 70 is a mistake of bastide itself, and 130 that a person stopped it."
    about = (
        "`--help` behind any of them prints its help, `bastide --version` the version. What is marked with … may be "
        "given several times."
    )
    described = (part for command in commands for part in _command(command))
    return page(
        "Command line", f"{count(len(commands), 'command')}.", about, "## Exit codes", codes, others, *described
    )


def _commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001
    for action in inner:
        for command in action.choices.values():
            yield from _commands(command)
    if not inner:
        yield parser


def _command(parser: argparse.ArgumentParser) -> Iterator[str]:
    actions = [action for action in parser._actions if action.dest != "help"]  # noqa: SLF001
    options = [action for action in actions if action.option_strings]
    arguments = [action for action in actions if not action.option_strings]
    usage = [_ARITY[action.nargs].replace("{}", str(action.metavar)) for action in arguments]  # type: ignore[index]
    yield f"## {parser.prog}"
    yield words(parser.description or "")
    yield block("text", " ".join([parser.prog, *(["[OPTION ...]"] if options else []), *usage]))
    yield table(["argument or option", "default", "meaning"], [_action(action) for action in [*arguments, *options]])


def _action(action: argparse.Action) -> tuple[str, str, str]:
    """An argument or option as it is spelled, its default, its meaning."""
    flags = sorted(action.option_strings, key=len, reverse=True)
    takes = "" if action.nargs == 0 else str(action.metavar)
    spelled = [code(f"{flag} {takes}".strip() if flag.startswith("--") else flag) for flag in flags] or [code(takes)]
    many = " …" if isinstance(action, argparse._AppendAction) or action.nargs in ("*", "+") else ""  # noqa: SLF001
    declared = {option.name: option.default for option in SCAN if option.kind == "text"}.get(action.dest)
    default, meaning = _default(action.help or "", declared or (action.default if action.nargs != 0 else None))
    if action.choices and not all(choice in meaning for choice in action.choices):
        meaning += f": {', '.join(code(choice) for choice in action.choices)}"
    return ", ".join(spelled) + many, default, meaning


def _default(text: str, value: object) -> tuple[str, str]:
    """Default and meaning: a default that is told in words goes out of the text into a place of its own."""
    if found := _DEFAULT.search(text):
        told, text = found["value"].replace("%(default)s", str(value)), text[: found.start()]
        return (code(told) if " " not in told else words(told)), words(text)
    return code(value), words(text)


def settings() -> str:
    """Every key of `bastide.yaml`, with flag, environment variable, default and meaning, and an example."""
    rows = [(code("scan.targets"), code("TARGET"), "", "", words(TARGETS))]
    rows += [(code(f"scan.{option.name}"), *_setting(option)) for option in SCAN]
    head = (
        "They stand in `bastide.yaml`: the nearest one from the working directory up to the repository's root, or the "
        "file that `--config` names. Where there is none, that of the one folder to scan counts, without its "
        "`output`: it came with the code. A file that `--config` does not name has outputs below its own folder only. "
        "Paths in it are as from the working directory. A value is taken from the "
        "command line, else the environment, else the file, else the default. A list in the environment is separated "
        "by line breaks or `;`. An unknown key or value is an error that names the line and the nearest known word."
    )
    return page(
        "Settings",
        f"{count(len(rows), 'setting')} of a scan.",
        head,
        "## scan",
        table(["key", "command line", "environment", "default", "meaning"], rows),
        "## workload",
        table(["key", "meaning"], [[code(f"workload.{key}"), words(text)] for key, text in WORKLOAD.items()]),
        "## exemptions",
        "A list; `control`, `until`, `by` and `reason` are needed.",
        table(["key", "meaning"], [[code(key), words(text)] for key, text in EXEMPTION.items()]),
        "## Example",
        "It has every key that there is; none of them is needed.",
        block("yaml", example(), "bastide.yaml"),
    )


def _setting(option: Option) -> tuple[str, str, str, str]:
    takes = "" if option.kind == "flag" else option.metavar or "SEVERITY"
    default, meaning = _default(option.help, str(option.default).lower() if option.kind == "flag" else option.default)
    return code(f"{option.flag} {takes}".strip()), code(option.env), default, meaning


def example() -> str:
    """A `bastide.yaml` with every key, each with its meaning as a comment."""
    scan = {"targets": TARGETS} | {option.name: option.help for option in SCAN}
    lines: list[str] = []
    for section, meanings in (("workload", WORKLOAD), ("scan", scan), ("exemptions", EXEMPTION)):
        lines += ["", f"{section}:"]
        for position, (key, _) in enumerate(explained(SETTINGS_EXAMPLE[section], meanings, section)):
            first = "  - " if section == "exemptions" and position == 0 else ""
            indent = "    " if section == "exemptions" and position else "  "
            lines += textwrap.wrap(_DEFAULT.sub("", meanings[key]), 96, initial_indent=f"{indent}# ",
                                   subsequent_indent=f"{indent}# ")  # fmt: skip
            lines.append(f"{first or indent}{key}: {SETTINGS_EXAMPLE[section][key]}")
    return "\n".join(lines)


def tables() -> str:
    """The tables of `bastide query`."""
    parts: list[str] = []
    for name, columns in TABLES.items():
        rows = [[code(key), code(kind.replace('"', "")), words(text)] for key, (kind, text) in columns.items()]
        parts += [f"## {name}", table(["column", "type", "meaning"], rows)]
    total = sum(len(columns) for columns in TABLES.values())
    intro = f"{count(len(TABLES), 'table')} with {count(total, 'column')}, made anew by each scan of a folder."
    more = "`bastide query` without a query prints them too. [Questions](../query.md) has examples."
    return page("Tables of a query", intro, more, *parts)


def formats() -> str:
    """The formats of reports."""
    rows = [[code(f.name), words(f.description), code(f.media_type), code(f.extension)] for f in FORMATS.values()]
    intro = f"{count(len(rows), 'format')}, for `--format FORMAT` and `--output FORMAT=FILE`."
    return page("Formats", intro, table(["format", "for", "media type", "extension"], rows))


def limits() -> str:
    """The limits of the sources, each with the sentence below its declaration."""
    everything, only_templates = _limits(common), _limits(templates)
    head = ["limit", "of what"]
    return page(
        "Limits",
        f"{count(len(everything) + len(only_templates), 'limit')} on what one scan reads.",
        "What is over one of them is reported as not read; everything else is judged all the same.",
        "## Terraform, plans, and all files",
        table(head, everything),
        "## CloudFormation",
        table(head, only_templates),
    )


def _limits(module: ModuleType) -> list[tuple[str, str]]:
    """Value and meaning of each constant."""
    body = ast.parse(inspect.getsource(module)).body
    found = []
    for declared, said in pairwise(body):
        if isinstance(declared, ast.Assign) and isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant):
            name = ast.unparse(declared.targets[0])
            text = str(said.value.value)
            value = getattr(module, name)
            shown = (
                f"{value // 1024**2:,} MB"
                if text.startswith(("Bytes", "Address")) and value >= 1024**2
                else f"{value:,}"
            )
            shown = f"{value:g} s" if isinstance(value, float) else shown
            found.append((shown, words(text)))
    return found


def report() -> str:
    """The JSON report, object by object, from its schema."""
    schema = json.loads(resources.files("bastide.report").joinpath("report-1.schema.json").read_text("utf-8"))
    objects = {entry["title"]: entry for entry in schema["$defs"].values()}
    explained(dict.fromkeys(REPORT_FIELDS, ""), objects, "objects of the report")
    parts: list[str] = []
    for title, entry in objects.items():
        fields = explained(REPORT_FIELDS[title], entry["properties"], title)
        rows = [[code(name), kind_of(entry["properties"][name], schema), words(text)] for name, text in fields]
        about = words(entry["description"].split("\n\n")[0])
        parts += [f"## {title}", about, table(["field", "type", "meaning"], rows)]
    total = sum(len(entry["properties"]) for entry in objects.values())
    intro = f"{count(len(objects), 'object')} with {count(total, 'field')}."
    about = (
        "It is what `bastide scan --format json` prints. `schema` names the version: a field may be added to it, and "
        "none is removed or given another meaning, so a reader ignores what it does not know. The JSON Schema lies in "
        "the package as `bastide/report/report-1.schema.json`."
    )
    return page("JSON report", intro, about, *parts)


def kind_of(spec: dict[str, Any], schema: dict[str, Any]) -> str:
    """The type of a field, in words, linked where it is an object of the report."""
    if "$ref" in spec:
        title = schema["$defs"][spec["$ref"].rpartition("/")[2]]["title"]
        return f"[{title}](#{anchor(title)})"
    if "enum" in spec:
        return ", ".join(code(one) for one in sorted(spec["enum"], key=_worst_first))
    if "anyOf" in spec:
        return " or ".join(kind_of(one, schema) for one in spec["anyOf"])
    if spec["type"] == "array":
        return f"list of {kind_of(spec['items'], schema)}"
    if spec["type"] == "object":
        return f"{kind_of(spec['additionalProperties'], schema)} by name"
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(
        spec["type"], str(spec["type"])
    )


def _worst_first(word: str) -> tuple[int, str]:
    return (SEVERITIES.index(word) if word in SEVERITIES else -1, word)
