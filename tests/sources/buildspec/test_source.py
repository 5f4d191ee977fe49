"""What a build specification is as a resource; and no input makes the loader raise."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bastide.resources.schema import schema_for
from bastide.sources.buildspec.source import TYPE, load
from tests.fuzzing import fuzz

_TEXT = """\
version: 0.2
run-as: builder
env:
  shell: bash
  variables:
    STAGE: prod
    COUNT: 3
  parameter-store: {TOKEN: /shop/token}
  secrets-manager: {PASSWORD: "db:password"}
  exported-variables:
    - COMMIT
batch:
  build-list:
    - identifier: a
      env: {variables: {FLAVOUR: x}}
  build-matrix:
    dynamic: {env: {variables: {VERSION: ["1", "2"]}}}
phases:
  install:
    commands: [make deps]
  build:
    run-as: root
    commands:
      - make
      - |
        one
        two
    finally:
      - make clean
"""


def test_the_whole_of_one() -> None:
    loaded = load("ci/buildspec.yml", _TEXT.encode())
    (resource,) = loaded.resources
    assert loaded.problems == []
    assert (resource.type, resource.source, resource.id) == (TYPE, "buildspec", "ci/buildspec.yml#buildspec.yml")
    properties = resource.properties
    assert (properties["Version"], properties["RunAs"], properties["Shell"]) == ("0.2", "builder", "bash")
    assert [(one["Name"], one["Value"]) for one in properties["Environment"]] == [
        ("STAGE", "prod"),
        ("COUNT", "3"),
        ("FLAVOUR", "x"),
        ("VERSION", "1"),
        ("VERSION", "2"),
    ]
    assert [(one["Phase"], one["Text"], one.get("RunAs")) for one in properties["Commands"]] == [
        ("install", "make deps", None),
        ("build", "make", "root"),
        ("build", "one\ntwo\n", "root"),
        ("build", "make clean", "root"),
    ]
    assert resource.locate("Commands[2].Text") == ("ci/buildspec.yml", 25)
    assert resource.locate("SecretsManager[0].Value") == ("ci/buildspec.yml", 9)
    schema = schema_for(TYPE)
    assert schema is not None
    assert set(properties) == {name for name, _ in schema}


@pytest.mark.parametrize("text", ["version: 0.2", "phases: x", "- a", "", "version: 0.2\nphases: {", "\0"])
def test_files_that_are_none(text: str) -> None:
    loaded = load("buildspec.yml", text.encode())
    assert loaded.resources == []
    assert [problem.kind for problem in loaded.problems] == ["unreadable"]


_FUZZ = fuzz()
_KEYS = st.sampled_from([
    "env", "variables", "phases", "commands", "finally",
    "batch", "build-list", "build-matrix", "dynamic", "version", "exported-variables",
])  # fmt: skip
_LEAVES = st.one_of(st.text(max_size=4), st.integers(), st.none())
_TREES: st.SearchStrategy[Any] = st.deferred(
    lambda: st.one_of(_LEAVES, st.lists(_TREES, max_size=3), st.dictionaries(_KEYS, _TREES, max_size=4))
)


@_FUZZ
@given(st.dictionaries(_KEYS, _TREES, max_size=6))
def test_no_tree_makes_it_raise(root: dict[str, Any]) -> None:
    loaded = load("buildspec.yml", yaml.safe_dump({**root, "phases": {"build": root}}).encode())
    assert loaded.resources or loaded.problems


@_FUZZ
@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    loaded = load("buildspec.yml", data)
    assert loaded.resources or loaded.problems
