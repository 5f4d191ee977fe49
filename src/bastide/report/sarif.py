"""SARIF 2.1.0, one run, for code scanning and editors.

Results are failures, and exempt findings as suppressed ones. What is unknown is no result: code scanning ignores a
result's `kind` and would show an alert. It is a notification of the run with the control as its rule, and so are
problems. The key `primaryLocationLineHash` is left to the uploader, which works it out from the source and warns about
any other value; ours is `bastide/v1`.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import msgspec

from bastide.report import words
from bastide.report.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.controls.verdict import Report
    from bastide.report.texts import ControlTexts
    from bastide.report.view import EvidenceRow, ProblemRow, VerdictRow

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.5"}
"""Within the bands by which code scanning names severities; without one it shows the level."""
_PROBLEM_LEVELS = {"unreadable": "error", "partial": "warning"}
MAX_TAGS = 10
"""Code scanning keeps no more of a rule."""


def _array(items: Iterable[dict[str, Any]]) -> msgspec.Raw:
    """A JSON array, one item a line, encoded as the items come: a large report is never held as objects."""
    encoder = msgspec.json.Encoder()
    text = bytearray(b"[")
    for item in items:
        text += b"\n" if len(text) == 1 else b",\n"
        encoder.encode_into(item, text, -1)
    return msgspec.Raw(bytes(text + b"]"))


class _Rules(NamedTuple):
    """The rules of the run, and where each control's is."""

    rules: list[dict[str, Any]]
    at: dict[str, int]

    def of(self, row: VerdictRow) -> dict[str, Any]:
        return {"id": row.control, "index": self.at[row.control]}


