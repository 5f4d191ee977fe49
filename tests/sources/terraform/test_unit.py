"""A root module as a whole: which modules and files it may read, and the limits that it keeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Unresolved
from bastide.sources.terraform import unit as unit_module
from bastide.sources.terraform.unit import Unit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LEAF = 'resource "aws_a" "a" {}\n'


def call(source: str, name: str = "m") -> str:
    return f'module "{name}" {{\n  source = "{source}"\n}}\n'


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "terraform-aws-modules/vpc/aws",
            "external main.tf:1 module m calls terraform-aws-modules/vpc/aws, which is not fetched",
        ),
        (
            "git::https://example.com/m.git",
            "external main.tf:1 module m calls git::https://example.com/m.git, which is not fetched",
        ),
        ("./gone", "partial main.tf:1 module m (./gone) is not there"),
        ("./empty", "partial main.tf:1 module m (./empty) has no configuration files"),
        ("${var.x}/m", "external main.tf:1 module m has a source that is not known"),
        ("./", "partial main.tf:1 module m (./) calls itself, directly or through others"),
    ],
)
def test_modules_that_cannot_be_had(configuration: Callable[..., Any], source: str, told: str) -> None:
    use = 'resource "aws_b" "b" {\n  v = module.m.x\n}\n'
    found = configuration({"main.tf": call(source) + use, "empty/readme.md": ""})
    assert found.told() == [told]
    assert found.of("aws_b.b")["v"] == Unresolved("module.m.x", "module m is not here")


def test_modules_that_call_each_other(configuration: Callable[..., Any]) -> None:
    found = configuration({"main.tf": call("./a"), "a/main.tf": LEAF + call("../b"), "b/main.tf": LEAF + call("../a")})
    assert list(found.resources) == ["module.m.aws_a.a", "module.m.module.m.aws_a.a"]
    assert found.told() == ["partial b/main.tf:2 module m (../a) calls itself, directly or through others"]


def test_modules_that_were_installed_are_read(configuration: Callable[..., Any]) -> None:
    folders = {"": ".", "m": ".terraform/modules/m", "m.n": ".terraform/modules/m.n"}
    manifest = json.dumps({"Modules": [{"Key": key, "Dir": folder} for key, folder in folders.items()]})
    found = configuration(
        {
            "main.tf": call("some/registry/aws"),
            ".terraform/modules/modules.json": manifest,
            ".terraform/modules/m/main.tf": call("other/registry/aws", "n"),
            ".terraform/modules/m.n/main.tf": LEAF,
        }
    )
    assert list(found.resources) == ["module.m.module.n.aws_a.a"]


def test_what_lies_outside_is_not_read(
    configuration: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / "main.tf").write_text(LEAF)
    (outside / "secret").write_text("hush")
    (tmp_path / "link").symlink_to(outside)
    text = call(f"../{outside.name}") + call("./link", "l")
    text += f'resource "aws_b" "b" {{\n  v = file("../{outside.name}/secret")\n  w = file("{outside}/secret")\n'
    text += '  x = file("link/secret")\n  y = fileset("/", "*")\n  z = file("~/secret")\n}\n'
    found = configuration(text)
    assert list(found.resources) == ["aws_b.b"]
    assert [problem.kind for problem in found.problems] == ["partial", "partial"]
    values = found.of("aws_b.b")
    assert all("outside of what is scanned" in values[name].reason for name in "vwxy")
    assert "is not here" in values["z"].reason
    inside = configuration(text, within=[str(outside)])
    assert inside.of("aws_b.b")["v"] == "hush"


def test_the_repository_may_be_read(
    configuration: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"live/main.tf": call("../modules/m"), "modules/m/main.tf": LEAF, ".git/HEAD": ""}
    configuration(files)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    found = configuration({}, folder="../live")
    assert list(found.resources) == ["module.m.aws_a.a"]
    assert found.resources["module.m.aws_a.a"].path == "../modules/m/main.tf"


def test_a_module_that_calls_many_has_a_limit(
    configuration: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_module, "_MAX_MODULES", 20)
    files = {"main.tf": call("./m0", "a") + call("./m0", "b")}
    for depth in range(8):
        files[f"m{depth}/main.tf"] = call(f"../m{depth + 1}", "a") + call(f"../m{depth + 1}", "b")
    files["m8/main.tf"] = LEAF
    found = configuration(files)
    assert [problem.kind for problem in found.problems] == ["partial"]
    assert "20 modules and more" in found.problems[0].message


def test_modules_are_not_followed_for_ever_downwards(configuration: Callable[..., Any]) -> None:
    files = {"main.tf": call("./m0")}
    for depth in range(30):
        files[f"m{depth}/main.tf"] = LEAF + call(f"../m{depth + 1}")
    found = configuration(files)
    assert len(found.resources) == 20
    assert found.problems[0].message.endswith("is nested too deep")


def test_a_number_of_resources_is_the_most(configuration: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit_module, "MAX_RESOURCES", 3)
    found = configuration('resource "aws_a" "a" {\n  count = 5\n}\n')
    assert len(found.resources) == 3
    assert found.told() == ["partial main.tf:1 it makes 3 resources in 1 modules and more, which are not judged"]


BOMBS = {
    "doubled lists": "locals {\n  x0 = [1]\n"
    + "".join(f"  x{i + 1} = [local.x{i}, local.x{i}]\n" for i in range(60))
    + '}\nresource "aws_a" "bomb" {\n  v = jsonencode(local.x60)\n}\n',
    "doubled texts": 'locals {\n  x0 = "0123456789"\n'
    + "".join(f'  x{i + 1} = "${{local.x{i}}}${{local.x{i}}}"\n' for i in range(60))
    + '}\nresource "aws_a" "bomb" {\n  v = local.x60\n}\n',
    "loops": 'resource "aws_a" "bomb" {\n'
    "  v = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]\n}\n",
    "products": "locals {\n  r = range(1000)\n}\n"
    'resource "aws_a" "bomb" {\n  v = setproduct(local.r, local.r, local.r)\n}\n',
    "powers": 'resource "aws_a" "bomb" {\n  v = pow(10, 999999999)\n}\n',
    "padding": 'resource "aws_a" "bomb" {\n  v = format("%999999999d", 1)\n}\n',
    "patterns": 'resource "aws_a" "bomb" {\n  v = regex("(a+)+$", "' + "a" * 100 + '!")\n}\n',
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_grows_without_end_is_stopped_and_the_rest_is_judged(configuration: Callable[..., Any], name: str) -> None:
    found = configuration(BOMBS[name] + LEAF)
    assert found.of("aws_a.a") == {}
    if "aws_a.bomb" in found.resources:
        assert isinstance(found.of("aws_a.bomb")["v"], Unresolved)
    else:
        assert found.problems[0].kind == "partial"
        assert "take too many steps" in found.problems[0].message


def test_a_long_chain_of_locals_is_told_when_it_is_too_long(configuration: Callable[..., Any]) -> None:
    chain = "".join(f"  x{i + 1} = local.x{i}\n" for i in range(5000))
    found = configuration(f'locals {{\n  x0 = 1\n{chain}}}\nresource "aws_a" "deep" {{\n  v = local.x5000\n}}\n{LEAF}')
    assert "aws_a.a" in found.resources
    assert "nest too deep" in found.problems[0].message


def test_problems_are_told_once_and_not_without_end(configuration: Callable[..., Any]) -> None:
    found = configuration(
        {
            "main.tf": 'module "m" {\n  source = "./m"\n  count = 3\n}\n',
            "m/main.tf": call("gone/gone/aws", "n"),
        }
    )
    assert len(found.problems) == 1
    many = "".join(call("gone/gone/aws", f"m{i}") for i in range(300))
    assert len(configuration({"main.tf": many}).problems) == 200


def test_paths_are_those_of_the_root_module() -> None:
    assert Unit("live/prod", []).path_of("modules/m") == "../../modules/m"
    assert Unit(".", []).path_of("modules/m") == "modules/m"
    assert not Unit(".", ["/nowhere"]).may_read(".")
    assert not Unit(".", ["/nowhere"]).may_read("a\0b")
