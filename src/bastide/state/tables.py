"""The tables of the state. A change here has a migration in `migrations/versions`; a test compares the two.

Times are text, ISO 8601 in UTC with milliseconds, so that both databases sort and show them alike. Several workloads
may share one database.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

journal = Table(
    "journal",
    metadata,
    Column("workload", String(200), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(30), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
"""Append-only: what people decided. `hash` is over all other columns, the hash before among them."""

scans = Table(
    "scans",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workload", String(200), nullable=False),
    Column("at", String(30), nullable=False),
    Column("live", Boolean, nullable=False),
    Column("targets", Text, nullable=False),
    Column("commit", String(64), nullable=False),
    Column("version", String(30), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("resources", Integer, nullable=False),
    Column("complete", Boolean, nullable=False),
    Index("scans_by_time", "workload", "at"),
)
"""One row a scan. `targets` are a list as JSON, for live accounts with their numbers at its end.

`digest` is over its verdicts; `complete` is false when something could not be read.
"""

control_counts = Table(
    "control_counts",
    metadata,
    Column("scan", String(32), primary_key=True),
    Column("control", String(200), primary_key=True),
    Column("severity", String(10), nullable=False),
    Column("passed", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("unknown", Integer, nullable=False),
    Column("exempt", Integer, nullable=False),
)
"""How many resources a control passed and failed in a scan."""

findings = Table(
    "findings",
    metadata,
    Column("workload", String(200), primary_key=True),
    Column("live", Boolean, primary_key=True),
    Column("fingerprint", String(32), primary_key=True),
    Column("opened_at", String(30), primary_key=True),
    Column("opened_scan", String(32), nullable=False),
    Column("control", String(200), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("resource", Text, nullable=False),
    Column("closed_at", String(30)),
    Column("closed_scan", String(32)),
    Column("closed_as", String(10)),
    Index("findings_open", "workload", "live", "closed_at"),
)
"""A row for each time that a finding was opened; `closed_as` is pass, exempt or gone."""

threats = Table(
    "threats",
    metadata,
    Column("workload", String(200), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("content", Text, nullable=False),
    Column("first_seen", String(30), nullable=False),
    Column("last_seen", String(30), nullable=False),
    Column("gone_at", String(30)),
)
"""The register: `content` is the threat as JSON as it was last seen; `gone_at` is when its cause was seen no more."""

risks = Table(
    "risks",
    metadata,
    Column("scan", String(32), primary_key=True),
    Column("threat", String(40), primary_key=True),
    Column("inherent", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
)
"""The residual risk of a threat after a scan, as an interval: what is unknown makes it wide."""
