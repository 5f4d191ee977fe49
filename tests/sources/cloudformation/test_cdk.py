from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bastide.sources.cloudformation.cdk import load_cdk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `cdk.out` below the folder where the scan starts, with one stack in it."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "cdk.out"
    folder.mkdir()
    _write(folder / "App.template.json", _template("Bucket"))
    return folder


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=1))


def _template(name: str, **more: Any) -> dict[str, Any]:
    bucket = {
        "Type": "AWS::S3::Bucket",
        "Properties": {"Size": 1},
        "Metadata": {"aws:cdk:path": f"App/{name}/Resource"},
    }
    return {"Resources": {name: bucket, **more}}


def _manifest(**artifacts: tuple[str, dict[str, str]]) -> dict[str, Any]:
    entries = {name: {"type": kind, "properties": properties} for name, (kind, properties) in artifacts.items()}
    return {"version": "36.0.0", "artifacts": entries}


_STACK, _ASSEMBLY = "aws:cloudformation:stack", "cdk:cloud-assembly"


def test_the_stacks_of_the_manifest_are_loaded(out: Path) -> None:
    _write(out / "asset.template.json", _template("NotAStack"))
    _write(
        out / "manifest.json",
        _manifest(App=(_STACK, {"templateFile": "App.template.json"}), Tree=("cdk:tree", {"file": "tree.json"})),
    )
    (loaded,) = load_cdk("cdk.out")
    assert (loaded.unit, loaded.problems) == ("cdk.out/App.template.json", [])
    (bucket,) = loaded.resources
    assert bucket.metadata["cdk_path"] == "App/Bucket/Resource"
    assert (bucket.line, bucket.locate("Size")) == (3, ("cdk.out/App.template.json", 6))


def test_assemblies_within_the_assembly(out: Path) -> None:
    _write(out / "manifest.json", _manifest(Stage=(_ASSEMBLY, {"directoryName": "assembly-Stage"})))
    _write(out / "assembly-Stage" / "manifest.json", _manifest(App=(_STACK, {"templateFile": "S.template.json"})))
    _write(out / "assembly-Stage" / "S.template.json", _template("Inner"))
    (loaded,) = load_cdk("cdk.out")
    assert loaded.unit == "cdk.out/assembly-Stage/S.template.json"


def test_nested_stacks_are_found_by_their_asset(out: Path) -> None:
    nested = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": {"Fn::Sub": "https://s3.${AWS::URLSuffix}/x"}, "Parameters": {"P": "given"}},
        "Metadata": {"aws:asset:path": "AppNested.nested.template.json", "aws:asset:property": "TemplateURL"},
    }
    inner = {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": {"R": {"Type": "X::Y::Z", "Properties": {"P": {"Ref": "P"}}}},
    }
    _write(out / "App.template.json", _template("Bucket", Nested=nested))
    _write(out / "AppNested.nested.template.json", inner)
    _write(out / "manifest.json", _manifest(App=(_STACK, {"templateFile": "App.template.json"})))
    outer, loaded = load_cdk("cdk.out")
    assert (outer.problems, loaded.unit) == ([], "cdk.out/App.template.json#Nested")
    assert loaded.resources[0].properties == {"P": "given"}
    (out / "manifest.json").unlink()
    assert [loaded.unit for loaded in load_cdk("cdk.out")] == [outer.unit, loaded.unit, "cdk.out"]


@pytest.mark.parametrize("manifest", ["{broken", "[]", "{}", '{"artifacts": []}', None])
def test_without_a_manifest_every_template_beside_it_is_loaded(out: Path, manifest: str | None) -> None:
    _write(out / "Other.template.json", _template("Other"))
    (out / "notes.json").write_text("{}")
    if manifest is not None:
        (out / "manifest.json").write_text(manifest)
    *loaded, folder = load_cdk("cdk.out")
    assert [unit.unit for unit in loaded] == ["cdk.out/App.template.json", "cdk.out/Other.template.json"]
    assert [(problem.kind, problem.path) for problem in folder.problems] == [("partial", "cdk.out/manifest.json")]
    assert folder.unit == "cdk.out"


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (_STACK, {}),
        (_STACK, {"templateFile": "../outside.template.json"}),
        (_STACK, {"templateFile": "/outside.template.json"}),
        (_STACK, {"templateFile": "a\0b"}),
        (_ASSEMBLY, {"directoryName": "."}),
        (_ASSEMBLY, {"directoryName": ".."}),
    ],
)
def test_an_artifact_outside_of_the_assembly_is_not_read(out: Path, kind: str, properties: dict[str, str]) -> None:
    _write(out.parent / "outside.template.json", _template("Outside"))
    _write(out / "manifest.json", _manifest(A=(kind, properties), B=(_STACK, {"templateFile": "App.template.json"})))
    app, folder = load_cdk("cdk.out")
    assert app.unit == "cdk.out/App.template.json"
    (problem,) = folder.problems
    assert (problem.kind, problem.line) == ("partial", 4)


def test_assemblies_that_contain_themselves_end(out: Path) -> None:
    _write(out / "manifest.json", _manifest(A=(_ASSEMBLY, {"directoryName": "inner"})))
    (out / "inner").symlink_to(".")
    (folder,) = load_cdk("cdk.out")
    assert [problem.kind for problem in folder.problems] == ["partial"]


def test_a_template_that_is_missing_is_told(out: Path) -> None:
    _write(out / "manifest.json", _manifest(A=(_STACK, {"templateFile": "No.template.json"})))
    (loaded,) = load_cdk("cdk.out")
    assert [(problem.kind, problem.path) for problem in loaded.problems] == [("unreadable", "cdk.out/No.template.json")]


def test_a_folder_that_is_not_there(out: Path) -> None:
    (folder,) = load_cdk("nowhere")
    assert [problem.kind for problem in folder.problems] == ["partial", "unreadable"]
