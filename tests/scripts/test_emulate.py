"""The emulated organization: filled as it says, and read by a scan as a person would start it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_scan_of_the_organization(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    report = tmp_path / "report.json"
    scan = [sys.executable, "-m", "bastide", "scan", "aws", "--org", "--role", "Audit", "--regions", "eu-west-1",
            "--services", "s3,iam,sqs,rds,organizations,accessanalyzer", "--output", f"json={report}"]  # fmt: skip
    command = [sys.executable, str(ROOT / "scripts" / "emulate.py"), "--port", "0", "--once", *scan]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=400)
    assert result.returncode == 1, result.stderr
    found = json.loads(report.read_text("utf-8"))
    assert found["coverage"]["units"] == {"aws": 6}
    failed = {(v["control"], v["resource"]["address"]) for v in found["verdicts"] if v["status"] == "fail"}
    assert any(control == "s3.bucket-policy-is-not-open" and ":::play-" in address for control, address in failed)
    assert any(
        control == "iam.user-is-not-administrator" and address.endswith("user/ben") for control, address in failed
    )
    layers = {v["control"]: v["compensated_by"]["type"] for v in found["verdicts"] if v["compensated_by"]}
    assert layers == {
        "s3.bucket-blocks-public-access": "AWS::S3::AccountPublicAccessBlock",
        "sqs.queue-policy-is-not-open": "AWS::Organizations::Policy",
        "rds.instance-is-protected-from-deletion": "AWS::Organizations::Policy",
    }
    assert "3 findings are compensated: 2 by AWS::Organizations::Policy" in result.stdout
    told = [problem["message"] for problem in found["coverage"]["problems"]]
    assert any("the emulation does not have this call" in message for message in told)
    assert "Unable to find" not in result.stdout
