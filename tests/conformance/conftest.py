"""The real command line in a process of its own with little time and memory, on a folder made for the test.

Beside what the test puts there the folder has two innocent files with a finding each; whatever else happens, both
findings must be there, in every format, and every format must be what it claims to be.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import formats

SECONDS = 60
BYTES = 3 * 1024**3
INNOCENT = {
    "innocent/terraform/main.tf": (
        'resource "aws_security_group" "innocent" {\n  description = "d"\n\n  ingress {\n    from_port   = 22\n'
        '    to_port     = 22\n    protocol    = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n'
    ),
    "innocent/template.yaml": (
        "Resources:\n  Innocent:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: d\n"
        "      SecurityGroupIngress:\n"
        "        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}\n"
    ),
}
SSH = "ec2.security-group-closes-ssh"


@dataclass
class Outcome:
    """What a scan left behind."""

    code: int
    stdout: bytes
    stderr: str
    report: dict[str, Any]
    outputs: dict[str, str]
    state: str

    @property
    def problems(self) -> list[tuple[str, str, int, str]]:
        """Kind, path, line and message of what was not judged."""
        found = self.report["coverage"]["problems"]
        return [(item["kind"], item["path"], item["line"], item["message"]) for item in found]

    def problem(self, path: str, *kinds: str) -> tuple[str, int, str]:
        """Kind, line and message of the one problem that a path has; of these kinds, where they are given."""
        found = [(kind, line, text) for kind, where, line, text in self.problems if where == path]
        found = [item for item in found if not kinds or item[0] in kinds]
        assert len(found) == 1, self.problems
        return found[0]

    def verdicts(self, address: str, control: str = "") -> list[str]:
        """The statuses of a resource's verdicts."""
        found = self.report["verdicts"]
        return [
            item["status"]
            for item in found
            if item["resource"]["address"] == address and (not control or item["control"] == control)
        ]

    def addresses(self, type_: str) -> list[str]:
        """The addresses of the judged resources of a type."""
        found = {v["resource"]["address"] for v in self.report["verdicts"] if v["resource"]["type"] == type_}
        return sorted(found)

    def everything(self) -> dict[str, str]:
        """All that anybody can read afterwards, by where it is."""
        return {**self.outputs, "stdout": self.stdout.decode(), "stderr": self.stderr, "state": self.state}


class Place:
    """A folder, and `bastide` run in it."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder / "work"
        self.aside = folder
        self.cache = cache
        for path, text in INNOCENT.items():
            self.write(path, text)

    def write(self, path: str, content: str | bytes) -> Path:
        """A file below the folder, its parents made."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return target

    def run(
        self, *arguments: str, program: str = "", humble: bool = False, **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        """`bastide` with these arguments, within the limits; `humble`: permissions hold even for root.

        `program` is Python that is run in place of the module.
        """
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("BASTIDE_", "PYTHONI"))}
        own = {
            "XDG_CACHE_HOME": str(self.cache),
            "XDG_STATE_HOME": str(self.aside / "state"),
            "PYTHONWARNINGS": "error",
        }
        return subprocess.run(
            [sys.executable, *(["-c", program] if program else ["-m", "bastide"]), *arguments],
            cwd=self.folder,
            env=inherited | own | environment,
            capture_output=True,
            timeout=SECONDS * 2,
            preexec_fn=_humble if humble else _limit,
            check=False,
        )

    def scan(self, *arguments: str, program: str = "", humble: bool = False) -> Outcome:
        """A scan of the folder with every format; asserts what holds of all of them."""
        outputs = {name: self.aside / f"report.{name}" for name in formats.CHECKS}
        asked = [f"--output={name}={path}" for name, path in outputs.items()]
        done = self.run("scan", ".", *asked, *arguments, program=program, humble=humble)
        stderr = done.stderr.decode()
        assert done.returncode in (0, 1, 3), (done.returncode, stderr)
        assert stderr == ""
        texts = {name: path.read_bytes().decode() for name, path in outputs.items()}
        for name, check in formats.CHECKS.items():
            check(texts[name])
        formats.check_terminal(done.stdout.decode())
        state = "".join(path.read_text() for path in sorted((self.aside / "state").rglob("*.jsonl")))
        outcome = Outcome(done.returncode, done.stdout, stderr, json.loads(texts["json"]), texts, state)
        _assert_innocent(outcome)
        return outcome


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _humble() -> None:
    """Without the capabilities by which root reads what it has no permission to; nobody else has them."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            assert libc.prctl(24, capability, 0, 0, 0) == 0  # PR_CAPBSET_DROP
    _limit()


def _assert_innocent(outcome: Outcome) -> None:
    for address, path in (
        ("aws_security_group.innocent", "innocent/terraform/main.tf"),
        ("Innocent", "innocent/template.yaml"),
    ):
        assert outcome.verdicts(address, SSH) == ["fail"], outcome.problems
        for name, text in outcome.outputs.items():
            assert path in text, (name, path)


@pytest.fixture
def place(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A folder with the two innocent files."""
    made = Place(tmp_path, tmp_path_factory.getbasetemp() / "cache")
    yield made
    for path in (made.folder, *made.folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