def render(report: Report) -> str:
    """The report as a SARIF log."""
    view = View(report)
    texts = view.controls()
    rules = _Rules([_rule(item) for item in texts], {item.row.id: number for number, item in enumerate(texts)})
    baseline = view.has_baseline()
    run = {
        "tool": {"driver": {"name": "bastide", "semanticVersion": view.version(), "rules": rules.rules}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder that the scan was started in."}}},
        "invocations": [_invocation(view, rules)],
        "results": _array(_result(row, rules, baseline=baseline) for row in view.verdicts("fail", "exempt")),
    }
    return msgspec.json.encode({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}).decode() + "\n"


def _rule(texts: ControlTexts) -> dict[str, Any]:
    row = texts.row
    service = row.resource.split("::")[1] if row.resource.count("::") == 2 else ""
    practices = row.frameworks.get("well-architected", [])
    tags = dict.fromkeys(tag for tag in ("security", service, *practices, *row.attack) if tag)
    properties = {"tags": list(tags)[:MAX_TAGS], "resource": row.resource, "frameworks": row.frameworks}
    if row.severity in _SCORES:
        properties["security-severity"] = _SCORES[row.severity]
    rule: dict[str, Any] = {
        "id": row.id,
        "shortDescription": {"text": row.title},
        "fullDescription": {"text": texts.rationale or row.title},
        "defaultConfiguration": {"level": _LEVELS[row.severity]},
        "help": {"text": _help(texts, mark=""), "markdown": _help(texts, mark="**")},
        "properties": properties,
    }
    if texts.references and texts.references[0].startswith("https://"):
        rule["helpUri"] = quote(texts.references[0], safe="/:?#[]@!$&'()*+,;=%~")
    return rule


def _help(texts: ControlTexts, mark: str) -> str:
    """Why, the fix by language, requirements and references; code blocks only where there is a mark for Markdown."""
    parts = [texts.rationale]
    for language, text in texts.remediation.items():
        first, _, rest = text.partition("\n")
        rest = rest.strip("\n")
        code = f"\n\n```\n{rest.replace('```', '` ` `')}\n```" if mark and rest.strip() else f"\n{rest}" if rest else ""
        parts.append(f"{mark}{words.LANGUAGES.get(language, language)}{mark}: {first}{code}")
    for name, ids in texts.row.frameworks.items():
        parts.append(f"{mark}{name}{mark}: {', '.join(ids)}")
    parts += [f"- {link}" for link in texts.references]
    return "\n\n".join(part for part in parts if part)


def _result(row: VerdictRow, rules: _Rules, *, baseline: bool) -> dict[str, Any]:
    told, finding = words.evidences(row), _sentence(words.finding(row))
    result: dict[str, Any] = {
        "ruleId": row.control,
        "ruleIndex": rules.at[row.control],
        "level": _LEVELS[row.severity],
        "message": {
            "text": f"{finding} {row.resource.address}: {told}" if told else f"{finding} {row.resource.address}"
        },
        "locations": [_location(row.location.path, row.location.line, row)],
        "partialFingerprints": {"bastide/v1": row.fingerprint},
        "properties": {"severity": row.severity, "resource": row.resource.type, "unit": row.resource.unit},
    }
    related = [item for item in row.evidence if (item.path, item.line) != (row.location.path, row.location.line)]
    if related:
        result["relatedLocations"] = [_related(number, item) for number, item in enumerate(related, 1)]
    if row.call:
        result["properties"]["call"] = row.call
    if row.cdk_path:
        result["properties"]["cdkPath"] = row.cdk_path
    if baseline:
        result["baselineState"] = "new" if row.new else "unchanged"
    if row.status == "exempt" and row.exemption:
        result["suppressions"] = [_suppression(row)]
    return result


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _suppression(row: VerdictRow) -> dict[str, Any]:
    exemption = row.exemption
    assert exemption is not None
    path, _, line = exemption.place.rpartition(":")
    beside = path in {row.location.path, *(item.path for item in row.evidence)} or not path.endswith((".yaml", ".yml"))
    suppression: dict[str, Any] = {
        "kind": "inSource" if beside else "external",
        "status": "accepted",
        "justification": words.exemption(exemption),
    }
    if line.isdigit():
        suppression["location"] = _location(path, int(line))
    return suppression


def _location(path: str, line: int, row: VerdictRow | None = None) -> dict[str, Any]:
    """A place in a file; with a row also the resource's address, as a logical location."""
    physical: dict[str, Any] = {"artifactLocation": _artifact(path)}
    if line > 0:
        physical["region"] = {"startLine": line}
    location: dict[str, Any] = {"physicalLocation": physical}
    if row is not None:
        address = row.resource.address
        location["logicalLocations"] = [
            {"name": address.rpartition(".")[2], "fullyQualifiedName": address, "kind": "resource"}
        ]
    return location


def _related(number: int, item: EvidenceRow) -> dict[str, Any]:
    return _location(item.path, item.line) | {"id": number, "message": {"text": words.evidence(item)}}


@lru_cache(maxsize=4096)
def _artifact(path: str) -> dict[str, str]:
    """Relative to the source root where the path is; percent-encoded."""
    if path.startswith("/"):
        return {"uri": f"file://{quote(path)}"}
    artifact = {"uri": quote(path.removeprefix("./")) or "."}
    return artifact if path == ".." or path.startswith("../") else artifact | {"uriBaseId": "%SRCROOT%"}


def _invocation(view: View, rules: _Rules) -> dict[str, Any]:
    coverage, broken = view.coverage(), view.broken()
    notes = _array(
        chain(
            (_problem(item) for item in coverage.problems if item.kind != "unmapped"),
            (_broken(name, why, rules) for name, why in broken.items()),
            (_unknown(row, rules) for row in view.verdicts("unknown")),
        )
    )
    decision = view.decision()
    return {
        "executionSuccessful": not coverage.incomplete and not broken,
        **({"exitCodeDescription": decision} if decision else {}),
        "startTimeUtc": view.started(),
        "endTimeUtc": view.started(after=view.report.seconds),
        "toolExecutionNotifications": notes,
        "properties": {
            "files": coverage.files,
            "resources": coverage.resources,
            "units": coverage.units,
            "unmapped": coverage.unmapped,
            "unjudged": coverage.unjudged,
            "others": coverage.others,
            "verdicts": view.summary().status,
            "compensated": view.summary().compensated,
        },
    }


def _problem(item: ProblemRow) -> dict[str, Any]:
    return {
        "descriptor": {"id": f"bastide/{item.kind}"},
        "level": _PROBLEM_LEVELS.get(item.kind, "note"),
        "message": {"text": item.message or item.kind},
        "locations": [_location(item.path, item.line)],
    }


def _broken(name: str, why: str, rules: _Rules) -> dict[str, Any]:
    note: dict[str, Any] = {
        "descriptor": {"id": "bastide/broken-control"},
        "level": "error",
        "message": {"text": f"The control {name} could not be run: {why}"},
    }
    if name in rules.at:
        note["associatedRule"] = {"id": name, "index": rules.at[name]}
    return note


def _unknown(row: VerdictRow, rules: _Rules) -> dict[str, Any]:
    told = words.evidences(row)
    return {
        "descriptor": {"id": "bastide/unknown"},
        "associatedRule": rules.of(row),
        "level": "note",
        "message": {"text": f"{_sentence(words.finding(row))} {row.resource.address}: {told}"},
        "locations": [_location(row.location.path, row.location.line, row)],
    }
