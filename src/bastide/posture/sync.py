"""Writes the last scan into the history, once: the scan, what its controls counted, findings opened and closed."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from bastide.objectives.counts import unseen_counts
from bastide.state.database import from_milliseconds, now
from bastide.threats.register import Looked, Scanned

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bastide.state.database import State
    from bastide.workload.known import Known


def record_scan(known: Known, state: State) -> Scanned:
    """The last scan, written into the history if it was not there yet: all of it or nothing.

    Findings are opened and closed by the newest scan only: what an older one says, as that of a colleague's folder, is
    over.
    """
    from sqlalchemy import func, insert, select

    from bastide.state.tables import control_counts, scans

    about = known.select("select * from scan")[0]
    digest = known.select(
        "select sha256(coalesce(string_agg(control || chr(0) || status || chr(0) || fingerprint, chr(10) "
        "order by control, fingerprint, status), '')) as digest from verdicts"
    )[0]["digest"]
    at = from_milliseconds(about["started"])
    targets = about["targets"] if about["live"] else sorted({os.path.normpath(one) for one in about["targets"]})
    scope = "live" if about["live"] else "code:" + json.dumps(targets)
    looked = _looked(known) if about["live"] else None
    accounts = sorted({account for account, _ in looked.places}) if looked else []
    seen = json.dumps([*targets, *accounts])
    with state.transaction() as connection:
        fresh = connection.execute(select(scans.c.id).where(scans.c.id == about["id"])).first() is None
        same = (scans.c.workload == state.workload, scans.c.live == about["live"], scans.c.targets == seen)
        later = (scans.c.at > at, scans.c.at <= now())  # a clock that was wrong once hinders nobody
        newer = connection.execute(select(func.max(scans.c.at)).where(*same, *later)).scalar() or ""
        if fresh:
            number = known.select("select count(*) as n from resources")[0]["n"]
            connection.execute(
                insert(scans).values(
                    id=about["id"], workload=state.workload, at=at, live=about["live"],
                    targets=seen, commit=about["commit"],
                    version=about["version"], digest=digest, resources=number, complete=about["whole"],
                )
            )  # fmt: skip
            counts = known.select(_COUNTS)
            unseen = {row["control"]: row for row in unseen_counts(known)}
            for row in counts:
                row["unknown"] += unseen.pop(row["control"], {"unknown": 0})["unknown"]
            counts += unseen.values()
            if counts:
                connection.execute(insert(control_counts), [{"scan": about["id"], **row} for row in counts])
            if not newer:
                _findings(known, state, connection, {**about, "at": at, "targets": targets}, looked)
    return Scanned(about["id"], at, about["live"], about["whole"], about["commit"], scope, digest, fresh, looked, newer)


def _looked(known: Known) -> Looked:
    rows = known.select("select distinct account, region from reads")
    return Looked(frozenset((row["account"], row["region"]) for row in rows))


_COUNTS = """
select control, any_value(severity) as severity, count(*) filter (status = 'pass') as passed,
  count(*) filter (status = 'fail') as failed, count(*) filter (status = 'unknown') as unknown,
  count(*) filter (status = 'exempt') as exempt from verdicts group by control
"""
_STATES = """
select fingerprint, any_value(control) as control, any_value(severity) as severity, any_value(resource) as resource,
  max_by(status, case status when 'fail' then 3 when 'unknown' then 2 when 'exempt' then 1 else 0 end) as status
from verdicts group by fingerprint
"""
_PAGE = 100_000


def _findings(known: Known, state: State, connection: Connection, scan: dict[str, Any], looked: Looked | None) -> None:
    """Open what fails and was not open; close what passes, is exempt, or is gone from what was looked at again.

    What is unknown now stays open: nobody has seen it mended.
    """
    from sqlalchemy import insert, select, update

    from bastide.state.tables import findings, scans

    mine = (findings.c.workload == state.workload, findings.c.live == scan["live"], findings.c.closed_at.is_(None))
    before = connection.execute(
        select(findings, scans.c.targets).join(scans, scans.c.id == findings.c.opened_scan).where(*mine)
    ).all()
    current: dict[str, dict[str, Any]] = {}
    while page := known.select(f"{_STATES} order by fingerprint limit {_PAGE} offset {len(current)}"):
        current |= {row["fingerprint"]: row for row in page}
    asked = {row["id"] for row in known.select("select id from controls")}
    targets = list(scan["targets"])
    for row in before:
        said = current.get(row.fingerprint)
        before_it = json.loads(row.targets)
        again = (
            before_it == targets if looked is None else looked.at(row.resource) and before_it[: len(targets)] == targets
        )
        gone = said is None and scan["whole"] and row.control in asked and again
        if gone or (said is not None and said["status"] in ("pass", "exempt")):
            connection.execute(
                update(findings)
                .where(*mine, findings.c.fingerprint == row.fingerprint)
                .values(closed_at=scan["at"], closed_scan=scan["id"], closed_as=said["status"] if said else "gone")
            )
    open_already = {row.fingerprint for row in before}
    opened = [
        {
            "workload": state.workload, "live": scan["live"], "fingerprint": name, "opened_at": scan["at"],
            "opened_scan": scan["id"], "control": row["control"], "severity": row["severity"],
            "resource": row["resource"],
        }
        for name, row in current.items() if row["status"] == "fail" and name not in open_already
    ]  # fmt: skip
    if opened:
        connection.execute(insert(findings), opened)
