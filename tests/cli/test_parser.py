"""The command line as such: versions, help, near misses, and what starting it imports."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bastide import __version__
from bastide.cli.parser import make_parser
from tests.cli.conftest import Run


def test_version_imports_nothing_slow(run: Run) -> None:
    assert run("--version").stdout == f"bastide {__version__}\n"
    code = (
        "import sys; sys.argv = ['bastide', '--version']\n"
        "from bastide.__main__ import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "slow = {'duckdb', 'rich', 'yaml', 'dataclasses', 'typing'}\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & slow))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={"PYTHONPATH": "src"}
    )
    assert out.stdout.splitlines()[-1] == "['typing']", out.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("scna",), "Did you mean `scan`?"),
        (("scan", "--fial-on", "high"), "Did you mean `--fail-on`?"),
        (("scan", "--fail-on", "hihg"), "'hihg'. Did you mean `high`?"),
        (("query", "--format", "jsn"), "Did you mean `json`?"),
    ],
)
def test_near_misses(run: Run, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [(), ("controls",)])
def test_no_command_is_answered_with_the_help(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: bastide")
    assert "commands:" in done.stderr


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["scan"], ["baseline"], ["controls", "list"], ["controls", "show"], ["controls", "test"], ["query"]):
        with pytest.raises(SystemExit):
            make_parser().parse_args([*words, "--help"])
        assert "usage: bastide" in capsys.readouterr().out
