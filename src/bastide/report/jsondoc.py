"""The JSON format, `bastide/report/1`: every verdict, what was covered and what was not.

Its JSON Schema is `report-1.schema.json` beside this file, made from the rows by `schema()`. A field may be added
without a new version, so readers ignore what they do not know; a field is never removed or given another meaning.
Each verdict stands on a line of its own.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from bastide.beside import made_beside, may_fork
from bastide.report.texts import ControlRow  # noqa: TC001 (msgspec reads the annotations)
from bastide.report.view import CoverageRow, SummaryRow, VerdictRow, View

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.beside import Bytes
    from bastide.controls.verdict import Report, Verdict

WORTH_A_PROCESS = 1_000
"""Verdicts of which making the rows takes longer than starting a process that makes as many."""
SCHEMA: Literal["bastide/report/1"] = "bastide/report/1"


class ToolRow(Struct):
    """The program that wrote the report."""

    name: str
    version: str


class Document(Struct):
    """The report of one scan.

    `started` is UTC (RFC 3339), `seconds` how long the scan took; `broken` names controls that could not be run, and
    why; `verdicts` are sorted: fail, unknown, exempt, pass, and within those worst first.
    """

    schema: Literal["bastide/report/1"]
    tool: ToolRow
    started: str
    seconds: float
    targets: list[str]
    summary: SummaryRow
    coverage: CoverageRow
    broken: dict[str, str]
    controls: list[ControlRow]
    verdicts: list[VerdictRow]


def render(report: Report) -> str:
    """The report as JSON, with a line break at its end."""
    return encoded(report).decode()


def encoded(report: Report) -> bytearray:
    """The same in UTF-8, as it is written to a file."""
    view = View(report)
    here, beside = _begun(view)
    document = Document(
        SCHEMA,
        ToolRow("bastide", view.version()),
        view.started(),
        round(report.seconds, 3),
        view.targets(),
        view.summary(),
        view.coverage(),
        view.broken(),
        view.asked(),
        [],
    )
    text = _head(document)
    text += _lines(view, here)
    if beside:
        text += b",\n"
        text += beside()
    text += b"\n" * bool(report.verdicts) + b"]\n}\n"
    return text


def _begun(view: View) -> tuple[list[Verdict], Callable[[], Bytes] | None]:
    """The verdicts whose rows are to be made here, and those of the others, which another process has begun with."""
    verdicts = view.report.verdicts
    if len(verdicts) < WORTH_A_PROCESS * 2 or not may_fork():
        return verdicts, None
    half = _half(verdicts)
    return verdicts[:half], made_beside(partial(_lines, view, verdicts[half:], half))


def _head(document: Document) -> bytearray:
    """The document's fields, each on a line, up to the verdicts, which come one by one: never all of them at once."""
    encoder = msgspec.json.Encoder()
    text = bytearray(b"{\n")
    for name in Document.__struct_fields__[:-1]:
        text += f'"{name}": '.encode() + encoder.encode(getattr(document, name)) + b",\n"
    text += b'"verdicts": [\n'
    return text


def _half(verdicts: list[Verdict]) -> int:
    """How many verdicts are half of the work: those that do not pass take half as long again, and stand first."""
    count, others = len(verdicts), sum(verdict.status != "pass" for verdict in verdicts)
    half = (2 * count + others) // 6
    return half if half <= others else (2 * count - others) // 4


def _lines(view: View, verdicts: list[Verdict], start: int = 0) -> bytearray:
    """The verdicts, each on a line, the last without an end; the first of them is the report's at `start`."""
    encoder = msgspec.json.Encoder()
    text = bytearray()
    for row in view.rows(verdicts):
        encoder.encode_into(row, text, -1)
        text += b",\n"
    if looked_at := view.report.looked_at:
        looked_at(verdicts, start)
    del text[-2:]
    return text


def schema() -> bytes:
    """The JSON Schema (2020-12) of the format, as it stands in `report-1.schema.json`."""
    from inspect import cleandoc

    value: dict[str, Any] = msgspec.json.schema(Document)
    for name, entry in value["$defs"].items():
        entry["title"] = name.removesuffix("Row")
        entry["description"] = cleandoc(entry["description"])
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        "title": f"A report of bastide ({SCHEMA})",
    }
    return msgspec.json.format(msgspec.json.encode(head | value), indent=2) + b"\n"
