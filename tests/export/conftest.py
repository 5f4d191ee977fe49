"""A history of runs over one live account, made by hand, and an emulated AWS to export to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from bastide.controls.library import load_library
from bastide.controls.verdict import Coverage, Report
from bastide.export.asff import Finding
from bastide.history.findings import record
from bastide.live import keep_report
from bastide.report.view import ControlTexts, texts_of
from bastide.tables import whole_folder, write_parquet
from tests.sources.aws.conftest import ACCOUNT, REGION, aws, credentials, moto_url

__all__ = ["aws", "credentials", "moto_url"]

BUCKET = "AWS::S3::Bucket"
DAY = 86_400.0
CONTROLS = {control.id: control for control in load_library().controls}
CONTROL = next(name for name, control in CONTROLS.items() if control.resource == BUCKET and not control.live)


class History:
    """Runs in a folder; `run({"a": "fail"})` is the next one, a day after the one before."""

    def __init__(self, root: Path) -> None:
        self.root, self.runs = root, 0

    def run(
        self, status: dict[str, str], region: str = REGION, account: str = ACCOUNT, layers: dict[str, str] | None = None
    ) -> Path:
        """Buckets with these verdicts, all of them read, some by a layer; the tables of the run."""
        self.runs += 1
        name = f"run-{self.runs}"
        tables = self.root / name / "tables"
        ids = {bucket: f"aws:{account}#arn:aws:s3:::{bucket}" for bucket in status}
        path = f"aws:{account}/{region}"
        rows: list[tuple[str, list[dict[str, Any]]]] = [
            ("resources", [
                {"id": ids[one], "type": BUCKET, "address": f"arn:aws:s3:::{one}", "unit": f"aws:{account}",
                 "source": "aws", "path": path, "line": 0, "name": BUCKET, "properties": {}} for one in status
            ]),
            ("verdicts", [
                {"control": CONTROL, "status": what, "severity": "high", "resource": ids[one], "path": path, "line": 0,
                 "fingerprint": f"{CONTROL}/{one}", "new": True, "compensated_by": (layers or {}).get(one)}
                for one, what in status.items()
            ]),
            ("reads", [{"account": account, "region": where, "type": BUCKET} for where in (region, "*")]),
        ]  # fmt: skip
        with duckdb.connect() as connection, whole_folder(tables / account) as fresh:
            write_parquet(fresh, ((table, iter(some)) for table, some in rows), connection)
        keep_report(tables, Report("0", 0.0, 0.0, ("aws",), [], Coverage(), [CONTROLS[CONTROL]]))
        record(self.root, tables, name, self.runs * DAY)
        return tables


@pytest.fixture
def history(tmp_path: Path) -> History:
    """No run yet."""
    return History(tmp_path / "aws")


@pytest.fixture(scope="session")
def texts() -> dict[str, ControlTexts]:
    """What the library's controls say."""
    return {name: texts_of(control) for name, control in CONTROLS.items()}


@pytest.fixture
def make() -> Any:
    """A finding with changes."""
    import datetime as dt

    def made(**changes: Any) -> Finding:
        values = {"fingerprint": "f" * 32, "control": CONTROL, "severity": "high", "type": BUCKET,
                  "resource": f"aws:{ACCOUNT}#arn:aws:s3:::data", "account": ACCOUNT, "region": REGION,
                  "opened": dt.datetime(2026, 1, 2), "last_seen": dt.datetime(2026, 1, 3), "closed": None,
                  "reason": None}  # fmt: skip
        return Finding(**(values | changes))

    return made
