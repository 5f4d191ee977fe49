from __future__ import annotations

import pytest

from bastide.sources.buildspec.names import looks_like_buildspec, may_be_buildspec


@pytest.mark.parametrize(
    "name", ["buildspec.yml", "BuildSpec.yaml", "buildspec-test.yml", "api.buildspec.yaml", "build-spec.yml"]
)
def test_names(name: str) -> None:
    assert may_be_buildspec(name)


@pytest.mark.parametrize("name", ["buildspec.json", "buildspecs.yml", "build.yml", "mybuildspec.yml", "spec.yml"])
def test_other_names(name: str) -> None:
    assert not may_be_buildspec(name)


def test_beginnings() -> None:
    assert looks_like_buildspec(b"# x\nversion: 0.2\nphases:\n")
    assert looks_like_buildspec(b'batch:\n  fast-fail: true\nversion: "0.2"\n')
    assert not looks_like_buildspec(b"version: 0.2\nservices:\n")
    assert not looks_like_buildspec(b"version: 3\nphases:\n")
    assert not looks_like_buildspec(b"  version: 0.2\n  phases:\n")
