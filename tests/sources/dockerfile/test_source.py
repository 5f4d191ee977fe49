"""What a Dockerfile is as a resource; and no input makes the loader raise."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.resources.model import Resource
from bastide.resources.schema import schema_for
from bastide.sources.dockerfile.source import TYPE, load
from bastide.sources.dockerfile.text import KNOWN
from tests.fuzzing import fuzz

if TYPE_CHECKING:
    from pathlib import Path


def _load(text: str) -> Resource:
    (resource,) = load("app/Dockerfile", text.encode()).resources
    return resource


def _only(resource: Resource, name: str, *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(entry.get(key) for key in keys) for entry in resource.properties[name]]


def test_the_resource_itself() -> None:
    resource = _load("FROM python:3.13\nUSER app\n")
    assert (resource.type, resource.source, resource.id) == (TYPE, "dockerfile", "app/Dockerfile#Dockerfile")
    assert (resource.line, resource.end_line) == (1, 2)
    assert resource.locate("User") == ("app/Dockerfile", 2)


def test_stages_and_what_they_leave_to_the_image() -> None:
    resource = _load(
        "FROM node:22 AS Build\nUSER node\nRUN npm ci\nFROM debian:12 AS base\nUSER web:web\nEXPOSE 80 443/tcp\n"
        "FROM base\nCOPY --from=build --chmod=755 /app /app\n"
    )
    assert _only(resource, "Stages", "Name", "Repository", "Tag", "From", "InImage") == [
        ("build", "node", "22", None, False),
        ("base", "debian", "12", None, True),
        ("2", None, None, "base", True),
    ]
    assert resource.properties["User"] == "web:web"
    assert resource.properties["Base"] == {"Registry": "docker.io", "Repository": "debian", "Tag": "12"}
    assert _only(resource, "Commands", "Text", "Stage", "InImage") == [("npm ci", "build", False)]
    assert _only(resource, "Ports", "Port", "InImage") == [("80", True), ("443/tcp", True)]
    assert _only(resource, "Copies", "From", "Chmod", "WholeContext") == [("build", "755", False)]
    assert resource.locate("Stages[1].Tag") == ("app/Dockerfile", 4)


def test_arguments_have_their_defaults_where_they_are_declared() -> None:
    resource = _load(
        "ARG V=1\nARG W\nFROM a:$V AS x\nENV OUTSIDE=$V.\nARG V\nENV INSIDE=$V\nARG V=2\nENV NEWER=$V\nENV DARK=$W\n"
        "ARG W\nENV DARKER=$W\nFROM x\nENV KEPT=$INSIDE$NEWER\n"
    )
    assert _only(resource, "Environment", "Name", "Value") == [
        ("OUTSIDE", "."),
        ("INSIDE", "1"),
        ("NEWER", "2"),
        ("DARK", ""),
        ("DARKER", None),
        ("KEPT", "12"),
    ]
    assert list(resource.unresolved) == ["Environment[4].Value", "User"]
    assert "$W" in resource.unresolved["Environment[4].Value"]
    assert _only(resource, "BuildVariables", "Name", "Value") == [("V", "1"), ("W", None), ("V", "2")]


def test_what_only_the_builder_knows() -> None:
    resource = _load("FROM --platform=$BUILDPLATFORM golang:1.25-$TARGETARCH\n")
    assert set(resource.unresolved) >= {"Stages[0].Tag", "Stages[0].Image"}
    assert resource.properties["Stages"][0]["Repository"] == "golang"


def test_commands_in_all_forms() -> None:
    resource = _load(
        'FROM a\nRUN --mount=type=cache,target=/x --network=host ["echo", "a b"]\nRUN <<EOT\nset -x\nEOT\n'
        'CMD ["shop", "--all"]\nENTRYPOINT run.sh\nHEALTHCHECK --interval=3s CMD ["up"]\nONBUILD RUN later\n'
    )
    assert _only(resource, "Commands", "Text", "Flags", "Mounts") == [
        ("echo a b", ["network=host"], ["type=cache,target=/x"]),
        ("<<EOT\nset -x", [], []),
        ("later", [], []),
    ]
    names = ("Cmd", "Entrypoint", "Healthcheck")
    assert [resource.properties[name] for name in names] == ["shop --all", "run.sh", "up"]
    assert resource.locate("Commands[1]") == ("app/Dockerfile", 3)


def test_copies() -> None:
    resource = _load(
        'FROM a\nADD . /a\nCOPY ["b c", "/d/"]\nCOPY <<E /e\ntext\nE\nADD --checksum=sha256:0 https://x/y /z\n'
    )
    assert _only(
        resource, "Copies", "Instruction", "Sources", "Destination", "WholeContext", "Content", "Checksum"
    ) == [
        ("ADD", ["."], "/a", True, None, None),
        ("COPY", ["b c"], "/d/", False, None, None),
        ("COPY", [], "/e", False, "text", None),
        ("ADD", ["https://x/y"], "/z", False, None, "sha256:0"),
    ]


def test_users_that_are_not_known() -> None:
    assert "User" in _load("FROM team/base:1\n").unresolved
    assert "User" in _load("FROM python:3\nARG U\nUSER $U\n").unresolved
    assert _load("FROM python:3\nENV U=app\nUSER $U\n").properties["User"] == "app"
    assert "User" not in _load("FROM python:3\n").properties


def test_every_property_is_in_the_schema(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text(".git\n")
    text = (
        "ARG A=1\nFROM --platform=x a/b:1@sha256:0 AS s\nENV E=1\nUSER u\nEXPOSE 1\nRUN --network=host x\nCMD c\n"
        "ENTRYPOINT e\nHEALTHCHECK NONE\nCOPY --from=s --chown=a --chmod=1 --checksum=c <<X . /y\nX\nFROM s\n"
    )
    (resource,) = load(f"{tmp_path}/Dockerfile", text.encode(), [str(tmp_path)]).resources
    schema = schema_for(TYPE)
    assert schema is not None
    assert set(resource.properties) == {name for name, _ in schema}
    for name, values in resource.properties.items():
        for value in values if isinstance(values, list) else [values]:
            for key in value if isinstance(value, dict) else ():
                assert schema.property(f"{name}.{key}"), f"{name}.{key}"


@pytest.mark.parametrize(
    ("text", "message"), [("", "no FROM"), ("RUN x\n", "before the first FROM"), ("FROM\n", "image")]
)
def test_files_that_build_nothing(text: str, message: str) -> None:
    loaded = load("Dockerfile", text.encode())
    assert loaded.resources == []
    assert any(message in problem.message for problem in loaded.problems)
    assert loaded.problems[-1].kind == "unreadable"


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").mkdir()
    os.mkfifo(tmp_path / "Containerfile")
    for name in ("Dockerfile", "Containerfile", "gone"):
        (problem,) = load(f"{tmp_path}/{name}").problems
        assert (problem.kind, problem.line) == ("unreadable", 1)


_FUZZ = fuzz()
_WORDS = st.one_of(
    st.sampled_from(
        [
            "a:1@sha256:0",
            "AS",
            "$A",
            "${A:-$B}",
            "${A%",
            "A=1",
            '"',
            "'",
            "\\",
            "<<E",
            "<<-'E'",
            "E",
            "[",
            '["a"]',
            ".",
            "--x=y",
        ]
    ),
    st.text(max_size=5),
)
_LINES = st.builds(
    lambda name, words, end: f"{name} {' '.join(words)}{end}",
    st.sampled_from([*sorted(KNOWN), "#", "", "# escape=`", "E"]),
    st.lists(_WORDS, max_size=4),
    st.sampled_from(["", "\\", "`", "\r"]),
)


@_FUZZ
@given(st.lists(_LINES, max_size=14).map("\n".join))
def test_no_text_makes_it_raise(text: str) -> None:
    loaded = load("Dockerfile", f"FROM a\n{text}".encode("utf-8", "replace"))
    for resource in loaded.resources:
        assert len(resource.properties["Stages"]) >= 1
        assert all(place.line >= 1 and place.end_line >= place.line for place in resource.origins.values())


@_FUZZ
@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    loaded = load("Dockerfile", data)
    assert loaded.resources or loaded.problems
