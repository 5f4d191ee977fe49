"""The outermost part: errors in a line, exit codes, streams that close, any locale."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BUCKET = 'resource "aws_s3_bucket" "caf\u00e9" {\n  acl    = "public-read"\n  bucket = "\u65e5\u672c\u2026"\n}\n'


@pytest.fixture
def environment(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """As a person has it, with state and cache of the test's own; a folder with one finding."""
    (tmp_path / "main.tf").write_text(BUCKET, "utf-8")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("BASTIDE_", "LC_", "LANG"))}
    base = tmp_path_factory.getbasetemp()
    return kept | {
        "XDG_CACHE_HOME": str(base / "cache"),
        "XDG_STATE_HOME": str(base / "state"),
        "PYTHONWARNINGS": "error",
    }


def run(program: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, *program]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=120, check=False)


def test_an_error_is_one_line_without_a_traceback(tmp_path: Path, environment: dict[str, str]) -> None:
    done = run(["-m", "bastide", "scan", "no\x1b[31m\nwhere"], tmp_path, environment)
    assert done.returncode == 2
    assert done.stderr == b"bastide: no\\x1b[31m\nwhere: there is no such file or folder\n"


BROKEN = (
    "import sys\nimport bastide.cli.scan as command\nfrom bastide.__main__ import main\n"
    "def run(_): raise {error}\ncommand.run = run\nsys.exit(main())"
)


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        ("ZeroDivisionError('x\\x1b[0m')", 70, "a mistake of bastide itself (ZeroDivisionError: x\\x1b[0m)"),
        ("KeyboardInterrupt", 130, "stopped"),
        ("BrokenPipeError", 141, ""),
        ("__import__('bastide.errors').errors.SourceError('bad', place='a:1')", 3, "a:1: bad"),
    ],
)
def test_whatever_happens_has_a_code_and_a_line(
    tmp_path: Path, environment: dict[str, str], error: str, code: int, told: str
) -> None:
    done = run(["-c", BROKEN.format(error=error), "scan"], tmp_path, environment)
    assert done.returncode == code
    stderr = done.stderr.decode()
    assert told in stderr
    assert "Traceback" not in stderr
    assert (stderr != "") is bool(told)


def test_a_mistake_of_ours_shows_where_when_asked(tmp_path: Path, environment: dict[str, str]) -> None:
    program = ["-c", BROKEN.format(error="ZeroDivisionError"), "scan"]
    done = run(program, tmp_path, environment | {"BASTIDE_DEBUG": "1"})
    assert b"Traceback" in done.stderr


@pytest.mark.parametrize("arguments", [("scan", ".", "-f", "html"), ("scan", "."), ("controls", "list")])
def test_a_reader_that_goes_away_is_no_mistake(
    tmp_path: Path, environment: dict[str, str], arguments: tuple[str, ...]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "bastide", *arguments]
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(command, cwd=tmp_path, env=environment, stdout=pipe, stderr=-1, timeout=120, check=False)
    assert done.returncode == 141
    assert done.stderr == b""


def test_a_full_disk_is_no_mistake_of_ours(tmp_path: Path, environment: dict[str, str]) -> None:
    line = '"$0" -m bastide scan . > /dev/full'
    command = ["sh", "-c", line, sys.executable]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith(b"bastide: not everything could be written: No space left on device")


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
def test_closed_streams_change_no_exit_code(tmp_path: Path, environment: dict[str, str], closed: str) -> None:
    for more, code in (("--fail-on never", 0), ("", 1), ("nowhere", 2)):
        line = f'"$0" -m bastide scan {more or "."} {closed}'
        done = subprocess.run(
            ["/bin/sh", "-c", line, sys.executable], cwd=tmp_path, env=environment, stderr=-1, timeout=120, check=False
        )
        assert done.returncode == code
        assert b"Traceback" not in done.stderr


LOCALES = [
    {"LC_ALL": "C"},
    {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "latin-1"},
    {"PYTHONUTF8": "0"},
]


@pytest.mark.parametrize("locale", LOCALES, ids=str)
@pytest.mark.parametrize("form", ["json", "html", "markdown", "sarif", "terminal"])
def test_any_locale(tmp_path: Path, environment: dict[str, str], locale: dict[str, str], form: str) -> None:
    done = run(["-m", "bastide", "scan", ".", "-f", form, "-o", f"{form}=out"], tmp_path, environment | locale)
    assert done.returncode == 1, done.stderr
    assert done.stderr == b""
    assert "caf\u00e9" in (tmp_path / "out").read_text("utf-8")
    printed = run(["-m", "bastide", "scan", ".", "-f", form], tmp_path, environment | locale).stdout
    if form == "terminal":
        assert b"aws_s3_bucket.caf" in printed
    else:
        assert "caf\u00e9" in printed.decode("utf-8")
    if form == "json":
        assert json.loads(printed)["verdicts"]


def test_version_needs_little(tmp_path: Path, environment: dict[str, str]) -> None:
    program = (
        "import sys\nfrom bastide.__main__ import main\nsys.argv[1:] = ['--version']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'duckdb', 'rich', 'yaml', 'dataclasses', 'bastide.scan'} & set(sys.modules)))"
    )
    done = run(["-c", program], tmp_path, environment)
    assert done.stdout.decode().splitlines()[1] == "[]"
