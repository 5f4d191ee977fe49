"""Discovery: what is a unit, what is told, and what is left alone."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from bastide.errors import UsageError
from bastide.sources import discover as discover_module
from bastide.sources.discover import Found, discover
from bastide.sources.limits import SNIFF

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Tree = dict[str, str | bytes]
TEMPLATE = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n"
PLAN = '{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {}, "resource_changes": []}'
STATE = '{"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {}}}'
MANIFEST = '{"version": "36.0.0", "artifacts": {"Stack": {"type": "aws:cloudformation:stack"}}}'


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Tree], None]:
    monkeypatch.chdir(tmp_path)

    def write(files: Tree) -> None:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def units(found: Found) -> list[tuple[str, str]]:
    return [(unit.kind, unit.path) for unit in found.units]


def test_every_kind(tree: Callable[[Tree], None]) -> None:
    tree(
        {
            "main.tf": "",
            "live/a.tofu": "",
            "live/b.tf.json": "{}",
            "plans/plan.json": PLAN,
            "plans/state.json": STATE,
            "cfn/a.yaml": TEMPLATE,
            "cfn/b.json": json.dumps({"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}),
            "cfn/c.template": TEMPLATE,
            "cfn/compose.yml": "services: {}",
            "cfn/package.json": "{}",
            "app/cdk.out/manifest.json": MANIFEST,
            "app/cdk.out/Stack.template.json": json.dumps({"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}),
            "web/manifest.json": '{"name": "a page", "version": "1"}',
            "readme.md": "",
        }
    )
    found = discover(["."])
    assert units(found) == [
        ("terraform", "."),
        ("cdk", "app/cdk.out"),
        ("cloudformation", "cfn/a.yaml"),
        ("cloudformation", "cfn/b.json"),
        ("cloudformation", "cfn/c.template"),
        ("terraform", "live"),
        ("plan", "plans/plan.json"),
    ]
    assert found.problems == []
    live = next(unit for unit in found.units if unit.path == "live")
    assert live.files == ("live/a.tofu", "live/b.tf.json")
    assert live.within == (".",)


def test_files_beside_infrastructure(tree: Callable[[Tree], None]) -> None:
    tree(
        {
            "Dockerfile": "FROM a",
            "docker/api.Dockerfile": "FROM a",
            "docker/Dockerfile.md": "# no",
            ".github/workflows/ci.yml": "on: push\njobs: {}",
            ".github/workflows/deep/no.yml": "on: push\njobs: {}",
            ".github/dependabot.yml": "version: 2",
            "buildspec.yml": "version: 0.2\nphases: {}",
            "ci/buildspec-test.yaml": "version: 0.2\nphases: {}",
            "ci/buildspec-other.yaml": "name: something else",
            "node_modules/x/Dockerfile": "FROM a",
        }
    )
    found = discover(["."])
    assert units(found) == [
        ("workflow", ".github/workflows/ci.yml"),
        ("dockerfile", "Dockerfile"),
        ("buildspec", "buildspec.yml"),
        ("buildspec", "ci/buildspec-test.yaml"),
        ("dockerfile", "docker/api.Dockerfile"),
    ]
    assert found.problems == []
    named = ("Dockerfile", ".github/workflows/ci.yml", "ci/buildspec-test.yaml")
    assert [units(discover([name])) for name in named] == [
        [("dockerfile", "Dockerfile")],
        [("workflow", ".github/workflows/ci.yml")],
        [("buildspec", "ci/buildspec-test.yaml")],
    ]
    assert units(discover(["."], exclude=["Dockerfile", ".github", "ci/*"])) == [
        ("buildspec", "buildspec.yml"),
        ("dockerfile", "docker/api.Dockerfile"),
    ]


def test_modules_that_are_called_are_no_roots(tree: Callable[[Tree], None]) -> None:
    tree(
        {
            "live/prod/main.tf": 'module "a" {\n  source   = "../../modules/a"\n}\n',
            "live/dev/main.tf.json": '{"module": {"a": {"source": "../../modules/a/"}}}',
            "modules/a/main.tf": 'module "b" {\n  source = "./b"\n}\n',
            "modules/a/b/main.tf": "",
            "modules/lonely/main.tf": 'module "x" {\n  source = "../gone"\n}\n',
        }
    )
    assert [path for _, path in units(discover(["."]))] == ["live/dev", "live/prod", "modules/lonely"]
    assert [path for _, path in units(discover(["modules"]))] == ["modules/a", "modules/lonely"]


def test_texts_that_were_read_whole_are_kept_while_there_is_room(
    tree: Callable[[Tree], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    tree({"main.tf": "locals {}\n", "live/a.tf": "# 23456\n"})
    assert discover(["."]).texts == {"main.tf": b"locals {}\n", "live/a.tf": b"# 23456\n"}
    monkeypatch.setattr(discover_module, "_KEPT", 12)
    assert len(discover(["."]).texts) == 1


def test_modules_that_call_each_other_are_told(tree: Callable[[Tree], None]) -> None:
    tree(
        {
            "a/main.tf": 'module "b" {\n  source = "../b"\n}\n',
            "b/main.tf": 'module "a" {\n  source = "../a"\n}\n',
            "own/main.tf": 'module "own" {\n  source = "./"\n}\n',
        }
    )
    found = discover(["."])
    assert [path for _, path in units(found)] == ["a", "own"]
    assert [(one.kind, one.path, one.message) for one in found.problems] == [
        ("partial", "a", "these modules call each other, so none is a root module: a, b")
    ]


def test_targets_that_are_files(tree: Callable[[Tree], None]) -> None:
    tree(
        {
            "a/x.tf": "",
            "a/y.tf": "",
            "a/t.yaml": TEMPLATE,
            "a/n.yaml": "a: b",
            "o/manifest.json": MANIFEST,
            "p.json": PLAN,
        }
    )
    found = discover(["a/y.tf"])
    assert units(found) == [("terraform", "a")]
    assert found.units[0].files == ("a/x.tf", "a/y.tf")
    assert units(discover(["a/t.yaml", "p.json"])) == [("cloudformation", "a/t.yaml"), ("plan", "p.json")]
    assert units(discover(["o/manifest.json"])) == [("cdk", "o")]
    odd = discover(["a/n.yaml"])
    assert odd.units == []
    assert [(one.kind, one.path) for one in odd.problems] == [("unreadable", "a/n.yaml")]


def test_a_target_that_is_not_there(tree: Callable[[Tree], None]) -> None:
    tree({})
    with pytest.raises(UsageError) as error:
        discover(["gone"])
    assert error.value.place == "gone"


def test_paths_are_shown_as_a_person_would_write_them(tree: Callable[[Tree], None], tmp_path: Path) -> None:
    tree({"a/b/main.tf": ""})
    assert [path for _, path in units(discover(["./a/"]))] == ["a/b"]
    assert [path for _, path in units(discover(["a/../a/b"]))] == ["a/b"]
    assert [path for _, path in units(discover([str(tmp_path / "a")]))] == [f"{tmp_path}/a/b"]


def test_overlapping_targets_give_each_unit_once(tree: Callable[[Tree], None]) -> None:
    tree({"a/main.tf": "", "a/t.yaml": TEMPLATE})
    assert len(discover([".", "a", "a/t.yaml", "a/main.tf"]).units) == 2


def test_tools_and_caches_are_counted_and_not_looked_into(tree: Callable[[Tree], None]) -> None:
    tree(
        {
            ".terraform/modules/m/main.tf": "",
            "node_modules/p/t.yaml": TEMPLATE,
            ".git/config": "",
            "a/__pycache__/x.json": PLAN,
            ".github/t.yaml": TEMPLATE,
        }
    )
    found = discover(["."])
    assert units(found) == [("cloudformation", ".github/t.yaml")]
    assert found.skipped == 4


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("old", ["new", "new/old.yaml"]),
        ("old/", ["new", "new/old.yaml"]),
        ("./old", ["new", "new/old.yaml"]),
        ("old/*", ["new", "new/old.yaml", "x/old"]),
        ("x/old", ["new", "new/old.yaml", "old"]),
        ("*/old*", ["new", "old"]),
        ("*.yaml", ["new", "old", "x/old"]),
        ("none", ["new", "new/old.yaml", "old", "x/old"]),
    ],
)
def test_exclude(tree: Callable[[Tree], None], pattern: str, left: list[str]) -> None:
    tree({"x/old/main.tf": "", "old/main.tf": "", "new/main.tf": "", "new/old.yaml": TEMPLATE})
    assert [path for _, path in units(discover(["."], [pattern]))] == left


def test_links_to_folders_are_not_followed(tree: Callable[[Tree], None], tmp_path: Path) -> None:
    tree({"a/main.tf": ""})
    (tmp_path / "a" / "loop").symlink_to("..")
    (tmp_path / "b").symlink_to("a")
    assert units(discover(["."])) == [("terraform", "a")]


def test_links_to_files_are(tree: Callable[[Tree], None], tmp_path: Path) -> None:
    tree({"a/main.tf": "", "t.yaml": TEMPLATE, "b/x.md": ""})
    (tmp_path / "b" / "main.tf").symlink_to("../a/main.tf")
    (tmp_path / "b" / "t.yaml").symlink_to("../t.yaml")
    assert [path for _, path in units(discover(["b"]))] == ["b", "b/t.yaml"]


def test_what_cannot_be_read_is_told(tree: Callable[[Tree], None], tmp_path: Path) -> None:
    tree({"a.md": ""})
    (tmp_path / "gone.template").symlink_to("nowhere")
    (tmp_path / "notes.yaml").symlink_to("nowhere")
    os.mkfifo(tmp_path / "stack.yaml")
    found = discover(["."])
    assert [(one.kind, one.path, one.message) for one in found.problems] == [
        ("unreadable", "gone.template", "No such file or directory"),
        ("note", "notes.yaml", "No such file or directory"),
        ("unreadable", "stack.yaml", "it is not a regular file"),
    ]
    assert [one.message for one in discover(["stack.yaml"]).problems] == ["it is not a regular file"]


def test_a_folder_that_cannot_be_listed_is_told(tree: Callable[[Tree], None], monkeypatch: pytest.MonkeyPatch) -> None:
    tree({"a/main.tf": "", "b/main.tf": ""})
    listed = os.scandir

    def refused(path: str) -> object:
        if path == "a":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(discover_module.os, "scandir", refused)
    found = discover(["."])
    assert units(found) == [("terraform", "b")]
    assert [(one.kind, one.path, one.message) for one in found.problems] == [
        ("unreadable", "a", "the folder: Permission denied")
    ]


def test_too_many_files_are_told(tree: Callable[[Tree], None], monkeypatch: pytest.MonkeyPatch) -> None:
    tree({f"a/{number}.tf": "" for number in range(5)} | {"b/main.tf": ""})
    monkeypatch.setattr(discover_module, "MAX_FILES", 4)
    found = discover(["."])
    assert units(found) == []
    assert [one.kind for one in found.problems] == ["partial", "partial"]


def test_plans_are_known_by_what_comes_late_in_them(tree: Callable[[Tree], None]) -> None:
    variables = json.dumps({"a": {"value": "x" * (SNIFF * 20 - 200)}})
    head = f'{{"format_version": "1.2", "variables": {variables}'
    tree(
        {
            "late.json": f'{head}, "planned_values": {{}}}}',
            "across.json": f'{head}{" " * 150}, "resource_changes": []}}',
            "never.json": f"{head}}}",
        }
    )
    assert [path for _, path in units(discover(["."]))] == ["across.json", "late.json"]


def test_odd_content_is_nothing(tree: Callable[[Tree], None]) -> None:
    tree({"a.json": b"\xff\xfe\x00", "b.yaml": b"\x00" * 100, "c.json": "[" * 100_000, "d.template": "", "e.json": "{"})
    found = discover(["."])
    assert (found.units, found.problems) == ([], [])
