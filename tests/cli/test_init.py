"""`bastide init`, as a person and as a pipeline."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Run


def test_without_a_terminal_nothing_is_written(run: Run, project: Path) -> None:
    done = run("init")
    assert (done.returncode, done.stderr) == (0, "bastide.yaml is not written: give --yes\n")
    assert "workload:\n  name: project" in done.stdout
    assert not (project / "bastide.yaml").exists()


def test_yes_writes_once(run: Run, project: Path) -> None:
    done = run("init", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    text = (project / "bastide.yaml").read_text()
    again = run("init", "--yes")
    assert again.stdout == "bastide.yaml has everything already; nothing is added\n"
    assert (project / "bastide.yaml").read_text() == text
    assert run("scan", ".").returncode == 1  # the finding of the project: the manifest is fine


def test_a_file_that_is_there_is_added_to(run: Run, project: Path) -> None:
    (project / "bastide.yaml").write_text("workload:\n  name: shop  # ours\n")
    assert run("init", "-y").returncode == 0
    text = (project / "bastide.yaml").read_text()
    assert text.startswith("workload:\n  name: shop  # ours\n")
    assert "  appetite: medium" in text


def test_mistakes_are_told(run: Run, project: Path) -> None:
    (project / "bastide.yaml").write_text("workload:\n  nam: shop\n")
    done = run("init", "-y")
    assert done.returncode == 2
    assert "nam" in done.stderr
    (project / "bastide.yaml").write_bytes(b"\xff\xfe")
    assert run("init", "-y").returncode == 2
    assert run("init", "--file", "nowhere/bastide.yaml", "-y").returncode == 2


def at_a_terminal(project: Path, answer: str, tmp_path: Path) -> str:
    """What `bastide init` says at a terminal where somebody answers its question."""
    master, slave = pty.openpty()
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path / "s"), "XDG_CACHE_HOME": str(tmp_path / "c")}
    process = subprocess.Popen(
        [sys.executable, "-m", "bastide", "init"], cwd=project, env=environment, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    os.write(master, f"{answer}\n".encode())
    said = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        said += part
    assert process.wait(60) == 0
    os.close(master)
    return said.decode()


def test_a_person_is_shown_the_change_and_asked(project: Path, tmp_path: Path) -> None:
    (project / "bastide.yaml").write_text("workload:\n  name: shop\n")
    said = at_a_terminal(project, "n", tmp_path)
    assert "+  appetite: medium" in said
    assert "Write bastide.yaml? [y/N]" in said
    assert (project / "bastide.yaml").read_text() == "workload:\n  name: shop\n"
    assert "is written" in at_a_terminal(project, "y", tmp_path)
    assert "appetite: medium" in (project / "bastide.yaml").read_text()
