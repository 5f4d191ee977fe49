"""The generated input is valid, stays the same for the same seed, and grows without changing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from generate import generate

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "generate.py"


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize(("kind", "count"), [("module", 1), ("monorepo", 5), ("templates", 20), ("cdk", 15)])
def test_the_same_seed_gives_the_same_files_and_another_does_not(tmp_path, kind, count):
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        generate(tmp_path / name, kind, count, seed)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a") != contents(tmp_path / "c")


@pytest.mark.parametrize("kind", ["monorepo", "templates"])
def test_more_only_adds(tmp_path, kind):
    generate(tmp_path / "few", kind, 10, 1)
    generate(tmp_path / "many", kind, 40, 1)
    few, many = contents(tmp_path / "few"), contents(tmp_path / "many")
    assert len(few) < len(many)
    assert few.items() <= many.items()


def test_no_mark_of_the_pieces_is_left(tmp_path):
    for kind, count in (("module", 1), ("monorepo", 40), ("templates", 64), ("cdk", 30)):
        generate(tmp_path / kind, kind, count, 3)
    for path, text in contents(tmp_path).items():
        assert ">>" not in text, path
        assert not [line for line in text.splitlines() if line.startswith(("#?", "#|", "#.", "#%"))], path


def test_the_module_has_some_sixty_resources_and_parses(tmp_path):
    import tfparse

    generate(tmp_path / "module", "module", 1, 1)
    blocks = [
        block
        for name, blocks in tfparse.load_from_path(str(tmp_path / "module"), stop_on_hcl_error=True).items()
        if name.startswith("aws_")
        for block in blocks
        if block["__tfmeta"]["type"] == "resource"
    ]
    assert 55 <= len(blocks) <= 80
    assert {block["__tfmeta"]["path"].partition(".")[0] for block in blocks} >= {"module", "aws_vpc"}


@pytest.mark.slow
def test_a_monorepo_parses_and_has_many_types(tmp_path):
    import tfparse

    generate(tmp_path / "repo", "monorepo", 34, 5)
    roots = sorted((tmp_path / "repo" / "live").glob("*/*"))
    assert len(roots) == 34
    types = set()
    for root in roots:
        types |= set(tfparse.load_from_path(str(root), stop_on_hcl_error=True))
    assert len([name for name in types if name.startswith("aws_")]) >= 60


def test_templates_come_in_every_style(tmp_path):
    generate(tmp_path / "all", "templates", 64, 1)
    files = contents(tmp_path / "all")
    assert {path.rpartition(".")[2] for path in files} == {"yaml", "yml", "json"}
    assert any("AWS::Serverless-2016-10-31" in text for text in files.values())
    synthesized = [json.loads(text) for path, text in files.items() if path.startswith("cdk.out/")]
    assert synthesized
    for template in synthesized:
        paths = [resource["Metadata"]["aws:cdk:path"] for resource in template["Resources"].values()]
        assert len(set(paths)) == len(paths)


@pytest.mark.slow
def test_cfn_lint_finds_no_error(tmp_path):
    generate(tmp_path / "all", "templates", 32, 11)
    files = sorted(str(path) for path in (tmp_path / "all").rglob("*") if path.is_file())
    lint = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run(
        [lint, "--ignore-checks", "W", "I", "--", *files], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_command_refuses_a_folder_with_something_in_it(tmp_path):
    (tmp_path / "mine.txt").write_text("keep", "utf-8")
    command = [sys.executable, str(SCRIPT), str(tmp_path), "--kind", "module"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_command_says_what_it_wrote(tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, str(SCRIPT), str(out), "--kind", "templates", "--count", "3", "--seed", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("3 files, ")
    assert len(contents(out)) == 3


def test_the_manifest_of_an_assembly_names_its_templates(tmp_path):
    generate(tmp_path, "cdk", 20, 1)
    folder = tmp_path / "cdk.out"
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    named = {item["properties"]["templateFile"] for item in artifacts.values()}
    assert named == {path.name for path in folder.glob("*.template.json")}
    assert len(named) == 20
