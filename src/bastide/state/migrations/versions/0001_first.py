"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """From nothing."""
    op.create_table(
        "journal",
        sa.Column("workload", sa.String(200), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in
          (("at", 30), ("actor", 200), ("action", 60), ("subject", 200))),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )  # fmt: skip
    op.create_table(
        "scans",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("workload", sa.String(200), nullable=False),
        sa.Column("at", sa.String(30), nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("targets", sa.Text, nullable=False),
        sa.Column("commit", sa.String(64), nullable=False),
        sa.Column("version", sa.String(30), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("resources", sa.Integer, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
    )
    op.create_index("scans_by_time", "scans", ["workload", "at"])
    op.create_table(
        "control_counts",
        sa.Column("scan", sa.String(32), primary_key=True),
        sa.Column("control", sa.String(200), primary_key=True),
        sa.Column("severity", sa.String(10), nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("passed", "failed", "unknown", "exempt")),
    )
    op.create_table(
        "findings",
        sa.Column("workload", sa.String(200), primary_key=True),
        sa.Column("live", sa.Boolean, primary_key=True),
        sa.Column("fingerprint", sa.String(32), primary_key=True),
        sa.Column("opened_at", sa.String(30), primary_key=True),
        sa.Column("opened_scan", sa.String(32), nullable=False),
        sa.Column("control", sa.String(200), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("closed_at", sa.String(30)),
        sa.Column("closed_scan", sa.String(32)),
        sa.Column("closed_as", sa.String(10)),
    )
    op.create_index("findings_open", "findings", ["workload", "live", "closed_at"])
    op.create_table(
        "threats",
        sa.Column("workload", sa.String(200), primary_key=True),
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("first_seen", sa.String(30), nullable=False),
        sa.Column("last_seen", sa.String(30), nullable=False),
        sa.Column("gone_at", sa.String(30)),
    )
    op.create_table(
        "risks",
        sa.Column("scan", sa.String(32), primary_key=True),
        sa.Column("threat", sa.String(40), primary_key=True),
        *(sa.Column(name, sa.Float, nullable=False) for name in ("inherent", "low", "high")),
    )


def downgrade() -> None:
    """Back to nothing."""
    for name in ("risks", "threats", "findings", "control_counts", "scans", "journal"):
        op.drop_table(name)
