"""What lies around the code holds together: Makefile, hooks, pipelines, and what the documents say of them."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from bastide.cli.parser import make_parser
from bastide.controls.library import read_controls
from bastide.report import check_format
from bastide.settings import SCAN

ROOT = Path(__file__).resolve().parent.parent
FORMAT = re.compile(r"--output[ =]\"?([a-z]+)=|--format[ =]([a-z]+)\b")


def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def load(path: str) -> Any:
    return yaml.safe_load(text(path))


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", text("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "README.md", ".ci/run", ".github/workflows/ci.yml"])
def test_make_targets_that_are_named_exist(page: str) -> None:
    assert set(re.findall(r"\bmake ([a-z][a-z-]+)\b", text(page))) <= targets() | {"it", "that", "up"}


def test_ci_runs_make_test() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert re.search(r"^exec make test\b", text(".ci/run"), re.MULTILINE)


@pytest.mark.parametrize("script", [".ci/run", "scripts/setup.sh"])
def test_shell_scripts_parse(script: str) -> None:
    assert subprocess.run(["bash", "-n", str(ROOT / script)], capture_output=True, check=False).stderr == b""


def test_locked_requirements_are_complete() -> None:
    wanted = re.findall(r"^([A-Za-z][\w-]*)", text("requirements/dev.in"), re.MULTILINE)
    project = text("pyproject.toml").split("dependencies = [")[1].split("]")[0]
    wanted += re.findall(r"\"([A-Za-z][\w-]*)", project)
    for path, names in (("requirements/dev.txt", wanted), ("requirements/uv.txt", ["uv"])):
        locked = re.findall(r"^([\w.-]+)==", text(path), re.MULTILINE)
        assert {name.lower() for name in names} <= {name.lower() for name in locked}
        assert text(path).count("--hash=sha256:") >= len(locked)
        assert "index-url" not in text(path)


def test_hook_for_users_is_a_command_that_exists() -> None:
    (hook,) = load(".pre-commit-hooks.yaml")
    arguments = [*hook["entry"].split()[1:], *hook["args"]]
    assert make_parser().parse_args(arguments).targets == ["."]
    assert hook["pass_filenames"] is False
    for path in ("infra/main.tf", "a.tf.json", "prod.tfvars", "template.yaml", "stack.yml", "cdk.out/manifest.json"):
        assert re.search(hook["files"], path), path
    assert not re.search(hook["files"], "src/main.py")


def test_our_hooks_run_what_lint_runs() -> None:
    lint = text("Makefile").split("\nlint:")[1].split("\n\n")[0].replace("$(BIN)", ".venv/bin")
    entries = [hook["entry"] for repo in load(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    assert len(entries) == lint.count(".venv/bin")
    for entry in entries:
        assert entry.removesuffix(" --fix") in lint


@pytest.mark.parametrize(
    "page",
    ["action.yml", "ci-templates/gitlab.yml", "docs/index.md", "docs/pipelines.md", "examples/workload/README.md"],
)
def test_formats_and_options_that_are_named_exist(page: str) -> None:
    for names in FORMAT.findall(text(page)):
        check_format("".join(names))
    known = {option.flag for option in SCAN} | {"--help", "--version", "--controls", "--lint"}
    for line in re.findall(r"bastide (?:scan|baseline|controls)[^\n`]*", text(page)):
        assert set(re.findall(r"(?<!\S)--[a-z-]+", line)) <= known, line


@pytest.mark.parametrize("page", ["ci-templates/gitlab.yml", "docs/index.md", "docs/pipelines.md"])
def test_environment_variables_that_are_named_exist(page: str) -> None:
    own = {"BASTIDE_TARGETS", "BASTIDE_INSTALL"}
    assert set(re.findall(r"\bBASTIDE_[A-Z_]+", text(page))) <= {option.env for option in SCAN} | own


def test_inputs_of_the_action_are_documented() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", text("docs/pipelines.md"), re.MULTILINE)
    assert rows == list(load("action.yml")["inputs"])


class Action:
    """Runs the scan step of `action.yml` with a `bastide` that only notes how it was called."""

    def __init__(self, folder: Path, exit_code: int = 0) -> None:
        self.folder, self.step = folder, load("action.yml")["runs"]["steps"][1]
        program = folder / "bastide" / "bin" / "bastide"
        program.parent.mkdir(parents=True)
        program.write_text(
            f'#!/bin/sh\nfor word in "$@"; do echo "$word" >> "$RUNNER_TEMP/words"; done\nexit {exit_code}\n'
        )
        program.chmod(0o755)

    def run(self, **inputs: str) -> tuple[int, list[str], str]:
        """Exit code, the words that bastide was given, and what the step printed."""
        declared = load("action.yml")["inputs"]
        given = {name: inputs.get(name.replace("-", "_"), spec["default"]) for name, spec in declared.items()}
        environment = {
            name: given[match[1]]
            for name, value in self.step["env"].items()
            if (match := re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", value))
        }
        assert len(environment) == len(self.step["env"])
        environment |= {
            "PATH": os.environ["PATH"],
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", self.step["run"]],
            env=environment, cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, (self.folder / "words").read_text().splitlines(), done.stdout + done.stderr


def test_action_by_default(tmp_path: Path) -> None:
    code, words, _ = Action(tmp_path).run()
    assert code == 0
    assert words[:4] == ["scan", ".", "--output", "sarif=bastide.sarif"]
    assert (tmp_path / "output").read_text() == "exit-code=0\n"
    make_parser().parse_args(words)


def test_action_with_every_input(tmp_path: Path) -> None:
    _, words, _ = Action(tmp_path).run(
        targets="infra cdk.out", fail_on="high", baseline="known file.json", sarif="", annotations="false",
        summary="false", args="--skip\nseverity=info\n",
    )  # fmt: skip
    assert words == [
        "scan", "infra", "cdk.out", "--fail-on", "high", "--baseline", "known file.json", "--skip", "severity=info",
    ]  # fmt: skip
    make_parser().parse_args(words)


def test_action_runs_nothing_that_an_input_says(tmp_path: Path) -> None:
    hostile = "$(touch pwned) `touch pwned` ; touch pwned & *"
    Action(tmp_path).run(targets=hostile, fail_on=hostile, baseline=hostile, sarif=hostile, args=hostile)
    assert not (tmp_path / "pwned").exists()
    for step in load("action.yml")["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize(
    ("code", "incomplete", "expected"), [(1, "warn", 1), (2, "warn", 2), (3, "fail", 3), (3, "warn", 0)]
)
def test_action_ends_as_the_scan_did(tmp_path: Path, code: int, incomplete: str, expected: int) -> None:
    ended, _, printed = Action(tmp_path, code).run(incomplete=incomplete)
    assert ended == expected
    assert (tmp_path / "output").read_text() == f"exit-code={code}\n"
    assert ("::warning::" in printed) == (code == 3 and incomplete == "warn")


def test_gitlab_template_scans_with_known_options() -> None:
    job = load("ci-templates/gitlab.yml")["bastide"]
    scan = job["script"][-1].replace("$BASTIDE_TARGETS", job["variables"]["BASTIDE_TARGETS"]).split()
    arguments = make_parser().parse_args(scan[1:])
    files = [output.split("=")[1] for output in arguments.output]
    kept = [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]]
    assert sorted(files) == sorted(kept)


@pytest.mark.slow
def test_a_wheel_brings_the_library_compiled(tmp_path: Path) -> None:
    """So that the first scan of who installs it does not compile hundreds of controls."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as content:
        names = [name for name in content.namelist() if name.startswith("bastide/library/compiled/")]
        assert {Path(name).stem for name in names} >= {"controls", "macros", "mappings", "collectors"}
        shipped = json.loads(content.read("bastide/library/compiled/controls.json"))
    index = shipped[1]
    assert [entry[0] for entry in index["summaries"]] == [control.id for control in read_controls()]
    assert index["broken"] == {}


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5 matches `(?:…)*+` wrongly when what is inside can fail half way; `(?>(?:…)*)` is right."""
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in sorted((ROOT / "src").rglob("*.py"))
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if re.search(r"\)[*?+]\+", line) and "safe=" not in line
    ]
    assert found == []
