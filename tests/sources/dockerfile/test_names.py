from __future__ import annotations

import pytest

from bastide.sources.dockerfile.names import is_dockerfile


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile",
        "dockerfile",
        "api.Dockerfile",
        "Dockerfile.api",
        "Dockerfile.v2",
        "Containerfile",
        "x.containerfile",
    ],
)
def test_names_of_dockerfiles(name: str) -> None:
    assert is_dockerfile(name)


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile.md",
        "Dockerfile.dockerignore",
        "Dockerfile.j2",
        "dockerfiles",
        "MyDockerfile",
        "Dockerfile-old",
        "file",
    ],
)
def test_names_of_other_files(name: str) -> None:
    assert not is_dockerfile(name)
