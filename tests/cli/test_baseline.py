"""`bastide baseline`, and a scan that knows it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import OPEN, Run


def test_only_what_is_new_fails(run: Run, project: Path) -> None:
    done = run("baseline", ".")
    assert done.returncode == 0
    assert "bastide-baseline.json" in done.stdout
    assert run("scan", ".", "--baseline", "bastide-baseline.json").returncode == 0
    (project / "main.tf").write_text("\n\n\n" + OPEN)
    assert run("scan", ".", "--baseline", "bastide-baseline.json").returncode == 0
    (project / "main.tf").rename(project / "renamed.tf")
    assert run("scan", ".", "--baseline", "bastide-baseline.json").returncode == 0
    (project / "more.tf").write_text(OPEN.replace('"open"', '"another"'))
    done = run("scan", ".", "--baseline", "bastide-baseline.json")
    assert done.returncode == 1
    assert "aws_security_group.another" in done.stdout


def test_what_no_longer_occurs_is_counted(run: Run, project: Path) -> None:
    run("baseline", ".")
    (project / "main.tf").write_text("")
    said = run("scan", ".", "--baseline", "bastide-baseline.json").stdout
    assert "of its findings no longer occur" in said
    assert "no longer" not in run("scan", ".", "--baseline", "bastide-baseline.json", "--only", "s3.*").stdout
    assert "0 findings; " in (said := run("baseline", ".").stdout)
    assert "that it had no longer occur" in said
    assert "no longer" not in run("baseline", ".").stdout
