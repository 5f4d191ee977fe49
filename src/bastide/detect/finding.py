"""An alert as an OCSF Detection Finding (class 2004), and as AWS Security Hub's finding format (ASFF)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide import __version__
from bastide.detect.attack import tactic, technique
from bastide.detect.engine import moment
from bastide.detect.reach import reach_record, reach_text
from bastide.detect.show import cleaned
from bastide.lake.classes import SEVERITIES, ocsf_version
from bastide.redact import clean

if TYPE_CHECKING:
    from bastide.detect.alerts import Alert
    from bastide.detect.engine import Match

SEVERITY = {"informational": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}
EVIDENCES = 100
"""Matches and events that a finding names, the first of them; all are counted."""


def ocsf(alert: Alert) -> dict[str, Any]:
    """The event; times are milliseconds."""
    severity = SEVERITY[alert.level]
    event: dict[str, Any] = {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2004,
        "class_name": "Detection Finding",
        "type_uid": 200401,
        "type_name": "Detection Finding: Create",
        "time": alert.last,
        "start_time": alert.first,
        "end_time": alert.last,
        "count": alert.events,
        "severity_id": severity,
        "severity": SEVERITIES[severity],
        "status_id": 1,
        "status": "New",
        "message": clean(alert.title, 300),
        "metadata": {
            "version": ocsf_version(),
            "profiles": ["cloud"],
            "uid": alert.id,
            "product": {"name": "bastide", "vendor_name": "bastide", "version": __version__},
        },
        "cloud": _cloud(alert),
        "finding_info": {
            "uid": alert.id,
            "title": clean(alert.title, 300),
            "desc": clean("; ".join(alert.reasons) or alert.matches[0].rule.description, 1000),
            "created_time": alert.last,
            "first_seen_time": alert.first,
            "last_seen_time": alert.last,
            "types": [clean(rule.title, 200) for rule in alert.rules.values()],
            "attacks": _attacks(alert),
            "related_events": _related(alert),
        },
        "evidences": [_evidence(match) for match in alert.matches[:EVIDENCES]],
    }
    if enrichments := _enrichments(alert):
        event["enrichments"] = enrichments
    if alert.resources:
        event["resources"] = [{"uid": clean(uid, 1000)} for uid in alert.resources[:EVIDENCES]]
    return event


def _enrichments(alert: Alert) -> list[dict[str, Any]]:
    """What the project knows of the actor and of the data, beside the attribute that it is about."""
    found: list[dict[str, Any]] = []
    if alert.reach:
        told = {"short_desc": reach_text(alert.reach), "data": cleaned(reach_record(alert.reach))}
        found.append({"name": "evidences.actor.user.uid", "value": clean(alert.actor, 500) or "unknown",
                      "type": "reach", "provider": "bastide", **told})  # fmt: skip
    if alert.classes:
        classes = [clean(name, 100) for name in alert.classes]
        found.append({"name": "resources.uid", "value": clean(alert.resources[0], 1000), "type": "data-class",
                      "provider": "bastide", "data": {"classes": classes}})  # fmt: skip
    return found


def _cloud(alert: Alert) -> dict[str, Any]:
    cloud: dict[str, Any] = {"provider": "AWS"}
    if alert.accounts:
        cloud["account"] = {"uid": clean(alert.accounts[0], 40)}
    if alert.regions:
        cloud["region"] = clean(alert.regions[0], 40)
    return cloud


def _attacks(alert: Alert) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for rule in alert.rules.values():
        tactics = [known for word in rule.tactics if (known := tactic(word))]
        for uid in rule.techniques:
            for tactic_uid, name in tactics[:1] or [("", "")]:
                attack: dict[str, Any] = {"technique": {"uid": uid, "name": technique(uid) or uid}}
                if tactic_uid:
                    attack["tactic"] = {"uid": tactic_uid, "name": name}
                found[tactic_uid, uid] = attack
    return list(found.values())


def _related(alert: Alert) -> list[dict[str, Any]]:
    """The events, with the table of those that are told one by one."""
    tables = {match.event_uid: match.table for match in alert.matches}
    return [
        {"uid": clean(uid, 200), **({"type": tables[uid]} if uid in tables else {})}
        for uid in alert.event_uids[:EVIDENCES]
    ]


def _evidence(match: Match) -> dict[str, Any]:
    evidence: dict[str, Any] = {
        "data": {
            "rule": match.rule.id,
            "title": clean(match.rule.title, 200),
            "event": clean(match.event_uid, 200),
            "time": moment(match.time),
        }
    }
    if match.actor:
        evidence["actor"] = {"user": {"uid": clean(match.actor, 500)}}
    if match.operation:
        service = {"name": clean(match.service, 100)}
        evidence["api"] = {"operation": clean(match.operation, 200), "service": service}
    if match.source:
        key = "ip" if match.source.replace(".", "").isdigit() or ":" in match.source else "domain"
        evidence["src_endpoint"] = {key: clean(match.source, 200)}
    return evidence


def _told(alert: Alert) -> list[str]:
    return [*alert.reasons, *([f"the actor: {reach_text(alert.reach)}"] if alert.reach else [])]


def _where(alert: Alert) -> str:
    """The accounts and regions in a few words: the finding itself is of the account that takes it in."""
    words = [*alert.accounts, *alert.regions][:6]
    return f" in {', '.join(words)}" if words else ""


def asff(alert: Alert, account: str, region: str, partition: str = "aws") -> dict[str, Any]:
    """The finding for the Security Hub of an account and region."""
    product = f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default"
    resources = alert.resources[:30] or [f"AWS::::Account:{one}" for one in alert.accounts[:30] or [account]]
    place = {"Region": clean(alert.regions[0], 40)} if len(alert.regions) == 1 else {}
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"bastide/detections/{alert.id}",
        "ProductArn": product,
        "GeneratorId": f"bastide/{alert.matches[0].rule.id}"[:512],
        "AwsAccountId": account,
        "Types": ["TTPs"],
        "CreatedAt": moment(alert.first),
        "UpdatedAt": moment(alert.last),
        "Severity": {"Label": alert.level.upper()},
        "Title": clean(alert.title, 256),
        "Description": clean(f"by {alert.actor or 'nobody known'}{_where(alert)}. {'; '.join(_told(alert))}", 1024),
        "Resources": [
            {"Type": "AwsAccount" if uid.startswith("AWS::::") else "Other", "Id": clean(uid, 512), **place}
            for uid in resources
        ],
        "RecordState": "ACTIVE",
    }
