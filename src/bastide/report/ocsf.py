"""OCSF 1.8 Compliance Findings (class 2003), one JSON object a line, of every verdict; times are milliseconds.

`pass` is a resolved finding and `exempt` a suppressed one; `unknown` has the compliance status Unknown. A pass is
informational, everything else has its control's severity. What OCSF has no field for is under `unmapped`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from bastide.report import words
from bastide.report.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bastide.controls.verdict import Report
    from bastide.report.texts import ControlTexts
    from bastide.report.view import EvidenceRow, VerdictRow

VERSION = "1.8.0"
_SEVERITIES = {
    "critical": (5, "Critical"),
    "high": (4, "High"),
    "medium": (3, "Medium"),
    "low": (2, "Low"),
    "info": (1, "Informational"),
}
_COMPLIANCE = {"pass": (1, "Pass"), "fail": (3, "Fail"), "unknown": (0, "Unknown"), "exempt": (3, "Fail")}
_STATUS = {"pass": (4, "Resolved"), "fail": (1, "New"), "unknown": (1, "New"), "exempt": (3, "Suppressed")}


def render(report: Report) -> str:
    """The report as OCSF events; empty without verdicts."""
    view = View(report)
    return msgspec.json.Encoder().encode_lines(events(view.verdicts(), view)).decode()


def events(rows: Iterable[VerdictRow], view: View) -> Iterator[dict[str, Any]]:
    """An event for each row, as it is asked for; the view knows the rows' controls."""
    milliseconds = int((view.report.started + view.report.seconds) * 1000)
    product = {"name": "bastide", "vendor_name": "bastide", "version": view.version()}
    shared = {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": milliseconds,
        "metadata": {"version": VERSION, "product": product},
    }
    return (shared | _event(row, view, milliseconds) for row in rows)


def _event(row: VerdictRow, view: View, milliseconds: int) -> dict[str, Any]:
    texts = view.texts(row)
    severity_id, severity = (1, "Informational") if row.status == "pass" else _SEVERITIES[row.severity]
    status_id, status = _STATUS[row.status]
    told = words.evidences(row)
    event: dict[str, Any] = {
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "message": f"{row.resource.address}: {words.finding(row)}",
        "finding_info": _finding(row, texts, milliseconds),
        "compliance": _compliance(row, texts, told),
        "resources": [_resource(row)],
        "unmapped": _unmapped(row),
    }
    if told:
        event["status_detail"] = told
        event["evidences"] = [{"data": _evidence(item)} for item in row.evidence]
    if row.status != "pass" and (fix := view.fix(row)):
        event["remediation"] = {"desc": fix, "references": texts.references}
    return event


def _finding(row: VerdictRow, texts: ControlTexts, milliseconds: int) -> dict[str, Any]:
    info: dict[str, Any] = {
        "uid": row.fingerprint,
        "title": row.title,
        "desc": texts.rationale,
        "types": ["Software and Configuration Checks"],
        "created_time": milliseconds,
        "analytic": {"uid": row.control, "name": row.title, "type_id": 1, "type": "Rule"},
    }
    if texts.row.attack:
        info["attacks"] = [_attack(uid) for uid in texts.row.attack]
    return info


def _attack(uid: str) -> dict[str, Any]:
    """ATT&CK's `T1098.001` is a sub-technique of `T1098`."""
    technique, _, sub = uid.partition(".")
    return {"technique": {"uid": technique}} | ({"sub_technique": {"uid": uid}} if sub else {})


def _compliance(row: VerdictRow, texts: ControlTexts, told: str) -> dict[str, Any]:
    status_id, status = _COMPLIANCE[row.status]
    compliance: dict[str, Any] = {
        "control": row.control,
        "desc": row.title,
        "standards": list(texts.row.frameworks),
        "requirements": [f"{name} {item}" for name, items in texts.row.frameworks.items() for item in items],
        "status_id": status_id,
        "status": status,
    }
    details = [told] if told else []
    if row.exemption:
        details.append(f"exemption {words.exemption(row.exemption)}")
    if row.compensated_by:
        details.append(words.compensated(row.compensated_by))
    return compliance | ({"status_details": details} if details else {})


def _resource(row: VerdictRow) -> dict[str, Any]:
    resource = row.resource
    return {
        "uid": f"{resource.unit}#{resource.address}",
        "name": resource.address,
        "type": resource.type,
        "namespace": resource.unit,
        "labels": [f"source:{resource.source}"],
    }


def _evidence(item: EvidenceRow) -> dict[str, Any]:
    return {
        "property": item.property,
        "value": item.value,
        "note": item.note,
        "path": item.path,
        "line": item.line,
    }


def _unmapped(row: VerdictRow) -> dict[str, Any]:
    rest: dict[str, Any] = {
        "path": row.location.path,
        "line": row.location.line,
        "known_to_baseline": not row.new,
    }
    if row.call:
        rest["call"] = row.call
    if row.cdk_path:
        rest["cdk_path"] = row.cdk_path
    if row.compensated_by:
        rest["compensated_by"] = row.compensated_by.address
    return rest
