"""Reports: from a scan's `Report` to every format that people and programs read."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from bastide.controls.verdict import Report


class Format(Struct, frozen=True):
    """A format by its name: what it is for, its media type and usual file extension, and the module that renders it.

    `looks`: it calls `Report.looked_at`, and for all verdicts.
    """

    name: str
    description: str
    media_type: str
    extension: str
    module: str
    looks: bool = False

    def load(self) -> Any:
        """The module that renders it, imported now and not before."""
        return importlib.import_module(f"bastide.report.{self.module}")

    def render(self, report: Report) -> str:
        """The report in this format."""
        text: str = self.load().render(report)
        return text

    def encoded(self, report: Report) -> bytes | bytearray:
        """The same in UTF-8, without a text of it where the format is made of bytes."""
        module = self.load()
        content: bytes | bytearray = (
            module.encoded(report) if hasattr(module, "encoded") else module.render(report).encode("utf-8", "replace")
        )
        return content


FORMATS: dict[str, Format] = {
    entry.name: entry
    for entry in (
        Format("terminal", "for people, in a terminal", "text/plain", ".txt", "terminal"),
        Format("json", "everything, documented and versioned", "application/json", ".json", "jsondoc", looks=True),
        Format("sarif", "SARIF 2.1.0, for code scanning and editors", "application/sarif+json", ".sarif", "sarif"),
        Format("junit", "JUnit XML, for test reports of pipelines", "application/xml", ".xml", "junit"),
        Format(
            "ocsf",
            "OCSF Compliance Findings, a line each, for a security lake",
            "application/x-ndjson",
            ".ndjson",
            "ocsf",
        ),
        Format("github", "workflow commands of GitHub Actions, worst first", "text/plain", ".txt", "github"),
        Format("markdown", "a summary, for pull requests and job pages", "text/markdown", ".md", "markdown"),
        Format("html", "one self-contained page, for browsers and print", "text/html", ".html", "page"),
    )
}


def check_format(name: str) -> Format:
    """The format of this name; `UsageError` with the nearest known name for any other."""
    found = FORMATS.get(name)
    if found is None:
        from bastide.errors import near_miss

        known = ", ".join(FORMATS)
        raise UsageError(f"unknown format {name!r}", remedy=near_miss(name, list(FORMATS)) or f"known: {known}")
    return found


_EXTENSIONS = {
    **{entry.extension: entry.name for entry in reversed(FORMATS.values())},
    ".sarif.json": "sarif",
    ".jsonl": "ocsf",
    ".markdown": "markdown",
    ".htm": "html",
    ".log": "terminal",
}


def format_of(path: str) -> str:
    """The name of the format that a file's extension means; `UsageError` for an extension that means none."""
    file = path.lower()
    for extension in sorted(_EXTENSIONS, key=len, reverse=True):
        if file.endswith(extension):
            return _EXTENSIONS[extension]
    raise UsageError(f"--output {path}: its name does not tell the format", remedy=f"Write `--output FORMAT={path}`")


def render(name: str, report: Report) -> str:
    """The report in a format; ends with a line break. `UsageError` for an unknown one."""
    return check_format(name).render(report)


def render_terminal(
    report: Report, console: Console | None = None, *, verbose: bool = False, show_passed: bool = False
) -> None:
    """Print the report for a person, on standard output unless a console is given."""
    from bastide.report.terminal import render_terminal as print_report

    print_report(report, console, verbose=verbose, show_passed=show_passed)
