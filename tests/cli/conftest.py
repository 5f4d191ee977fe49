"""The command line as a person runs it, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

OPEN = """\
resource "aws_security_group" "open" {
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with one Terraform file that has a finding."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "main.tf").write_text(OPEN)
    return folder


@pytest.fixture
def run(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """`bastide` with these arguments, in the project, with state and cache of its own."""
    base = tmp_path_factory.getbasetemp()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("BASTIDE_")}
    environment |= {
        "XDG_CACHE_HOME": str(base / "cache"),
        "XDG_STATE_HOME": str(base / "state"),
        "PYTHONWARNINGS": "error",
        "COLUMNS": "100",
    }

    def call(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bastide", *arguments]
        return subprocess.run(
            command, cwd=project, env=environment | extra, capture_output=True, text=True, timeout=120, check=False
        )

    return call
